from dataclasses import replace

from corpus.layout.words import Word, lines_of, row_text, rows_of, size_of
from tests.corpus.layout.made_words import row, rows, texts


def test_words_beside_each_other_are_a_row_whatever_order_they_were_drawn_in():
    words = [*row("second line", top=62), *reversed(row("the first line"))]
    assert [texts(found) for found in rows_of(words)] == [["the", "first", "line"], ["second", "line"]]


def test_a_raised_small_number_is_of_its_row_and_becomes_superscript():
    word, mark = row("Court")[0], Word("12", 75, 48, 82, 55, 7, glued=True)
    assert row_text([word, mark]) == "Court¹²"
    assert len(rows_of([word, mark])) == 1


def test_a_lowered_small_number_stays_as_it_is():
    assert row_text([row("CO")[0], Word("2", 60, 54, 64, 61, 7, glued=True)]) == "CO2"


def test_glued_words_are_joined_and_others_parted():
    big, small = Word("И", 50, 50, 57, 60, 10), Word("ВАНОВ", 57, 52, 85, 60, 8, glued=True)
    assert row_text([big, small]) == "ИВАНОВ"
    assert row_text([big, replace(small, left=62, right=90)]) == "И ВАНОВ"


def test_a_hyphen_set_a_little_apart_belongs_to_its_word_and_a_dash_does_not():
    word = row("integra")[0]
    assert row_text([word, Word("-", word.right + 1.5, 50, word.right + 4, 60, 10)]) == "integra-"
    assert row_text([word, Word("-", word.right + 2.5, 50, word.right + 5, 60, 10)]) == "integra -"


def test_a_line_knows_its_place_size_and_column():
    first, second = lines_of([*row("A long line of words"), *row("short", left=60, top=62)], page=3)
    assert (first.text, first.left, first.right, first.size, first.first) == ("A long line of words", 50, 150, 10, 5)
    assert (second.left, second.margins, second.page) == (60, (50, 150), 3)


def test_the_right_edge_of_a_column_is_where_most_lines_end_not_the_one_that_sticks_out():
    lines = ["ten chars.", "ten chars.", "ten chars.", "more than ten"]
    assert lines_of(rows(lines), 0)[0].margins == (50, 100)


def test_a_line_is_bold_when_all_its_words_are():
    words = row("1. Heading here", bold=True)
    assert lines_of(words, 0)[0].bold
    assert lines_of([replace(words[0], bold=False), *words[1:]], 0)[0].bold is False


def test_the_size_of_most_characters_counts():
    assert size_of([*row("title", size=18), *row("many more characters", size=9)]) == 9
