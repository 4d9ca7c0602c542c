import json
import shutil

import numpy as np
import pytest

from corpus import Filters
from embeddings import Index, IndexUnusable, NoIndex, open_index
from embeddings.generation import current_generation, erase
from tests.fakes import FakeEncoder


def article(title, language, kind, date, text, authors="[]"):
    head = f"title: {title}\nlanguage: {language}\nkind: {kind}\nauthors: {authors}\n{f'date: {date}' if date else ''}"
    return f"---\n{head}\n---\n{text}\n"


FORMS = "author_forms: {Бахлова О. В.: Bakhlova O. V.}"
TEXTS = {
    "court.md": article("Court", "en", "article", "2016-05-01", "The court of the union sits in Minsk."),
    "sud.md": article(
        "Суд", "ru", "note", "2019", "Суд союза находится в Минске.", f"[Бахлова О. В., Сидоров Ё. Ж.]\n{FORMS}"
    ),
    "budget.md": article("Budget", "en", "note", "2016-12", "The budget of the union is adopted each year."),
    "undated.md": article("Border", "en", "note", None, "The border between the members of the union is open."),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory, fill_home):
    home = tmp_path_factory.mktemp("home")
    fill_home(home, TEXTS)
    return home


@pytest.fixture(scope="module")
def index(home):
    opened = open_index(home)
    yield opened
    opened.close()


def sources(index, mask):
    return {index.passage(row).document.source.removesuffix(".md") for row in np.flatnonzero(mask)}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), "court sud budget undated"),
        (Filters(language="ru"), "sud"),
        (Filters(language="de"), ""),
        (Filters(kind="note"), "sud budget undated"),
        (Filters(kind="note", language="en"), "budget undated"),
        (Filters(author="бахлова"), "sud"),
        (Filters(author="bakhlova"), "sud"),
        (Filters(author="Ё. Ж.", language="ru"), "sud"),
        (Filters(author="В., С"), ""),
        (Filters(since="2016"), "court sud budget"),
        (Filters(since="2016-06"), "sud budget"),
        (Filters(since="2016-05-01"), "court sud budget"),
        (Filters(since="2016-05-02"), "sud budget"),
        (Filters(since="2020"), ""),
        (Filters(until="2016"), "court budget"),
        (Filters(until="2016-05-01"), "court"),
        (Filters(until="2016-04"), ""),
        (Filters(since="2016-05", until="2016-05"), "court"),
        (Filters(since="2019-06", until="2019-07"), "sud"),
    ],
    ids=str,
)
def test_filters_let_through(index, filters, expected):
    assert sources(index, index.allowed(filters)) == set(expected.split())


def test_hidden_documents_are_not_allowed(index):
    hidden = {index.passage(0).document.id}
    allowed = index.allowed(Filters(), hidden)
    assert allowed.sum() == 3
    assert not allowed[0]


def test_the_nearest_allowed_passages_come_best_first(index):
    query = index.centre_query(FakeEncoder().encode_queries(["court union Minsk"])[0], "en")
    rows, scores = index.nearest(query, 4, index.allowed(Filters(language="en")))
    assert index.passage(rows[0]).document.source == "court.md"
    assert len(rows) == 3
    assert scores.tolist() == sorted(scores, reverse=True)
    np.testing.assert_allclose(index.similarities(query, rows), scores, rtol=1e-5)


def test_nothing_allowed_finds_nothing(index):
    query = FakeEncoder().encode_queries(["court"])[0]
    assert len(index.nearest(query, 4, index.allowed(Filters(language="de")))[0]) == 0


def test_centring_the_query_takes_its_own_language_off(index):
    raw = FakeEncoder().encode_queries(["суд"])[0]
    assert index.centre_query(raw, "ru")[0] < raw[0]
    assert np.linalg.norm(index.centre_query(raw, "ru")) == pytest.approx(1, abs=1e-5)


