from typing import get_args

import pytest

from corpus import Document, Library
from rag.bibliography.citation_styles import STYLES, cite
from rag.service.api.documents import StyleName
from rag.service.api.schemas import DocumentDetails, DocumentEntry, PassageDetails
from tests.rag.conftest import TEXTS, note


@pytest.fixture
def court(client):
    """The id of court.md."""
    return client.get("/documents/court.md").json()["document"]


def sources(client, **params):
    return [document["source"] for document in client.get("/documents", params=params).json()["documents"]]


def test_documents_are_listed_by_collection_and_source(client):
    assert sources(client) == sorted(TEXTS)
    listed = client.get("/documents").json()
    assert (listed["total"], listed["limit"], listed["offset"]) == (len(TEXTS), 100, 0)
    assert set(listed["documents"][0]) == set(DocumentEntry.model_fields)


def test_a_list_comes_in_pages_that_join_up(client):
    pages = [client.get("/documents", params={"limit": 3, "offset": start}).json() for start in range(0, 9, 3)]
    assert [document["source"] for page in pages for document in page["documents"]] == sorted(TEXTS)
    assert {page["total"] for page in pages} == {len(TEXTS)}


def test_a_list_is_filtered_by_the_record(client):
    assert sources(client, kind="article", since="2016", until="2016-05") == ["court.md"]
    assert sources(client, language="ru", since="2019", until="2019") == ["sud.md"]
    assert sources(client, author="nobody") == []
    assert sources(client, text="О СУДЕ") == sources(client, text="sud.md") == ["sud.md"]
    assert sources(client, text="no such title") == []


def test_a_document_is_named_by_its_id_the_beginning_of_it_or_its_source(client, court):
    for name in (court, court[:6], "court.md", "texts/court.md", "texts%2Fcourt.md"):
        assert client.get(f"/documents/{name}").json()["document"] == court
    assert set(client.get(f"/documents/{court}").json()) == set(DocumentDetails.model_fields)


def test_what_is_not_there_is_not_found_in_the_one_shape(client, court):
    for path, code in [
        ("/documents/no-such", "document_not_found"),
        ("/documents/%0A", "document_not_found"),
        ("/documents/no-such/text", "document_not_found"),
        ("/passages/1", "passage_not_found"),
        ("/passages/9999999999999999999", "passage_not_found"),
        (f"/documents/{court}/text?snapshot=abc", "snapshot_not_found"),
        ("/nothing/here", "not_found"),
    ]:
        response = client.get(path)
        assert (response.status_code, response.json()["error"]["code"]) == (404, code), path


def test_a_text_is_cut_by_code_points_and_at_its_end(client):
    whole = client.get("/documents/sud.md/text").json()
    assert whole["text"] == TEXTS["sud.md"]
    assert (whole["start"], whole["end"]) == (0, whole["characters"]) == (0, len(TEXTS["sud.md"]))
    part = client.get("/documents/sud.md/text", params={"start": 60, "end": 80}).json()
    assert part["text"] == TEXTS["sud.md"][60:80]
    beyond = client.get("/documents/sud.md/text", params={"start": 10**9, "end": 10**9 + 5}).json()
    assert (beyond["text"], beyond["start"], beyond["end"]) == ("", whole["characters"], whole["characters"])


def test_a_citation_leads_to_its_passage_and_its_quote(client):
    answered = client.post("/ask", json={"question": "Где находится Суд Союза?"}).json()
    assert answered["citations"]
    for citation in answered["citations"]:
        place = {"start": citation["start"], "end": citation["end"], "snapshot": answered["snapshot"]}
        text = client.get(f"/documents/{citation['document']}/text", params=place).json()["text"]
        assert text == citation["quote"]
        passage = client.get(f"/passages/{citation['passage']}").json()
        assert set(passage) == set(PassageDetails.model_fields)
        assert citation["quote"] in passage["text"]


