import pytest

from rag.phrases import Words, content, kinds, naming_phrases, read_units, translated
from rag.search.glossary import load_glossary


def units(text):
    return read_units(text, load_glossary())


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("Кто его подписал?", "QPV"),
        ("When did Armenia join the EAEU?", "QQNVSN"),
        ("Договор о ЕАЭС 2014 года", "AYO"),
        ("the charter of 1997", "SDSY"),
        ("V Форум регионов", "YN"),
        ("Сколько членов?", "QR"),
        ("How much grew after that?", "QQOSP"),
        ("states that signed", "RQV"),
        ("Что такое «белорусские креветки»?", "QQN"),
        ("Кто такой Пётр Иванов?", "QQNN"),
    ],
)
def test_every_unit_has_its_kind(text, letters):
    assert kinds(units(text)) == letters


def test_units_tell_where_they_stand():
    text = "Где Суд ЕАЭС?"
    assert [text[unit.start : unit.end] for unit in units(text)] == ["Где", "Суд ЕАЭС"]


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        (
            "When was the free trade agreement between Ukraine and Belarus signed?",
            ["free trade agreement between Ukraine and Belarus"],
        ),
        ("Где подписано пенсионное соглашение ЕАЭС?", ["пенсионное соглашение ЕАЭС"]),
        ("When did the EAEU sign its agreement with China?", ["EAEU", "agreement with China"]),
        ("What is the seat of the EAEU Court?", ["EAEU Court"]),
        ("Who signed the agreement in 2011?", ["agreement in 2011"]),
        ("Who signed the agreement?", []),
        ("Сколько было в 2011 году?", []),
    ],
)
def test_phrases_name_documents_with_their_parties_and_dates(text, phrases):
    assert [phrase.text for phrase in naming_phrases(units(text), text)] == phrases


def test_content_is_all_but_question_words_and_pronouns():
    text = "How many members does it have in the Council?"
    assert [phrase.text for phrase in content(units(text), text)] == ["members", "Council"]


def test_words_put_together_keep_the_places_of_their_units():
    read = Words(text := "Где Суд ЕАЭС?", units(text))
    joined = read.cut(0, 3) + Words(" же") + read.cut(3)
    assert joined.text == "Где же Суд ЕАЭС?"
    assert [joined.text[unit.start : unit.end] for unit in joined.units] == ["Где", "Суд ЕАЭС"]
    assert joined.capitalised.units == joined.units


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("СНГ", "en", "Commonwealth of Independent States"),
        ("договора", "en", "treaty"),
        ("charter", "ru", "устав"),
        ("1997", "ru", "1997"),
    ],
)
def test_a_unit_is_translated_by_the_glossary_or_as_a_kind_of_document(text, language, name):
    assert translated(units(text)[0], language).text == name
