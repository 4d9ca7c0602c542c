import pytest

from corpus.layout.paragraphs import pages_in, paragraphs_of, vocabulary
from corpus.layout.words import Word, lines_of
from tests.corpus.layout.made_words import row, rows

_FULL = "these are so many words that fill a line whole"


def _texts(*columns):
    """The paragraphs of columns, each (words, page)."""
    paragraphs = paragraphs_of([lines_of(words, page) for words, page in columns])
    known = vocabulary(paragraphs)
    return [paragraph.text(known)[0] for paragraph in paragraphs]


def test_lines_that_fill_the_column_go_on():
    assert _texts((rows([_FULL, _FULL, "and an end."]), 0)) == [f"{_FULL} {_FULL} and an end."]


def test_a_line_that_ends_where_more_would_fit_ends_its_paragraph():
    assert _texts((rows([_FULL, "an end.", _FULL]), 0)) == [f"{_FULL} an end.", _FULL]


def test_a_line_that_is_short_because_the_next_word_is_long_goes_on():
    lines = [_FULL, "these are so many words that fill a", "line-with-long-words and more of them in all.."]
    assert len(_texts((rows(lines), 0))) == 1


def test_lines_of_a_block_that_is_narrower_on_both_sides_go_on():
    narrow = _FULL[: len(_FULL) - 8]
    words = [*rows([_FULL, _FULL]), *rows([narrow, "a b c"], left=70, top=90), *rows([_FULL, _FULL], top=130)]
    assert f"{narrow} a b c" in _texts((words, 0))


def test_an_indented_line_begins_a_paragraph():
    words = [*rows([_FULL, _FULL]), *row(_FULL[:-2], left=60, top=74), *row(_FULL, top=86)]
    assert _texts((words, 0)) == [f"{_FULL} {_FULL}", f"{_FULL[:-2]} {_FULL}"]


def test_an_entry_with_hanging_lines_is_one_paragraph():
    entry = [("Ivanov I. I. Integration and trade in all th", 50), ("countries. 2020.", 70)]
    words = [word for n in range(4) for word in row(entry[n % 2][0], entry[n % 2][1], 50 + 12 * n)]
    assert len(_texts((words, 0))) == 2


def test_numbers_that_follow_each_other_begin_entries():
    assert len(_texts((rows([f"{n}. {_FULL}" for n in (8, 9, 10)]), 0))) == 3
    assert len(_texts((rows([f"{n}. {_FULL}" for n in (8, 1991, 44)]), 0))) == 1


def test_a_wide_gap_parts_paragraphs():
    assert _texts(([*rows([_FULL, _FULL]), *rows([_FULL, _FULL], top=85)], 0)) == [f"{_FULL} {_FULL}"] * 2


def test_a_paragraph_goes_on_in_the_next_column_and_on_the_next_page():
    columns = [(rows([_FULL, _FULL]), 0), (rows([_FULL], left=300), 0), (rows([_FULL]), 1)]
    assert _texts(*columns) == [" ".join([_FULL] * 4)]


def test_pages_are_known_inside_a_paragraph_and_between_them():
    columns = [(rows([_FULL, "inte-"]), 0), (rows(["gration.", _FULL]), 1)]
    paragraphs = paragraphs_of([lines_of(words, page) for words, page in columns])
    texts = [paragraph.text(vocabulary(paragraphs)) for paragraph in paragraphs]
    assert texts[0] == (f"{_FULL} integration.", [(0, 0), (len(_FULL) + 5, 1)])
    placed = [(0, texts[0][1]), (100, texts[1][1])]
    assert list(pages_in(placed)) == [(0, 0), (len(_FULL) + 5, 1)]


def test_a_title_in_lines_is_one_heading_of_the_first_level():
    words = [*row("The Court of", left=100, top=20, size=18), *row("the Union", left=120, top=42, size=18)]
    words += [*row("Introduction", top=70, size=13), *rows([_FULL] * 3, top=90)]
    paragraphs = paragraphs_of([lines_of(words, 0)])
    known = vocabulary(paragraphs)
    assert [(p.text(known)[0], p.level) for p in paragraphs[:2]] == [("The Court of the Union", 1), ("Introduction", 2)]
    assert paragraphs[2].level is None


def test_a_short_paragraph_in_bold_is_a_heading_but_a_long_one_is_not():
    words = [*row("1. Trade", bold=True), *rows([_FULL] * 2, top=62)]
    assert [p.level for p in paragraphs_of([lines_of(words, 0)])] == [1, None]
    bold = [word for n in range(4) for word in row(_FULL, top=50 + 12 * n, bold=True)]
    assert [p.level for p in paragraphs_of([lines_of(bold, 0)])] == [None]


def _note(number, text, top):
    mark = Word(number, 50, top, 54, top + 5, 5)
    return [mark, *row(text, left=57, top=top, size=8)]


def test_footnotes_follow_the_paragraph_that_they_interrupt():
    first = [*rows([_FULL, _FULL]), *_note("1", "A note of the first page.", 700), *row("that goes on.", 50, 710, 8)]
    texts = _texts((first, 0), (rows(["goes on here."]), 1))
    assert texts == [f"{_FULL} {_FULL} goes on here.", "¹ A note of the first page. that goes on."]


@pytest.mark.parametrize("note", ["1 A note.", "1A note."])
def test_a_number_that_stands_raised_in_the_text_begins_a_footnote_too(note):
    mark = Word("1", 75, 48, 79, 53, 6, glued=True)
    body = [*row("Court"), mark, *rows(["sits in Minsk, where it has sat", _FULL], top=62)]
    texts = _texts(([*body, *row(note, top=700, size=8)], 0), (rows(["goes on."]), 1))
    assert texts[-1] == note
    assert texts[-2].endswith("goes on.")


def test_small_text_without_a_mark_is_no_footnote():
    texts = _texts(
        ([*rows([_FULL, _FULL, _FULL]), *row("Table 1 of the text", top=110, size=8)], 0), (rows(["On."]), 1)
    )
    assert texts[1:] == ["Table 1 of the text", "On."]


def test_bullets_begin_paragraphs():
    assert len(_texts((rows([_FULL, f"• {_FULL[:-2]}", f"• {_FULL[:-2]}"]), 0))) == 3


def test_nothing_gives_no_paragraphs():
    assert paragraphs_of([]) == []
