"""Rows to train the reader on, from questions, passages and answers: one JSON line a row, gzipped.

    python scripts/reader/prepare.py general --shared ../shared/reader --out general.jsonl.gz
    python scripts/reader/prepare.py mined --data tests/data/reader --shared ../shared/reader --out mined.jsonl.gz
    python scripts/reader/prepare.py own --data tests/data/reader --shared ../shared/reader --out own.jsonl.gz

`general` is what others published (English mostly), `own` what was written for this project, in both languages and
crossed; `mined` are the answered ones of these on their own passage and on two that search would find beside it. A row
has the pieces of question, head and window (`rag.reader.inputs`), where its text begins, whether it answers and by
which pieces, and the `group`: rows of a group share a passage, or a question.
"""

import argparse
import gzip
import json
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from embeddings import DEFAULT_ENCODER, open_encoder
from embeddings.e5_tokenizer import UnigramTokenizer
from embeddings.e5_weights import E5Weights, weights_path
from rag.reader.inputs import Rows

#: XQuAD's own articles, and texts whose words are torn apart.
LEFT_OUT = ("cs224n", "flan-evaluator-dev")
PENN = ("qasystem-val", "cs224n-project-small")
Example = dict[str, Any]


def read(path: Path) -> list[Example]:
    """The objects of a gzipped file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class Writer:
    """Rows from examples; windows of a long text are cut around the answer, at random."""

    def __init__(self, random_: random.Random) -> None:
        weights = E5Weights(weights_path())
        self._tokenizer = UnigramTokenizer(weights.vocabulary())
        self._rows, self._random = Rows(self._tokenizer, weights.frame), random_

    def row(
        self, question: str, head: str, text: str, answer: tuple[int, int] | None, size: int, **more: Any
    ) -> Example | None:
        """The row, or None where the answer falls on no piece of the window; `size` is the longest text in pieces."""
        _, offsets = self._tokenizer.ids_and_offsets(text)
        if len(offsets) > size:
            text, answer = self._window(text, offsets, answer, size)
        row = self._rows.row(self._rows.question(question), self._rows.head(head), text)
        span = None
        if answer is not None:
            inside = [i for i, (a, b) in enumerate(row.offsets) if b > answer[0] and a < answer[1] and b > a]
            if not inside:
                return None
            span = [row.start + inside[0], row.start + inside[-1]]
        return {"ids": row.ids, "text": row.start, "span": span, "answers": int(answer is not None)} | more

    def _window(
        self, text: str, offsets: list[tuple[int, int]], answer: tuple[int, int] | None, size: int
    ) -> tuple[str, tuple[int, int] | None]:
        """A window of `size` pieces that begins at a sentence where one begins near, and the answer's place in it."""
        if answer is None:
            first = self._random.randint(0, len(offsets) - size)
        else:
            at = next((i for i, (_, b) in enumerate(offsets) if b > answer[0]), 0)
            first = max(0, min(len(offsets) - size, at - self._random.randint(0, size * 3 // 4)))
        start, end = offsets[first][0], offsets[min(first + size, len(offsets)) - 1][1]
        sentence = re.search(r"[.!?]\s+(?=\S)", text[start:end])
        if first and sentence and (answer is None or start + sentence.end() <= answer[0]):
            start += sentence.end()
        return text[start:end], None if answer is None else (answer[0] - start, min(answer[1], end) - start)


def span_of(example: Example) -> tuple[int, int] | None:
    """Where the answer stands, None where there is none."""
    if not example.get("answer") or example.get("start") is None or example["start"] < 0:
        return None
    return example["start"], example["start"] + len(example["answer"])


def general(shared: Path, write: Writer, random_: random.Random, skip: int, positives: int) -> Iterator[Example | None]:
    """Published questions in English, with Russian ones as far as there are, and claims with evidence."""
    squad = [x for x in read(shared / "squad_pieces.jsonl.gz") if x["source"] not in (*LEFT_OUT, *PENN)]
    near = [x for x in read(shared / "squad_pieces.jsonl.gz") if x["source"] == "cs224n" and not span_of(x)]
    answered = [x for x in squad if span_of(x)]
    random_.shuffle(answered)
    answered = answered[skip : skip + positives]
    tydi = [x for x in read(shared / "tydi_en_train.jsonl.gz") if span_of(x)][: positives // 3]
    russian = read(shared / "tydi_ru.jsonl.gz")[:400]
    english = [{**x, "question": x["question_en"]} for x in russian]
    crossed = [
        {**x, "question": x["question_ru"]} for x in read(shared / "crossed_en.jsonl.gz") if x["source"] not in PENN
    ]
    for x in [*answered, *near, *tydi, *russian, *english, *crossed]:
        yield write.row(
            x["question"],
            _head(x, random_),
            x["context"],
            span_of(x),
            random_.choice((90, 120, 160)),
            source=x["source"],
        )
    yield from _taken_away([*answered, *tydi, *russian, *english], write, random_)
    yield from _supports(shared, write, random_)


def _head(example: Example, random_: random.Random) -> str:
    """The title, in six of ten rows: texts have titles and lack them."""
    title = (example["title"] or "").replace("_", " ")
    return f"{title}. " if title and random_.random() < 0.6 else ""


def _taken_away(answered: list[Example], write: Writer, random_: random.Random) -> Iterator[Example | None]:
    """Questions on another paragraph of the same text, and on their own without the sentence that answers."""
    of_title = defaultdict(list)
    for x in answered:
        of_title[x["title"]].append(x["context"])
    for x in answered:
        if random_.random() > 0.35:
            continue
        text, (start, end) = x["context"], span_of(x) or (0, 0)
        others = [c for c in of_title[x["title"]] if x["answer"].lower() not in c.lower()]
        from_ = max(text.rfind(". ", 0, start) + 2, 0) if ". " in text[:start] else 0
        to = text.find(". ", end)
        rest = text[:from_] + (text[to + 2 :] if to >= 0 else "")
        other = random_.choice(others) if others and random_.random() < 0.5 else rest
        if len(other) > 120 and x["answer"].lower() not in other.lower():
            yield write.row(
                x["question"], _head(x, random_), other, None, random_.choice((90, 120, 160)), source="taken away"
            )


def _supports(shared: Path, write: Writer, random_: random.Random) -> Iterator[Example | None]:
    """Claims in the place of questions, for the head that tells whether evidence bears them out."""
    rows = read(shared / "entailment.jsonl.gz")
    random_.shuffle(rows)
    for x in rows[:4000]:
        row = write.row(x["claim"], "", " ".join(x["evidence"]), None, 110, source=x["source"])
        if row:
            yield row | {"answers": None, "supports": int(x["label"] == "supports")}


def own(files: list[Path], write: Writer, random_: random.Random, crossings: int) -> Iterator[Example | None]:
    """Questions on passages that are there in both languages, each in `crossings` of the four pairs of languages."""
    for path in files:
        for passage in read(path):
            for number, question in enumerate(passage["questions"]):
                pairs = [("en", "en"), ("ru", "ru"), ("ru", "en"), ("en", "ru")]
                same, cross = random_.sample(pairs[:2], 2), random_.sample(pairs[2:], 2)
                chosen = [pair for two in zip(same, cross, strict=True) for pair in two][:crossings]
                for asked, told in chosen:
                    yield _own_row(passage, question, number, asked, told, write, path.stem.split(".")[0])


def _own_row(
    passage: Example, question: Example, number: int, asked: str, told: str, write: Writer, source: str
) -> Example | None:
    text, answer = passage[told], question.get(f"answer_{told}")
    start = question.get(f"start_{told}")
    start = text.find(answer) if answer and start is None else start
    heads = (passage.get(f"title_{told}"), passage.get(f"section_{told}"))
    head = "".join(f"{part}. " for part in heads if part)
    span = (start, start + len(answer)) if answer and start is not None and start >= 0 else None
    if answer and span is None:
        return None
    more = {"source": source, "group": passage["pid"] + told, "languages": asked + told, "number": number}
    return write.row(question[asked], head, text, span, 180, **more)


def dialogues(shared: Path, write: Writer) -> Iterator[Example | None]:
    """Turns that lean on the question before, which stands before them, as it does where eurag reads a conversation."""
    passages = {passage["pid"]: passage for passage in read(shared / "parallel_invented.jsonl.gz")}
    for dialogue in read(shared / "dialogues_invented.jsonl.gz"):
        before = ""
        for number, turn in enumerate(dialogue["turns"]):
            asked = f"{before} {turn['user']}".strip()
            if turn["kind"] != "courtesy":
                question = {"en": asked, "ru": asked, **turn}
                told = ("en", "ru")[number % 2]
                passage = passages[dialogue["pid"]]
                yield _own_row(passage, question, number, dialogue["lang"], told, write, "dialogues")
                before = turn["standalone"]


def mined(files: list[Path], write: Writer, random_: random.Random, share: float) -> Iterator[Example | None]:
    """A share of the answered questions, each on its own passage and on two that search would find for it.

    The other two are the nearest of its own document, where it is one of several, and one that is near among all; as
    in use, they may be in another language than the right one. The three rows are a group.
    """
    passages = [passage for path in files for passage in read(path)]
    asked = [(p, q) for p in passages for q in p["questions"] if q.get("answer_en") and random_.random() < share]
    with tempfile.TemporaryDirectory() as folder:
        encoder = open_encoder(DEFAULT_ENCODER, Path(folder))
        questions = encoder.encode_queries([q["en"] for _, q in asked])
        vectors = encoder.encode_passages([p["title_en"] + ". " + p["en"] for p in passages])
    near = np.argsort(-(questions @ (vectors - vectors.mean(axis=0)).T), axis=1)
    for number, (passage, question) in enumerate(asked):
        group, language = f"{passage['pid']}?{number}", random_.choice(("en", "ru"))
        others = [passages[i] for i in near[number] if _is_other(passages[i], passage)]
        beside = [p for p in others if p.get("document") and p["document"] == passage.get("document")]
        wrong = [random_.choice(beside[:2] or others[:3]), random_.choice((*beside[:4], *others[:8]))]
        empty = {**question, "answer_en": None, "answer_ru": None}
        for one, what in ((passage, question), *((p, empty) for p in wrong)):
            told = random_.choice(("en", "ru"))
            row = _own_row(one, what, number, language, told, write, "mined")
            yield row | {"group": group} if row else None


def _is_other(one: Example, passage: Example) -> bool:
    """Whether a passage neither is this one nor belongs to its group of passages alike."""
    return bool(one["pid"] != passage["pid"] and not (one.get("group") and one.get("group") == passage.get("group")))


def danetqa(shared: Path, write: Writer, random_: random.Random) -> Iterator[Example | None]:
    """Russian passages of an encyclopaedia, asked in Russian and in English."""
    for number, x in enumerate(read(shared / "danetqa_spans.jsonl.gz")):
        for question in (x["question"], x["question_en"]) if number % 2 else (x["question_en"],):
            yield write.row(question, "", x["context"], span_of(x), 170, source="danetqa", group=x["passage_id"])


def main() -> None:
    """Write the rows that the arguments ask for, and count them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["general", "own", "mined"])
    parser.add_argument("--shared", type=Path, required=True, help="folder with the published data")
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="own files, or folders of them")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--positives", type=int, default=8000, help="answered questions of SQuAD")
    parser.add_argument("--skip", type=int, default=0, help="answered questions of SQuAD that an earlier run has read")
    parser.add_argument("--share", type=float, default=1.0, help="of the answered questions that are mined for")
    parser.add_argument("--seed", type=int, default=11, help="another one draws other pairs of languages")
    parser.add_argument("--crossings", type=int, default=2, help="pairs of languages a question")
    options = parser.parse_args()
    random_ = random.Random(options.seed)
    write = Writer(random_)
    files = [f for path in options.data for f in (sorted(path.glob("*.jsonl.gz")) if path.is_dir() else [path])]
    if options.what == "general":
        rows = [*general(options.shared, write, random_, options.skip, options.positives)]
        rows += danetqa(options.shared, write, random_)
    elif options.what == "own":
        rows = [*own(files, write, random_, options.crossings), *dialogues(options.shared, write)]
    else:
        rows = list(mined(files, write, random_, options.share))
    kept = [row for row in rows if row]
    with gzip.open(options.out, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in kept)
    pieces = sum(len(row["ids"]) for row in kept)
    answered = sum(bool(row["answers"]) for row in kept)
    print(f"{len(kept)} rows, {answered} answered, {pieces} pieces, {len(rows) - len(kept)} left out")


if __name__ == "__main__":
    main()
