"""Homes that earlier versions made: opened, answered from, built upon."""

import gzip
import json
from contextlib import closing
from pathlib import Path

import pytest

from corpus import Filters, Library
from embeddings import IndexUnusable
from embeddings.generation import FORMAT_VERSION
from rag.home.backup import restore
from rag.home.maintenance import Rebuild, rebuild, verify
from rag.home.open import open_answerer, open_retriever
from rag.settings import Settings
from tests.fakes import WordReader

HOMES = sorted(Path(__file__).parent.glob("home-*.tar.gz"))


@pytest.fixture(params=HOMES, ids=lambda path: path.name)
def settings(request, tmp_path, model_directory, monkeypatch):
    """The restored home, as its version left it."""
    backup = tmp_path / "backup.tar"
    backup.write_bytes(gzip.decompress(request.param.read_bytes()))
    settings = Settings(tmp_path / "home")
    restore(settings, backup)
    (settings.home / "model").symlink_to(model_directory)
    monkeypatch.setattr("rag.home.open.open_reader", lambda name, model: WordReader())
    return settings


def answered(settings, question):
    retriever = open_retriever(settings)
    with closing(retriever.index):
        answer = open_answerer(settings)(retriever, question)
        return [quote.text for sentence in answer.sentences for quote in sentence.quotes]


def test_there_is_a_home_of_the_format_of_today():
    assert f"home-{FORMAT_VERSION}.tar.gz" in [path.name for path in HOMES]


def test_it_verifies_lists_and_answers_as_it_is(settings):
    assert verify(settings) == []
    with Library(settings.library, read_only=True) as library:
        assert [entry.source for entry in library.entries()] == ["harbour.md", "mayak.md", "museum.txt"]
        assert [entry.source for entry in library.entries(Filters(named="маяк"))] == ["mayak.md"]
    assert any("1987" in text for text in answered(settings, "When was the harbour of Ostrov opened?"))
    assert any("шесть лет" in text for text in answered(settings, "На сколько лет назначается смотритель маяка?"))


def test_it_is_built_upon(settings, tmp_path):
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "bridge.txt").write_text("The bridge of Lindholm carries ninety trains a day.")
    report = rebuild(settings, Rebuild(source=texts), print)
    assert (report.documents, report.kept >= 3) == (4, True)
    assert verify(settings) == []
    assert any("ninety" in text for text in answered(settings, "How many trains does the bridge of Lindholm carry?"))


def test_an_index_of_another_format_says_what_to_do_and_is_replaced_by_a_build(settings):
    (manifest,) = settings.home.glob("index/g*/manifest.json")
    told = json.loads(manifest.read_text()) | {"format_version": FORMAT_VERSION - 1}
    manifest.write_text(json.dumps(told))
    with pytest.raises(IndexUnusable, match=rf"format {FORMAT_VERSION - 1}.*run 'eurag build'"):
        open_retriever(settings)
    assert rebuild(settings, Rebuild(), print).published
    assert answered(settings, "When was the harbour of Ostrov opened?")
