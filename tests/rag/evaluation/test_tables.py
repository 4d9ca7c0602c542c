import io

from rich.console import Console

from rag.evaluation.reports import report
from rag.evaluation.tables import show_report
from tests.rag.evaluation.test_reports import RESULTS


def shown(found):
    console = Console(file=io.StringIO(), highlight=False)
    show_report(console, found)
    return console.file.getvalue().splitlines()


def test_every_figure_has_its_interval_and_every_group_a_line():
    lines = shown(report("s", RESULTS))
    assert lines[0] == "5 questions, snapshot s"
    assert "unanswerable_refused\t0.500\t0.000 to 1.000\t2" in lines
    assert "latency_p50_ms\t10.0\t10.0 to 10.0\t5" in lines
    assert "snippet_top3\t–\t– to –\t0" in lines
    assert [line.split("\t")[0] for line in lines if line.count("\t") > 5][1:] == [
        "en", "ru", "cross-lingual", "same language", "fact", "list", "offtopic",
    ]  # fmt: skip


def test_a_comparison_shows_both_runs_the_difference_and_p():
    lines = shown(report("s", RESULTS, {RESULTS[0].id: RESULTS[0]}))
    assert "Compared on 1 questions, 4 in one of the runs only" in lines
    assert "hit@1\t1.000\t1.000\t0.000\t0.000 to 0.000\t1.0000" in lines
    assert "auroc\t–\t–\t–\t– to –\t–" in lines
