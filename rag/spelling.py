"""Misspelt names in a question: each becomes the name of the glossary that it comes nearest to."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from corpus import fold
from embeddings import terms, tokens
from rag.language.interface import ui_language
from rag.language.quotation import quoted
from rag.search.glossary import WORDS
from rag.search.query import question_language
from rag.search.retrieval import Retriever
from rag.wanted import idf_of_none, is_unmentioned

#: Shorter names come too near to one another: Iran and Iraq.
SHORTEST = 6
#: As `difflib` measures it: one letter among seven to ten, two among more.
ALIKE = 0.84

_SEARCHED = {"ru": "Вместо {} искали {}.", "en": "Searched for {1} instead of {0}."}
_CYRILLIC = re.compile("[\u0400-\u04ff]")


@dataclass(frozen=True, slots=True)
class Respelt:
    """A question as it is searched, and the note that says what was put for what; None where nothing was."""

    question: str
    note: str | None = None


def respelt(question: str, retriever: Retriever) -> Respelt:
    """The question with each capitalised word that is in no text and no name put right, if a name is near.

    The name must be one that the texts mention, so that what they say nothing of is never taken for something else.
    """
    text = fold(question)
    unknown = [(start, end) for _, start, end in tokens(text) if _is_unknown(retriever, text[start:end])]
    names = _names_mentioned(retriever) if unknown else {}
    said: list[tuple[str, str]] = []
    for start, end in reversed(unknown):
        word = text[start:end]
        near = [name for form in _compared(word) for name in get_close_matches(form, names, n=1, cutoff=ALIKE)]
        if near:
            said.insert(0, (word, names[near[0]]))
            text = f"{text[:start]}{names[near[0]]}{text[end:]}"
    if not said:
        return Respelt(question)
    spoken = ui_language(question_language(question))
    wrong, right = (quoted(words, spoken) for words in zip(*said, strict=True))
    return Respelt(text, _SEARCHED[spoken].format(wrong, right))


def _is_unknown(retriever: Retriever, word: str) -> bool:
    stems = terms(word)
    if not (word[0].isupper() and stems and _compared(word)) or any(map(retriever.glossary.knows, stems)):
        return False
    return all(idf >= idf_of_none(retriever) for idf in retriever.index.idf(stems).values())


def _names_mentioned(retriever: Retriever) -> dict[str, str]:
    """{what is compared of it: word} of every capitalised word in the names of what the texts mention."""
    entries = (e for e in retriever.glossary.entries if e.topic not in WORDS and not is_unmentioned(retriever, e))
    names = [name for entry in entries for written in entry.names.values() for name in written]
    words = [name[start:end] for name in names for _, start, end in tokens(name) if name[start].isupper()]
    return {form: word for word in reversed(words) for form in _compared(word)}


def _compared(word: str) -> list[str]:
    """What of a word is compared: it as it stands, and the stem of a Russian one, which has endings."""
    forms = [word.casefold(), *(terms(word) if _CYRILLIC.search(word) else ())]
    return [form for form in forms if len(form) >= SHORTEST]
