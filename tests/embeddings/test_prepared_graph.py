import json
import shutil
from pathlib import Path

import pytest

from embeddings import prepared_graph
from embeddings.e5 import E5Encoder, e5_small
from embeddings.e5_weights import weights_path
from embeddings.errors import EncoderUnavailable
from embeddings.prepared_graph import PreparedGraph


@pytest.fixture
def copy(e5_encoder: E5Encoder, e5_directory: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(e5_directory, tmp_path / "model"))


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Directories that were prepared anew."""
    calls: list[Path] = []

    def prepare(graph: PreparedGraph, directory: Path) -> bytes:
        calls.append(directory)
        return b""

    monkeypatch.setattr(PreparedGraph, "prepare", prepare)
    return calls


def test_what_is_prepared_is_read_again(copy: Path, prepared: list[Path]) -> None:
    assert e5_small(weights_path()).is_prepared(copy)
    assert len(e5_small(weights_path()).load(copy)) > 20_000_000
    assert prepared == []


def test_only_two_files_are_left(copy: Path) -> None:
    assert sorted(path.name for path in copy.iterdir()) == ["e5-small.json", "e5-small.onnx"]


@pytest.mark.parametrize(
    "change",
    [
        {"version": 0},
        {"weights_sha256": "0"},
        {"weights_bytes": 1},
        {"weights_modified_ns": 1},
        {"graph_sha256": "0"},
        {"x": 1},
    ],
)
def test_what_does_not_match_is_prepared_again(copy: Path, prepared: list[Path], change: dict[str, object]) -> None:
    manifest = json.loads((copy / "e5-small.json").read_text())
    (copy / "e5-small.json").write_text(json.dumps(manifest | change))
    e5_small(weights_path()).load(copy)
    assert prepared == [copy]


def test_a_damaged_graph_is_prepared_again(copy: Path, prepared: list[Path]) -> None:
    with (copy / "e5-small.onnx").open("r+b") as file:
        file.write(b"damaged")
    e5_small(weights_path()).load(copy)
    assert prepared == [copy]


def test_the_8_bit_graph_is_kept_where_it_agrees(copy: Path) -> None:
    assert json.loads((copy / "e5-small.json").read_text())["precision"] == "int8"


def test_a_processor_with_wrong_8_bit_products_gets_float32(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_graph, "agreement", lambda weights, fast, exact: 0.4)
    encoder = E5Encoder.open(tmp_path)
    assert json.loads((tmp_path / "e5-small.json").read_text())["precision"] == "float32"
    assert e5_small(weights_path()).is_prepared(tmp_path)
    assert encoder.encode_queries(["tea"]).shape == (1, 384)


def test_where_the_directory_cannot_be_written_the_graph_is_still_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared_graph, "_fastest_exact_enough", lambda weights: ("int8", b"graph"))
    (tmp_path / "file").write_text("")
    assert e5_small(weights_path()).prepare(tmp_path / "file" / "model") == b"graph"


def test_other_weights_are_not_prepared(tmp_path: Path) -> None:
    other = tmp_path / "weights.bin"
    other.write_bytes(b"E5S1")
    with pytest.raises(EncoderUnavailable, match="not the expected ones"):
        e5_small(other).load(tmp_path / "model")
    assert not (tmp_path / "model").exists()
