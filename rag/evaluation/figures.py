"""The figures of a report, by name and in order; larger is better but for latency, `shown`, `noise`,
`paraphrases_failed` and `answerable_refused`.
"""

from collections.abc import Mapping

from rag.evaluation.statistics import Figure, auroc, given, mean, percentile, ratio

_LATENCY: dict[str, Figure] = {
    "latency_p50_ms": percentile("latency_ms", 0.5),
    "latency_p95_ms": percentile("latency_ms", 0.95),
}

#: Of answers. A refused question has no quotes: it counts against what the quotes hold, not against their precision.
ANSWERS: Mapping[str, Figure] = {
    "hit@1": mean("hit@1"),
    "hit@5": mean("hit@5"),
    "hit@10": mean("hit@10"),
    "snippet_top3": mean("snippet_top3"),
    "snippet_top10": mean("snippet_top10"),
    "snippet_quotes": mean("snippet_quotes"),
    "citation_precision": ratio("right_quotes", "quotes"),
    "citation_recall": ratio("cited", "needed"),
    "first_right": mean("first_right"),
    "any_right": mean("any_right"),
    "short_f1": mean("short_f1"),
    "shown": mean("shown"),
    "noise": ratio("shown_wrong", "shown"),
    "paraphrases_failed": mean("paraphrase_failed"),
    "near_misses_refused": mean("near_miss_refused"),
    "off_topic_refused": mean("off_topic_refused"),
    "refusal_precision": given("unanswerable", ratio("refused_unanswerable", "refused")),
    "unanswerable_refused": ratio("refused_unanswerable", "unanswerable"),
    "answerable_refused": ratio("refused_answerable", "answerable"),
    "auroc": auroc("confidence", "answerable"),
    **_LATENCY,
}

#: Of rankings alone, under the names of ir-measures (RR@10 is MRR@10 once averaged, AP@100 is MAP).
RANKING_MEASURES = ("nDCG@10", "R@100", "RR@10", "AP@100")
RANKINGS: Mapping[str, Figure] = {name: mean(name) for name in RANKING_MEASURES} | _LATENCY
