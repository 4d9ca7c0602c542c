"""What a command prints: JSON, a sentence, a notice on stderr, the progress of long work."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer

LOG_EVERY_S = 10.0


def console() -> Any:
    """Standard output, for tables and wrapped text."""
    from rich.console import Console

    return Console(highlight=False)


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
    typer.echo(f"eurag: {message}", err=True)


def print_json(data: dict[str, Any]) -> None:
    """One object on one line of standard output, in UTF-8."""
    sys.stdout.buffer.write(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    sys.stdout.flush()


def say(data: dict[str, Any], as_json: bool, message: str) -> None:
    """The data as JSON, or the message with its fields filled in."""
    if as_json:
        print_json(data)
    else:
        typer.echo(message.format(**data))


def fields(record: Any) -> dict[str, Any]:
    """A dataclass as a dictionary, nested ones too."""
    from dataclasses import asdict

    return asdict(record)


def plain(value: Any) -> str:
    """A value as people read it, on one line; a list with commas."""
    return one_line(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))


def one_line(text: str) -> str:
    """The text with line ends and all else that does not print written out as escapes."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
