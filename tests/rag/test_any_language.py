"""Texts and questions in any language: beside the library no question fails, and each text can be found."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import Library, add_builtin, add_paths
from corpus.builtin import sample_questions
from corpus.languages import LANGUAGES
from embeddings import build_index, open_index
from rag.answer.answer import Answerer
from rag.output.contract import answer_json, answer_lines
from rag.search.glossary import load_glossary
from rag.search.retrieval import Retriever
from tests.fakes import FakeEncoder, WordReader

DATA = Path(__file__).parents[1] / "data"
MADE = [json.loads(line) for line in (DATA / "languages.jsonl").read_text("utf-8").splitlines()]
#: What the first text of each language is asked, in that language, in Russian and in English; and how many judges the
#: Court has, which the built-in library knows.
ASKED = {
    made["language"]: made
    for made in map(json.loads, (DATA / "language_questions.jsonl").read_text("utf-8").splitlines())
}
ALL = [(code, asked) for code, made in ASKED.items() for asked in ("own", "ru", "en", "court")]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory, e5):
    """The built-in library with one text in each of fifteen languages."""
    home = tmp_path_factory.mktemp("mixed")
    with Library(home / "library.db") as library:
        add_builtin(library)
        for code in ASKED:
            path = home / f"{code}.md"
            path.write_text(next(made["text"] for made in MADE if made["language"] == code), "utf-8")
            add_paths(library, [path])
        build_index(home, library, e5, "e5")
    index = open_index(home)
    yield Retriever(index, e5, load_glossary())
    index.close()


def test_each_text_is_in_its_own_language(mixed):
    found = {source: mixed.index.texts.find(f"{source}.md")[0].record.languages for source in ASKED}
    assert found == {code: (code,) for code in ASKED}


@pytest.mark.parametrize("code", ASKED)
def test_a_text_is_found_by_a_question_in_its_own_language(mixed, code):
    assert f"{code}.md" in _sources(mixed, ASKED[code]["own"])


@pytest.mark.parametrize("code", ASKED)
def test_texts_of_the_library_are_found_by_a_question_in_any_language(mixed, code):
    assert {"en-eaeu-court.md", "ru-sud-eaes.md"} & set(_sources(mixed, ASKED[code]["court"]))


def _sources(retriever, question):
    return [hit.passage.document.source for hit in retriever.search(retriever.query(question), 10)]


@pytest.mark.parametrize(("code", "asked"), ALL)
def test_no_question_fails_beside_texts_of_fifteen_languages(mixed, code, asked):
    question = ASKED[code][asked]
    answer = Answerer(WordReader())(mixed, question)
    assert answer_json(answer, "gost")["question"] == question
    assert answer_lines(answer)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_texts_of_further_languages_do_not_flood_what_is_found(mixed, language):
    for asked in sample_questions(language)[:15]:
        hits = mixed.search(mixed.query(asked.question), 10)
        assert sum(hit.passage.language not in ("ru", "en") for hit in hits) <= 6
        assert any(hit.passage.language in ("ru", "en") for hit in hits[:3])


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """All made texts under a fake encoder, some labelled with languages that nothing knows."""
    home = tmp_path_factory.mktemp("small")
    codes = (*LANGUAGES, "und", "tlh", "xx")
    with Library(home / "library.db") as library:
        for number, made in enumerate(MADE):
            path = home / f"{number}.md"
            path.write_text(f"---\nlanguage: {codes[number % len(codes)]}\n---\n{made['text']}", "utf-8")
            add_paths(library, [path])
        build_index(home, library, FakeEncoder(), "fake")
    index = open_index(home)
    yield Retriever(index, FakeEncoder(), load_glossary())
    index.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    question=st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    known=st.sampled_from([*(ASKED[code][asked] for code, asked in ALL), ""]),
)
def test_no_string_makes_the_answer_path_fail(small, question, known):
    asked = f"{known} {question}"
    if not asked.strip():
        return
    answer = Answerer(WordReader())(small, asked)
    assert answer_json(answer, "apa")["question"] == asked
    assert answer_lines(answer)
