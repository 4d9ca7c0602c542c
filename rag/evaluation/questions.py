"""Questions whose answers are known."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import EvaluationError
from rag.evaluation.records import Only, bool_of, read_records, text_of, texts_of

_ISO_639_1 = re.compile("[a-z]{2}")


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its gold. `language` is its ISO 639-1 code.

    `groups` are sets of sources: the right documents are one of each set. `sources` are all sources that
    may be cited. Any of the `snippets`, words of the texts, holds the answer. All three are empty where
    the texts do not answer; `ignored_gold` says that the file names gold all the same.
    `short` are the shortest answers, in words that count as right anywhere; `style` is "paraphrase" where the question
    shares no word with what answers it.
    """

    id: str
    language: str
    text: str
    kind: str
    groups: tuple[frozenset[str], ...]
    sources: frozenset[str]
    snippets: tuple[str, ...]
    answerable: bool
    ignored_gold: bool = False
    short: tuple[str, ...] = ()
    style: str | None = None


def read_questions(path: Path, only: Only = ()) -> list[Question]:
    """The questions of a JSON Lines file that have all fields of `only`.

    Each line holds `id`, `lang`, `question`, `kind`, `answerable`, where the texts answer `gold_docs` or
    `gold_groups`, and where they apply `gold_snippets`, `short` and `style`; other fields are ignored. Raises
    `EvaluationError`.
    """
    questions: dict[str, Question] = {}
    for where, record in read_records(path, only):
        question = _question(where, record)
        if question.id in questions:
            raise EvaluationError(f"{where}: the id '{question.id}' is there already")
        questions[question.id] = question
    if not questions:
        chosen = " with " + " and ".join(f"{field}={value}" for field, value in only) if only else ""
        raise EvaluationError(f"{path} holds no question{chosen}")
    return list(questions.values())


def _question(where: str, record: dict[str, Any]) -> Question:
    answerable = bool_of(record, "answerable", where)
    documents = frozenset(texts_of(record, "gold_docs", where))
    groups = _groups(where, record) or ((documents,) if documents else ())
    snippets = tuple(texts_of(record, "gold_snippets", where))
    if answerable and not groups:
        raise EvaluationError(
            f"{where}: an answerable question must name its documents in 'gold_docs' or 'gold_groups'"
        )
    return Question(
        id=text_of(record, "id", where),
        language=_language(where, record),
        text=text_of(record, "question", where),
        kind=text_of(record, "kind", where),
        groups=groups if answerable else (),
        sources=documents.union(*groups) if answerable else frozenset(),
        snippets=snippets if answerable else (),
        answerable=answerable,
        ignored_gold=not answerable and bool(groups or snippets),
        short=tuple(texts_of(record, "short", where)) if answerable else (),
        style=record.get("style"),
    )


def _language(where: str, record: dict[str, Any]) -> str:
    language = text_of(record, "lang", where)
    if not _ISO_639_1.fullmatch(language):
        raise EvaluationError(
            f"{where}: 'lang' must be two letters of ISO 639-1, such as ru or en, found \"{language}\""
        )
    return language


def _groups(where: str, record: dict[str, Any]) -> tuple[frozenset[str], ...]:
    groups = record.get("gold_groups") or []
    if not isinstance(groups, list):
        raise EvaluationError(f"{where}: 'gold_groups' must be a list of lists of texts")
    sets = tuple(frozenset(texts_of({"gold_groups": group}, "gold_groups", where)) for group in groups)
    if not all(sets):
        raise EvaluationError(f"{where}: a list in 'gold_groups' is empty")
    return sets
