"""What must be: for each state of the texts an index built in one go, and what it answers."""

import json
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from crash_processes import QUESTIONS, ask

from corpus import Library, add_paths
from embeddings import Index, Vectors, centring, open_index
from embeddings.build import build_index
from embeddings.centring import centre
from embeddings.vector_cache import VectorCache
from rag.search.glossary import load_glossary
from rag.search.retrieval import Retriever
from tests.fakes import FakeEncoder

_TOLERANCE = 1e-3

_MOST_OPEN = 16  # each holds files open, and a process may have few


class References:
    """For each snapshot a fresh home built in one go, and the answers that it gives."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.encoder = folder, FakeEncoder()
        self.homes: dict[str, Path] = {}
        self._answers: dict[tuple[str, frozenset[str]], list[Any]] = {}
        self._open: dict[str, Index] = {}
        self._made = 0

    def add(self, source: Path, library: Path | None = None) -> str:
        """Build from the texts, or from a copy of a library; returns the snapshot."""
        self._made += 1
        home = self.folder / str(self._made)
        home.mkdir(parents=True)
        if library:
            with closing(sqlite3.connect(library)) as source_db, closing(sqlite3.connect(home / "library.db")) as copy:
                source_db.backup(copy)
        with Library(home / "library.db") as opened:
            if not library:
                add_paths(opened, [source])
            snapshot = build_index(home, opened, self.encoder, "fake").snapshot
        if self.homes.setdefault(snapshot, home) != home:
            shutil.rmtree(home)
        return snapshot

    def index(self, snapshot: str) -> Index:
        """The index of a snapshot."""
        if snapshot not in self._open:
            if len(self._open) >= _MOST_OPEN:
                self._open.pop(next(iter(self._open))).close()
            self._open[snapshot] = open_index(self.homes[snapshot])
        return self._open[snapshot]

    def answers(self, snapshot: str, hidden: Iterable[str] = ()) -> list[Any]:
        """The answers to all questions with some documents hidden."""
        key = (snapshot, frozenset(hidden))
        if key not in self._answers:
            retriever = Retriever(self.index(snapshot), self.encoder, load_glossary(), key[1])
            self._answers[key] = [json.loads(json.dumps(ask(retriever, question))) for question in QUESTIONS]
        return self._answers[key]

    def differs(self, line: dict[str, Any]) -> str | None:
        """What is wrong with an answer that a reader got, if anything."""
        if line.get("error") or line["notices"]:
            return f"a reader failed: {line.get('error') or line['notices']}"
        if line["snapshot"] not in self.homes:
            return f"a reader got the unknown snapshot {line['snapshot']} of {line['generation']}"
        before, after = set(line["before"]), set(line["after"])
        maybe = sorted(before ^ after)
        expected = [
            self.answers(line["snapshot"], (before & after) | set(some))[line["number"]]
            for count in range(len(maybe) + 1)
            for some in combinations(maybe, count)
        ]
        if line["answer"] in expected:
            return None
        return f"{QUESTIONS[line['number']]} of {line['generation']}: got {line['answer']}, expected {expected}"

    def compare(self, home: Path, snapshot: str) -> list[str]:
        """How the index of a home differs from the one built in one go."""
        index, wanted = open_index(home), self.index(snapshot)
        try:
            if index.manifest.snapshot != snapshot:
                return [f"finished with the snapshot {index.manifest.snapshot}, in one go it is {snapshot}"]
            if rows_of(index) != rows_of(wanted):
                return ["the finished index holds other passages than one built in one go"]
            drift = {c: float(np.linalg.norm(m - index.means[c])) for c, m in wanted.means.items()}
            fresh = centre(self._raw(snapshot), list(index.languages), index.means)
            worst = float(np.abs(fresh - index.vectors(np.arange(len(index)))).max())
            problems = [f"mean {c} is {d:.4f} off" for c, d in drift.items() if d > centring.MAX_DRIFT + _TOLERANCE]
            return problems + ([f"vectors are {worst:.5f} off"] if worst > _TOLERANCE else [])
        finally:
            index.close()

    def _raw(self, snapshot: str) -> Vectors:
        index, cache = self.index(snapshot), VectorCache(self.homes[snapshot] / "vectors.db")
        try:
            return cache.get(self.encoder, [index.texts.embedded(row) for row in range(len(index))])
        finally:
            cache.close()


def rows_of(index: Index) -> list[tuple[Any, ...]]:
    """All that an index says of its passages."""
    passages = [index.passage(row) for row in range(len(index))]
    return [
        (p.id, p.document.id, p.document.also_in, p.start, p.end, p.part, p.section, p.language, p.text, p.page)
        for p in passages
    ]
