import os
import subprocess
import sys

import pytest

from rag.errors import ReaderUnavailable
from rag.reader import packaged as packaged_module
from rag.reader.opening import DEFAULT_READER, NO_READER, open_reader
from rag.reader.packaged import PackagedReader
from rag.reader.transformers_reader import TransformersReader


@pytest.mark.parametrize("name", [None, DEFAULT_READER])
def test_the_packaged_reader_is_the_usual_one(name, monkeypatch, made_folder, tmp_path):
    monkeypatch.setattr(packaged_module, "packaged_folder", lambda: made_folder)
    reader = open_reader(name, tmp_path)
    assert isinstance(reader, PackagedReader)
    assert (tmp_path / "reader.onnx").exists()


def test_none_is_no_reader(tmp_path):
    assert open_reader(NO_READER, tmp_path) is None
    assert (DEFAULT_READER, NO_READER) == ("eurag", "none")


def test_a_folder_that_export_wrote_is_read_as_the_packaged_one_is(made_folder, tmp_path):
    assert isinstance(open_reader(str(made_folder), tmp_path), PackagedReader)


def test_any_other_folder_is_transformers(extractive_folder, tmp_path):
    reader = open_reader(str(extractive_folder), tmp_path)
    assert isinstance(reader, TransformersReader)
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_is_not_there_is_an_error_of_ours(tmp_path):
    with pytest.raises(ReaderUnavailable, match="nowhere cannot be loaded"):
        open_reader(str(tmp_path / "nowhere"), tmp_path)


def test_choosing_no_reader_imports_no_engine(tmp_path):
    code = (
        "import sys; from pathlib import Path; from rag.reader.opening import open_reader\n"
        f"open_reader('none', Path({str(tmp_path)!r}))\n"
        "print(sorted({'torch', 'transformers', 'onnxruntime', 'onnx'} & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout == "[]\n"