def test_lexical_scores_have_a_row_for_each_passage(index):
    scores = index.lexical_scores(["budget"])
    assert scores.shape == (len(index),)
    assert sources(index, scores > 0) == {"budget"}


def test_a_passage_is_exactly_its_stretch_of_the_document(index):
    for row in range(len(index)):
        passage = index.passage(row)
        assert passage.text == TEXTS[passage.document.source][passage.start : passage.end]


def test_a_passage_is_found_by_its_id(index):
    for row in range(len(index)):
        assert index.row_of(index.passage(row).id) == row
    for unknown in (0, int(index.ids[0]) + 1, 2**63 - 1, 2**64, -1):
        with pytest.raises(KeyError):
            index.row_of(unknown)


def test_documents_are_found_by_id(index):
    document = index.passage(0).document
    assert index.document(document.id) is document
    assert document.id in index.document_ids()
    with pytest.raises(KeyError):
        index.document("nothing")


def test_a_home_without_an_index_is_refused(tmp_path):
    with pytest.raises(NoIndex, match="eurag build"):
        open_index(tmp_path)


@pytest.fixture
def copied(tmp_path, home):
    return current_generation(shutil.copytree(home, tmp_path / "copy"))


def use(folder):
    """Everything that a search reads."""
    index = Index(folder)
    index.centre_query(np.ones(1024, np.float32), "en")
    index.lexical_scores(["court"])


def test_a_count_that_does_not_match_the_manifest_is_refused(copied):
    manifest = copied / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text("utf-8")) | {"passages": 3}), "utf-8")
    with pytest.raises(IndexUnusable, match="eurag build"):
        use(copied)


@pytest.mark.parametrize("name", ["passages.faiss", "texts.db", "means.npz", "lexical/params.index.json"])
@pytest.mark.parametrize("damage", ["missing", "empty", "other bytes", "cut short"])
def test_a_damaged_file_is_refused(copied, name, damage):
    path = copied / name
    content = {"empty": b"", "other bytes": b"damaged" * 20, "cut short": path.read_bytes()[:-40]}
    path.unlink()
    if damage != "missing":
        path.write_bytes(content[damage])
    with pytest.raises(IndexUnusable):
        use(copied)


def test_a_file_that_does_not_match_its_checksum_is_refused(copied):
    path = copied / "passages.faiss"
    content = bytearray(path.read_bytes())
    content[-600] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(IndexUnusable):
        use(copied)


def test_a_generation_deleted_while_it_is_opened_gives_way_to_the_next(tmp_path, fill_home, monkeypatch):
    home = tmp_path / "home"
    fill_home(home, {"a.txt": "One."})
    old = current_generation(home)
    fill_home(home, {"a.txt": "Two."})
    new = current_generation(home)
    erase(old)
    answers = iter([old, new, new])
    monkeypatch.setattr("embeddings.index.current_generation", lambda _: next(answers))
    notices = []
    assert open_index(home, notices.append).manifest.generation == new.name
    assert not notices


def test_the_rows_of_a_part_of_a_document_are_told(index):
    (court,) = index.texts.find("court.md")
    (row,) = index.rows_of(court.id, "body")
    assert index.passage(row).document is court
    assert index.rows_of(court.id, "reference") == []
    assert index.rows_of("unknown", "body") == []


def test_what_is_open_goes_on_when_a_purge_deletes_it(tmp_path, fill_home):
    fill_home(tmp_path, {"court.md": "The Court of the Union sits in Minsk."})
    opened = open_index(tmp_path)
    shutil.rmtree(tmp_path / "index")
    query = opened.centre_query(FakeEncoder().encode_queries(["court"])[0], "en")
    rows, _ = opened.nearest(query, 1, opened.allowed(Filters()))
    assert opened.lexical_scores(["court"])[rows[0]] > 0
    assert len(opened.tokens.tokens(int(rows[0])).codes)
    assert "Minsk" in opened.passage(int(rows[0])).text
    opened.close()
