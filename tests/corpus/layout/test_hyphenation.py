from collections import Counter

import pytest

from corpus.layout.hyphenation import joined, words_in


@pytest.mark.parametrize(
    ("line", "following", "expected"),
    [
        ("эконо-", "мический союз", "экономический союз"),
        ("the inte-", "gration of", "the integration of"),
        ("эконо\u00ad", "мический", "экономический"),
        ("эконо\u2010", "мический", "экономический"),
        ("Нагорно-", "Карабахский", "Нагорно-Карабахский"),
        ("post-", "Soviet", "post-Soviet"),
        ("ИНТЕ-", "ГРАЦИЯ", "ИНТЕГРАЦИЯ"),
        ("РОССИЯ-", "США", "РОССИЯ-США"),
        ("COVID-19-", "related", "COVID-19-related"),
        ("социально-", "экономический", "социально-экономический"),
        ("северо-", "западный", "северо-западный"),
        ("Юго-", "Восточный", "Юго-Восточный"),
        ("северо-", "атлантический", "североатлантический"),
        ("социально-", "го", "социального"),
        ("военно-", "служащих", "военнослужащих"),
        ("self-", "determination", "self-determination"),
        ("cross-", "border", "cross-border"),
        ("Кто-", "либо", "Кто-либо"),
        ("какой-", "то", "какой-то"),
        ("приня-", "то", "принято"),
        ("pp. 10–", "20", "pp. 10–20"),
        ("the Union –", "20 years", "the Union – 20 years"),
        ("союз", "и", "союз и"),
        ("5 -", "6", "5 -6"),
    ],
)
def test_a_line_end_is_undone(line, following, expected):
    assert joined(line, following, Counter()) == expected


def test_the_text_s_own_spelling_decides():
    known = words_in(["военно-технический Военно-технического военнослужащий", "policy-makers"])
    assert joined("военно-", "технический", known) == "военно-технический"
    assert joined("военно-", "служащий", known) == "военнослужащий"
    assert joined("policy-", "makers", known) == "policy-makers"
    assert joined("ЕА-", "ЭС", words_in(["В ЕАЭС входят"])) == "ЕАЭС"


def test_a_word_cut_at_the_end_of_a_line_is_not_known_whole():
    assert words_in(["a self-", "made man"])["self-made"] == 0
