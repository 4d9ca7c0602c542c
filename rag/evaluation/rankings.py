"""Measures of a ranking, by the library ir-measures (MacAvaney, Macdonald and Ounis 2022)."""

from collections.abc import Mapping, Sequence

Judgements = Mapping[str, Mapping[str, int]]
"""{query: {document: grade}}; a document that is not named is not relevant."""

Rankings = Mapping[str, Sequence[str]]
"""{query: documents, best first}."""


def measure(names: Sequence[str], judgements: Judgements, rankings: Rankings) -> dict[str, dict[str, float]]:
    """{query: {name: value}} for every query that has judgements; larger is better.

    Names are those of ir-measures: "Success@5", "nDCG@10", "R@100", "RR@10", "AP@100". A query
    without a ranking has 0.
    """
    import ir_measures

    measures = {ir_measures.parse_measure(name): name for name in names}
    run = {query: {name: -float(rank) for rank, name in enumerate(found)} for query, found in rankings.items()}
    values: dict[str, dict[str, float]] = {query: {} for query in judgements}
    for metric in ir_measures.iter_calc(list(measures), judgements, run):
        values[metric.query_id][measures[metric.measure]] = metric.value
    return values


def completing_rank(groups: Sequence[frozenset[str]], ranked: Sequence[frozenset[str]]) -> int | None:
    """The rank, from 1, down to which one document of every group was found; None where one is not.

    A ranked document is the set of its names.
    """
    ranks = [next((rank for rank, names in enumerate(ranked, start=1) if names & group), None) for group in groups]
    return max((rank for rank in ranks if rank is not None), default=None) if None not in ranks else None


def hits(names: Sequence[str], ranks: Mapping[str, int | None]) -> dict[str, dict[str, float]]:
    """{query: {name: value}} where the only relevant document is the one at the query's rank."""
    judgements = {query: {"gold": 1} for query in ranks}
    rankings = {
        query: [*(f"other {before}" for before in range(1, rank)), "gold"] if rank else []
        for query, rank in ranks.items()
    }
    return measure(names, judgements, rankings)
