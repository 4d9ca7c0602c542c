"""Measure follow-up questions: the last message alone, resolved by the product, and rewritten by hand.

Usage: python scripts/eval_dialogues.py --corpus DIR [--xquad DIR] [--half tune] [--reader NAME]

DIR holds `treaties`. Indexes these and the built-in library apart, asks the last question of every
dialogue of `tests/data/dialogues.jsonl` in the three ways, and prints by half: document hit@1 and
hit@5 of the search, snippet in the answer's quotes (refusals count as none), refusals of
unanswerable questions, self-contained questions left unchanged, the same for the questions of
`questions_*.jsonl` each asked after its predecessor, and the microseconds that resolving takes.
With `--xquad`, the folder of `xquad.{en,ru}.dev.json`, the share of its questions that an unrelated
question before them leaves unchanged. The last line is the table as one JSON object.
"""

import argparse
import json
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench_xquad import read_xquad

from corpus import Library, add_paths, fold
from corpus.builtin import builtin_folder
from embeddings import DEFAULT_ENCODER, Encoder, build_index, open_encoder, open_index
from rag.answer.answer import Answerer, Ask
from rag.conversation import standalone
from rag.evaluation.questions import read_questions
from rag.reader.opening import open_reader
from rag.search.glossary import load_glossary
from rag.search.retrieval import Retriever

DATA = Path(__file__).parents[1] / "tests" / "data"
WAYS = ("alone", "resolved", "by hand")
QUESTIONS = ("library", "treaties", "seeds")
UNRELATED = ("When was the EAEU Treaty signed?", "Что такое ШОС?")
ROUNDS = 20


def load_dialogues() -> list[dict[str, Any]]:
    """The dialogues of `tests/data`."""
    return [json.loads(line) for line in (DATA / "dialogues.jsonl").read_text("utf-8").splitlines()]


def wordings(dialogue: dict[str, Any]) -> dict[str, str]:
    """The three questions that are searched for one dialogue."""
    turns = dialogue["turns"]
    resolved = standalone(turns, load_glossary()).text
    return dict(zip(WAYS, (turns[-1], resolved, dialogue["standalone"]), strict=True))


def prepare(home: Path, folder: Path, encoder: Encoder) -> Retriever:
    """A home with the texts of this folder, indexed."""
    home.mkdir(parents=True, exist_ok=True)
    with Library(home / "library.db") as library:
        add_paths(library, [folder])
        build_index(home, library, encoder, DEFAULT_ENCODER)
    return Retriever(open_index(home), encoder, load_glossary())


def judge(retriever: Retriever, ask: Ask, dialogue: dict[str, Any], question: str) -> dict[str, bool]:
    """What search and answer make of one wording."""
    found = [hit.passage.document.source for hit in retriever.search(retriever.query(question), 5)]
    result = ask(retriever, question)
    if not dialogue["answerable"]:
        return {"refused": not result.answerable}
    quotes = [fold(quote.text) for sentence in result.sentences for quote in sentence.quotes]
    return {
        "hit1": found[0] in dialogue["gold_docs"],
        "hit5": any(source in dialogue["gold_docs"] for source in found),
        "snippet": any(fold(snippet) in quote for snippet in dialogue["gold_snippets"] for quote in quotes),
    }


def is_self_contained(dialogue: dict[str, Any]) -> bool:
    """Whether the last question needs nothing from the earlier ones."""
    return dialogue["turns"][-1] == dialogue["standalone"]


def share(values: Sequence[bool]) -> float:
    """The share of true values; 0 of none."""
    return round(sum(values) / len(values), 3) if values else 0.0


