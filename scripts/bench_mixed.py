"""Whether few texts of a third language flood what is found, or vanish: the built-in library and 1, 5, 19 of each.

    python scripts/bench_mixed.py [--languages de kk ...]

For each language and number of its texts (`tests/data`): the share of the ten and of the three best passages, and how
often the best, that it takes of thirty questions on the library; and the rank of its first text for a question on it in
that language, in Russian and in English. The last line is one JSON object.
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from corpus import Library, add_builtin, add_paths
from corpus.builtin import sample_questions
from embeddings import DEFAULT_ENCODER, Encoder, build_index, open_encoder, open_index
from rag.search.glossary import load_glossary
from rag.search.retrieval import Retriever

DATA = Path(__file__).parents[1] / "tests" / "data"
COUNTS = (1, 5, 19)
TOP, ABSENT = 10, 11


def read(name: str) -> list[dict[str, str]]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def texts_of(language: str) -> list[str]:
    """The texts of a language, that which is asked about first."""
    first = [made["text"] for made in read("languages.jsonl") if made["language"] == language]
    return [*first, *(made["text"] for made in read("language_passages.jsonl") if made["language"] == language)]


def found(retriever: Retriever, question: str) -> list[tuple[str, str]]:
    """(language, source) of the best passages."""
    hits = retriever.search(retriever.query(question), TOP)
    return [(hit.passage.language, hit.passage.document.source) for hit in hits]


def measured(retriever: Retriever, language: str, asked: dict[str, str]) -> dict[str, float]:
    """The figures for one language."""
    library = [found(retriever, made.question) for code in ("en", "ru") for made in sample_questions(code)[:15]]
    ours = [[code == language for code, _ in best] for best in library]
    ranks = {}
    for name in ("own", "ru", "en"):
        sources = [source for _, source in found(retriever, asked[name])]
        ranks[name] = sources.index(f"{language}-00.md") + 1 if f"{language}-00.md" in sources else ABSENT
    return {
        "of ten": statistics.fmean(sum(one) / TOP for one in ours),
        "of three": statistics.fmean(sum(one[:3]) / 3 for one in ours),
        "best": statistics.fmean(one[0] for one in ours),
        **ranks,
    }


def with_texts(home: Path, encoder: Encoder, language: str, count: int, asked: dict[str, str]) -> dict[str, float]:
    """The figures with so many texts of a language beside the library; they are removed again."""
    paths = []
    for number, text in enumerate(texts_of(language)[:count]):
        path = home.parent / f"{language}-{number:02}.md"
        path.write_text(text, "utf-8")
        paths.append(path)
    with Library(home / "library.db") as library:
        reports = add_paths(library, paths, "further")
        build_index(home, library, encoder, DEFAULT_ENCODER, keep=1)
        with closing(open_index(home)) as index:
            figures = measured(Retriever(index, encoder, load_glossary()), language, asked)
        for report in reports:
            library.remove(str(report.document))
    return figures


def summary(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """Means over languages, and how many texts are among the three best, for each way of asking."""
    shares = {name: round(statistics.fmean(row[name] for row in rows), 3) for name in ("of ten", "of three", "best")}
    near = {f"{name} in three": sum(row[name] <= 3 for row in rows) for name in ("own", "ru", "en")}
    return shares | near | {"absent": sum(row[name] == ABSENT for row in rows for name in ("own", "ru", "en"))}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--languages", nargs="*", default=[], help="ISO 639-1 codes, by default all fifteen")
    chosen = parser.parse_args().languages
    asked = {made["language"]: made for made in read("language_questions.jsonl")}
    rows: dict[int, list[dict[str, float]]] = {count: [] for count in COUNTS}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        encoder = open_encoder(DEFAULT_ENCODER, home / "model")
        with Library(home / "library.db") as library:
            add_builtin(library)
        for language in chosen or asked:
            for count in COUNTS:
                rows[count].append(with_texts(home, encoder, language, count, asked[language]))
                print(language, count, {name: round(value, 2) for name, value in rows[count][-1].items()}, flush=True)
    totals = {str(count): summary(made) for count, made in rows.items()}
    for count, total in totals.items():
        print(f"{count:>3} texts of a language: {total}")
    print(json.dumps(totals))


if __name__ == "__main__":
    main()
