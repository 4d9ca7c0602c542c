import pytest

from embeddings import EncoderUnavailable, open_encoder
from embeddings.e5 import E5Encoder


def test_the_default_is_the_packaged_model(e5):
    assert isinstance(e5, E5Encoder)


@pytest.mark.slow
def test_a_folder_that_is_no_model_is_refused_by_name(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EncoderUnavailable, match="cannot be loaded") as refused:
        open_encoder(str(tmp_path), tmp_path / "model")
    assert str(tmp_path) in str(refused.value)
