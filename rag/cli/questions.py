"""Commands that ask: `search` and `ask`."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from rag.cli.options import (
    AsJson,
    Home,
    Kind,
    Language,
    QuestionFile,
    Reader,
    Since,
    StyleOfSources,
    Until,
    filters_from,
    settings_for,
)
from rag.output.terminal import console, notice, print_json, progress_bar

commands = typer.Typer()


@commands.command(epilog='Example: eurag search "rules of origin" --kind treaty -k 5')
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
    from rag.output.contract import search_json
    from rag.output.display import show_hits

    filters, questions = filters_from(language, kind, since, until), _questions(query, file)
    retriever = _retriever(home)
    for id_, text in questions:
        asked = retriever.query(text)
        hits = retriever.search(asked, k, filters)
        if as_json or file:
            print_json(id_ | search_json(text, asked.language, retriever.index.manifest.snapshot, hits))
        else:
            show_hits(console(), text, hits)


@commands.command(epilog='Example: eurag ask "Когда был подписан Договор о ЕАЭС?"')
def ask(
    question: Annotated[str | None, typer.Argument(help="A question in Russian or English.")] = None,
    language: Language = None,
    kind: Kind = None,
    since: Since = None,
    until: Until = None,
    file: QuestionFile = None,
    style: StyleOfSources = None,
    llm: Annotated[bool, typer.Option("--llm", help="Worded by the model of EURAG_LLM_URL, and checked.")] = False,
    reader: Reader = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Answer with quoted sentences and their sources, or say that the texts hold no answer."""
    from rag.bibliography.citation_styles import find_style
    from rag.output.contract import answer_json
    from rag.output.display import show_answer

    filters, questions = filters_from(language, kind, since, until), _questions(question, file)
    if style:
        find_style(style)
    _add_library_if_empty(home)
    answer = _answerer(home, reader, llm=llm)
    retriever = _retriever(home)
    for id_, text in questions:
        result = answer(retriever, text, filters)
        if as_json or file:
            print_json(id_ | answer_json(result, style))
        else:
            show_answer(console(), result, style)


def _answerer(home: Path | None, reader: str | None, *, llm: bool) -> Any:
    """What answers a question; with `llm` a model words it, and where none is set up the answer says so."""
    from rag.home.open import open_answerer

    settings = settings_for(home, reader=reader)
    answerer = open_answerer(settings)
    if not llm:
        return answerer
    from rag.llm.answer import llm_answer
    from rag.llm.settings import NO_MODEL

    return partial(llm_answer, settings.llm or NO_MODEL, answerer)


def _retriever(home: Path | None) -> Any:
    from rag.home.open import open_retriever

    return open_retriever(settings_for(home), notice)


def _add_library_if_empty(home: Path | None) -> None:
    from rag.home.open import add_library_if_empty

    with progress_bar("Embedding tokens") as progress:
        add_library_if_empty(settings_for(home), notice, progress)


def _questions(question: str | None, file: Path | None) -> list[tuple[dict[str, Any], str]]:
    """({"id": ...} or {}, question) from the argument or the lines of a file."""
    if (question is None) == (file is None):
        raise typer.BadParameter("give one question, or --file")
    if file is None:
        if not question or not question.strip():
            raise typer.BadParameter("the question is empty")
        return [({}, question)]
    from rag.home.catalogue import read_questions

    return list(read_questions(file))
