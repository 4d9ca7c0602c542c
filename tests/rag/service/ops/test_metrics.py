import re

import pytest

from rag.answer.answer import Answer
from rag.answer.quotes import Sentence
from tests.rag.service.parts import Parts, job_lock


@pytest.fixture
def parts(fake_home, tmp_path):
    made = Parts(tmp_path / "home")
    yield made
    made.close()


def figures(parts, **headers):
    """{name with labels: value} of what /metrics answers."""
    response = parts.client.get("/metrics", **headers)
    assert response.status_code == 200
    lines = [line for line in response.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_requests_are_counted_by_route_and_status(parts):
    for _ in range(2):
        parts.client.get("/hello/you")
    parts.client.get("/hello")
    parts.client.get("/broken")
    found = figures(parts)
    assert found['eurag_requests_total{method="GET",route="/hello/{name}",status="200"}'] == 2
    assert found['eurag_requests_total{method="GET",route="none",status="404"}'] == 1
    assert found['eurag_requests_total{method="GET",route="/broken",status="500"}'] == 1


def test_what_a_client_makes_up_makes_no_new_figure(parts):
    for i in range(3):
        parts.client.request(f"MADEUP{i}", f"/made/up/{i}")
    assert figures(parts)['eurag_requests_total{method="other",route="none",status="404"}'] == 3


def test_the_stages_of_a_question_are_timed_in_whatever_thread_they_run(parts):
    parts.client.get("/hello/you")
    assert figures(parts)['eurag_stage_seconds_count{stage="encode"}'] == 1


def test_answers_and_refusals_are_counted_apart(parts):
    metrics = parts.app.state.service.metrics
    answered, refused, greeted = (
        Answer("Q", "en", "abc", sentences, 0.5, (), reply=reply)
        for sentences, reply in [((Sentence(()),), None), ((), None), ((), "Ask.")]
    )
    for answer in (answered, answered, refused, greeted):
        metrics.observe_answer(answer)
    found = figures(parts)
    assert found['eurag_answers_total{outcome="answered"}'] == 2
    assert found['eurag_answers_total{outcome="refused"}'] == 1


def test_a_home_without_index_has_no_figures_of_one(parts):
    assert not [name for name in figures(parts) if name.startswith("eurag_index")]


def test_the_index_is_described(fake_home, tmp_path, fill_home):
    from tests.rag.conftest import TEXTS

    fill_home(tmp_path / "home", TEXTS)
    parts = Parts(tmp_path / "home")
    found = figures(parts)
    parts.close()
    assert found["eurag_index_documents"] == len(TEXTS)
    assert found["eurag_index_passages"] >= len(TEXTS)
    assert found["eurag_index_generation"] == 1


def test_a_job_that_runs_shows_its_progress(parts):
    with job_lock(parts.settings.home.home):
        job = parts.shared.start_job("rebuild")
        parts.shared.advance_job(job.id, 3, 4)
        found = figures(parts)
    assert (found["eurag_rebuild_running"], found["eurag_rebuild_progress"]) == (1, 0.75)


def test_with_keys_the_figures_need_one(parts):
    key = parts.key()
    assert parts.client.get("/metrics").status_code == 401
    assert figures(parts, headers=key)


def test_the_format_is_prometheus_text(parts):
    response = parts.client.get("/metrics")
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert re.search(r"^# TYPE eurag_requests_total counter$", response.text, re.M)
