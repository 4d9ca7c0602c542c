"""The one place that chooses what reads."""

from pathlib import Path

from rag.reader.artefact import MANIFEST
from rag.reader.reading import Reader

DEFAULT_READER, NO_READER = "eurag", "none"


def open_reader(name: str | None, model_directory: Path) -> Reader | None:
    """The packaged reader for None or `DEFAULT_READER`, none for `NO_READER`, else a model by name or directory.

    A directory may hold what `scripts/reader/export.py` wrote; else it, or the name, is any extractive question
    answering model or cross-encoder that transformers loads. The packaged reader's fast form is kept in
    `model_directory`. Raises `ReaderUnavailable`.
    """
    if name == NO_READER:
        return None
    if name in (None, DEFAULT_READER):
        from rag.reader.packaged import PackagedReader

        return PackagedReader.open(model_directory)
    if name and (Path(name) / MANIFEST).is_file():
        from rag.reader.packaged import PackagedReader

        return PackagedReader.open(model_directory, Path(name))
    from rag.reader.transformers_reader import TransformersReader

    return TransformersReader(name or DEFAULT_READER)
