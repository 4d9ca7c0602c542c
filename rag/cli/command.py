"""The `eurag` command: its groups of commands, and what becomes of an error."""

import os

import typer

from corpus.errors import EuragError
from rag.cli import backup, evaluation, harvest, index, library, questions, references, serve
from rag.cli.options import Home
from rag.output.terminal import write_line

app = typer.Typer(
    name="eurag",
    help="Questions in Russian or English about texts on Eurasian integration; every sentence cited.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for group in (library, harvest, index, questions, evaluation, references, serve, backup):
    app.add_typer(group.commands)


@app.callback()
def before_commands(home: Home = None) -> None:
    """Take `--home` before the command, too; behind it the option is the command's own, and wins."""
    if home:
        os.environ["EURAG_HOME"] = str(home)


def main() -> None:
    """Entry point: a known error is one line on stderr and exit code 1; a bug keeps its traceback."""
    # Products of a question's few tokens gain nothing from more threads, and those of many askers stall each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.umask(os.umask(0) | 0o077)  # what is in a home is its owner's
    try:
        app()
    except EuragError as exc:
        write_line(f"eurag: {' '.join(str(exc).split())}", error=True)
        raise SystemExit(1) from None
