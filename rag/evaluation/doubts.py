"""What is doubtful about the gold of questions: most likely a slip, or not the index that was meant."""

from collections.abc import Sequence

from embeddings import Index
from rag.evaluation.judging import holds
from rag.evaluation.questions import Question

_NAMED = 5


def doubts(index: Index, questions: Sequence[Question]) -> list[str]:
    """A line for each kind of doubt, with the documents or questions that it concerns."""
    found = {
        "right documents that the index does not hold": _unknown_sources(index, questions),
        "questions with gold snippets that none of their documents holds": _misquoting(index, questions),
        "unanswerable questions whose gold is not counted": [q.id for q in questions if q.ignored_gold],
    }
    return [f"{doubt}: {_listed(names)}" for doubt, names in found.items() if names]


def _unknown_sources(index: Index, questions: Sequence[Question]) -> list[str]:
    """Gold sources that the index does not hold."""
    return sorted({source for question in questions for source in question.sources if not index.texts.find(source)})


def _misquoting(index: Index, questions: Sequence[Question]) -> list[str]:
    """The questions with a snippet that is in no text of theirs, where the index holds all of these."""
    return [question.id for question in questions if question.snippets and _misquotes(index, question)]


def _misquotes(index: Index, question: Question) -> bool:
    found = [index.texts.find(source) for source in question.sources]
    texts = [document.text for documents in found for document in documents]
    return all(found) and not all(holds(texts, [snippet]) for snippet in question.snippets)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
