from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from corpus import Library

settings.register_profile("fixed", derandomize=True, database=None, deadline=None, max_examples=150)
settings.load_profile("fixed")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An empty library in a folder of its own."""
    with Library(tmp_path / "home" / "library.db") as library:
        yield library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder named `texts`, which becomes the collection's name."""
    (tmp_path / "texts").mkdir()
    return tmp_path / "texts"
