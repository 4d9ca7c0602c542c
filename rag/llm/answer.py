"""An answer in a model's words, each sentence of which its passages hold; else the extractive answer."""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus import sentence_spans, squash
from embeddings import Filters, StoredPassage
from rag.answers import Answer, answer
from rag.groups import Sentence
from rag.llm.check import Checker, Verdict
from rag.llm.client import LlmUnavailable, complete
from rag.llm.generation import Generation
from rag.llm.prompt import prompt
from rag.llm.settings import LlmSettings
from rag.retrieval import Retriever

#: Less than this share of a model's sentences kept, and the extractive answer is given.
LEAST_KEPT = 0.5
#: Sentences beyond these are not read: a model that goes on and on costs no more.
MOST_READ = 12

_MARKS = re.compile(r"\s*((?:\[\d+(?:\s*[,;]\s*\d+)*\]\s*)+)")
_MARKS_BEHIND = re.compile(r"([.!?…])\s*((?:\[\d+(?:\s*[,;]\s*\d+)*\]\s*)+)")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")

_logger = logging.getLogger("eurag.llm")


def llm_answer(settings: LlmSettings, retriever: Retriever, question: str, filters: Filters | None = None) -> Answer:
    """The answer in the model's words where they hold; a refusal is never worded."""
    extractive = answer(retriever, question, filters)
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
    try:
        text = complete(settings, asked.messages)
    except LlmUnavailable as exc:
        _logger.warning("%s", exc)
        return replace(extractive, generation=Generation(settings.model, 0, 0, used=False, problem=str(exc)))
    checker = Checker(retriever)
    checked = [
        (words, _verdict(checker, words, numbers, asked.passages))
        for words, numbers in cited_sentences(text, extractive.language)
    ]
    kept = tuple(Sentence(verdict.quotes, words) for words, verdict in checked if verdict.quotes)
    used = bool(kept) and len(kept) >= LEAST_KEPT * len(checked)
    generation = Generation(settings.model, len(kept), len(checked) - len(kept), used)
    if not used:
        return replace(extractive, generation=generation)
    return replace(extractive, sentences=kept, groups=(), generation=generation)


def cited_sentences(text: str, language: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """(words, numbers cited) of the first sentences of a model's answer; marks before or behind the full stop."""
    inside = _MARKS_BEHIND.sub(r" \2\1 ", text)
    lines = (_BULLET.sub("", line) for line in inside.splitlines())
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
