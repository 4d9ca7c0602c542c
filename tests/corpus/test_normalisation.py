import pytest
from hypothesis import given

from corpus.normalisation import fold, fold_homoglyphs, squash, without_note_mark
from tests.corpus.made_up import texts


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("The\u00a0Union\t\nState ", "The Union State"),
        ("interre-\ngional", "interregional"),
        ("интегра-\r\n  ция", "интеграция"),
        ("2010-\n2015", "2010- 2015"),
        ("Russian-Belarusian", "Russian-Belarusian"),
        ("инте\u00adграция", "интеграция"),
        ("\ufeffТекст\u200b", "Текст"),
        ("ﬁnal № ½", "final No 1⁄2"),
        ("Ёлка и ёж", "Ёлка и ёж"),
    ],
)
def test_fold_brings_what_looks_the_same_to_the_same_characters(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("UDК", "UDK"),  # the last letter is Cyrillic
        ("Сhanging", "Changing"),  # so is the first
        ("Союзnoe", "Союзnoe"),  # n has no Cyrillic twin, ю no Latin one
        ("Рoссия", "Россия"),  # the second letter is Latin
        ("А\u0410B", "ААВ"),  # twins only: the majority decides
        ("Aа", "Aa"),  # twins only, a tie: Latin
        ("Минск", "Минск"),
        ("Minsk", "Minsk"),
    ],
)
def test_a_word_of_two_scripts_is_brought_to_one(word, folded):
    assert fold_homoglyphs(word) == folded


def test_fold_treats_each_word_of_a_mixed_text_on_its_own():
    assert fold("UDК 323, Рoссия and the Сhanging Role") == "UDK 323, Россия and the Changing Role"


@given(texts)
def test_fold_has_no_double_or_odd_space_and_none_at_the_ends(text):
    folded = fold(text)
    assert folded == " ".join(folded.split())


def test_folding_a_long_run_of_line_ends_takes_no_time():
    assert fold("a-" + "\n" * 50_000 + "1") == "a- 1"


def test_squash_changes_nothing_but_white_space():
    assert squash(" UDК\u00a0323 \r\n ёж ") == "UDК 323 ёж"


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("The Union*", "The Union"),
        ("Союз¹", "Союз"),
        ("The Union.", "The Union"),
        ("Why 2014?", "Why 2014?"),
        ("1917–2017", "1917–2017"),
    ],
)
def test_a_title_loses_the_mark_of_its_footnote(title, clean):
    assert without_note_mark(title) == clean
