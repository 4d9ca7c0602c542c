"""What a command prints: JSON, a sentence, a notice on stderr, the progress of long work.

Names and texts are strangers': what would steer the terminal is written out, here and nowhere else.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import typer

LOG_EVERY_S = 10.0

#: Controls, marks that turn the direction of writing, and halves of surrogate pairs.
_STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def console(file: IO[str] | None = None) -> Any:
    """Standard output or another file, for tables and wrapped text."""
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

    class Harmless(Console):
        """Styles what it is given, and lets no text bring escapes of its own."""

        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                yield segment if segment.control else segment._replace(text=harmless(segment.text))

    return Harmless(highlight=False, file=file)


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """A callback that draws a bar on stderr, or in a log writes a line every `LOG_EVERY_S`."""
    if not sys.stderr.isatty():
        yield _log_line(label)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(show_speed=True),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _log_line(label: str) -> Callable[[int, int], None]:
    started = last = time.monotonic()

    def write(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= LOG_EVERY_S:
            last = now
            rate = done / (now - started)
            notice(f"{label} {done} of {total}, {rate:.1f}/s, {(total - done) / rate:.0f} s left")

    return write


def notice(message: str) -> None:
    """One line on stderr, in the name of the command."""
    typer.echo(one_line(f"eurag: {message}"), err=True)


def write_line(text: str, *, error: bool = False) -> None:
    """One line on standard output, or in red on stderr."""
    typer.secho(one_line(text), fg="red" if error else None, err=error)


def print_json(data: dict[str, Any]) -> None:
    """One object on one line of standard output, in UTF-8."""
    sys.stdout.buffer.write(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    sys.stdout.flush()


def say(data: dict[str, Any], as_json: bool, message: str) -> None:
    """The data as JSON, or the message with its fields filled in."""
    if as_json:
        print_json(data)
    else:
        write_line(message.format(**data))


def fields(record: Any) -> dict[str, Any]:
    """A dataclass as a dictionary, nested ones too."""
    from dataclasses import asdict

    return asdict(record)


def plain(value: Any) -> str:
    """A value as people read it; a list with semicolons, since names and titles have commas of their own."""
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def one_line(text: str) -> str:
    """The harmless text with its line ends written out too."""
    return harmless(text).replace("\n", "\\n")


def harmless(text: str) -> str:
    """The text with what would steer a terminal written out as escapes; line ends stay."""
    return _STEERING.sub(lambda found: found.group().encode("unicode_escape").decode(), text)
