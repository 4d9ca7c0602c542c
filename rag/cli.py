"""The `eurag` command: each command parses, calls one function, and prints."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from corpus.errors import EuragError

LOG_EVERY_S = 10.0

app = typer.Typer(
    name="eurag",
    help="Questions in Russian or English about texts on Eurasian integration; every sentence cited.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

Home = Annotated[
    Path | None,
    typer.Option("--home", help="Folder of library and index (else EURAG_HOME, else the user's data folder)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Language = Annotated[str | None, typer.Option(help="Only texts in this language (ISO 639-1).")]
Kind = Annotated[str | None, typer.Option(help="Only documents of this kind (treaty, article, note, ...).")]
Since = Annotated[str | None, typer.Option(help="Only documents of this date (YYYY[-MM[-DD]]) or later.")]
Until = Annotated[str | None, typer.Option(help="Only documents of this date or earlier.")]
QuestionFile = Annotated[Path | None, typer.Option("--file", help="JSON Lines with id and question, one answer each.")]


def main() -> None:
    """Entry point: a known error is one line on stderr and exit code 1; a bug keeps its traceback."""
    try:
        app()
    except EuragError as exc:
        typer.secho(f"eurag: {' '.join(str(exc).split())}", fg="red", err=True)
        raise SystemExit(1) from None


@app.command(epilog="Example: eurag add ~/texts ~/article.txt")
def add(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files and folders.")] = None,
    library: Annotated[bool, typer.Option("--library", help="Add the built-in library.")] = False,
    collection: Annotated[str | None, typer.Option(help="Name of the collection (else the folder's name).")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Add files and folders to the library, or update what changed; then run 'eurag build'."""
    from rag.library_commands import add_to_library

    if not paths and not library:
        raise typer.BadParameter("give files or folders, or --library")
    with _progress("Reading") as progress:
        reports = add_to_library(_settings(home), paths or [], collection, library, progress)
    if as_json:
        _print_json({"files": [_fields(report) for report in reports]})
    else:
        _show_reports(reports)
    if reports and all(report.status == "rejected" for report in reports):
        raise typer.Exit(1)


