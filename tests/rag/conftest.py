from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Library, Record, add_builtin
from embeddings import DEFAULT_ENCODER, BuildReport, StoredDocument, StoredPassage, build_index, open_index
from rag.answer.answer import Answerer
from rag.answer.findings import usual
from rag.search.glossary import load_glossary
from rag.search.retrieval import Retriever
from tests.fakes import FakeEncoder, WordReader


def note(title: str, language: str, kind: str, date: str, text: str) -> str:
    return f"---\ntitle: {title}\nlanguage: {language}\nkind: {kind}\ndate: {date}\n---\n{text}\n"


TEXTS = {
    "court.md": note(
        "The Court",
        "en",
        "article",
        "2016-05-01",
        "The Court of the Union sits in Minsk. Its judges serve nine years. A judge may be appointed again.",
    ),
    "sud.md": note(
        "О суде",
        "ru",
        "note",
        "2019-03",
        "Суд Союза находится в Минске. Срок полномочий судьи составляет девять лет.",
    ),
    "budget.md": note(
        "The budget",
        "en",
        "note",
        "2012",
        "The budget of the Union is adopted each year. Shares of the members differ.",
    ),
    "pensii.md": note(
        "О пенсиях",
        "ru",
        "note",
        "2021",
        "Пенсия трудящегося складывается из частей. Соглашение о пенсиях подписано 20 декабря 2019 года.",
    ),
    "commission.md": note(
        "On tariffs",
        "en",
        "note",
        "2015",
        "The Eurasian Economic Commission sets the tariffs. Its board has met weekly since 2012.",
    ),
    "border.md": note(
        "On borders",
        "en",
        "note",
        "2010",
        "Checks at the border were lifted in July. Lorries no longer wait there.",
    ),
    "energetika.md": note(
        "Об энергетике",
        "ru",
        "note",
        "2020",
        "Общий рынок электроэнергии откладывался. Энергетика остаётся спорной.",
    ),
}


@pytest.fixture(scope="session")
def fake_home(tmp_path_factory: pytest.TempPathFactory, fill_home: Callable[..., BuildReport]) -> Path:
    """A home with `TEXTS`, indexed with the fake encoder; for reading only."""
    home = tmp_path_factory.mktemp("fake-home")
    fill_home(home, TEXTS)
    return home


@pytest.fixture(scope="session")
def retriever(fake_home: Path) -> Retriever:
    return Retriever(open_index(fake_home), FakeEncoder(), load_glossary())


@pytest.fixture(scope="session")
def make_passage() -> Callable[..., StoredPassage]:
    """Makes a stored passage that is a whole document; keywords go to its record."""

    def make(text: str, language: str = "en", part: str = "body", row: int = 0, **record: object) -> StoredPassage:
        document = StoredDocument(f"document-{row}", "texts", f"{row}.txt", text, Record(**record), ())
        return StoredPassage(row, row + 100, document, 0, len(text), part, None, language, None)

    return make


@pytest.fixture(scope="session")
def set_threshold() -> Callable[[float], Answerer]:
    """Makes an answerer that answers from this probability on, as the reader of words tells it."""

    def answerer(threshold: float) -> Answerer:
        return Answerer(WordReader(), replace(usual(WordReader.id), threshold=threshold))

    return answerer


@pytest.fixture(scope="session")
def ask() -> Answerer:
    """Answers by the reader of words, from one half on."""
    return Answerer(WordReader())


@pytest.fixture(scope="session")
def library_retriever(tmp_path_factory, e5) -> Retriever:
    """The built-in library under the packaged encoder; indexed once for all tests, which only read it."""
    home = tmp_path_factory.mktemp("library-home")
    with Library(home / "library.db") as library:
        add_builtin(library)
        build_index(home, library, e5, DEFAULT_ENCODER)
    return Retriever(open_index(home), e5, load_glossary())
