from corpus.layout.columns import columns_of
from tests.corpus.layout.made_words import row, rows, texts

_LEFT = [f"left line {n} of the text" for n in range(6)]
_RIGHT = [f"right line {n} of the text" for n in range(6)]


def _read(words):
    return [" ".join(texts(sorted(column, key=lambda w: (w.top, w.left)))) for column in columns_of(words)]


def test_one_column_is_one_piece():
    assert _read(rows(_LEFT)) == [" ".join(_LEFT)]


def test_two_columns_are_read_one_after_the_other_though_drawn_across():
    both = [word for pair in zip(_LEFT, _RIGHT, strict=True) for word in pair]
    drawn = [
        word
        for n in range(6)
        for word in (*row(both[2 * n], top=50 + 12 * n), *row(both[2 * n + 1], left=250, top=50 + 12 * n))
    ]
    assert _read(drawn) == [" ".join(_LEFT), " ".join(_RIGHT)]


def test_columns_need_not_share_baselines():
    assert _read([*rows(_LEFT), *rows(_RIGHT, left=250, top=55)]) == [" ".join(_LEFT), " ".join(_RIGHT)]


def test_what_spans_both_columns_comes_before_and_between_them():
    title = row("A title that is as wide as both of the columns and more", top=20)
    table = row("A caption that is as wide as both of the columns and more", top=130)
    upper = [*rows(_LEFT), *rows(_RIGHT, left=250)]
    lower = [*rows(_LEFT, top=150), *rows(_RIGHT, left=250, top=150)]
    left, right = " ".join(_LEFT), " ".join(_RIGHT)
    found = _read([*lower, *upper, *table, *title])
    assert found == [" ".join(texts(title)), left, right, " ".join(texts(table)), left, right]


def test_three_columns_are_read_in_order():
    third = [f"third line {n} of the text" for n in range(6)]
    words = [*rows(third, left=450), *rows(_RIGHT, left=250), *rows(_LEFT)]
    assert _read(words) == [" ".join(_LEFT), " ".join(_RIGHT), " ".join(third)]


def test_a_table_of_short_cells_is_read_by_rows():
    words = [*rows([f"year {n}" for n in range(6)]), *rows([f"{n} % share" for n in range(6)], left=250)]
    assert len(columns_of(words)) == 1


def test_a_few_rows_side_by_side_are_no_columns():
    assert len(columns_of([*rows(_LEFT[:3]), *rows(_RIGHT[:3], left=250)])) == 1


def test_an_empty_page_has_no_columns():
    assert columns_of([]) == []
