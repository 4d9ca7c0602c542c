import pytest

from rag.errors import EvaluationError
from rag.evaluation.beir import Text, read_collection, write_files

CORPUS = [{"_id": "d/1", "title": "Tea", "text": "Tea is taxed."}, {"_id": "d2", "title": "", "text": "Coffee is not."}]
QUERIES = [{"_id": "q1", "text": "tea", "lang": "en"}, {"_id": "q2", "text": "coffee", "lang": "en"}]
QRELS = "query-id\tcorpus-id\tscore\nq1\td/1\t2\nq1\td2\t0\n"


@pytest.fixture
def folder(tmp_path, write_lines):
    def write(corpus=CORPUS, queries=QUERIES, qrels=QRELS):
        write_lines(*corpus, name="tiny/corpus.jsonl")
        write_lines(*queries, name="tiny/queries.jsonl")
        write_lines(qrels.rstrip("\n"), name="tiny/qrels/test.tsv")
        return tmp_path / "tiny"

    return write


def test_texts_grades_and_the_judged_queries_are_read(folder):
    collection = read_collection(folder())
    assert collection.name == "tiny"
    assert collection.texts == {"d/1": Text("Tea", "Tea is taxed."), "d2": Text("", "Coffee is not.")}
    assert collection.queries == {"q1": "tea"}
    assert collection.judgements == {"q1": {"d/1": 2, "d2": 0}}


def test_grades_need_no_heading(folder):
    assert read_collection(folder(qrels="q2\td2\t1\n")).judgements == {"q2": {"d2": 1}}


def test_files_hold_the_texts_with_the_title_beside_them(folder, tmp_path):
    (tmp_path / "files").mkdir()
    names = write_files(read_collection(folder()), tmp_path / "files")
    assert names == {"0000001.txt": "d/1", "0000002.txt": "d2"}
    assert {path.name: path.read_text("utf-8") for path in (tmp_path / "files").iterdir()} == {
        "0000001.txt": "Tea is taxed.",
        "0000001.txt.meta.yaml": "title: Tea\n",
        "0000002.txt": "Coffee is not.",
    }


def test_a_text_that_is_only_a_title_is_searched_by_it(folder, tmp_path):
    (tmp_path / "files").mkdir()
    write_files(read_collection(folder(corpus=[{"_id": "d/1", "title": "Tea"}])), tmp_path / "files")
    assert (tmp_path / "files" / "0000001.txt").read_text("utf-8") == "Tea"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"corpus": [{"title": "no id"}]}, "corpus.jsonl, line 1: '_id' must be text"),
        ({"queries": [{"_id": "q1", "text": ""}]}, "queries.jsonl, line 1: 'text' must be text"),
        ({"qrels": "query-id\tcorpus-id\tscore\nq1 d2 1\n"}, "test.tsv, line 2: expected query-id, corpus-id, score"),
        ({"qrels": "q9\td2\t1\n"}, "no chosen query of queries.jsonl is judged"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_with_file_line_and_reason(folder, wrong, reason):
    with pytest.raises(EvaluationError, match=reason):
        read_collection(folder(**wrong))


def test_a_folder_without_the_files_is_an_error(tmp_path):
    with pytest.raises(EvaluationError, match=r"corpus\.jsonl cannot be read"):
        read_collection(tmp_path)
