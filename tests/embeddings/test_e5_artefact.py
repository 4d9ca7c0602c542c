import json
import shutil
from pathlib import Path

import pytest

from embeddings import e5_artefact
from embeddings.e5 import E5Encoder
from embeddings.e5_artefact import is_prepared, open_graph
from embeddings.e5_weights import weights_path
from embeddings.errors import EncoderUnavailable


@pytest.fixture
def copy(e5_encoder: E5Encoder, e5_directory: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(e5_directory, tmp_path / "model"))


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Directories that were prepared anew."""
    calls: list[Path] = []

    def prepare(directory: Path, weights: Path) -> bytes:
        calls.append(directory)
        return b""

    monkeypatch.setattr(e5_artefact, "prepare", prepare)
    return calls


def test_what_is_prepared_is_read_again(copy: Path, prepared: list[Path]) -> None:
    assert is_prepared(copy, weights_path())
    assert len(open_graph(copy, weights_path())) > 20_000_000
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
    open_graph(copy, weights_path())
    assert prepared == [copy]


def test_a_damaged_graph_is_prepared_again(copy: Path, prepared: list[Path]) -> None:
    with (copy / "e5-small.onnx").open("r+b") as file:
        file.write(b"damaged")
    open_graph(copy, weights_path())
    assert prepared == [copy]


def test_the_8_bit_graph_is_kept_where_it_agrees(copy: Path) -> None:
    assert json.loads((copy / "e5-small.json").read_text())["precision"] == "int8"


def test_a_processor_with_wrong_8_bit_products_gets_float32(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(e5_artefact, "agreement", lambda weights, fast, exact: 0.4)
    encoder = E5Encoder.open(tmp_path)
    assert json.loads((tmp_path / "e5-small.json").read_text())["precision"] == "float32"
    assert is_prepared(tmp_path, weights_path())
    assert encoder.encode_queries(["tea"]).shape == (1, 384)


def test_where_the_directory_cannot_be_written_the_graph_is_still_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(e5_artefact, "_fastest_exact_enough", lambda weights: ("int8", b"graph"))
    (tmp_path / "file").write_text("")
    assert e5_artefact.prepare(tmp_path / "file" / "model", weights_path()) == b"graph"


def test_other_weights_are_not_prepared(tmp_path: Path) -> None:
    other = tmp_path / "weights.bin"
    other.write_bytes(b"E5S1")
    with pytest.raises(EncoderUnavailable, match="not the expected ones"):
        open_graph(tmp_path / "model", other)
    assert not (tmp_path / "model").exists()
