import io
import json
import threading
import zipfile

import pytest

from corpus import Library
from embeddings import open_index
from rag.search.retrieval import Retriever
from rag.service.api import admin as admin_module
from rag.service.api.jobs import run
from tests.fakes import FakeEncoder
from tests.rag.conftest import TEXTS
from tests.rag.service.parts import Parts, job_lock


@pytest.fixture
def parts(tmp_path, fill_home, retriever, monkeypatch):
    """A home of `TEXTS`; jobs only begin, and the test runs them where it needs to."""
    fill_home(tmp_path / "home", TEXTS)
    made = Parts(tmp_path / "home", retriever)

    def begin(settings, shared, work):
        made.work = work
        return shared.start_job(work.kind)

    monkeypatch.setattr(admin_module, "start_job", begin)
    made.client.headers.update(made.key("admin"))
    yield made
    made.close()


def code(response):
    return response.status_code, response.json()["error"]["code"]


def stored(parts):
    with Library(parts.settings.home.library) as library:
        return {document.source: document for document in library.documents()}


def upload(parts, name, data=b"Tea is grown on the hills."):
    return parts.client.post("/documents", files={"file": (name, data)})


def test_a_form_adds_a_document_and_the_next_upload_of_the_name_replaces_it(parts):
    added = upload(parts, "tea.txt")
    assert added.status_code == 201
    body = added.json()
    assert (body["source"], body["status"], body["detail"]) == ("tea.txt", "added", None)
    assert stored(parts)["tea.txt"].id == body["document"]
    assert stored(parts)["tea.txt"].collection == "uploads"
    assert upload(parts, "tea.txt").json()["status"] == "unchanged"
    updated = upload(parts, "tea.txt", b"Rye is not.").json()
    assert (updated["document"], updated["status"]) == (body["document"], "updated")
    assert stored(parts)["tea.txt"].text == "Rye is not."


def test_a_body_with_a_name_adds_a_document(parts):
    response = parts.client.post("/documents", params={"filename": "чай.md"}, content="# Чай\n\nЧай растёт.".encode())
    assert response.status_code == 201
    assert stored(parts)["чай.md"].record.title == "Чай"


def test_nothing_of_an_upload_stays_beside_the_library(parts):
    upload(parts, "tea.txt")
    assert list((parts.settings.home.home / "uploads").iterdir()) == []


def archive(files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return data.getvalue()


ENTRY = "@article{tea, title={Tea of Adjara}, author={Ivanova, A.}, year={2020}, abstract={Tea is grown there.}}"
REFERENCE = "TY  - JOUR\nTI  - Tea of Adjara\nAB  - Tea is grown on the hills.\nER  - \n"
ITEM = json.dumps([{"id": "tea", "type": "article-journal", "title": "Tea", "abstract": "Tea is grown on the hills."}])


def test_every_file_of_an_archive_is_told_of(parts):
    data = archive({"tea.txt": "Tea is grown on the hills.", "2020/rye.md": "# Rye\n\nRye is not.", "photo.jpg": "?"})
    added = upload(parts, "texts.zip", data)
    assert added.status_code == 201
    files = {file["source"]: file for file in added.json()["files"]}
    assert {source: file["status"] for source, file in files.items()} == {
        "texts.zip/tea.txt": "added",
        "texts.zip/2020/rye.md": "added",
        "texts.zip/photo.jpg": "rejected",
    }
    assert "no reader for '.jpg'" in files["texts.zip/photo.jpg"]["detail"]
    assert files["texts.zip/photo.jpg"]["document"] is None
    assert {"texts.zip/tea.txt", "texts.zip/2020/rye.md"} < set(stored(parts))
    assert added.json()["document"] in {document.id for document in stored(parts).values()}


@pytest.mark.parametrize(("name", "text"), [("tea.bib", ENTRY), ("tea.ris", REFERENCE), ("tea.json", ITEM)])
def test_an_export_adds_the_abstracts_of_its_entries(parts, name, text):
    [file] = upload(parts, name, text.encode()).json()["files"]
    assert file["source"].startswith(f"{name}/")
    assert file["status"] == "added"
    assert "Tea is grown" in stored(parts)[file["source"]].text


def test_of_an_archive_without_texts_the_first_reason_is_given_and_the_others_are_counted(parts):
    refused = upload(parts, "texts.zip", archive({"a.jpg": "?", "b.jpg": "?"}))
    assert code(refused) == (400, "unreadable_document")
    message = refused.json()["error"]["message"]
    assert message.startswith("texts.zip/a.jpg: no reader for '.jpg'")
    assert message.endswith("(and 1 more were rejected)")


@pytest.mark.parametrize(
    ("name", "data"), [("a.zip", b"PK"), ("a.zip", archive({})), ("a.json", b"[]"), ("a.bib", b"{")]
)
def test_an_archive_or_export_that_holds_nothing_is_refused(parts, name, data):
    refused = upload(parts, name, data)
    assert code(refused) == (400, "unreadable_document")
    assert refused.json()["error"]["message"].startswith(f"{name}: ")
    assert set(stored(parts)) == set(TEXTS)


def test_folders_in_a_name_are_kept_and_tell_two_files_apart(parts):
    names = ["2014/tea.txt", "2015/tea.txt", "2014/01/tea.txt"]
    for name in names:
        assert upload(parts, name, f"Tea is grown as {name} says.".encode()).json()["source"] == name
    assert set(stored(parts)) == {*TEXTS, *names}
    assert parts.client.delete(f"/documents/{stored(parts)['2014/tea.txt'].id}").status_code == 200
    assert set(stored(parts)) == {*TEXTS, *names[1:]}


@pytest.mark.parametrize(
    "name",
    ["../../tea.txt", "/etc/tea.txt", "C:\\texts\\tea.txt", "C:/tea.txt", "..\\tea.txt", "a/../tea.txt", "a//tea.txt"],
)
def test_a_path_that_leads_elsewhere_is_refused_by_its_name(parts, name, tmp_path):
    refused = parts.client.post("/documents", params={"filename": name}, content=b"Tea.")
    assert code(refused) == (400, "bad_name")
    assert refused.json()["error"]["message"].startswith(f"'{name}' cannot be a file's name")
    assert set(stored(parts)) == set(TEXTS)
    assert list(tmp_path.rglob("tea.txt")) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        ".txt",
        ".hidden.txt",
        ".git/a.txt",
        "a/.txt",
        "a/",
        " /a.txt",
        "a\n.txt",
        "a\0.txt",
        "x" * 200 + ".txt",
        "tea\u202etxt.md",
    ],
)
def test_what_is_no_name_is_refused(parts, name):
    response = parts.client.post("/documents", params={"filename": name}, content=b"Tea.")
    assert response.status_code == 400
    assert response.json()["error"]["param"] == "filename"
    assert set(stored(parts)) == set(TEXTS)


