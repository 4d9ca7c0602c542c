"""What is counted for one question, by hand, and the same through the product's own search and answers."""

from dataclasses import replace

import pytest

from rag.answer.answer import Answer
from rag.answer.quotes import Quote, Sentence
from rag.evaluation.judging import (
    citation_values,
    direction,
    f1,
    holds,
    is_right,
    judge,
    reading_values,
    refusal_values,
    snippet_values,
)
from rag.evaluation.questions import Question
from rag.search.retrieval import Hit


def asked(text, *groups, language="en", id_="q", kind="fact", snippets=(), answerable=True, **more):
    sets = tuple(frozenset(group.split()) for group in groups)
    return Question(id_, language, text, kind, sets, frozenset().union(*sets), tuple(snippets), answerable, **more)


@pytest.fixture
def answered(make_passage):
    """An answer that quotes passages of documents 0.txt, 1.txt ... by number, over some related passages."""

    def make(*quoted, related=()):
        passages = {row: make_passage(f"Sentence {row}. More.", row=row) for row in quoted}
        quotes = [Quote(passages[row], 0, len(f"Sentence {row}.")) for row in quoted]
        hits = [Hit(make_passage(text, row=row), 0.0, 0.0, 0.0, None) for row, text in enumerate(related)]
        return Answer("?", "en", "snapshot", tuple(Sentence((quote,)) for quote in quotes), 0.5, tuple(hits))

    return make


def test_citations_count_right_quotes_and_cited_groups(answered):
    # Three quotes of documents 0, 1 and 2; right are 0 and 3 (one group) and 4 (another): 1 of 3 quotes, 1 of 2 groups.
    values = citation_values(asked("?", "0.txt 3.txt", "4.txt"), answered(0, 1, 2))
    assert values == {"quotes": 3, "right_quotes": 1, "needed": 2, "cited": 1}


def test_a_refused_question_cites_nothing_of_what_is_needed(answered):
    values = citation_values(asked("?", "0.txt"), answered())
    assert values == {"quotes": 0, "right_quotes": 0, "needed": 1, "cited": 0}


def test_without_right_documents_citations_are_not_counted(answered):
    assert citation_values(asked("?", answerable=False), answered(0)) == {}


def test_a_quote_from_the_fuller_copy_of_a_right_document_is_right(answered, make_passage):
    passage = make_passage("Sentence.", row=7)
    passage = replace(passage, document=replace(passage.document, also_in=("short.txt",)))
    answer = Answer("?", "en", "snapshot", (Sentence((Quote(passage, 0, 9),)),), 0.5, ())
    assert citation_values(asked("?", "short.txt"), answer)["right_quotes"] == 1


def test_snippets_are_looked_for_in_three_and_ten_passages_and_in_the_quotes(answered):
    related = ["one", "two", "three", "four holds it"]
    question = asked("?", "0.txt", snippets=["holds it", "nowhere"])
    assert snippet_values(question, answered(1, related=related)) == {
        "snippet_top3": 0,
        "snippet_top10": 1,
        "snippet_quotes": 0,
    }
    assert snippet_values(asked("?", "0.txt", snippets=["Sentence 1."]), answered(1))["snippet_quotes"] == 1


def test_a_snippet_is_not_found_across_two_passages():
    assert not holds(["the first half", "of it"], ["half of"])


def test_snippets_match_whatever_the_white_space_and_the_hyphens_at_line_ends():
    assert holds(["goods cleared for free circu-\nlation  in\u00a0the Union"], ["circulation in the Union"])
    assert holds(["It sits in Minsk."], ["sits  in\nMinsk"])


@pytest.mark.parametrize(
    ("answerable", "quoted", "counted"),
    [
        (True, [0], set()),
        (True, [], {"refused", "refused_answerable"}),
        (False, [], {"refused", "refused_unanswerable"}),
    ],
)
def test_a_refusal_is_counted_with_its_kind(answered, answerable, quoted, counted):
    values = refusal_values(asked("?", answerable=answerable), answered(*quoted))
    truth = "answerable" if answerable else "unanswerable"
    assert {name for name, value in values.items() if value} == counted | {truth}


@pytest.mark.parametrize(
    ("groups", "language", "expected"),
    [
        (["court.md"], "en", "same language"),
        (["court.md"], "ru", "cross-lingual"),
        (["court.md sud.md"], "ru", "same language"),
        (["court.md", "sud.md"], "ru", "cross-lingual"),
        ([], "en", None),
        (["elsewhere.md"], "en", None),
    ],
    ids=str,
)
def test_a_direction_compares_the_question_with_the_right_documents(retriever, groups, language, expected):
    assert direction(retriever.index, asked("?", *groups, language=language)) == expected


@pytest.fixture
def say(make_passage):
    """An answer of sentences, one a document 0.txt, 1.txt ...; the first points at the words `pointed`."""

    def make(*texts, pointed=None):
        quotes = [Quote(passage, 0, passage.end) for passage in (make_passage(t, row=n) for n, t in enumerate(texts))]
        spans = [None] * len(texts)
        if pointed:
            spans[0] = (texts[0].index(pointed), texts[0].index(pointed) + len(pointed))
        sentences = tuple(Sentence((quote,), answer=span) for quote, span in zip(quotes, spans, strict=True))
        return Answer("?", "en", "snapshot", sentences, 0.5, ())

    return make