def test_a_removed_document_is_hidden_at_once_though_the_client_knows_it(client, service_home, court):
    hit = client.post("/search", json={"query": "Court Minsk judges", "language": "en"}).json()["results"][0]
    assert hit["document"] == court
    paths = [f"/documents/{court}", f"/documents/{court}/text", f"/passages/{hit['passage']}"]
    tags = {path: client.get(path).headers["ETag"] for path in paths}
    with Library(service_home / "library.db") as library:
        library.remove(court)
    assert "court.md" not in sources(client)
    for path, tag in tags.items():
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 404
    found = client.post("/search", json={"query": "Court Minsk judges"}).json()["results"]
    assert court not in {result["document"] for result in found}


def test_a_text_stays_what_its_citations_count_in_when_the_library_has_another(client, service_home, court, fill_home):
    before = client.get(f"/documents/{court}/text").json()
    _put(service_home, "court.md", note("The Court", "en", "article", "2016-05-01", "New words. " * 9))
    assert client.get(f"/documents/{court}/text").json() == before
    fill_home(service_home, {"court.md": note("The Court", "en", "article", "2016-05-01", "New words. " * 9)})
    after = client.get(f"/documents/{court}/text").json()
    assert after["snapshot"] != before["snapshot"]
    assert "New words." in after["text"]
    assert client.get(f"/documents/{court}/text?snapshot={before['snapshot']}").json() == before


def test_a_document_that_no_index_holds_yet_shows_the_librarys_text(client, service_home):
    _put(service_home, "tea.md", note("Tea", "en", "note", "2020", "Tea is grown on the hills."))
    shown = client.get("/documents/tea.md/text").json()
    assert shown["snapshot"] is None
    assert "grown on the hills" in shown["text"]


def _put(home, name, text):
    from corpus import add_paths

    (home / "texts" / name).write_text(text, "utf-8")
    with Library(home / "library.db") as library:
        add_paths(library, [home / "texts"])


def test_a_document_is_cited_in_every_style(client, service_home):
    assert set(get_args(StyleName)) == set(STYLES)
    with Library(service_home / "library.db") as library:
        record = library.find("court.md").record
    for style, about in STYLES.items():
        shown = client.get("/documents/court.md/citation", params={"style": style}).json()
        assert (shown["reference"], shown["media_type"]) == (cite(record, style), about.media_type)
    refused = client.get("/documents/court.md/citation?style=mla").json()["error"]
    assert (refused["param"], refused["code"]) == ("style", "unsupported_value")


def test_a_section_is_cited_by_its_own_name_and_refused_where_the_document_lacks_it(client, monkeypatch):
    monkeypatch.setattr(Document, "sections", ("Article 1", "Article 2. Scope"))
    monkeypatch.setattr("rag.service.api.documents.cite", lambda *_, section, page: section)
    where = {"style": "gost", "section": "статья 2"}
    assert client.get("/documents/court.md/citation", params=where).json()["reference"] == "Article 2. Scope"
    refused = client.get("/documents/court.md/citation", params=where | {"section": "Article 999"})
    assert (refused.status_code, refused.json()["error"]["param"]) == (404, "section")
    assert refused.json()["error"]["message"].endswith("the nearest are Article 1; Article 2. Scope")


@pytest.mark.parametrize("path", ["/documents", "/documents/court.md", "/documents/court.md/text"])
def test_what_has_not_changed_is_not_sent_again(client, path):
    first = client.get(path)
    for known in (first.headers["ETag"], f'"other", W/{first.headers["ETag"]}', "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_tag_of_a_text_is_the_snapshot_and_of_a_list_its_content(client, service_home):
    text = client.get("/documents/court.md/text")
    assert text.headers["ETag"] == f'"{text.json()["snapshot"]}"'
    before = client.get("/documents").headers["ETag"]
    _put(service_home, "tea.md", note("Tea", "en", "note", "2020", "Tea is grown on the hills."))
    assert client.get("/documents").headers["ETag"] != before


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 501}, {"offset": -1}, {"since": "2014-13"}, {"until": "x"}])
def test_a_list_refuses_what_does_not_fit(client, params):
    refused = client.get("/documents", params=params)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, next(iter(params)))


def test_a_stretch_that_ends_before_it_starts_is_refused(client):
    response = client.get("/documents/sud.md/text", params={"start": 80, "end": 60})
    assert response.status_code == 400
    assert response.json()["error"]["param"] == "end"
    assert client.get("/documents/sud.md/text", params={"start": 60, "end": 60}).json()["text"] == ""
