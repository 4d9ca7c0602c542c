"""Folders in the layout of BEIR (Thakur et al. 2021): texts, queries, and which texts are relevant to which query."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from rag.errors import EvaluationError
from rag.evaluation.records import Only, read_lines, read_records, text_of


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the collection; it has a title, a body, or both."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Texts and queries by id, and the grades of relevant texts by query: {query: {text: grade}}."""

    name: str
    texts: Mapping[str, Text]
    queries: Mapping[str, str]
    judgements: Mapping[str, Mapping[str, int]]


def read_collection(folder: Path, only: Only = ()) -> Collection:
    """`corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv`; of the queries those judged there, with all of `only`.

    Raises `EvaluationError`.
    """
    texts = {
        text_of(record, "_id", where): Text(str(record.get("title") or ""), str(record.get("text") or ""))
        for where, record in read_records(folder / "corpus.jsonl")
    }
    judgements = _judgements(folder / "qrels" / "test.tsv")
    queries = {
        id_: text_of(record, "text", where)
        for where, record in read_records(folder / "queries.jsonl", only)
        if (id_ := text_of(record, "_id", where)) in judgements
    }
    if not queries:
        raise EvaluationError(f"{folder}: no chosen query of queries.jsonl is judged in qrels/test.tsv")
    return Collection(folder.resolve().name, texts, queries, {id_: judgements[id_] for id_ in queries})


def write_files(collection: Collection, folder: Path) -> dict[str, str]:
    """One text file a text, its title beside it; returns {file name: id}."""
    names = {}
    for number, (id_, text) in enumerate(collection.texts.items(), start=1):
        name = f"{number:07}.txt"
        (folder / name).write_text(text.body or text.title, "utf-8")
        if text.title:
            record = yaml.safe_dump({"title": text.title}, allow_unicode=True)
            (folder / f"{name}.meta.yaml").write_text(record, "utf-8")
        names[name] = id_
    return names


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    judgements: dict[str, dict[str, int]] = {}
    for number, (where, line) in enumerate(read_lines(path)):
        columns = line.rstrip("\r").split("\t")
        if number == 0 and not columns[-1].isdigit():
            continue
        try:
            query, text, grade = columns
            judgements.setdefault(query, {})[text] = int(grade)
        except ValueError as exc:
            raise EvaluationError(f"{where}: expected query-id, corpus-id, score between tabs, found {line!r}") from exc
    return judgements
