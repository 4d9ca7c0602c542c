"""The library of texts that comes with the program, in `corpus/library`, and questions that it answers."""

import json
from dataclasses import dataclass
from pathlib import Path

from corpus.intake import FileReport, Progress, add_paths
from corpus.records import document_id
from corpus.store import Library

COLLECTION = "library"

#: Beside the folder of notes, not in it: what is in it is added as a text. In the form that `eurag eval` reads.
_QUESTIONS = Path(__file__).with_name("library_questions.jsonl")


@dataclass(frozen=True, slots=True)
class SampleQuestion:
    """A question that the built-in notes answer; `language` is the ISO 639-1 code of its words."""

    question: str
    language: str


def builtin_folder() -> Path:
    """The folder of the built-in notes, inside the installed package; only ever read."""
    return Path(__file__).parent / "library"


def add_builtin(library: Library, progress: Progress | None = None) -> list[FileReport]:
    """Add the built-in notes, or update them to this version's."""
    return add_paths(library, [builtin_folder()], COLLECTION, progress)


def has_builtin(library: Library) -> bool:
    """Whether the library holds any of the built-in notes."""
    return not library.ids().isdisjoint(document_id(COLLECTION, note.name) for note in builtin_folder().iterdir())


def sample_questions(language: str | None = None) -> tuple[SampleQuestion, ...]:
    """The questions in a language, or all, in the order of their file."""
    records = map(json.loads, _QUESTIONS.read_text("utf-8").splitlines())
    found = (SampleQuestion(record["question"], record["lang"]) for record in records)
    return tuple(sample for sample in found if language in (None, sample.language))