@pytest.mark.parametrize("name", ["tea", "tea.exe", "tea.txt.meta.yaml", "tea.pdf\n.txt.sh"])
def test_other_types_of_file_are_refused(parts, name):
    assert upload(parts, name).status_code in (400, 415)
    assert set(stored(parts)) == set(TEXTS)


@pytest.mark.parametrize("data", [b"", b"   ", b"\x00\x01\x02\xff", b"...---..."])
def test_what_holds_no_text_is_refused_with_the_reason(parts, data):
    assert code(upload(parts, "tea.txt", data)) == (400, "unreadable_document")
    assert set(stored(parts)) == set(TEXTS)


def test_a_form_without_a_file_is_refused(parts):
    assert code(parts.client.post("/documents", files={"other": ("a.txt", b"a")})) == (400, "missing_file")
    assert code(parts.client.post("/documents", files={"file": (None, "no file")})) == (400, "missing_file")
    assert parts.client.post("/documents", files={"file": ("a.txt", b"a"), "more": ("b.txt", b"b")}).status_code == 400
    broken = {"Content-Type": "multipart/form-data"}
    assert parts.client.post("/documents", content=b"broken", headers=broken).status_code == 400


def test_a_removed_document_is_hidden_and_unknown_from_then_on(parts):
    court = stored(parts)["court.md"].id
    assert parts.client.delete(f"/documents/{court}").json() == {"document": court, "job": None}
    assert "court.md" not in stored(parts)
    assert code(parts.client.delete(f"/documents/{court}")) == (404, "document_not_found")


@pytest.mark.parametrize(
    ("method", "path", "known"),
    [
        ("DELETE", "/documents/court.md?purg=true", "purge"),
        ("POST", "/documents?filename=tea.txt&collection=x", "filename"),
        ("POST", "/rebuild?full=true", "none"),
        ("POST", "/rollback?generation=g000001", "none"),
    ],
)
def test_a_misspelt_parameter_is_refused_and_nothing_is_changed(parts, method, path, known):
    refused = parts.client.request(method, path)
    assert code(refused) == (400, "unknown_parameter")
    assert refused.json()["error"]["message"].endswith(f"known: {known}")
    assert set(stored(parts)) == set(TEXTS)


def test_a_purge_is_a_job(parts):
    court = stored(parts)["court.md"].id
    response = parts.client.delete(f"/documents/{court}", params={"purge": True})
    assert response.status_code == 202
    assert response.json()["job"]["kind"] == "purge"
    assert parts.work.document == court


def test_a_purge_that_was_cut_short_may_be_asked_for_again(parts, retriever):
    court = stored(parts)["court.md"].id
    parts.client.delete(f"/documents/{court}")
    assert parts.client.delete(f"/documents/{court}", params={"purge": True}).status_code == 202
    assert parts.client.delete("/documents/0000", params={"purge": True}).status_code == 404


