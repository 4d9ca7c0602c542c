import sys
from pathlib import Path

import numpy as np
import pytest

from embeddings import Filters, open_index
from rag.search.fusion import LEXICAL_WEIGHT, fuse
from rag.search.glossary import load_glossary
from rag.search.retrieval import Retriever
from tests.fakes import FakeEncoder

SCRIPTS = Path(__file__).parents[1] / "scripts"
TEXTS = {
    "a.txt": "The Eurasian Economic Union has a court in Minsk. Its judges serve nine years.",
    "b.txt": "The court of another union sits in Luxembourg, where judges serve six years.",
    "c.txt": "Bread is baked in the morning. The oven cools in the evening.",
}


@pytest.fixture
def ablation(monkeypatch):
    """The script as a module."""
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])
    import ablation

    return ablation


@pytest.fixture(scope="module")
def index(tmp_path_factory, fill_home):
    home = tmp_path_factory.mktemp("ablation")
    fill_home(home, TEXTS)
    index = open_index(home)
    yield index
    index.close()


def found(kind, index, question):
    retriever = kind(index, FakeEncoder(), load_glossary())
    return retriever.search(retriever.query(question), 3, Filters(language="en"))


def test_without_bm25_no_word_counts(ablation, index):
    question = "Where does the court of the union sit?"
    assert any(hit.lexical for hit in found(Retriever, index, question))
    assert not any(hit.lexical for hit in found(ablation.WithoutBm25, index, question))


def test_without_the_glossary_a_name_is_not_found_in_the_other_language(ablation, index):
    assert any(hit.lexical for hit in found(Retriever, index, "Где суд ЕАЭС?"))
    assert not any(hit.lexical for hit in found(ablation.WithoutGlossary, index, "Где суд ЕАЭС?"))


def test_without_late_interaction_its_scores_are_known_and_order_nothing(ablation, index):
    hits = found(
        ablation.WithoutLateInteraction, index, "How many years do judges of the Eurasian Economic Union serve?"
    )
    dense, bm25 = (np.array([getattr(hit, name) for hit in hits], np.float32) for name in ("dense", "lexical"))
    assert (np.diff(fuse(dense, bm25, LEXICAL_WEIGHT)) <= 0).all()
    assert all(hit.late is not None for hit in hits)


def test_without_means_every_language_keeps_its_vectors(ablation):
    means = ablation.no_means(np.ones((2, 3), np.float32), ["en", "ru"], {"be": np.ones(3, np.float32)})
    assert {code: mean.tolist() for code, mean in means.items()} == {code: [0, 0, 0] for code in ("en", "ru", "be")}
