"""An answer in a model's words, each sentence of which its passages hold; else the extractive answer."""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from corpus import Filters, fold, sentence_spans, squash
from corpus.languages import language_of
from embeddings import StoredPassage
from rag.answer.answer import Answer, Ask
from rag.answer.generation import Generation
from rag.answer.problem import Problem
from rag.answer.quotes import Sentence
from rag.errors import LlmUnavailable
from rag.language.interface import ui_language
from rag.llm.check import Checker, Verdict
from rag.llm.client import complete
from rag.llm.prompt import prompt
from rag.llm.settings import LlmSettings
from rag.search.retrieval import Retriever

#: Less than this share of a model's sentences kept, and the extractive answer is given.
LEAST_KEPT = 0.5
#: Sentences beyond these are not read: a model that goes on and on costs no more.
MOST_READ = 12

#: [1], [1, 2], [[1]], [^1], [passage 1], 【1】, [1-3]; of the last the ends are read.
_MARK = r"[\[【]{1,2}\^?(?:passage\s|source\s|n\s?[:=]\s?)?\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*[\]】]{1,2}"
_MARKS = re.compile(rf"(?:(?<!\s)\s++)?((?:{_MARK}\s*(?:[,;]\s*(?={_MARK}))?)+)", re.I)
_MARKS_BEHIND = re.compile(rf"([.!?…][\"”»)]?){_MARKS.pattern}", re.I)
_BULLET = re.compile(r"^\s*(?:[-•>]|\d+[.)])\s+")
_EMPHASIS = re.compile(r"\*+|__|`")
#: Lines that state nothing: headings, rules, words before a list.
_NO_STATEMENT = re.compile(r"^\s*(?:#|[-=*_|]{3,}\s*$)|:\s*$")

_logger = logging.getLogger("eurag.llm")
_logger.addHandler(logging.NullHandler())  # for the service's log; a command says it in the answer


def llm_answer(
    settings: LlmSettings, ask: Ask, retriever: Retriever, question: str, filters: Filters | None = None
) -> Answer:
    """The answer of `ask` in the model's words where they hold; a refusal is never worded."""
    extractive = ask(retriever, question, filters)
    return worded(settings, retriever, extractive) if extractive.answerable else extractive


def worded(settings: LlmSettings, retriever: Retriever, extractive: Answer) -> Answer:
    """An extractive answer put into the model's words, or as it is; `generation` tells which and why."""
    asked = prompt(
        extractive.question,
        extractive.language,
        _passages(extractive),
        settings.prompt_tokens,
        retriever.encoder.count_tokens,
    )
    if not asked.passages:
        return _quoted(settings, extractive, Problem("unasked", settings.model))
    try:
        text = complete(settings, asked.messages)
    except LlmUnavailable as exc:
        _logger.warning("%s", exc)
        return _quoted(settings, extractive, exc.problem)
    if kind := _unreadable(text, extractive.language):
        return _quoted(settings, extractive, Problem(kind, settings.model))
    checker = Checker(retriever)
    checked = [
        (words, _verdict(checker, words, numbers, asked.passages))
        for words, numbers in dict(cited_sentences(text, extractive.language)).items()
    ]
    kept = tuple(Sentence(verdict.quotes, wording=words) for words, verdict in checked if verdict.quotes)
    used = bool(kept) and len(kept) >= LEAST_KEPT * len(checked)
    generation = Generation(settings.model, len(kept), len(checked) - len(kept), used)
    if not used:
        return replace(extractive, generation=generation)
    return replace(extractive, sentences=kept, groups=(), generation=generation)


def _quoted(settings: LlmSettings, extractive: Answer, problem: Problem) -> Answer:
    return replace(extractive, generation=Generation(settings.model, problem=problem))


def _unreadable(text: str, language: str) -> Literal["silent", "language"] | None:
    """What keeps a whole text from being the answer to a question in this language."""
    spoken = language_of(fold(text))
    if spoken is None:
        return "silent"
    return None if ui_language(spoken) == ui_language(language) else "language"


def cited_sentences(text: str, language: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """(words, numbers cited) of the first sentences of a model's answer; marks before or behind the full stop."""
    stating = (line for line in text.splitlines() if not _NO_STATEMENT.search(line))
    plain = (squash(_BULLET.sub("", _EMPHASIS.sub("", line))) for line in stating)
    lines = (_MARKS_BEHIND.sub(r" \2\1 ", line) for line in plain)
    sentences = (line[start:end] for line in lines for start, end in sentence_spans(line, language))
    for _, sentence in zip(range(MOST_READ), sentences, strict=False):
        numbers = tuple(int(n) for marks in _MARKS.findall(sentence) for n in re.findall(r"\d+", marks))
        words = squash(_MARKS.sub(" ", sentence)).replace(" .", ".").replace(" ,", ",")
        if any(character.isalnum() for character in words):
            yield words, tuple(dict.fromkeys(numbers))


def _passages(extractive: Answer) -> list[StoredPassage]:
    """What the answer was chosen from, the passages quoted first."""
    quoted = [quote.passage for sentence in extractive.sentences for quote in sentence.quotes]
    found = [hit.passage for hit in extractive.related]
    return list({passage.row: passage for passage in [*quoted, *found]}.values())


def _verdict(checker: Checker, words: str, numbers: Sequence[int], passages: Sequence[StoredPassage]) -> Verdict:
    missing = [n for n in numbers if not 1 <= n <= len(passages)]
    if missing:
        return Verdict(problem=f"there is no passage [{missing[0]}]")
    return checker.check(words, [passages[n - 1] for n in numbers])
