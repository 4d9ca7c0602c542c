"""A follow-up question completed by the model; used only where it adds nothing to what was asked."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from corpus import fold, squash
from corpus.languages import language_of
from embeddings import terms, tokens
from rag.conversation import DEPTH, Standalone
from rag.errors import LlmUnavailable
from rag.llm.client import complete
from rag.llm.prompt import Message
from rag.llm.settings import LlmSettings

#: The share of the time for an answer, and the length of a question.
TIME_SHARE, MOST_TOKENS, MOST_CHARS = 0.3, 100, 300
#: So large a share of its words must stand in the user's questions.
LEAST_SAID = 0.8

_RULES = """Rewrite the user's last question so that it can be understood without the questions before it. Take over \
names, documents and dates that it leans on, from those questions only; add nothing else. Keep its language. If it \
stands on its own, repeat it. Write the question alone, on one line."""

_logger = logging.getLogger("eurag.llm")


def completed(settings: LlmSettings, questions: Sequence[str], ruled: Standalone) -> Standalone:
    """The last question as the model completes it, or as the rules did (`ruled`).

    The rules' is kept for a first question, where the model fails, and where what it writes holds a number or name
    that nobody asked about, many other words, or another language.
    """
    if len(questions) < 2:
        return ruled
    told = "\n".join(f"{n}. {squash(question)}" for n, question in enumerate(questions[-DEPTH - 1 :], start=1))
    limits = replace(settings, timeout_s=settings.timeout_s * TIME_SHARE, answer_tokens=MOST_TOKENS)
    try:
        written = squash(complete(limits, [Message("system", _RULES), Message("user", told)]))
    except LlmUnavailable as exc:
        _logger.warning("the question was completed by rules: %s", exc)
        return ruled
    if not _adds_nothing(written, questions):
        return ruled
    same = fold(written) == fold(ruled.asked)
    return Standalone(ruled.asked, ruled.asked) if same else Standalone(ruled.asked, written, ruled.carried)


def _adds_nothing(written: str, questions: Sequence[str]) -> bool:
    """Whether a question consists of what the user said, and is one."""
    if not 0 < len(written) <= MOST_CHARS or language_of(fold(written)) != language_of(fold(questions[-1])):
        return False
    said = {term for question in questions for term in terms(question)}
    new = [term for term in terms(written) if term not in said]
    named = {term for word, start, _ in tokens(written) if start and word[0].isupper() for term in terms(word)}
    strange = any(term in named or term[0].isdigit() for term in new)
    return not strange and len(new) <= (1 - LEAST_SAID) * max(1, len(terms(written)))
