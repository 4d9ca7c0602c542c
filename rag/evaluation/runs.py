"""What `eurag eval` calls: a run over a file of questions, or over a folder in the layout of BEIR."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from corpus import Filters, Library, add_paths
from rag.errors import EvaluationError
from rag.evaluation.beir import Collection, read_collection, write_files
from rag.evaluation.doubts import doubts
from rag.evaluation.figures import RANKING_MEASURES
from rag.evaluation.judging import SHOWN, distinct_documents, judge
from rag.evaluation.questions import read_questions
from rag.evaluation.rankings import measure
from rag.evaluation.records import Only
from rag.evaluation.reports import Report, report
from rag.evaluation.results import Result, read_results
from rag.home.maintenance import Notice, Progress, Rebuild, rebuild
from rag.home.open import open_answerer, open_retriever
from rag.search.query import question_language
from rag.search.retrieval import Retriever
from rag.settings import Settings, load_settings

#: A ranking ends after so many documents, those of the best so many passages.
DOCUMENTS, PASSAGES = 100, 200


@dataclass(frozen=True, slots=True)
class Options:
    """Which questions (`only`), which documents (`filters`), and the output of an earlier run to compare with."""

    only: Only = ()
    filters: Filters | None = None
    compare: Path | None = None
    reader: str | None = None


def evaluate(
    path: Path, home: Path | None, options: Options, notice: Notice, progress: Progress | None = None
) -> Report:
    """Put the questions of a file to a home, or run the queries of a BEIR folder over its own texts.

    A folder is indexed in `home`, which then must hold nothing else, or where that is None in a
    temporary one. `progress` counts questions, for a folder the tokens that are embedded. Raises
    `EvaluationError`, and the errors of opening or building an index.
    """
    earlier = read_results(options.compare) if options.compare else None
    if path.is_dir():
        with TemporaryDirectory() as temporary:
            settings = load_settings(home or Path(temporary))
            snapshot, results = _over_folder(path, settings, options, notice, progress)
    else:
        snapshot, results = _over_questions(path, load_settings(home, reader=options.reader), options, notice, progress)
    return report(snapshot, results, earlier)


def _over_questions(
    path: Path, settings: Settings, options: Options, notice: Notice, progress: Progress | None
) -> tuple[str, list[Result]]:
    questions = read_questions(path, options.only)
    retriever = open_retriever(settings, notice)
    with closing(retriever.index) as index:
        for doubt in doubts(index, questions):
            notice(doubt)
        return index.manifest.snapshot, judge(retriever, open_answerer(settings), questions, options.filters, progress)


def _over_folder(
    path: Path, settings: Settings, options: Options, notice: Notice, progress: Progress | None
) -> tuple[str, list[Result]]:
    collection = read_collection(path, options.only)
    ids = _index(collection, settings, notice, progress)
    retriever = open_retriever(settings, notice)
    with closing(retriever.index) as index:
        return index.manifest.snapshot, _ranked(retriever, collection, ids, options.filters)


def _index(collection: Collection, settings: Settings, notice: Notice, progress: Progress | None) -> dict[str, str]:
    """Index the texts in a home of their own; returns {source: id}. Raises `EvaluationError`."""
    with TemporaryDirectory() as folder, Library(settings.library) as library:
        ids = write_files(collection, Path(folder))
        if any(d.collection != collection.name or d.source not in ids for d in library.entries()):
            raise EvaluationError(f"the home {settings.home} holds other texts: name an empty folder")
        reports = add_paths(library, [Path(folder)], collection.name)
    rejected = sum(report.status == "rejected" for report in reports)
    if rejected:
        notice(f"{rejected} of {len(reports)} texts were rejected and cannot be found")
    rebuild(settings, Rebuild(), notice, progress)
    return ids


def _ranked(retriever: Retriever, collection: Collection, ids: dict[str, str], filters: Filters | None) -> list[Result]:
    rankings, latencies_ms = {}, {}
    for query, text in collection.queries.items():
        started = perf_counter()
        found = retriever.search(retriever.query(text), PASSAGES, filters)
        latencies_ms[query] = (perf_counter() - started) * 1000
        names = (name for document in distinct_documents(found) for name in (document.source, *document.also_in))
        # In some collections the queries are texts too; BEIR does not count that one finds itself.
        rankings[query] = [ids[name] for name in names if ids[name] != query][:DOCUMENTS]
    measured = measure(RANKING_MEASURES, collection.judgements, rankings)
    return [
        Result(
            id=query,
            language=question_language(text),
            kind=None,
            direction=None,
            documents=tuple(rankings[query][:SHOWN]),
            cited=(),
            values={**measured[query], "latency_ms": latencies_ms[query]},
        )
        for query, text in collection.queries.items()
    ]
