"""The command that measures: `eval`."""

from pathlib import Path
from typing import Annotated

import typer

from rag.cli.options import AsJson, Home, Kind, Language, Reader, Since, Until, filters_from
from rag.output.terminal import console, notice, print_json, progress_bar

commands = typer.Typer()


@commands.command(name="eval", epilog="Example: eurag eval questions.jsonl --only split=tune --json > before.json")
def evaluate(
    questions: Annotated[Path, typer.Argument(help="JSON Lines of questions with gold, or a folder of BEIR.")],
    only: Annotated[
        list[str] | None, typer.Option(help="FIELD=VALUE that a question must have; may be given again.")
    ] = None,
    compare: Annotated[
        Path | None, typer.Option(help="What an earlier run printed with --json: test the differences.")
    ] = None,
    language: Language = None,
    kind: Kind = None,
    since: Since = None,
    until: Until = None,
    reader: Reader = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Measure answers, refusals and retrieval on questions whose answers are known."""
    from rag.evaluation.runs import Options
    from rag.evaluation.runs import evaluate as evaluate_questions
    from rag.evaluation.tables import show_report

    options = Options(_pairs(only or []), filters_from(language, kind, since, until), compare, reader)
    with progress_bar("Embedding tokens" if questions.is_dir() else "Questions") as progress:
        report = evaluate_questions(questions, home, options, notice, progress)
    if as_json:
        print_json(report.to_dict())
    else:
        show_report(console(), report)


def _pairs(only: list[str]) -> list[tuple[str, str]]:
    pairs = [text.partition("=") for text in only]
    if not all(field and equals for field, equals, _ in pairs):
        raise typer.BadParameter("--only must be FIELD=VALUE, as in split=tune")
    return [(field, value) for field, _, value in pairs]
