"""Models whose checkpoint lacks weights that the architecture has, and models with other prompts."""

import pytest

from embeddings.errors import EncoderUnavailable
from embeddings.sentence_transformer import SentenceTransformerEncoder
from tests.embeddings.tiny_models import save_tiny_model

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory):
    """A BERT of two layers, saved without the pooler that mean pooling does not use."""
    folder = save_tiny_model(tmp_path_factory.mktemp("tiny"))
    remove_pooler(folder / "model.safetensors")
    return folder


def remove_pooler(path):
    from safetensors.torch import load_file, save_file

    save_file({k: v for k, v in load_file(path).items() if "pooler" not in k}, path, metadata={"format": "pt"})


def test_its_own_dimension_and_length_are_taken_over(tiny_model):
    encoder = SentenceTransformerEncoder(str(tiny_model))
    assert (encoder.dimension, encoder.max_tokens) == (16, 32)


def test_its_own_prompts_are_used(tiny_model):
    encoder = SentenceTransformerEncoder(str(tiny_model))
    assert encoder.encode_queries(["union"])[0] @ encoder.encode_passages(["union"])[0] < 0.9999
    assert encoder.count_tokens("union court") == 5


def test_loading_it_draws_no_bars_where_there_is_no_terminal(tiny_model, capfd):
    SentenceTransformerEncoder(str(tiny_model))
    assert "%|" not in capfd.readouterr().err


def test_the_id_does_not_depend_on_weights_that_are_not_used(tiny_model):
    assert SentenceTransformerEncoder(str(tiny_model)).id == SentenceTransformerEncoder(str(tiny_model)).id


def test_a_hub_that_does_not_answer_is_asked_once(monkeypatch):
    asked = []

    def refuse(_, name, **options):
        asked.append(name)
        raise ConnectionError("no network")

    monkeypatch.setattr("huggingface_hub.HfApi.model_info", refuse)
    monkeypatch.setattr("socket.getaddrinfo", lambda *address, **_: asked.append(address))
    with pytest.raises(EncoderUnavailable, match="no/such-model"):
        SentenceTransformerEncoder("no/such-model")
    assert asked == ["no/such-model"]
