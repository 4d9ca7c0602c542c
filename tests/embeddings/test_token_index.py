import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import fold
from embeddings import IndexUnusable
from embeddings.token_codes import TokenCodec
from embeddings.token_index import NOWHERE, Matches, PassageTokens, TokenIndex, places_in, write_tokens


def places(*values):
    return np.array(values, np.uint16)


def starts_of_words(text):
    return np.array([n for n in range(len(text)) if text[n] != " " and (n == 0 or text[n - 1] == " ")], np.int64)


@pytest.mark.parametrize(
    ("text", "embedded", "expected"),
    [
        ("One two.", "One two.", [0, 4]),
        ("One two.", "The title. 2014 One two.", [NOWHERE, NOWHERE, NOWHERE, 0, 4]),
        ("One\n\n   two.", "One two.", [0, 8]),
        ("Об инте-\nграции он", "Об интеграции он", [0, 3, 16]),
        ("со\u00adюз и др", "T\nсоюз и др", [NOWHERE, 0, 6, 8]),
        ("№ 5 от дня", "No 5 от дня", [0, 2, 4, 7]),
    ],
)
def test_tokens_are_found_where_they_stand_in_the_text(text, embedded, expected):
    embedded = embedded.replace("\n", " ")
    assert embedded.endswith(fold(text))
    assert places_in(text, embedded, starts_of_words(embedded)).tolist() == expected


@given(
    st.lists(st.text("абв½ﬁ\u00ad", min_size=1, max_size=5), min_size=1, max_size=6),
    st.sampled_from([" ", "\n ", "  "]),
)
def test_every_word_is_found_at_its_first_sign(words, space):
    words = [f"я{word}" for word in words]
    text = space.join(words)
    embedded = f"Название 7 {fold(text)}"
    found = places_in(text, embedded, starts_of_words(embedded))
    assert found[:2].tolist() == [NOWHERE, NOWHERE]
    assert found[2:].tolist() == [len(space.join([*words[:n], ""])) for n in range(len(words))]


def test_the_score_is_the_mean_over_the_questions_tokens_of_the_best_cosine():
    """Of (.1, .9, .3) and (.5, .2, .4) the best are .9 and .5; of the tokens placed in [0, 5), .1 and .5.

    Of those in the title, worth .8, (.3, .4) give .24 and .32.
    """
    matches = Matches(np.array([[0.1, 0.9, 0.3], [0.5, 0.2, 0.4]], np.float32), places(0, 7, NOWHERE))
    assert matches.score == pytest.approx(0.7)
    assert matches.score_between(0, 5) == pytest.approx((0.24 + 0.5) / 2)
    assert matches.score_between(5, 60000) == pytest.approx((0.9 + 0.32) / 2)
    assert matches.score_between(20, 30) == -1


def test_a_question_without_tokens_scores_nothing():
    matches = Matches(np.empty((0, 2), np.float32), places(0, 4))
    assert matches.score == 0
    assert matches.score_between(0, 9) == -1


@pytest.fixture
def written(tmp_path):
    """Three passages along axes 0, 1 and 2 of 12, the middle one in Russian; one without tokens."""
    codec = TokenCodec(np.zeros(12, np.float32))
    axes = np.eye(12, dtype=np.float32)
    passages = [PassageTokens(codec.encode(axes[[n, n + 6]]), places(0, 4)) for n in range(3)]
    passages.append(PassageTokens(codec.encode(axes[:0]), places()))
    write_tokens(tmp_path / "tokens", passages, codec, {"ru": axes[11] * np.float32(0.5)})
    return tmp_path / "tokens", passages


def test_tokens_come_back_by_row(written):
    folder, passages = written
    index = TokenIndex(folder)
    assert len(index) == 4
    for row, passage in enumerate(passages):
        np.testing.assert_array_equal(index.tokens(row).codes, passage.codes)
        np.testing.assert_array_equal(index.tokens(row).places, passage.places)
    assert list(index.means) == ["ru"]


def test_the_passage_that_holds_the_questions_token_scores_highest(written):
    query = np.eye(12, dtype=np.float32)[[1]]
    index, rows = TokenIndex(written[0]), np.arange(4)
    scores = index.scores(query, rows, "ru")
    assert np.argmax(scores) == 1
    assert scores[3] == 0
    np.testing.assert_allclose(scores, [match.score for match in index.matches(query, rows, "ru")])


def test_no_rows_have_no_scores(written):
    query, none = np.eye(12, dtype=np.float32)[[1]], np.arange(0)
    assert TokenIndex(written[0]).scores(query, none, "en").shape == (0,)
    assert TokenIndex(written[0]).matches(query, none, "en") == []


def test_the_files_of_one_byte_tokens_are_mapped_not_read(written):
    codes = TokenIndex(written[0]).tokens(0).codes
    while isinstance(codes, np.ndarray) and not isinstance(codes, np.memmap):
        codes = codes.base
    assert isinstance(codes, np.memmap)


@pytest.mark.parametrize("name", ["codes.npy", "places.npy", "space.npz"])
def test_a_damaged_file_is_an_error_that_names_it(written, name):
    (written[0] / name).write_bytes(b"PK")
    with pytest.raises(IndexUnusable, match="token vectors"):
        TokenIndex(written[0])
