"""The `eurag` command: its groups of commands, and what becomes of an error."""

import typer

from corpus.errors import EuragError
from rag.commands import evaluation, index, library, questions, references, serve

app = typer.Typer(
    name="eurag",
    help="Questions in Russian or English about texts on Eurasian integration; every sentence cited.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for group in (library, index, questions, evaluation, references, serve):
    app.add_typer(group.commands)


def main() -> None:
    """Entry point: a known error is one line on stderr and exit code 1; a bug keeps its traceback."""
    try:
        app()
    except EuragError as exc:
        typer.secho(f"eurag: {' '.join(str(exc).split())}", fg="red", err=True)
        raise SystemExit(1) from None
