import pytest

from rag.evidence import Quote
from rag.groups import Sentence, by_language, of_side


@pytest.fixture
def sentence(make_passage):
    def make(text, language="en", row=0, **record):
        passage = make_passage(text, language, row=row, **record)
        return Sentence((Quote(passage, 0, passage.end),))

    return make


def test_sentences_are_grouped_by_the_language_of_their_sources_with_years_the_readers_first(sentence):
    found = [
        sentence("One.", date="2016-05"),
        sentence("Два.", "ru", row=1, date="2014"),
        sentence("Three.", row=2, date="2012"),
        sentence("Four.", row=3),
    ]
    russian, english = by_language(found, "ru")
    assert (english.heading, english.sentences) == ("Англоязычные источники (2012, 2016)", (found[0], *found[2:]))
    assert (russian.heading, russian.sentences) == ("Русскоязычные источники (2014)", (found[1],))


def test_years_that_are_the_same_in_both_languages_are_left_out(sentence):
    found = [sentence("One.", date="2026-11-22"), sentence("Два.", "ru", row=1, date="2026-11")]
    assert [group.heading for group in by_language(found, "en")] == [
        "English-language sources",
        "Russian-language sources",
    ]


def test_another_language_is_named_by_its_code(sentence):
    found = [sentence("Один.", "ru"), sentence("Адзін.", "be", row=1)]
    assert [group.heading for group in by_language(found, "en")] == [
        "Russian-language sources",
        "Sources in another language (be)",
    ]


def test_one_language_makes_no_groups(sentence):
    assert by_language([sentence("One."), sentence("Two.", row=1)], "en") == ()
    assert by_language([], "en") == ()


@pytest.mark.parametrize(
    ("rows", "record", "heading"),
    [
        ((0, 0), {"title": "The Charter", "date": "1991"}, "The Charter (1991)"),
        ((0, 1), {"title": "The Charter", "date": "1991"}, "the charter (1991)"),
        ((0, 0), {"title": "First words of", "origins": {"title": "guess"}}, "the charter"),
        ((0, 0), {}, "the charter"),
    ],
    ids=["one document", "several documents", "a guessed title", "no title"],
)
def test_a_side_stands_under_the_title_of_its_only_document_else_under_the_questions_words(
    sentence, rows, record, heading
):
    found = [sentence(f"Text {n}.", row=row, **record) for n, row in enumerate(rows)]
    assert of_side("the charter", found).heading == heading
