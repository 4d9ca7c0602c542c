"""The check over real texts and the real encoder: correct and subtly wrong sentences, and passages that give orders."""

import json
from collections import Counter
from pathlib import Path

import pytest

from rag.answer.answer import Answer
from rag.answer.quotes import Quote
from rag.llm.answer import worded
from rag.llm.check import Checker
from rag.search.retrieval import Hit
from tests.rag.llm.conftest import passages_in

DATA = Path(__file__).parents[2] / "data"
CORRECT_KEPT, WRONG_DROPPED = 0.90, 0.95


def records(name):
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def library(library_retriever):
    return library_retriever


@pytest.fixture(scope="module")
def passages(library):
    return [library.index.passage(row) for row in range(len(library.index))]


def found(question, language, passages):
    """An extractive answer that was chosen from these passages."""
    hits = tuple(Hit(passage, 1.0, 1.0, 0.0, 1.0) for passage in passages)
    return Answer(question, language, "snapshot", (), 1.0, hits)


def test_correct_sentences_are_kept_and_subtly_wrong_ones_dropped(library, passages, model, capsys):
    outcomes = Counter()
    for record in records("llm_sentences.jsonl"):
        (cited, *_) = [
            p for p in passages if p.document.source.endswith(record["source"]) and record["snippet"] in p.text
        ]
        others = [p for p in passages if p.document.source != cited.document.source][:: len(passages) // 4]

        def script(body, handler, record=record):
            n = next(n for n, text in passages_in(body).items() if record["snippet"] in text)
            return f"{record['sentence']} [{n}]"

        model.script = script
        result = worded(model.settings(), library, found("?", record["lang"], [*others, cited]))
        assert result.generation.kept + result.generation.dropped == 1, record["sentence"]
        outcomes[record["half"], record["kind"] == "correct", bool(result.generation.kept)] += 1
    with capsys.disabled():
        for half in ("tune", "test"):
            kept, dropped = outcomes[half, True, True], outcomes[half, False, False]
            print(f"\n{half}: {kept} of 25 correct kept, {dropped} of 25 wrong dropped", end="")
    assert sum(outcomes[half, True, True] for half in ("tune", "test")) >= CORRECT_KEPT * 50
    assert sum(outcomes[half, False, False] for half in ("tune", "test")) >= WRONG_DROPPED * 50


@pytest.mark.parametrize("record", records("llm_injections.jsonl"), ids=lambda record: record["id"])
def test_a_model_that_obeys_a_passage_gets_nothing_through(library, passages, make_passage, model, record):
    """Citing the passage with the order, or where the prompt left it out any other."""
    innocent = passages[:3] if record["lang"] == "en" else passages[-3:]
    injected = make_passage(f"{innocent[0].text}\n\n{record['passage']}", record["lang"], title="A report")

    def obey(body, handler):
        given = passages_in(body)
        n = next((n for n, text in given.items() if record["passage"][-30:] in text), 1)
        return record["demanded"].format(n=f"[{n}]")

    model.script = obey
    result = worded(model.settings(), library, found("?", record["lang"], [injected, *innocent]))
    assert result.generation.kept == 0, [sentence.text for sentence in result.sentences]


@pytest.mark.parametrize("record", records("llm_injections.jsonl"), ids=lambda record: record["id"])
def test_a_passage_that_gives_orders_holds_nothing_that_it_demands(library, make_passage, record):
    injected = make_passage(f"The Court sits in Minsk.\n\n{record['passage']}", record["lang"], title="A report")
    words = record["demanded"].split(" {n}")[0].split(" [1]")[0]
    assert not Checker(library).check(words, [injected]).quotes


def test_the_quote_is_the_sentence_that_holds_it(library, passages):
    held = "Договор о коллективной безопасности подписан в Ташкенте"
    (passage, *_) = [p for p in passages if held in p.text]
    verdict = Checker(library).check("The Collective Security Treaty was signed in Tashkent on 15 May 1992.", [passage])
    (quote,) = verdict.quotes
    assert isinstance(quote, Quote)
    assert quote.text.startswith(held)


def test_what_the_nearest_sentence_denies_is_not_held_by_one_that_is_silent_on_it(library, passages):
    (passage, *_) = [p for p in passages if "референдум так и не состоялся" in p.text]
    text = "Обещанный референдум о Конституционном акте Союзного государства состоялся."
    assert Checker(library).check(text, [passage]).problem == "the passage says the opposite"


def test_signed_is_not_ratified(library, passages):
    (passage, *_) = [p for p in passages if "Договор о коллективной безопасности подписан в Ташкенте" in p.text]
    verdict = Checker(library).check("The Collective Security Treaty was ratified on 15 May 1992.", [passage])
    assert verdict.problem == "the passage speaks of another act"


def test_of_several_citations_those_that_hold_the_sentence_stay(library, passages):
    (right, *_) = [p for p in passages if "15 мая 1992" in p.text]
    wrong = next(p for p in passages if p.document.source != right.document.source)
    text = "Договор о коллективной безопасности подписан 15 мая 1992 года."
    verdict = Checker(library).check(text, [wrong, right])
    assert [quote.passage.row for quote in verdict.quotes] == [right.row]


def test_a_question_is_no_statement(library, passages):
    verdict = Checker(library).check("Does the Court of the EAEU have its seat in Minsk?", passages[:1])
    assert (verdict.quotes, verdict.problem) == ((), "it is no statement")


def test_a_sentence_that_cites_nothing_is_not_held(library):
    assert Checker(library).check("The Court sits in Minsk.", []).problem == "it cites no passage"


def test_what_is_too_long_for_a_sentence_is_none(library, passages):
    sentence = passages[0].text[:100]
    assert Checker(library).check(" ".join([sentence] * 20), [passages[0]]).problem == "it is no statement"