def test_a_rebuild_begins_in_the_background_and_its_end_is_seen(parts, monkeypatch):
    from rag.home import maintenance

    monkeypatch.setattr(maintenance, "open_encoder", lambda name, model_directory: FakeEncoder())
    upload(parts, "tea.txt")
    with job_lock(parts.settings.home.home):
        begun = parts.client.post("/rebuild", json={"full": True})
        assert begun.status_code == 202
        assert begun.json()["job"]["state"] == "running"
        assert parts.client.get("/rebuild").json() == begun.json()
        run(parts.settings.home, parts.shared, parts.work, begun.json()["job"]["id"])
    job = parts.client.get("/rebuild").json()["job"]
    assert (job["state"], job["detail"]["documents"]) == ("done", len(TEXTS) + 1)
    index = open_index(parts.settings.home.home)
    found = Retriever(index, FakeEncoder(), parts.app.state.service.retriever().glossary)
    assert found.search(found.query("tea hills"), 1)[0].passage.document.source == "tea.txt"


def test_a_second_rebuild_is_refused_while_one_runs(tmp_path):
    parts = Parts(tmp_path / "home")
    parts.shared.start_job("rebuild")
    with job_lock(tmp_path / "home"):
        refused = parts.client.post("/rebuild", headers=parts.key("admin"))
    parts.close()
    assert code(refused) == (409, "job_running")
    assert refused.headers["Retry-After"]


@pytest.mark.parametrize("body", [{"full": "perhaps"}, {"source": "/etc"}, []])
def test_a_rebuild_takes_no_other_orders(parts, body):
    assert parts.client.post("/rebuild", json=body).status_code == 400


def events(parts):
    response = parts.client.get("/rebuild/events")
    assert response.headers["Content-Type"].startswith("text/event-stream")
    lines = response.text.splitlines()
    return [json.loads(line.removeprefix("data: "))["job"] for line in lines if line.startswith("data: ")]


def test_the_progress_comes_as_events_until_the_job_has_ended(parts, monkeypatch):
    monkeypatch.setattr(admin_module, "_POLL_S", 0.001)
    job = parts.shared.start_job("rebuild")
    steps = iter([lambda: parts.shared.advance_job(job.id, 1, 2), lambda: parts.shared.finish_job(job.id, "done")])
    current = admin_module.current_job

    def step_by_step(settings, shared):
        seen = current(settings, shared)
        next(steps, lambda: None)()
        return seen

    monkeypatch.setattr(admin_module, "current_job", step_by_step)
    with job_lock(parts.settings.home.home):
        assert [(e["state"], e["done"]) for e in events(parts)] == [("running", 0), ("running", 1), ("done", 1)]


def test_without_a_job_the_events_end_at_once(parts):
    assert events(parts) == [None]


def test_the_events_of_a_job_go_on_beyond_a_requests_time(tmp_path, monkeypatch):
    monkeypatch.setattr(admin_module, "_POLL_S", 0.01)
    parts = Parts(tmp_path / "home", request_timeout_s=0.05)
    parts.client.headers.update(parts.key("admin"))
    job = parts.shared.start_job("rebuild")
    ending = threading.Timer(0.4, parts.shared.finish_job, (job.id, "done"))
    with job_lock(tmp_path / "home"):
        ending.start()
        assert [e["state"] for e in events(parts)] == ["running", "done"]
    ending.join()
    parts.close()


def test_an_earlier_generation_can_be_made_current(parts, fill_home):
    fill_home(parts.settings.home.home, {**TEXTS, "tea.txt": "Tea is grown on the hills."})
    assert parts.client.post("/rollback").json() == {"generation": "g000001"}
    assert parts.client.post("/rollback", json={"generation": "g000002"}).json() == {"generation": "g000002"}
    assert open_index(parts.settings.home.home).manifest.generation == "g000002"


@pytest.mark.parametrize("name", ["g000009", "../../etc", ""])
def test_a_generation_that_is_not_there_is_not_found(parts, name):
    refused = parts.client.post("/rollback", json={"generation": name})
    assert code(refused) == (404, "no_such_generation")
    assert refused.json()["error"]["message"] == f"there is no generation '{name}' on disk"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/documents?filename=a.txt"),
        ("DELETE", "/documents/x"),
        ("POST", "/rebuild"),
        ("GET", "/rebuild"),
        ("GET", "/rebuild/events"),
        ("POST", "/rollback"),
    ],
)
def test_every_route_needs_an_admin_key(parts, method, path):
    assert code(parts.client.request(method, path, headers=parts.key())) == (403, "insufficient_scope")
    assert code(parts.client.request(method, path, headers={"Authorization": ""})) == (401, "invalid_api_key")
