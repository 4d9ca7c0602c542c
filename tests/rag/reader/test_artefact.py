import json

import numpy as np
import pytest

from embeddings.e5_weights import WEIGHTS_SHA256, E5Weights, dequantise, weights_path
from rag.errors import ReaderUnavailable
from rag.reader.artefact import (
    BLOCK,
    DATA,
    MANIFEST,
    VERSION,
    ReaderWeights,
    quantise,
    read_arrays,
    read_manifest,
    verify,
    write,
)
from tests.rag.reader.made_reader import HIDDEN, REPORT, heads, no_differences, write_reader


@pytest.fixture
def folder(tmp_path):
    write_reader(tmp_path / "reader")
    return tmp_path / "reader"


@pytest.fixture(scope="module")
def encoder():
    return E5Weights(weights_path())


def change(folder, **fields):
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    (folder / MANIFEST).write_text(json.dumps(manifest | fields), "utf-8")


def test_what_is_written_is_read_again(tmp_path):
    arrays = {**no_differences(), **heads(3)}
    written = write(tmp_path, arrays, WEIGHTS_SHA256, 1, {"training": {"rows": 7}, "licences": {"x": "CC0"}})
    assert verify(tmp_path, WEIGHTS_SHA256) == read_manifest(tmp_path) == written
    assert (written.version, written.layers, written.training) == (VERSION, 1, {"rows": 7})
    assert written.id == f"eurag-reader-{written.sha256[:12]}"
    found = read_arrays(tmp_path / DATA)
    assert found.keys() == arrays.keys()
    for name, values in arrays.items():
        assert found[name].dtype == values.dtype
        np.testing.assert_array_equal(found[name], values)


def test_other_arrays_have_another_id(tmp_path):
    assert write_reader(tmp_path / "a", seed=1).id == write_reader(tmp_path / "b", seed=1).id
    assert write_reader(tmp_path / "c", seed=2).id != write_reader(tmp_path / "a", seed=1).id


def test_a_damaged_file_is_refused_with_advice(folder):
    data = bytearray((folder / DATA).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / DATA).write_bytes(data)
    with pytest.raises(ReaderUnavailable, match=r"reader\.npz is damaged \(SHA-256 .*: reinstall eurag"):
        verify(folder, WEIGHTS_SHA256)


def test_other_weights_of_the_encoder_are_refused_with_both_checksums(folder):
    with pytest.raises(ReaderUnavailable, match=f"fits the weights {WEIGHTS_SHA256[:16]}…, found 00000000ffffffff…: "):
        verify(folder, "00000000ffffffff")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"version": 2}, "has version 2, this eurag reads 1: reinstall eurag"),
        ({"version": "1"}, "has version 1, this eurag reads 1"),
    ],
)
def test_another_version_is_refused_with_advice(folder, fields, told):
    change(folder, **fields)
    with pytest.raises(ReaderUnavailable, match=told):
        read_manifest(folder)


@pytest.mark.parametrize("text", ["", "not JSON", "[]", "{}", '{"version": 1}', '"x"', "\x00"])
def test_a_manifest_that_is_none_is_an_error_of_ours(folder, text):
    (folder / MANIFEST).write_text(text, "utf-8")
    with pytest.raises(ReaderUnavailable, match=r"reader\.json cannot be read"):
        read_manifest(folder)


def test_missing_files_are_errors_of_ours(folder, tmp_path):
    with pytest.raises(ReaderUnavailable, match=r"reader\.json cannot be read"):
        read_manifest(tmp_path / "nowhere")
    (folder / DATA).unlink()
    with pytest.raises(ReaderUnavailable, match=r"reader\.npz cannot be read"):
        verify(folder, WEIGHTS_SHA256)
    with pytest.raises(ReaderUnavailable, match=r"reader\.npz cannot be read"):
        read_arrays(folder / DATA)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 half an archive"])
