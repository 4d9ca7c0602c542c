import pytest

from embeddings.e5_tokenizer import UnigramTokenizer, tokenizer_of
from embeddings.e5_weights import E5Weights, weights_path
from rag.reader.inputs import MAX_HEAD, MAX_QUESTION, MAX_TEXT, Rows

TEXT = "Суд Союза находится в Минске, 😀 with nine judges."


@pytest.fixture(scope="module")
def weights():
    return E5Weights(weights_path())


@pytest.fixture(scope="module")
def tokenizer(weights) -> UnigramTokenizer:
    return tokenizer_of(weights)


@pytest.fixture(scope="module")
def rows(weights, tokenizer) -> Rows:
    return Rows(tokenizer, weights.frame)


@pytest.fixture(scope="module")
def pieces(weights):
    """The pieces of ids, as they are written."""
    written = weights.vocabulary().pieces
    return lambda ids: [written[id_] for id_ in ids]


def test_a_row_is_the_question_the_head_and_the_text_in_their_frame(rows, pieces):
    row = rows.row(rows.question("Где суд?"), rows.head("О суде. "), "Он в Минске.")
    assert pieces(row.ids) == [
        "<s>", "▁que", "ry", ":", "▁Где", "▁суд", "?", "</s>",
        "▁passage", ":", "▁О", "▁суд", "е", ".", "▁",
        "▁Он", "▁в", "▁Минск", "е", ".", "</s>",
    ]  # fmt: skip
    assert row.start == 15


def test_offsets_are_those_of_the_text_alone(rows):
    row = rows.row(rows.question("Где?"), rows.head("О суде. Статья 5. "), TEXT)
    assert len(row.ids) == row.start + len(row.offsets) + 1
    words = [TEXT[start:end] for start, end in row.offsets]
    assert "".join(words) == "".join(TEXT.split())
    assert words[:2] == ["Суд", "Союз"]


def test_the_prefixes_are_those_that_the_encoder_was_trained_with(rows, tokenizer, weights):
    begin, end = weights.frame
    assert rows.question("Где суд?") == (begin, *tokenizer.ids("query: Где суд?"), end)
    assert rows.head("О суде. ") == tuple(tokenizer.ids("passage: О суде. "))


def test_without_a_head_the_prefix_stands_before_the_text(rows, pieces):
    row = rows.row(rows.question("Где?"), rows.head(""), "Там.")
    assert pieces(row.ids[row.start - 3 : row.start]) == ["▁passage", ":", "▁"]


def test_what_is_longer_than_is_read_is_cut_at_its_end(rows, weights):
    question, head = rows.question("суд " * 200), rows.head("суд " * 200)
    row = rows.row(question, head, "суд " * 400)
    assert (len(question), len(head)) == (MAX_QUESTION + 2, MAX_HEAD)
    assert (len(row.offsets), len(row.ids)) == (MAX_TEXT, MAX_QUESTION + 2 + MAX_HEAD + MAX_TEXT + 1)
    assert (question[-1], row.ids[-1]) == (weights.frame[1], weights.frame[1])
    assert row.offsets[-1] == (4 * (MAX_TEXT - 1), 4 * (MAX_TEXT - 1) + 3)


def test_the_longest_row_fits_into_the_positions_of_the_encoder(weights):
    assert weights.shape.positions >= MAX_QUESTION + 2 + MAX_HEAD + MAX_TEXT + 1


@pytest.mark.parametrize("text", ["", "  "])
def test_a_text_without_words_is_a_space_that_stands_in_no_character(rows, pieces, text):
    row = rows.row(rows.question("Где?"), rows.head(""), text)
    assert pieces(row.ids[row.start :]) == ["▁", "</s>"]
    assert [text[start:end].strip() for start, end in row.offsets] == [""]
