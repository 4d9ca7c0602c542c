"""What a reader of answers sees first: `tests/data/questions_reading.jsonl` over each of its collections.

    python scripts/eval_reading.py --corpus ../shared/corpus --homes FOLDER [--half tune]

FOLDER gets a home for each collection, built where it is not there yet: the built-in library, the treaties, the
research texts (seeds), and `tests/data/collection`. Without `--corpus` the treaties and research texts are left out,
and it says so. Prints the figures of `eurag eval` for each collection and for all, with intervals. The half `blind`
is for the end of a piece of work: print it once. The last line is the figures of all as one JSON object.
"""

import argparse
import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from corpus import Library, add_builtin, add_paths
from embeddings.generation import generations
from rag.evaluation.judging import judge
from rag.evaluation.questions import read_questions
from rag.evaluation.reports import report
from rag.evaluation.results import Result
from rag.evaluation.tables import show_report
from rag.home.maintenance import Rebuild, rebuild
from rag.home.open import open_answerer, open_retriever
from rag.output.terminal import console
from rag.settings import Settings

DATA = Path(__file__).parents[1] / "tests" / "data"
QUESTIONS = DATA / "questions_reading.jsonl"
COLLECTIONS = ("library", "treaties", "seeds", "collection")


def home_of(collection: str, homes: Path, corpus: Path | None) -> Settings | None:
    """The home of a collection, built where need be; None where its texts are not here."""
    settings = Settings(homes / collection)
    sources = {"library": None, "collection": DATA / "collection"} | (
        {name: corpus / name for name in ("treaties", "seeds")} if corpus else {}
    )
    if collection not in sources:
        return None
    if not generations(settings.home):
        with Library(settings.library) as library:
            source = sources[collection]
            if source is None:
                add_builtin(library)
            else:
                add_paths(library, [source])
        rebuild(settings, Rebuild(), print)
    return settings


def results_of(collection: str, settings: Settings, half: str, questions: Path) -> tuple[str, Sequence[Result]]:
    """The snapshot and the results of a collection's questions."""
    asked = read_questions(questions, [("split", half), ("collection", collection)])
    retriever = open_retriever(settings)
    with closing(retriever.index) as index:
        return index.manifest.snapshot, judge(retriever, open_answerer(settings), asked)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="folder that holds treaties and seeds")
    parser.add_argument("--homes", type=Path, required=True)
    parser.add_argument("--half", choices=["tune", "blind"], default="tune")
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--reader", help="as for eurag ask")
    options = parser.parse_args()
    results: list[Result] = []
    for collection in COLLECTIONS:
        settings = home_of(collection, options.homes, options.corpus)
        if settings is None:
            print(f"{collection}: its texts are not here, left out")
            continue
        settings = Settings(settings.home, reader=options.reader)
        snapshot, found = results_of(collection, settings, options.half, options.questions)
        print(f"== {collection}")
        show_report(console(), report(snapshot, found, None))
        results += found
    print("== all")
    together = report("all", results, None)
    show_report(console(), together)
    print(json.dumps({name: value.value for name, value in together.groups[0].figures.items()}))


if __name__ == "__main__":
    main()
