"""Commands about the index: `build`, `generations`, `rollback` and `verify`."""

from pathlib import Path
from typing import Annotated

import typer

from rag.cli.options import AsJson, Home, settings_for
from rag.output.terminal import console, fields, notice, print_json, progress_bar, say, write_line

commands = typer.Typer()


@commands.command(epilog="Example: eurag build --from ~/texts --prune")
def build(
    full: Annotated[bool, typer.Option("--full", help="Split, embed and average everything anew.")] = False,
    encoder: Annotated[str | None, typer.Option(help="A sentence-transformers model, by name or directory.")] = None,
    source: Annotated[str | None, typer.Option("--from", help="Add or update this folder first.")] = None,
    prune: Annotated[bool, typer.Option("--prune", help="With --from: remove what is gone from the folder.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    if_changed: Annotated[bool, typer.Option("--if-changed", help="Say nothing when nothing changed.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Embed what is new and publish a new index; readers go on with the old one meanwhile."""
    from rag.home.maintenance import Rebuild, plan, rebuild

    if prune and not source:
        raise typer.BadParameter("--prune goes with --from")
    if "" in (source, encoder):  # an unset variable of a script, which must not mean "here" or "the default"
        raise typer.BadParameter("--from and --encoder must not be empty")
    settings = settings_for(home, encoder)
    options = Rebuild(full, Path(source) if source else None, prune)
    if dry_run:
        message = "{embedded} passages to embed, {kept} kept, {removed} removed; about {seconds} s"
        documents = "documents: {added} to add, {updated} to update, {pruned} to prune; " if source else ""
        say(fields(plan(settings, options, notice)), as_json, documents + message)
        return
    with progress_bar("Embedding tokens") as progress:
        report = rebuild(settings, options, notice, progress)
    if if_changed and not report.published and not as_json:
        return
    say(
        fields(report),
        as_json,
        "{passages} passages of {documents} documents: {embedded} embedded, {kept} kept, {removed} removed, "
        "{seconds:.1f} s; generation {generation}, snapshot {snapshot}",
    )


@commands.command(epilog="Example: eurag generations")
def generations(home: Home = None, as_json: AsJson = False) -> None:
    """List the generations of the index on disk, newest first."""
    from rag.home.maintenance import list_generations
    from rag.output.display import table

    found = list_generations(settings_for(home))
    if as_json:
        print_json({"generations": found})
        return
    columns = ("generation", "created_at", "documents", "passages", "snapshot", "problem")
    rows = [[("* " if g["current"] else "  ") + g["generation"], *(g.get(name) for name in columns[1:])] for g in found]
    table(console(), columns, rows)


@commands.command(epilog="Example: eurag rollback g000002")
def rollback(
    generation: Annotated[str | None, typer.Argument(help="Its name; else the one before the current.")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Make an earlier generation of the index current again; the library stays as it is."""
    from rag.home.maintenance import roll_back_to

    name = roll_back_to(settings_for(home), generation, notice)
    say({"generation": name}, as_json, "the current generation is {generation}; 'eurag build' goes on from the library")


@commands.command(epilog="Example: eurag verify")
def verify(home: Home = None, as_json: AsJson = False) -> None:
    """Check every generation: checksums, texts, and stored vectors against fresh ones."""
    from rag.home.maintenance import verify as verify_home

    problems = verify_home(settings_for(home))
    if as_json:
        print_json({"problems": problems})
    else:
        for problem in problems or ["no problem found"]:
            write_line(problem)
    if problems:
        raise typer.Exit(1)
