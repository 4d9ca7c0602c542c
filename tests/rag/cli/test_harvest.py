import json
import sys
from functools import partial

import pytest

from corpus import harvest as harvest_module
from corpus.harvest import Pace
from rag.cli import main
from tests.corpus.harvest.repository import Reply, article, served
from tests.corpus.harvest.test_protocol import changes


@pytest.fixture
def repository():
    with served() as repository:
        repository.items = [article(number, abstract=number != 2) for number in (1, 2, 3)]
        yield repository


@pytest.fixture
def run_harvest(monkeypatch, capfd, repository, tmp_path):
    """Runs `eurag harvest` in an empty home, without waiting; gives exit code, standard output and standard error."""
    monkeypatch.setattr(harvest_module, "Pace", partial(Pace, sleep=lambda _: None))

    def run(*arguments, url=repository.url):
        monkeypatch.setattr(sys, "argv", ["eurag", "harvest", url, *arguments, "--home", str(tmp_path / "home")])
        capfd.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capfd.readouterr()
        return exit_.value.code or 0, out, err

    return run


def test_what_came_is_counted_for_people(run_harvest, repository):
    code, out, err = run_harvest()
    assert (code, err) == (0, "")
    assert out == (
        f"3 records from {repository.url} (oai_dc): 3 added, 0 updated, 0 unchanged, 0 removed, 0 with problems; "
        "0 with full text, 1 without abstract\n"
    )


def test_the_report_is_json_for_programs(run_harvest, repository):
    repository.breaks(2, changes(b"<dc:title", b"<dc:title<"))
    code, out, _ = run_harvest("--collection", "made", "--json")
    report = json.loads(out)
    assert code == 0
    assert (report["records"], report["added"], report["collection"], report["stopped"]) == (3, 1, "made", None)
    assert [problem["identifier"][-1] for problem in report["problems"]] == ["1", "2"]


def test_the_options_reach_the_repository(run_harvest, repository):
    run_harvest("--set", "law", "--since", "2024", "--until", "2024-03", "--format", "oai_dc")
    assert repository.queries[1] == {
        "verb": "ListRecords",
        "metadataPrefix": "oai_dc",
        "set": "law",
        "from": "2024-01-01",
        "until": "2024-03-31",
    }


def test_problems_are_one_line_each(run_harvest, repository):
    repository.items.append(article(4, extra=["relation http://127.0.0.1:1/4.pdf"]))
    code, out, err = run_harvest("--fulltext")
    assert code == 0
    assert "1 with problems" in out
    problem = next(line for line in err.splitlines() if line.startswith("oai:example.org:article/4: "))
    assert "no full text: http://127.0.0.1:1/4.pdf: " in problem


def test_a_stopped_run_says_what_came_and_why_and_exits_with_one(run_harvest, repository):
    repository.breaks(3, lambda _: Reply(status=403))
    code, out, err = run_harvest()
    assert code == 1
    assert "2 added" in out
    assert err.startswith(f"eurag: {repository.url}?verb=ListRecords&")
    assert "HTTP 403 Forbidden" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("url", ["ftp://example.org/oai", "journal.example.org"])
def test_a_wrong_address_is_one_line(run_harvest, url):
    code, out, err = run_harvest(url=url)
    assert (code, out) == (1, "")
    assert err.startswith("eurag: expected an address like https://")
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [("--since", "yesterday"), ("--until", "2024-13"), ("--format", "marc21")])
def test_wrong_usage_exits_with_two(run_harvest, repository, arguments):
    assert run_harvest(*arguments)[0] == 2
    assert repository.requests == []
