"""The command that brings records of journals and repositories into the library: `harvest`."""

from typing import Annotated, Any, Literal

import typer

from rag.cli.options import AsJson, Home, settings_for
from rag.output.terminal import fields, notice, print_json, progress_bar, write_line

commands = typer.Typer()


@commands.command(epilog="Example: eurag harvest https://journal.example.org/oai --since 2020 --fulltext")
def harvest(
    url: Annotated[str, typer.Argument(help="Address of an OAI-PMH interface; of OJS and Elpub it ends in /oai.")],
    set_spec: Annotated[str | None, typer.Option("--set", help="Only this set of the repository.")] = None,
    since: Annotated[str | None, typer.Option(help="All that changed from this date on, again.")] = None,
    until: Annotated[str | None, typer.Option(help="Only what changed up to this date.")] = None,
    format_: Annotated[
        Literal["auto", "oai_dc", "jats"], typer.Option("--format", help="auto: JATS where it is offered.")
    ] = "auto",
    fulltext: Annotated[bool, typer.Option("--fulltext", help="Also fetch the PDF, HTML or XML of each.")] = False,
    collection: Annotated[str | None, typer.Option(help="Name of the collection (else the host's name).")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Add the records of a journal or repository by OAI-PMH, next time only what changed; then run 'eurag build'."""
    from corpus.dates import is_date
    from corpus.harvest import HarvestOptions
    from rag.home.catalogue import harvest_into_library

    for name, value in (("--since", since), ("--until", until)):
        if value and not is_date(value):
            raise typer.BadParameter(f"{name} must be a date like 2020 or 2020-05-12, found '{value}'")
    options = HarvestOptions(set_spec, since, until, format_, fulltext, collection)
    with progress_bar("Harvesting records") as progress:
        report = harvest_into_library(settings_for(home), url, options, notice, progress)
    if as_json:
        print_json(fields(report))
    else:
        _show(report)
    if report.stopped:
        notice(report.stopped)
        raise typer.Exit(1)


def _show(report: Any) -> None:
    for problem in report.problems:
        write_line(f"{problem.identifier}: {problem.reason}", error=True)
    write_line(
        f"{report.records} records from {report.url} ({report.format}): {report.added} added, "
        f"{report.updated} updated, {report.unchanged + report.seen} unchanged, {report.removed} removed, "
        f"{len(report.problems)} with problems; {report.full_texts} with full text, "
        f"{report.without_abstract} without abstract"
    )
