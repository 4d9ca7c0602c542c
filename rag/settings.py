"""Settings: flags first, then the environment, then `settings.toml` in the home, then defaults."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.disk import LEAST_FREE_BYTES
from embeddings.generation import KEPT_GENERATIONS
from rag.errors import SettingsError
from rag.llm.settings import LlmSettings, read_llm_settings


@dataclass(frozen=True, slots=True)
class Settings:
    """What is decided before anything is opened. `home` holds the library, indexes and caches.

    `encoder` is None where nothing names one: then an index keeps the one it was built with. `keep`
    is how many generations of the index stay on disk. `llm` is the model that may word answers. `reader` chooses what
    reads the passages: None for the packaged reader, "none", or a model's name or directory. Additions, builds and
    backups stop before less than `least_free_bytes` of the disk are free; 0 lets them fill it.
    """

    home: Path
    encoder: str | None = None
    keep: int = KEPT_GENERATIONS
    llm: LlmSettings | None = None
    reader: str | None = None
    least_free_bytes: int = LEAST_FREE_BYTES

    @property
    def model(self) -> Path:
        """The folder of the packaged model's fast form."""
        return self.home / "model"

    @property
    def library(self) -> Path:
        """The library database."""
        return self.home / "library.db"


def load_settings(
    home: Path | None = None,
    encoder: str | None = None,
    environment: Mapping[str, str] = os.environ,
    reader: str | None = None,
) -> Settings:
    """Settings from flags (the arguments), environment and file.

    `EURAG_HOME`, `EURAG_ENCODER`, `EURAG_READER`, `EURAG_KEEP`, `EURAG_LEAST_FREE_BYTES` and `EURAG_LLM_...` are read;
    the file knows `encoder`, `reader`, `keep`, `least_free_bytes` and the table `llm`. Raises `SettingsError`.
    """
    folder = home or Path(environment.get("EURAG_HOME") or _user_data_folder())
    folder = folder.expanduser().resolve()
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"the home {folder} is not a folder")
    stored = settings_file(folder / "settings.toml")
    keep = _whole("keep", environment.get("EURAG_KEEP") or stored.get("keep", KEPT_GENERATIONS), 1)
    free = environment.get("EURAG_LEAST_FREE_BYTES") or stored.get("least_free_bytes", LEAST_FREE_BYTES)
    llm = read_llm_settings(stored.get("llm", {}), environment)
    return Settings(
        folder,
        encoder or environment.get("EURAG_ENCODER") or stored.get("encoder"),
        keep,
        llm,
        reader or environment.get("EURAG_READER") or stored.get("reader"),
        _whole("least_free_bytes", free, 0),
    )


def _whole(name: str, value: object, least: int) -> int:
    if not str(value).isdecimal() or int(str(value)) < least:
        raise SettingsError(f"{name} must be a whole number from {least}, found '{value}'")
    return int(str(value))


def _user_data_folder() -> str:
    from platformdirs import user_data_dir

    return user_data_dir("eurag", appauthor=False)


def settings_file(path: Path) -> dict[str, Any]:
    """What the settings file of a home says, {} where there is none; its table `service` is the service's own.

    Raises `SettingsError`.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as exc:
        raise SettingsError(f"{path} cannot be read: {exc}") from exc
    known = {"encoder": str, "reader": str, "keep": int, "least_free_bytes": int, "service": dict, "llm": dict}
    wrong = sorted(name for name, value in data.items() if not isinstance(value, known.get(name, ())))
    if wrong:
        raise SettingsError(
            f'{path}: expected only encoder = "...", reader = "...", keep = 3, '
            f"least_free_bytes = 100000000, [service] and [llm], found {', '.join(wrong)}"
        )
    return data
