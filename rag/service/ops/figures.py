"""The figures of all workers of a service, summed: each keeps its own in memory and tells the others in a file.

The files lie in the system's folder of temporary files, not in the home, and are written and read whole: none is
mapped into memory, so that nothing that happens to one can end a process. Where none can be written, as on a full disk,
each worker knows its own figures alone. Those of others are at most about `TOLD_EVERY_S` seconds old.
"""

import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

TOLD_EVERY_S = 0.25

_FOLDER = "EURAG_FIGURES_FOLDER"
_logger = logging.getLogger("eurag.service")


@contextmanager
def shared_between(workers: int) -> Iterator[None]:
    """While this is open, so many processes started from here tell each other their figures."""
    if workers == 1:
        yield
        return
    try:
        made = TemporaryDirectory(prefix="eurag-figures-", ignore_cleanup_errors=True)
    except OSError as exc:
        _logger.warning("each worker shows its own figures alone: %s", exc)
        yield
        return
    with made as folder:
        os.environ[_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[_FOLDER]


class Figures:
    """The figures of this process, in `registry`, and with them those of the workers beside it."""

    def __init__(self, registry: "CollectorRegistry") -> None:
        self._registry, self._changed = registry, Event()
        self._folder = Path(os.environ[_FOLDER]) if _FOLDER in os.environ else None
        if self._folder:
            Thread(target=self._tell_others, name="tell-figures", daemon=True).start()

    def changed(self) -> None:
        """Say that a figure is another now."""
        self._changed.set()

    def collect(self) -> Iterator["Metric"]:
        """The sums, as a collector for Prometheus' client."""
        from prometheus_client.core import Metric

        families: dict[str, tuple[str, str]] = {}
        sums: dict[str, dict[tuple[str, tuple[tuple[str, str], ...]], float]] = {}
        for name, documentation, kind, samples in [*self._own(), *self._others()]:
            families[name] = (documentation, kind)
            of_family = sums.setdefault(name, {})
            for sample, labels, value in samples:
                key = (sample, tuple(map(tuple, labels)))
                of_family[key] = of_family.get(key, 0) + value
        for name, (documentation, kind) in families.items():
            metric = Metric(name, documentation, kind)
            for (sample, labels), value in sums[name].items():
                metric.add_sample(sample, dict(labels), value)
            yield metric

    def _own(self) -> list[list[Any]]:
        """[name, documentation, type, [[sample, [[label, value], ...], value], ...]] of each family."""
        return [
            [f.name, f.documentation, f.type, [[s.name, list(s.labels.items()), s.value] for s in f.samples]]
            for f in self._registry.collect()
        ]

    def _others(self) -> list[list[Any]]:
        """The same of the other workers, those that have ended among them: what they counted still counts."""
        found: list[list[Any]] = []
        for path in self._folder.glob("*.json") if self._folder else ():
            try:
                found += json.loads(path.read_text("utf-8")) if path.stem != str(os.getpid()) else []
            except (OSError, ValueError):  # deleted, or no worker's: what it counted is not known
                continue
        return found

    def _tell_others(self) -> None:
        while True:
            self._changed.wait()
            self._changed.clear()
            self.tell()
            time.sleep(TOLD_EVERY_S)

    def tell(self) -> None:
        """Write this process's figures where the others find them, as far as the disk takes them."""
        if self._folder:
            path = self._folder / f"{os.getpid()}.json"
            unfinished = path.with_suffix(".tmp")
            try:
                unfinished.write_text(json.dumps(self._own()), "utf-8")
                os.replace(unfinished, path)
            except OSError as exc:
                _logger.warning("the other workers are not told this one's figures: %s", exc)
