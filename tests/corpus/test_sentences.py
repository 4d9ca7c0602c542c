import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import sentence_spans
from tests.corpus.made_up import texts


def _sentences(text, language):
    return [text[start:end] for start, end in sentence_spans(text, language)]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("ru", ["Это пример, т.е. образец.", "Второе предложение."]),
        ("ru", ["В 2014 г. Минск подписал договор.", "Он действует."]),
        ("ru", ["Площадь 207 тыс. кв. км.", "Население 9 млн. чел.", "Столица Минск."]),
        ("ru", ["О. В. Бахлова изучила вопрос.", "А. Н. Слугина помогла."]),
        ("ru", ["См. ст. 12 Договора.", "Она важна."]),
        ("ru", ["Бюджет составил 5 млн. руб. в 2010 г., а затем вырос.", "Итог ясен!"]),
        ("ru", ["Города и т.д. и т.п. перечислены.", "Конец?", "Да."]),
        ("en", ["See Art. 5 of the Treaty.", "It applies."]),
        ("en", ["Dr. Smith and J. K. Jones met.", "They talked."]),
        ("en", ["Goods, e.g. grain, are free of duty.", "No. 5 is not."]),
        ("en", ["Why?", "No one knows!", "It is so."]),
        ("en", ["😀 first 𝒜 one.", "A second one 😀."]),
    ],
)
@pytest.mark.parametrize("gap", [" ", "\u00a0", "\n", "\r\n", "\n\n"])
def test_sentences_end_where_a_reader_ends_them(language, sentences, gap):
    assert _sentences(gap.join(sentences), language) == sentences


@pytest.mark.parametrize("marker", ["1.", "2.1.", "(a)", "iv)", "б)"])
def test_a_list_marker_belongs_to_its_item(marker):
    text = f"{marker} The parties agree. They sign."
    assert _sentences(text, "en") == [f"{marker} The parties agree.", "They sign."]


def test_items_in_brackets_come_apart():
    text = "(1) A party may leave. It gives notice. (2) No party (see Annex) pays. They agree."
    first = ["(1) A party may leave.", "It gives notice."]
    assert _sentences(text, "en") == [*first, "(2) No party (see Annex) pays.", "They agree."]


def test_numbered_items_on_one_line_come_apart():
    assert _sentences("1. First rule. 2. Second rule.", "en") == ["1. First rule.", "2. Second rule."]


@pytest.mark.parametrize("gap", ["\n\n", "\r\n\r\n", "\n \t\n", "\n\n\n"])
def test_a_paragraph_break_always_separates(gap):
    assert _sentences(f"Heading{gap}and text", "en") == ["Heading", "and text"]


@pytest.mark.parametrize("text", ["", " ", "\n\n \r\n"])
def test_white_space_has_no_sentences(text):
    assert sentence_spans(text, "ru") == []


@given(texts, st.sampled_from(["ru", "en", "und", "uk"]))
def test_spans_are_stripped_in_order_and_cover_all_but_white_space(text, language):
    spans = sentence_spans(text, language)
    position = 0
    for start, end in spans:
        assert position <= start < end
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()
