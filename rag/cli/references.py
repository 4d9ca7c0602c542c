"""The command about references: `cite`."""

from typing import Annotated

import typer

from rag.cli.options import AsJson, Home, Style, settings_for
from rag.output.terminal import harmless, print_json

commands = typer.Typer()


@commands.command(epilog="Example: eurag cite 001_04c213a0fb89b7a9.txt --style apa")
def cite(
    document: Annotated[str, typer.Argument(help="An id, the beginning of one, or a source.")],
    style: Style = "gost",
    section: Annotated[str | None, typer.Option(help='The article of a treaty that is meant: "Article 5".')] = None,
    page: Annotated[str | None, typer.Option(help="The page that is meant, in a style for reading.")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Print the bibliographic reference of a document."""
    from rag.bibliography.citation_styles import cite as cite_record
    from rag.bibliography.sections import find_section
    from rag.home.catalogue import find

    found = find(settings_for(home), document)
    line = cite_record(found.record, style, section=section and find_section(found, section), page=page)
    if as_json:
        print_json({"document": found.id, "source": found.source, "style": style, "reference": line})
    else:
        typer.echo(harmless(line))
