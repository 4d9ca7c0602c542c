"""A key of some collections reads nothing of the others, whatever route it takes."""

import pytest

from corpus import Library, add_paths
from embeddings import build_index
from rag.service.gate.keys import add_key
from rag.service.gate.shared import open_shared
from rag.settings import Settings
from tests.fakes import FakeEncoder
from tests.rag.conftest import TEXTS, note

SECRET = "The secret harbour of the Union lies in Ostrov and opens in 1987."


@pytest.fixture
def both(service_home, start, tmp_path):
    """The application over the texts and a second collection; a client of the first alone, and one of both."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "harbour.md").write_text(note("The harbour", "en", "note", "2017", SECRET), "utf-8")
    (secrets / "court.md").write_text(TEXTS["court.md"], "utf-8")
    for name, text in TEXTS.items():
        (secrets / f"double-{name}").write_text(text, "utf-8")
    with Library(service_home / "library.db") as library:
        add_paths(library, [secrets])
        build_index(service_home, library, FakeEncoder(), "fake")
        hidden = library.find("harbour.md").id
    shared = open_shared(Settings(service_home))
    keys = [add_key(shared, "guest", "read", collections=["texts"]), add_key(shared, "all", "read")]
    shared.close()
    client = start()

    def asking(key):
        def ask(method, path, **json):
            headers = {"Authorization": f"Bearer {key}"}
            return client.request(method, path, headers=headers, json=json or None)

        return ask

    return *map(asking, keys), hidden


def test_lists_records_and_texts_hold_its_collections_only(both):
    guest, everyone, hidden = both
    assert guest("GET", "/documents").json()["total"] == len(TEXTS)
    assert everyone("GET", "/documents").json()["total"] == 2 * len(TEXTS) + 2
    assert everyone("GET", f"/documents/{hidden}").status_code == 200
    for name in (hidden, hidden[:6], "harbour.md", "secrets/harbour.md"):
        for path in ("", "/text", "/citation?style=gost"):
            response = guest("GET", f"/documents/{name}{path}")
            assert response.status_code == 404
            assert SECRET not in response.text


def test_a_name_that_others_share_is_unique_to_it_and_the_others_are_not_told(both):
    guest, everyone, _ = both
    assert guest("GET", "/documents/court.md").json()["collection"] == "texts"
    refused = everyone("GET", "/documents/court.md")
    assert (refused.status_code, "secrets/court.md" in refused.text) == (404, True)


def test_answers_searches_and_conversations_are_from_its_collections_only(both):
    guest, everyone, _ = both
    question = "Where does the secret harbour of the Union lie?"
    asked = {
        "/ask": {"question": question},
        "/search": {"query": question},
        "/v1/chat/completions": {"model": "eurag", "messages": [{"role": "user", "content": question}]},
    }
    for path, body in asked.items():
        assert "Ostrov" in everyone("POST", path, **body).text
        found = guest("POST", path, **body)
        assert found.status_code == 200
        assert "Ostrov" not in found.text
        assert "secrets" not in found.text
        assert "harbour.md" not in found.text


def test_a_passage_of_another_collection_is_not_there(both):
    guest, everyone, _ = both
    found = everyone("POST", "/search", query="secret harbour Ostrov", k=1).json()["results"]
    path = f"/passages/{found[0]['passage']}"
    assert everyone("GET", path).status_code == 200
    assert guest("GET", path).status_code == 404
    assert guest("GET", path).json()["error"]["message"] == guest("GET", "/passages/1").json()["error"][
        "message"
    ].replace(" 1", f" {found[0]['passage']}")


def test_copies_in_another_collection_are_not_told(both):
    guest, everyone, _ = both
    questions = ["Where does the Court of the Union sit?", "How often is the budget of the Union adopted?"]
    questions += ["Где находится Суд Союза?", "Из чего складывается пенсия?", "When were checks at the border lifted?"]
    answers = [(ask("POST", "/ask", question=asked).json(), ask) for asked in questions for ask in (guest, everyone)]
    copies = {True: set(), False: set()}
    for answer, ask in answers:
        copies[ask is guest] |= {copy for citation in answer["citations"] for copy in citation["also_in"]}
    assert copies[True] == set()
    assert any(copy.startswith("double-") for copy in copies[False])
