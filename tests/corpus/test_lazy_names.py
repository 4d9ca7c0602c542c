import sys
from types import ModuleType

import pytest

from corpus.lazy_names import lazy_names


@pytest.fixture
def package(tmp_path, monkeypatch) -> ModuleType:
    folder = tmp_path / "somewhere"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from corpus.lazy_names import lazy_names\n__getattr__ = lazy_names(__name__, {'texts': ['Text', 'read']})\n"
    )
    (folder / "texts.py").write_text("class Text: ...\ndef read(): return Text()\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield __import__("somewhere")
    for name in ("somewhere", "somewhere.texts"):
        sys.modules.pop(name, None)


def test_a_name_imports_its_module_when_first_asked_for(package):
    assert "somewhere.texts" not in sys.modules
    assert package.Text is sys.modules["somewhere.texts"].Text


def test_a_name_that_was_asked_for_stays(package):
    first = package.read
    assert vars(package)["read"] is first


def test_other_names_do_not_exist(package):
    with pytest.raises(AttributeError, match="module 'somewhere' has no attribute 'write'"):
        package.write  # noqa: B018 (asking is the test)


def test_the_finder_needs_no_package_until_it_is_asked():
    assert callable(lazy_names("nowhere", {"module": ["name"]}))
