"""Commands about the library: `add`, `list`, `show`, `edit`, `remove` and `status`."""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from rag.cli.options import AsJson, Home, Kind, Language, settings_for
from rag.output.terminal import console, fields, plain, print_json, progress_bar, say, write_line

commands = typer.Typer()

_SHORT_ID = 8


@commands.command(epilog="Example: eurag add ~/texts ~/article.txt")
def add(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files and folders.")] = None,
    library: Annotated[bool, typer.Option("--library", help="Add the built-in library.")] = False,
    collection: Annotated[str | None, typer.Option(help="Name of the collection (else the folder's name).")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Add files and folders to the library, or update what changed; then run 'eurag build'."""
    from rag.home.catalogue import add_to_library
    from rag.home.file_reports import lines_of

    if not paths and not library:
        raise typer.BadParameter("give files or folders, or --library")
    with progress_bar("Reading files") as progress:
        reports = add_to_library(settings_for(home), paths or [], collection, library, progress)
    if as_json:
        print_json({"files": [fields(report) for report in reports]})
    else:
        for line, rejected in lines_of(reports):
            write_line(line, error=rejected)
        counts = Counter(report.status for report in reports)
        write_line(", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "nothing to add")
    if reports and all(report.status == "rejected" for report in reports):
        raise typer.Exit(1)


@commands.command(name="list", epilog="Example: eurag list --kind treaty")
def list_documents(
    language: Language = None,
    kind: Kind = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """List the documents of the library; "same as" names the fuller one that a duplicate is indexed as."""
    from rag.home.catalogue import documents
    from rag.output.contract import document_json
    from rag.output.display import table

    found = [document_json(d, full=False) for d in documents(settings_for(home), language, kind)]
    if as_json:
        print_json({"documents": found})
        return
    table(console(), ("id", "same as", "kind", "lang", "year", "collection/source", "title"), map(_row, found))


def _row(document: dict[str, Any]) -> tuple[object, ...]:
    return (
        document["document"],
        (document["duplicate_of"] or "")[:_SHORT_ID],
        document["kind"],
        " ".join(document["languages"]),
        document["year"],
        f"{document['collection']}/{document['source']}",
        document["title"],
    )


@commands.command(epilog="Example: eurag show 001_04c213a0fb89b7a9.txt --text")
def show(
    document: Annotated[str, typer.Argument(help="An id, the beginning of one, or a source.")],
    text: Annotated[
        bool, typer.Option("--text", help="Print the text that offsets count in, and nothing else.")
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Print what is known of it and where from, and nothing else.")
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Show a document and its record, or one of --text and --record."""
    from rag.home.catalogue import find
    from rag.output.contract import document_json
    from rag.output.display import record_lines

    found = find(settings_for(home), document)
    if text:
        sys.stdout.buffer.write(found.text.encode())
        return
    data = document_json(found, full=True)
    if record:
        data = {name: data[name] for name in ("document", "source", "record")} | {"sections": list(found.sections)}
    if as_json:
        print_json(data)
        return
    shown = ("document", "collection", "source", "duplicate_of", "characters")
    head = [f"{name:14} {plain(data[name])}" for name in shown if data.get(name) is not None]
    lines = [*([] if record else head), *record_lines(found.record)]
    for line in [*lines, f"{'sections':14} {plain(found.sections)}"] if record and found.sections else lines:
        write_line(line)


@commands.command(
    epilog="Example: eurag edit article.pdf 'title=The Union State' 'authors=Ivanova A. B.; Petrov C. D.'"
)
def edit(
    document: Annotated[str, typer.Argument(help="An id, the beginning of one, or a source.")],
    assignments: Annotated[
        list[str],
        typer.Argument(
            metavar="FIELD=VALUE...",
            help="Semicolons separate a list; FIELD= clears the field, FIELD=@ takes its edit back.",
        ),
    ],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Correct a document's record; adding its file again keeps that."""
    from rag.home.catalogue import edit as edit_document

    report = edit_document(settings_for(home), document, assignments)
    after = "embeds its passages anew" if report.embeds else "takes it into the index"
    changes = {name: {"before": before, "after": now} for name, (before, now) in report.changes.items()}
    data = {"document": report.document.id, "source": report.document.source, "changes": changes}
    message = f"edited {{source}}: {', '.join(changes)}; 'eurag build' {after}"
    say(data | {"embeds_anew": report.embeds}, as_json, message)


@commands.command(epilog="Example: eurag remove 001_04c213a0fb89b7a9.txt")
def remove(
    document: Annotated[str, typer.Argument(help="An id, the beginning of one, or a source.")],
    purge: Annotated[bool, typer.Option("--purge", help="Erase it from every generation, now.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Remove a document: it is hidden at once and leaves the index at the next build."""
    from rag.home.catalogue import remove as remove_document

    removed = remove_document(settings_for(home), document, purge=purge)
    after = "erased from every generation" if purge else "'eurag build' drops it from the index"
    message = "removed {source} ({removed}); " + after
    say({"removed": removed.id, "source": removed.source}, as_json, message)


@commands.command(epilog="Example: eurag status --json")
def status(home: Home = None, as_json: AsJson = False) -> None:
    """Show what the home holds and whether the index is up to date."""
    from rag.home.catalogue import status as status_of

    data = status_of(settings_for(home))
    if as_json:
        print_json(data)
        return
    for name, value in data.items():
        write_line(f"{name:12} {plain(value)}")
