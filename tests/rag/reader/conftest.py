from pathlib import Path

import pytest

from tests.rag.reader.made_reader import write_reader


@pytest.fixture(scope="session")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reader's file that nobody trained."""
    folder = tmp_path_factory.mktemp("made-reader")
    write_reader(folder)
    return folder


@pytest.fixture(scope="session")
def extractive_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model for question answering."""
    from tests.rag.reader.tiny_readers import save_tiny_reader

    return save_tiny_reader(tmp_path_factory.mktemp("extractive"), "BertForQuestionAnswering")


@pytest.fixture(scope="session")
def cross_encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny cross-encoder."""
    from tests.rag.reader.tiny_readers import save_tiny_reader

    return save_tiny_reader(tmp_path_factory.mktemp("cross-encoder"), "BertForSequenceClassification", labels=1)