def table(judged: Sequence[tuple[dict[str, Any], dict[str, dict[str, bool]]]]) -> dict[str, dict[str, float]]:
    """The figures of some dialogues, those of follow-ups and of self-contained questions apart."""
    figures: dict[str, dict[str, float]] = {}
    for name, own in (("follow-up", False), ("self-contained", True)):
        chosen = [ways for dialogue, ways in judged if is_self_contained(dialogue) == own]
        for way in WAYS:
            results = [ways[way] for ways in chosen]
            figures[f"{name}, {way}"] = {
                key: share([result[key] for result in results if key in result])
                for key in ("hit1", "hit5", "snippet", "refused")
                if any(key in result for result in results)
            }
    return figures


def unchanged(dialogues: Sequence[dict[str, Any]]) -> float:
    """Share of the self-contained questions that come out as they went in."""
    return share([wordings(d)["resolved"] == d["turns"][-1] for d in dialogues if is_self_contained(d)])


def unrelated_unchanged(half: str) -> float:
    """Share of other people's questions that come out as they went in, each asked after the one before it."""
    files = (DATA / f"questions_{name}.jsonl" for name in QUESTIONS)
    lists = [[question.text for question in read_questions(path, [("split", half)])] for path in files]
    pairs = [pair for questions in lists for pair in pairwise(questions)]
    return share([not standalone(pair, load_glossary()).changed for pair in pairs])


def xquad_unchanged(folder: Path) -> dict[str, float]:
    """Share of XQuAD's questions, of any subject, that come out as they went in after one on ours.

    They were asked of a paragraph, and some cannot be understood without it.
    """
    return {
        language: share(
            [
                not standalone([UNRELATED[n % len(UNRELATED)], question], load_glossary()).changed
                for n, (_, question) in enumerate(read_xquad(folder / f"xquad.{language}.dev.json")[1])
            ]
        )
        for language in ("en", "ru")
    }


def microseconds(dialogues: Sequence[dict[str, Any]]) -> float:
    """Mean processor time to resolve one dialogue."""
    begun = time.process_time()
    for _ in range(ROUNDS):
        for dialogue in dialogues:
            standalone(dialogue["turns"], load_glossary())
    return round((time.process_time() - begun) / ROUNDS / len(dialogues) * 1e6)


def main() -> None:
    """Print the table by half."""
    parser = argparse.ArgumentParser(description="Measure follow-up questions.")
    parser.add_argument("--corpus", type=Path, required=True, help="folder with treaties")
    parser.add_argument("--cache", type=Path, default=Path(".eurag/dialogues"), help="model and indexes")
    parser.add_argument("--reader", help="as for eurag ask")
    parser.add_argument("--xquad", type=Path, help="folder of xquad.{en,ru}.dev.json")
    parser.add_argument("--half", choices=("tune", "test"), action="append", help="only this half; rules see tune only")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    encoder = open_encoder(DEFAULT_ENCODER, arguments.cache / "model")
    retrievers = {
        "library": prepare(arguments.cache / "library", builtin_folder(), encoder),
        "treaties": prepare(arguments.cache / "treaties", arguments.corpus / "treaties", encoder),
    }
    ask = Answerer(open_reader(arguments.reader, arguments.cache / "model"))
    report: dict[str, Any] = {}
    for half in arguments.half or ("tune", "test"):
        dialogues = [dialogue for dialogue in load_dialogues() if dialogue["half"] == half]
        judged = [
            (d, {way: judge(retrievers[d["collection"]], ask, d, text) for way, text in wordings(d).items()})
            for d in dialogues
        ]
        report[half] = table(judged) | {
            "all": {
                "unchanged": unchanged(dialogues),
                "unrelated_unchanged": unrelated_unchanged(half),
                "microseconds": microseconds(dialogues),
            }
        }
        for name, figures in report[half].items():
            print(f"{half:5} {name:26} " + "  ".join(f"{key} {value:g}" for key, value in figures.items()))
    if arguments.xquad:
        report["xquad_unchanged"] = xquad_unchanged(arguments.xquad)
        print("xquad unchanged", report["xquad_unchanged"])
    print(json.dumps(report))


if __name__ == "__main__":
    main()