def test_arrays_that_are_none_are_an_error_of_ours(tmp_path, content):
    (tmp_path / DATA).write_bytes(content)
    with pytest.raises(ReaderUnavailable, match=r"reader\.npz cannot be read"):
        read_arrays(tmp_path / DATA)


def test_zeros_leave_every_tensor_that_of_the_encoder(encoder):
    weights = ReaderWeights(encoder, no_differences(), 1)
    for name in ("l0.q.w", "l0.q.b", "l0.oln.w", "l0.k.w", "emb.pos"):
        np.testing.assert_array_equal(weights.tensor(name), encoder.tensor(name))


def test_differences_in_either_form_are_added_to_the_encoders_tensors(encoder):
    matrix, bias = np.zeros(HIDDEN * HIDDEN, np.float32), np.zeros(HIDDEN, np.float16)
    matrix[32], bias[5] = -0.5, 0.25  # -0.5 is the largest of its block, and so kept as it is
    weights = ReaderWeights(encoder, {"l0.q.w": quantise(matrix), "l0.q.b": bias}, 1)
    np.testing.assert_allclose(weights.tensor("l0.q.w") - encoder.tensor("l0.q.w"), matrix, atol=1e-6)
    np.testing.assert_allclose(weights.tensor("l0.q.b") - encoder.tensor("l0.q.b"), bias, atol=1e-6)


def test_a_reader_has_as_many_layers_as_were_trained_and_else_the_sizes_of_the_encoder(encoder):
    weights = ReaderWeights(encoder, {}, 3)
    assert weights.shape.layers == 3
    assert (weights.shape.hidden, weights.shape.heads) == (encoder.shape.hidden, encoder.shape.heads)
    assert (weights.frame, weights.ordinary_pieces) == (encoder.frame, encoder.ordinary_pieces)
    np.testing.assert_array_equal(weights.words([5, 6]), encoder.words([5, 6]))


def test_a_head_is_float32(encoder):
    weights = ReaderWeights(encoder, {"span.bias": np.array([0.5, -1.0], np.float16)}, 1)
    assert weights.head("span.bias").dtype == np.float32
    assert weights.head("span.bias").tolist() == [0.5, -1.0]


def test_a_block_is_quantised_by_hand():
    values = np.zeros(32, np.float32)
    values[0], values[1], values[16] = -4.0, 3.5, 1.0  # the scale is 0.5, so that the largest is code 0
    (block,) = quantise(values)
    assert block["scale"] == 0.5
    assert block["nibbles"][0] == 0xA0 and block["nibbles"][1] == 0x8F
    assert set(block["nibbles"][2:].tolist()) == {0x88}
    np.testing.assert_array_equal(dequantise(np.array([block], BLOCK)), values)


def test_what_is_quantised_is_wrong_by_a_scale_at_most_and_its_largest_hardly():
    values = np.random.default_rng(1).standard_normal(32 * 500).astype(np.float32) * 0.01
    blocks = quantise(values)
    found = dequantise(blocks)
    wrong = np.abs(found - values).reshape(-1, 32)
    scale = np.abs(blocks["scale"].astype(np.float32))
    # Half a step, but for those of the other sign beyond 7 steps, which are cut there: a whole one.
    assert (wrong <= scale[:, None] * 1.001).all()
    assert (wrong <= scale[:, None] * 0.501).mean() > 0.95
    largest = np.abs(values.reshape(-1, 32)).argmax(axis=1)
    assert (wrong[np.arange(len(wrong)), largest] <= 1e-3 * np.abs(values).max()).all()


def test_zeros_stay_zeros_and_signs_stay_signs():
    assert (dequantise(quantise(np.zeros(64, np.float32))) == 0).all()
    values = np.where(np.arange(64) % 2, -1.0, 1.0).astype(np.float32)
    assert (np.sign(dequantise(quantise(values))) == values).all()


def test_the_file_of_a_reader_says_what_it_learned_from(folder):
    assert json.loads((folder / MANIFEST).read_text("utf-8"))["licences"] == REPORT["licences"]
