import pytest

from corpus import Library, add_builtin
from embeddings import IndexUnusable
from rag.service.ops import health
from tests.rag.service.parts import Parts


@pytest.fixture
def parts(tmp_path, retriever):
    made = Parts(tmp_path / "home", retriever)
    yield made
    made.close()


def test_the_process_lives_without_index(tmp_path):
    parts = Parts(tmp_path / "home")
    assert parts.client.get("/health/live").json() == {"status": "live"}
    parts.close()


def test_it_is_ready_when_index_and_encoder_answer(parts, retriever):
    manifest = retriever.index.manifest
    expected = {"status": "ready", "generation": manifest.generation, "snapshot": manifest.snapshot}
    assert parts.client.get("/health/ready").json() == expected


def test_it_is_not_ready_while_they_do_not(parts):
    def unusable():
        raise IndexUnusable("the index is damaged")

    parts.app.state.service.retriever = unusable
    response = parts.client.get("/health/ready")
    assert response.status_code == 503
    assert "the index is damaged" in response.json()["error"]["message"]


def test_many_checks_cost_one_question(parts, monkeypatch):
    monkeypatch.setattr(health, "BELIEVED_S", 1000)
    asked = []
    retriever = parts.app.state.service.retriever
    parts.app.state.service.retriever = lambda: asked.append(1) or retriever()
    for _ in range(5):
        assert parts.client.get("/health/ready").status_code == 200
    assert len(asked) == 1


def test_checks_are_not_limited_nor_do_they_need_a_key(tmp_path, retriever):
    parts = Parts(tmp_path / "home", retriever, requests_per_minute=1)
    parts.key()
    assert {parts.client.get("/health/ready").status_code for _ in range(5)} == {200}
    parts.close()


@pytest.mark.parametrize("damage", ["missing", "truncated", "overwritten"])
def test_it_is_not_ready_without_a_library_that_can_be_read_and_names_no_path(parts, damage, monkeypatch):
    monkeypatch.setattr(health, "BELIEVED_S", 0)
    settings = parts.app.state.service.settings.home
    with Library(settings.library) as library:
        add_builtin(library)
    monkeypatch.setattr("rag.home.library.generations", lambda home: [home])
    assert parts.client.get("/health/ready").status_code == 200
    content = settings.library.read_bytes()
    for log in settings.home.glob("library.db-*"):
        log.unlink()
    if damage == "missing":
        settings.library.unlink()
    else:
        kept = content[:5000] if damage == "truncated" else b"x" * len(content)
        settings.library.write_bytes(kept)
    response = parts.client.get("/health/ready")
    message = response.json()["error"]["message"]
    assert (response.status_code, "library HOME/library.db" in message) == (503, True)
    assert str(settings.home) not in message
