"""Commands about a home as a whole: `backup`, `restore` and `audit`."""

from pathlib import Path
from typing import Annotated

import typer

from rag.cli.options import AsJson, Home, settings_for
from rag.output.terminal import console, fields, print_json, say

commands = typer.Typer()


@commands.command(epilog="Example: eurag backup ~/eurag-2026-12-01.tar")
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Write the whole home into one file, while others read and write it."""
    from rag.home.backup import back_up

    report = back_up(settings_for(home), file)
    say(fields(report), as_json, "{documents} documents and the index {generation} in {file}, {bytes} bytes")


@commands.command(epilog="Example: eurag restore ~/eurag-2026-12-01.tar --home ~/restored")
def restore(
    file: Annotated[Path, typer.Argument(help="What 'eurag backup' wrote.")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Put a backup back into a home that holds nothing yet; every file is checked first."""
    from rag.home.backup import restore as restore_home

    settings = settings_for(home)
    report = restore_home(settings, file)
    message = "{documents} documents and the index {generation} are back in {home}"
    say(fields(report) | {"home": str(settings.home)}, as_json, message)


@commands.command(epilog="Example: eurag audit --last 20")
def audit(
    last: Annotated[int | None, typer.Option(min=1, help="Only so many, the newest.")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Show who changed what, when, and from where; oldest first."""
    from rag.home.audit import changes
    from rag.output.display import table

    found = [fields(change) for change in changes(settings_for(home))][-(last or 0) :]
    if as_json:
        print_json({"changes": found})
        return
    columns = ("at", "who", "where", "action", "documents", "detail")
    shown = [change | {"documents": " ".join(id_[:8] for id_ in change["documents"][:3])} for change in found]
    table(console(), columns, [tuple(change[name] for name in columns) for change in shown])
