"""What a process that answers one question may import."""

import os
import shutil
import subprocess
import sys

import pytest

from corpus import Library, add_paths
from embeddings import DEFAULT_ENCODER, build_index
from rag.reader.opening import open_reader
from tests.rag.reader.made_reader import needs_packaged_reader

NOT_NEEDED = ["torch", "sentence_transformers", "transformers", "fastapi", "pydantic", "bm25s", "scipy", "onnx", "lxml"]


@pytest.mark.parametrize("reader", [pytest.param("eurag", marks=needs_packaged_reader), "none"])
def test_a_question_imports_no_engine_but_its_own(tmp_path, e5, model_directory, write_texts, reader):
    home = tmp_path / "home"
    if reader != "none":
        open_reader(reader, model_directory)  # its graph is written once, which needs onnx
    shutil.copytree(model_directory, home / "model")
    with Library(home / "library.db") as library:
        add_paths(library, [write_texts(tmp_path / "texts", {"court.md": "The Court of the Union sits in Minsk."})])
        build_index(home, library, e5, DEFAULT_ENCODER)
    code = (
        "import sys\nfrom rag.cli import main\n"
        f"sys.argv = ['eurag', 'ask', 'Where does the Court sit?', '--json', '--reader', {reader!r}]\n"
        "try: main()\n"
        "except SystemExit as exc: assert not exc.code\n"
        f"print('LOADED', sorted(set({NOT_NEEDED!r}) & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "EURAG_HOME": str(home)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    answer, loaded = done.stdout.splitlines()
    assert "sits in Minsk" in answer
    assert loaded == "LOADED []"