@pytest.mark.parametrize(
    ("found", "gold", "expected"),
    [
        ("nine years", "nine years", 1.0),
        ("Nine years.", "nine  years", 1.0),
        ("for nine years", "nine years", 0.8),  # 2 of 3 words, 2 of 2: 2 * 2 / (3 + 2)
        ("nine", "nine years", 2 / 3),
        ("nine nine", "nine years", 0.5),  # a word counts no oftener than the gold has it
        ("ten", "nine years", 0.0),
        ("", "nine years", 0.0),
        ("девять лет", "Девять лет", 1.0),
    ],
)
def test_f1_is_that_of_squad_over_words(found, gold, expected):
    assert f1(found, gold) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "gold", "expected"),
    [
        ("It has 8 judges.", {"short": ("8",)}, True),
        ("It has 18 judges.", {"short": ("8",)}, False),
        ("The judges serve nine years.", {"short": ("Nine Years",)}, True),
        ("The judges serve ninety years.", {"short": ("nine",)}, False),
        ("It sits  in Minsk.", {"snippets": ("sits in Minsk",)}, True),
        ("It sits in Brest.", {"snippets": ("sits in Minsk",), "short": ("Minsk",)}, False),
        ("Yes, it has.", {"short": ("yes",), "kind": "yes_no"}, False),
        ("Yes, it has.", {"snippets": ("it has",), "kind": "yes_no"}, True),
    ],
)
def test_a_sentence_is_right_by_a_snippet_or_by_the_short_answer_as_whole_words(say, text, gold, expected):
    assert is_right(asked("?", "0.txt", **gold), say(text).sentences[0]) is expected


@pytest.mark.parametrize(("short", "expected"), [("8", False), ("138", False), ("1994", True)])
def test_in_a_document_that_is_not_gold_a_short_answer_must_be_long_enough(say, short, expected):
    sentence = say("8 of 138 acts are of 1994.").sentences[0]
    assert is_right(asked("?", "elsewhere.txt", short=(short,)), sentence) is expected
    assert is_right(asked("?", "0.txt", short=(short,)), sentence)


def test_the_first_sentence_any_of_them_and_what_is_shown_beside_are_counted(say):
    question = asked("?", "0.txt 1.txt", short=("nine years",))
    found = reading_values(question, say("It sits.", "They serve nine years.", "It meets.", pointed="It"))
    assert found == {"first_right": 0, "any_right": 1, "shown": 3, "shown_wrong": 2, "short_f1": 0}


def test_the_words_that_are_pointed_at_are_held_against_the_best_of_the_short_answers(say):
    question = asked("?", "0.txt", short=("ten", "nine years"))
    pointed = say("The judges serve for nine years.", pointed="for nine years")
    assert reading_values(question, pointed)["short_f1"] == pytest.approx(0.8)
    whole = say("They serve nine years.")  # nothing is pointed at: 2 of 4 words, 2 of 2
    assert reading_values(question, whole)["short_f1"] == pytest.approx(2 * 2 / 6)


def test_a_refusal_of_what_the_texts_answer_is_wrong_and_shows_nothing(say):
    found = reading_values(asked("?", "0.txt", short=("nine",), style="paraphrase"), say())
    assert found == {
        "first_right": 0, "any_right": 0, "shown": 0, "shown_wrong": 0, "paraphrase_failed": 1, "short_f1": 0,
    }  # fmt: skip


@pytest.mark.parametrize(("style", "expected"), [("paraphrase", 0.0), (None, None), ("plain", None)])
def test_only_paraphrases_can_fail_as_such(say, style, expected):
    question = asked("?", "0.txt", short=("nine",), style=style)
    assert reading_values(question, say("They serve nine years.")).get("paraphrase_failed") == expected


@pytest.mark.parametrize(
    ("kind", "refused", "expected"),
    [
        ("near_miss", True, {"near_miss_refused": 1}),
        ("near_miss", False, {"near_miss_refused": 0}),
        ("off_topic", True, {"off_topic_refused": 1}),
        ("offtopic", False, {"off_topic_refused": 0}),
        ("missing_fact", True, {}),
    ],
)
def test_refusals_of_what_the_texts_do_not_answer_are_counted_by_its_kind(say, kind, refused, expected):
    question = asked("?", kind=kind, answerable=False)
    assert reading_values(question, say() if refused else say("It sits.")) == expected


def test_a_question_without_gold_words_says_nothing_of_what_is_shown(say):
    assert reading_values(asked("?", "0.txt"), say("It sits.")) == {}


def test_questions_go_through_search_and_answer(retriever, ask):
    court = asked("Where does the Court of the Union sit?", "court.md", snippets=["sits in Minsk"])
    both = asked("How long do judges of the Court serve?", "court.md", "elsewhere.md", id_="both")
    found, half = judge(retriever, ask, [court, both])
    assert found.documents[0] == "court.md"
    assert {name: found.values[name] for name in ("hit@1", "hit@5", "hit@10", "snippet_top3", "snippet_quotes")} == {
        "hit@1": 1,
        "hit@5": 1,
        "hit@10": 1,
        "snippet_top3": 1,
        "snippet_quotes": 1,
    }
    assert "court.md" in found.cited
    assert found.values["refused"] == 0
    assert (half.values["hit@10"], half.values["needed"], half.values["cited"]) == (0, 2, 1)


def test_an_unanswerable_question_gets_no_hits(retriever, ask):
    (result,) = judge(retriever, ask, [asked("How is bread baked?", answerable=False)])
    assert result.values["refused_unanswerable"] == 1
    assert not any(name.startswith(("hit", "snippet", "quotes")) for name in result.values)
    assert result.direction is None


def test_a_document_counts_once_in_the_ranking(retriever, ask):
    (result,) = judge(retriever, ask, [asked("Court of the Union", "court.md")])
    assert len(set(result.documents)) == len(result.documents)
