from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from corpus import Library, add_paths
from embeddings import DEFAULT_ENCODER, BuildReport, Encoder, build_index, open_encoder
from tests.fakes import FakeEncoder

Texts = Mapping[str, str]


@pytest.fixture(scope="session")
def model_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the packaged model's fast form is prepared, once for all tests."""
    return tmp_path_factory.mktemp("prepared")


@pytest.fixture(scope="session")
def e5(model_directory: Path) -> Encoder:
    """The packaged model."""
    return open_encoder(DEFAULT_ENCODER, model_directory)


@pytest.fixture(scope="session")
def write_texts() -> Callable[[Path, Texts], Path]:
    """Writes {relative path: text} into a folder, byte for byte, and returns the folder."""

    def write(folder: Path, texts: Texts) -> Path:
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="")
        return folder

    return write


@pytest.fixture(scope="session")
def fill_home(write_texts: Callable[[Path, Texts], Path]) -> Callable[..., BuildReport]:
    """Puts {relative path: text} as the collection "texts" into a home and builds its index."""

    def fill(home: Path, texts: Texts, encoder: FakeEncoder | None = None) -> BuildReport:
        home.mkdir(parents=True, exist_ok=True)
        folder = write_texts(home / "texts", texts)
        with Library(home / "library.db") as library:
            add_paths(library, [folder])
            return build_index(home, library, encoder or FakeEncoder(), "fake")

    return fill


@pytest.fixture(scope="session")
def shared_corpus() -> Path:
    """The folder of real texts beside the repository; tests that need it are skipped without it."""
    folder = Path(__file__).parents[2] / "shared" / "corpus"
    if not (folder / "seeds").is_dir() or not (folder / "treaties").is_dir():
        pytest.skip("the real texts (../shared/corpus) are not here")
    return folder
