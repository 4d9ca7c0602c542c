"""One prepared encoder for all tests of the package."""

from pathlib import Path

import pytest

from embeddings.e5 import E5Encoder
from embeddings.e5_weights import E5Weights, weights_path


@pytest.fixture(scope="session")
def e5_weights() -> E5Weights:
    return E5Weights(weights_path())


@pytest.fixture(scope="session")
def e5_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("e5")


@pytest.fixture(scope="session")
def e5_encoder(e5_directory: Path) -> E5Encoder:
    return E5Encoder.open(e5_directory)