@app.command(epilog="Example: eurag build --from ~/texts --prune")
def build(
    full: Annotated[bool, typer.Option("--full", help="Split, embed and average everything anew.")] = False,
    encoder: Annotated[str | None, typer.Option(help="A sentence-transformers model, by name or directory.")] = None,
    source: Annotated[Path | None, typer.Option("--from", help="Add or update this folder first.")] = None,
    prune: Annotated[bool, typer.Option("--prune", help="With --from: remove what is gone from the folder.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    if_changed: Annotated[bool, typer.Option("--if-changed", help="Say nothing when nothing changed.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Embed what is new and publish a new index; readers go on with the old one meanwhile."""
    from rag.maintenance import Rebuild, plan, rebuild

    if (prune and not source) or (dry_run and source):
        raise typer.BadParameter("--prune goes with --from, and --dry-run without it")
    settings, options = _settings(home, encoder), Rebuild(full, source, prune)
    if dry_run:
        planned = plan(settings, options)
        _say(_fields(planned), as_json, "{embedded} to embed, {kept} kept, {removed} removed; about {seconds} s")
        return
    with _progress("Embedding") as progress:
        report = rebuild(settings, options, _notice, progress)
    if if_changed and not report.embedded and not report.removed and not as_json:
        return
    _say(
        _fields(report),
        as_json,
        "{passages} passages of {documents} documents: {embedded} embedded, {kept} kept, {removed} removed, "
        "{seconds:.1f} s; generation {generation}, snapshot {snapshot}",
    )


@app.command(epilog="Example: eurag generations")
def generations(home: Home = None, as_json: AsJson = False) -> None:
    """List the generations of the index on disk, newest first."""
    from rag.display import table
    from rag.maintenance import list_generations

    found = list_generations(_settings(home))
    if as_json:
        _print_json({"generations": found})
        return
    columns = ("generation", "created_at", "documents", "passages", "snapshot", "problem")
    rows = [[("* " if g["current"] else "  ") + g["generation"], *(g.get(name) for name in columns[1:])] for g in found]
    table(_console(), columns, rows)


@app.command(epilog="Example: eurag rollback g000002")
def rollback(
    generation: Annotated[str | None, typer.Argument(help="Its name; else the one before the current.")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Make an earlier generation of the index current again; the library stays as it is."""
    from rag.maintenance import roll_back_to

    name = roll_back_to(_settings(home), generation)
    _say(
        {"generation": name}, as_json, "the current generation is {generation}; 'eurag build' goes on from the library"
    )


@app.command(epilog="Example: eurag verify")
def verify(home: Home = None, as_json: AsJson = False) -> None:
    """Check every generation: checksums, texts, and stored vectors against fresh ones."""
    from rag.maintenance import verify as verify_home

    problems = verify_home(_settings(home))
    if as_json:
        _print_json({"problems": problems})
    else:
        for problem in problems or ["no problem found"]:
            typer.echo(problem)
    if problems:
        raise typer.Exit(1)


@app.command(epilog='Example: eurag search "rules of origin" --kind treaty -k 5')
def search(
    query: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, help="How many passages.")] = 10,
    language: Language = None,
    kind: Kind = None,
    since: Since = None,
    until: Until = None,
    file: QuestionFile = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Find passages, in both languages whatever the question's."""
    from rag.contract import search_json
    from rag.display import show_hits

    filters, questions = _filters(language, kind, since, until), _questions(query, file)
    retriever = _retriever(home)
    for id_, text in questions:
        asked = retriever.query(text)
        hits = retriever.search(asked, k, filters)
        if as_json or file:
            _print_json(id_ | search_json(text, asked.language, retriever.index.manifest.snapshot, hits))
        else:
            show_hits(_console(), text, hits)


@app.command(epilog='Example: eurag ask "Когда был подписан Договор о ЕАЭС?"')
def ask(
    question: Annotated[str | None, typer.Argument(help="A question in Russian or English.")] = None,
    language: Language = None,
    kind: Kind = None,
    since: Since = None,
    until: Until = None,
    file: QuestionFile = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Answer with quoted sentences and their sources, or say that the texts hold no answer."""
    from rag.answers import answer
    from rag.contract import answer_json
    from rag.display import show_answer

    filters, questions = _filters(language, kind, since, until), _questions(question, file)
    _add_library_if_empty(home)
    retriever = _retriever(home)
    for id_, text in questions:
        result = answer(retriever, text, filters)
        if as_json or file:
            _print_json(id_ | answer_json(result))
        else:
            show_answer(_console(), result)


@app.command(name="list", epilog="Example: eurag list --kind treaty")
def list_documents(
    language: Language = None,
    kind: Kind = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """List the documents of the library."""
    from rag.contract import document_json
    from rag.display import table
    from rag.library_commands import documents

    found = [document_json(d, full=False) for d in documents(_settings(home), language, kind)]
    if as_json:
        _print_json({"documents": found})
        return
    rows = [(d["document"], d["kind"], " ".join(d["languages"]), d["year"], d["source"], d["title"]) for d in found]
    table(_console(), ("id", "kind", "lang", "year", "source", "title"), rows)


@app.command(epilog="Example: eurag show 001_04c213a0fb89b7a9.txt --text")
def show(
    document: Annotated[str, typer.Argument(help="An id, the beginning of one, or a source.")],
    text: Annotated[
        bool, typer.Option("--text", help="Print the text that offsets count in, and nothing else.")
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Show a document's record, or with --text its text."""
    from rag.contract import document_json
    from rag.library_commands import find

    found = find(_settings(home), document)
    if text:
        sys.stdout.buffer.write(found.text.encode())
        return
    data = document_json(found, full=True)
    if as_json:
        _print_json(data)
        return
    record = data.pop("record")
    for name, value in (data | record).items():
        if value not in (None, "", [], (), {}) and name not in ("origins", "sources"):
            origin = record["origins"].get(name)
            typer.echo(f"{name:14} {_plain(value)}" + (f"  ({origin})" if origin else ""))


@app.command(epilog="Example: eurag remove 001_04c213a0fb89b7a9.txt")
def remove(
    document: Annotated[str, typer.Argument(help="An id, the beginning of one, or a source.")],
    purge: Annotated[bool, typer.Option("--purge", help="Erase it from every generation, now.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Remove a document: it is hidden at once and leaves the index at the next build."""
    from rag.library_commands import remove as remove_document

    removed = remove_document(_settings(home), document, purge=purge)
    after = "erased from every generation" if purge else "'eurag build' drops it from the index"
    message = "removed {source} ({removed}); " + after
    _say({"removed": removed.id, "source": removed.source}, as_json, message)


@app.command(epilog="Example: eurag status --json")
def status(home: Home = None, as_json: AsJson = False) -> None:
    """Show what the home holds and whether the index is up to date."""
    from rag.library_commands import status as status_of

    data = status_of(_settings(home))
    if as_json:
        _print_json(data)
        return
    for name, value in data.items():
        typer.echo(f"{name:12} {_plain(value)}")


def _settings(home: Path | None, encoder: str | None = None) -> Any:
    from rag.settings import load_settings

    return load_settings(home, encoder)


def _retriever(home: Path | None) -> Any:
    from rag.session import open_retriever

    return open_retriever(_settings(home), _notice)


def _add_library_if_empty(home: Path | None) -> None:
    from rag.session import add_library_if_empty

    with _progress("Embedding") as progress:
        add_library_if_empty(_settings(home), _notice, progress)


def _filters(language: str | None, kind: str | None, since: str | None, until: str | None) -> Any:
    from corpus.dates import is_date
    from embeddings import Filters

    for name, value in (("--since", since), ("--until", until)):
        if value and not is_date(value):
            raise typer.BadParameter(f"{name} must be a date like 2014 or 2014-05-29, found '{value}'")
    return Filters(language, kind, since, until)


def _questions(question: str | None, file: Path | None) -> list[tuple[dict[str, Any], str]]:
    """({"id": ...} or {}, question) from the argument or the lines of a file."""
    if (question is None) == (file is None):
        raise typer.BadParameter("give one question, or --file")
    if file is None:
        if not question or not question.strip():
            raise typer.BadParameter("the question is empty")
        return [({}, question)]
    from rag.library_commands import read_questions

    return list(read_questions(file))


def _console() -> Any:
    from rich.console import Console

    return Console(highlight=False)


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None] | None]:
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
            _notice(f"{label} {done} of {total}, {rate:.1f}/s, {(total - done) / rate:.0f} s left")

    return write


def _notice(message: str) -> None:
    typer.echo(f"eurag: {message}", err=True)


def _print_json(data: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    sys.stdout.flush()


def _say(data: dict[str, Any], as_json: bool, message: str) -> None:
    """The data as JSON, or the message with its fields filled in."""
    if as_json:
        _print_json(data)
    else:
        typer.echo(message.format(**data))


def _fields(record: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(record)


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _show_reports(reports: list[Any]) -> None:
    counts: dict[str, int] = {}
    for report in reports:
        counts[report.status] = counts.get(report.status, 0) + 1
        if report.status == "rejected":
            typer.secho(f"rejected {report.source!r}: {report.detail}", fg="red", err=True)
        elif report.status == "duplicate":
            typer.echo(f"{report.source}: duplicate of {report.detail}")
    typer.echo(", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "nothing to add")
