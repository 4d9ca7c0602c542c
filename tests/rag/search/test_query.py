import numpy as np
import pytest

from embeddings import open_index
from rag.search.glossary import load_glossary
from rag.search.query import MOST_CHARACTERS, MOST_NAMES, MOST_TERMS, question_language
from rag.search.retrieval import Retriever
from tests.fakes import FakeEncoder


@pytest.fixture(scope="module")
def both(tmp_path_factory, fill_home):
    """A text in each language."""
    home = tmp_path_factory.mktemp("both")
    fill_home(home, {"court.txt": "The judge of the court.", "sud.txt": "О судье того суда."})
    return Retriever(open_index(home), FakeEncoder(), load_glossary())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Где находится Суд ЕАЭС?", "ru"),
        ("Where is the court?", "en"),
        ("Что такое EAEU?", "ru"),
        ("2014?", "en"),
        ("", "en"),
    ],
)
def test_the_language_of_a_question(text, language):
    assert question_language(text) == language


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_query_has_a_unit_vector_and_the_terms_of_the_question(both, language):
    query = both.query("Where is the court?")
    assert np.linalg.norm(query.vector(language)) == pytest.approx(1, abs=1e-5)
    assert query.terms == ("court",)


def test_texts_in_the_questions_language_are_searched_by_the_question_alone(both):
    query = both.query("Кто возглавляет ЕАЭС?")
    assert query.readings("ru") == (query.own,)
    assert np.array_equal(query.tokens("ru"), query.own.tokens)


def test_texts_in_the_other_language_are_searched_by_the_gloss_too(both):
    query = both.query("Кто возглавляет ЕАЭС?")
    own, gloss = query.readings("en")
    assert gloss.text == "Кто head Eurasian Economic Union?"
    assert len(query.tokens("en")) == len(own.tokens) + len(gloss.tokens)
    union = both.index.centre_query(both.encoder.encode_queries(["Eurasian Economic Union"])[0], "en")
    assert query.vector("en") @ union > query.vector("ru") @ union


def test_a_question_of_unknown_words_has_no_gloss(both):
    assert both.query("Кто тут бормоглот?").glosses == {}


def test_nothing_is_glossed_for_texts_that_are_not_there(tmp_path, fill_home):
    fill_home(tmp_path, {"court.txt": "The judge of the court."})
    english = Retriever(open_index(tmp_path), FakeEncoder(), load_glossary())
    assert english.query("Who heads the EAEU?").glosses == {}


def test_names_numbers_and_empty_words_are_not_plain(both):
    own = both.query("Сколько судей назначил Иванов в ЕАЭС в 2015 году?").own
    plain = {own.text[start:].split()[0] for start, is_plain in zip(own.starts, own.plain, strict=True) if is_plain}
    assert plain == {"судей", "назначил", "году?"}


def test_names_weigh_less_than_plain_words(both):
    own = both.query("Who heads the EAEU budget?").own
    lengths = np.linalg.norm(own.tokens, axis=1)
    weight = {own.text[at:].split()[0].strip("?"): length for at, length in zip(own.starts, lengths, strict=True)}
    assert weight["EAEU"] < weight["budget"]
    assert lengths.mean() == pytest.approx(1, abs=1e-5)


def test_of_a_long_question_so_many_characters_terms_and_names_are_read(both):
    names = [names["en"][0] for names in (entry.names for entry in both.glossary.entries)]
    query = both.query(" and ".join([*names, *(f"number{n}" for n in range(MOST_TERMS)), "the end", "2014"] * 2))
    assert len(query.entries) == MOST_NAMES
    assert len(set(query.terms)) == MOST_TERMS
    assert {len(reading.text) for reading in (query.own, *query.glosses.values())} == {MOST_CHARACTERS}


def test_a_term_counts_as_often_as_the_question_has_it(both):
    assert both.query("The court and the judge of the court?").terms == ("court", "judg", "court")
