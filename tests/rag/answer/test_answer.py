from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from corpus import Filters
from embeddings import open_index
from rag.answer.answer import MOST_SOURCES, RELATED, Answerer
from rag.answer.findings import usual
from rag.answer.quotes import Group
from rag.messages import COURTESY, NO_READER
from rag.reader.reading import Reading
from rag.search.glossary import load_glossary
from rag.search.retrieval import Retriever
from rag.search.stages import listening
from tests.fakes import FakeEncoder, WordReader, word_layer
from tests.rag.conftest import note

TERM = "How long do judges of the Court serve?"
TEXTS = {
    "court.md": note(
        "Today", "en", "article", "2016-05-01", "Judges of the Court serve nine years. They sit in Minsk."
    ),
    "sud.md": note("О суде", "ru", "note", "2019-03", "Судьи служат в Суде девять лет. Их назначает союз."),
    "old.md": note("Once", "en", "note", "2001", "Judges of the first Court served six years."),
    "older.md": note("Earlier", "en", "note", "1996", "Judges of a first Court served ten years."),
    "elected.md": note(
        "Elections", "en", "note", "2017", "To the Court they are elected for nine years. So it stayed."
    ),
    "office.md": note("Offices", "en", "note", "2018", "A judge of the Court keeps the office for nine years at most."),
    "budget.md": note("Money", "en", "note", "2012", "The budget was adopted in 2016. Shares of the members differ."),
}
LAYER = word_layer({"спасибо": "courtesy", "compare": "comparison", "explain": "definition", "name": "list"})


class PointingReader:
    """Points at words that it knows, as sure as it was told; of a window with none of them it says nothing for sure."""

    id = "pointing"

    def __init__(self, **odds):
        self.odds = {words.replace("_", " "): value for words, value in odds.items()}
        self.asked = []

    def read(self, questions, windows):
        self.asked += questions
        return [self._read(window.text) for window in windows]

    def _read(self, text):
        odds, words = max([(odds, words) for words, odds in self.odds.items() if words in text], default=(-9.0, ""))
        start = text.index(words)
        return Reading(odds, start, start + len(words), -0.1)


@pytest.fixture(scope="module")
def open_texts(tmp_path_factory, fill_home):
    """A retriever over texts of our own."""

    def opened(texts):
        home = tmp_path_factory.mktemp("answers")
        fill_home(home, texts)
        return Retriever(open_index(home), FakeEncoder(), load_glossary())

    return opened


@pytest.fixture(scope="module")
def judges(open_texts):
    return open_texts(TEXTS)


@pytest.fixture(scope="module")
def states(open_texts):
    """What two states pay."""
    return open_texts(
        {
            "armenia.md": note("A", "en", "note", "2015", "Armenia pays a share of one tenth. Nothing else."),
            "belarus.md": note("B", "en", "note", "2015", "Belarus pays a share of one fifth. Nothing else."),
        }
    )


def answerer(reader, layer=None, **changes):
    """Ranks by the reader's log-odds alone, so that tests can be read; else as usual, or changed."""
    alone = {"span": 0.0, "nearness": 0.0, "names": 0.0}
    return Answerer(reader, replace(usual(reader.id), **(alone | changes)), layer)


def sources(sentence):
    return [quote.passage.document.source for quote in sentence.quotes]


def told(answer):
    """[(role, sources)] of an answer's sentences."""
    return [(sentence.role, sources(sentence)) for sentence in answer.sentences]


def pointed(sentence):
    return sentence.quotes[0].passage.document.text[slice(*sentence.answer)]


def test_the_surest_sentence_leads_and_points_at_its_words(judges):
    found = answerer(PointingReader(six_years=3.0, nine_years=-3.0))(judges, TERM)
    (lead,) = found.sentences
    assert (lead.role, lead.text, pointed(lead)) == ("lead", "Judges of the first Court served six years.", "six years")
    assert found.confidence == pytest.approx(0.9526, abs=1e-4)
    assert (found.question, found.language, found.snapshot) == (TERM, "en", judges.index.manifest.snapshot)
    assert (found.answerable, found.reason, found.reply, found.groups, found.notes) == (True, None, None, (), ())


def test_what_search_found_stands_beside_the_answer(judges):
    found = answerer(PointingReader(six_years=3.0))(judges, TERM)
    assert list(found.related) == judges.search(judges.query(TERM), RELATED)


def test_texts_that_give_the_same_value_are_cited_at_the_lead_in_whatever_language(judges):
    found = answerer(PointingReader(They_sit=-9.0, девять_лет=2.0, elected_for_nine_years=3.0))(judges, TERM)
    assert told(found) == [("lead", ["elected.md", "sud.md"])]


def test_so_many_sources_at_most_are_cited_each_once(judges):
    found = answerer(PointingReader(nine_years=3.0, девять_лет=2.9))(judges, TERM)
    (lead,) = found.sentences
    assert len(set(sources(lead))) == len(sources(lead)) == MOST_SOURCES == 3
    assert {*sources(lead)} <= {"court.md", "elected.md", "office.md", "sud.md"}


@pytest.mark.parametrize(("agrees", "cited"), [(1.1, ["elected.md", "sud.md"]), (0.9, ["elected.md"])])
def test_a_source_that_is_too_far_behind_the_best_is_not_cited(judges, agrees, cited):
    reader = PointingReader(elected_for_nine_years=3.0, девять_лет=2.0)
    assert told(answerer(reader, agrees=agrees)(judges, TERM)) == [("lead", cited)]


def test_another_value_differs_and_only_the_surest_of_such_is_shown(judges):
    found = answerer(PointingReader(nine_years=3.0, six_years=2.7, ten_years=2.6))(judges, TERM)
    assert [role for role, _ in told(found)] == ["lead", "differs"]
    assert told(found)[1] == ("differs", ["old.md"])
    assert pointed(found.sentences[1]) == "six years"


def test_another_value_that_is_too_far_behind_is_not_shown(judges):
    reader = PointingReader(nine_years=3.0, six_years=2.4)
    assert len(answerer(reader)(judges, TERM).sentences) == 1
    assert len(answerer(reader, differs=0.7)(judges, TERM).sentences) == 2


def test_what_a_list_or_a_definition_says_otherwise_is_more_and_does_not_differ(judges):
    reader = PointingReader(nine_years=3.0, six_years=2.7)
    for question in ("Name the terms of judges", "Explain the terms of judges"):
        found = answerer(reader, LAYER)(judges, question)
        assert {role for role, _ in told(found)} == {"lead", "adds"}


def test_clauses_are_not_held_against_one_another(judges):
    clause = "A judge of the Court keeps the office for nine years"
    reader = PointingReader(**{clause: 3.0, "six years": 2.9})
    assert told(answerer(reader)(judges, TERM)) == [("lead", ["office.md"])]


@pytest.mark.parametrize(
    ("question", "roles"),
    [
        ("How do judges serve?", ["lead"]),
        ("Name what judges do", ["lead", "adds"]),
        ("Explain judges", ["lead", "adds", "adds", "adds"]),
    ],
)
def test_a_question_for_more_than_a_fact_gets_sentences_that_say_more(open_texts, question, roles):
    duties = [
        "A judge hears every case that any of the members brings",
        "A judge signs verdicts in which no clerk may change words",
        "A judge reads treaties long before they enter into force anywhere",
        "A judge guards records so old that nobody else opens them",
        "A judge trains beginners who come to Minsk for one summer",
    ]
    retriever = open_texts({f"{n}.md": note(f"T{n}", "en", "note", "2015", f"{d}.") for n, d in enumerate(duties)})
    reader = PointingReader(**{duty: 3.0 - n / 10 for n, duty in enumerate(duties)})
    found = answerer(reader, LAYER)(retriever, question)
    assert told(found) == [(role, [f"{n}.md"]) for n, role in enumerate(roles)]


def test_what_is_too_far_behind_the_best_is_not_added(open_texts):
    texts = [
        "Judges hear every case that any of the members brings.",
        "Verdicts are printed in three tongues at once, in full.",
    ]
    retriever = open_texts({f"{n}.md": note(f"T{n}", "en", "note", "2015", text) for n, text in enumerate(texts)})
    reader = PointingReader(**{texts[0]: 3.0, texts[1]: 2.0})
    assert len(answerer(reader, LAYER, adds=1.1)(retriever, "Explain judges").sentences) == 2
    assert len(answerer(reader, LAYER, adds=0.9)(retriever, "Explain judges").sentences) == 1


def test_what_speaks_of_fewer_of_the_things_that_are_named_stands_not_beside_the_lead(open_texts):
    texts = {
        "of.md": note("A", "en", "note", "2015", "Armenia pays a share of one tenth of what is due."),
        "other.md": note("B", "en", "note", "2015", "Somebody pays a share of one fifth of what is due."),
    }
    reader = PointingReader(one_tenth=3.0, one_fifth=2.9)
    retriever = open_texts(texts)
    assert told(answerer(reader)(retriever, "What share does Armenia pay?")) == [("lead", ["of.md"])]
    differing = told(answerer(reader)(retriever, "What share is paid?"))
    assert differing == [("lead", ["of.md"]), ("differs", ["other.md"])]


def test_what_says_nothing_more_is_not_added(open_texts):
    texts = [
        "A judge hears every case that any member brings in spring.",
        "A judge hears every case that any member brings in autumn.",
        "Verdicts are printed at once.",
    ]
    retriever = open_texts({f"{n}.md": note(f"T{n}", "en", "note", "2015", text) for n, text in enumerate(texts)})
    reader = PointingReader(in_spring=3.0, in_autumn=2.9, printed_at_once=2.8)
    found = answerer(reader, LAYER)(retriever, "Explain judges")
    assert told(found) == [("lead", ["0.md"]), ("adds", ["2.md"])]


@pytest.mark.parametrize(
    ("question", "odds", "first"),
    [
        ("Сколько лет служат судьи?", 2.1, "sud.md"),
        ("Сколько лет служат судьи?", 1.9, "court.md"),
        (TERM, 3.9, "court.md"),
        (TERM, 4.1, "sud.md"),
    ],
)
def test_the_readers_own_language_leads_where_it_is_hardly_worse(judges, question, odds, first):
    reader = PointingReader(serve_nine_years=3.0, девять_лет=odds)
    assert sources(answerer(reader, own_language=1.0)(judges, question).sentences[0])[0] == first


def test_what_stands_beside_a_lead_in_the_readers_own_language_is_held_against_the_best(judges):
    reader = PointingReader(девять_лет=2.1, serve_nine_years=3.0, six_years=2.4)
    (lead,) = answerer(reader, own_language=1.0)(judges, "Сколько лет служат судьи?").sentences
    assert sources(lead) == ["sud.md", "court.md"]  # six years are less than 0.5 behind the lead, but not the best


def test_below_the_threshold_a_question_is_refused_with_what_was_near(judges):
    found = answerer(PointingReader(nine_years=3.0), threshold=0.96)(judges, TERM)
    assert (found.answerable, found.sentences, found.reply) == (False, (), None)
    assert found.confidence == pytest.approx(0.9526, abs=1e-4)
    assert {hit.passage.document.source for hit in found.related} == set(TEXTS)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("How many pensions does Georgia pay?", "None of the passages found mentions: “Georgia”."),
        ("Сколько пенсий платит Грузия?", "Ни в одном из найденных мест не упоминается: «Грузия»."),
        ("Who sang?", None),
    ],
)
def test_a_refusal_names_what_no_text_mentions(judges, question, reason):
    found = Answerer(WordReader())(judges, question)
    assert (found.answerable, found.reason) == (False, reason)


def test_a_refusal_tells_the_years_that_the_texts_have_instead(judges, set_threshold):
    # Two of its three words are met: 0.935. Without the year it is both: 0.998.
    found = set_threshold(0.95)(judges, "How was the budget adopted in 2014?")
    assert (found.answerable, found.reason) == (False, "The texts give 2016, none for 2014.")
    assert set_threshold(0.95)(judges, "How was the budget adopted in 2016?").answerable


def test_filters_hold_for_everything(judges):
    reader = PointingReader(nine_years=3.0, девять_лет=1.0)
    found = answerer(reader)(judges, TERM, Filters(language="ru"))
    assert told(found) == [("lead", ["sud.md"])]
    assert {hit.passage.language for hit in found.related} == {"ru"}
    assert answerer(reader)(judges, TERM, Filters(kind="treaty")).related == ()


def test_where_nothing_is_found_the_question_is_refused(judges):
    found = answerer(PointingReader(nine_years=3.0))(judges, TERM, Filters(kind="treaty"))
    assert (found.answerable, found.confidence) == (False, 0)


@pytest.mark.parametrize(("question", "language"), [(TERM, "en"), ("Сколько лет служат судьи?", "ru")])
def test_without_a_reader_every_question_is_refused_and_says_so(judges, question, language):
    found = Answerer(None)(judges, question)
    assert (found.answerable, found.confidence, found.reason) == (False, 0, NO_READER[language])
    assert len(found.related) == len(TEXTS)


@pytest.mark.parametrize("reader", [PointingReader(nine_years=3.0), None], ids=["a reader", "none"])
def test_a_courtesy_gets_a_reply_and_nothing_is_searched_or_read(judges, reader):
    found = Answerer(reader, layer=LAYER)(judges, "Спасибо!")
    assert found.reply == COURTESY["ru"]
    assert (found.answerable, found.sentences, found.related, found.reason) == (False, (), (), None)
    assert reader is None or reader.asked == []


@pytest.mark.parametrize(("message", "expected"), [("Спасибо!", True), (TERM, False), ("", False)])
def test_whether_a_message_is_a_courtesy_is_told_without_reading(judges, message, expected):
    reader = PointingReader(nine_years=3.0)
    assert answerer(reader, LAYER).is_courtesy(judges, message) is expected
    assert reader.asked == []


def test_each_side_of_a_comparison_is_read_on_its_own(states):
    found = Answerer(WordReader(), layer=LAYER)(states, "Compare the shares of Armenia and Belarus")
    armenia, belarus = found.sentences
    assert found.groups == (Group("Armenia", (armenia,)), Group("Belarus", (belarus,)))
    assert told(found) == [("lead", ["armenia.md"]), ("lead", ["belarus.md"])]
    assert (found.question, found.notes) == ("Compare the shares of Armenia and Belarus", ())
    assert found.confidence == pytest.approx(0.935, abs=1e-3)  # two of the three words of a side


def test_a_side_that_no_text_answers_is_told(states):
    found = Answerer(WordReader(), layer=LAYER)(states, "Compare the shares and duties of Armenia and Georgia")
    assert [group.heading for group in found.groups] == ["Armenia"]
    assert found.notes == ("On one side of the comparison the texts hold no answer: “Georgia”.",)


@pytest.mark.parametrize(
    ("question", "answered"),
    [("Compare the shares that Armenia pays", True), ("Compare songs of Georgia and Moldova", False)],
)
def test_without_two_sides_or_an_answer_to_either_a_comparison_is_a_question_like_others(states, question, answered):
    found = Answerer(WordReader(), layer=LAYER)(states, question)
    assert (found.answerable, found.groups, found.notes) == (answered, (), ())


def test_a_question_that_does_not_compare_is_not_divided(states):
    assert Answerer(WordReader(), layer=LAYER)(states, "Which shares have Armenia and Belarus?").groups == ()


def test_a_sentence_that_does_not_mention_a_side_is_not_shown_under_it(states):
    reader = PointingReader(one_tenth=3.0)
    found = answerer(reader, LAYER)(states, "Compare the shares of Armenia and Georgia")
    assert [(group.heading, told(group)) for group in found.groups] == [("Armenia", [("lead", ["armenia.md"])])]
    assert found.notes == ("On one side of the comparison the texts hold no answer: “Georgia”.",)


def test_two_sides_that_one_sentence_answers_are_answered_once(open_texts):
    shares = note("S", "en", "note", "2015", "Armenia and Belarus pay shares of one tenth and one fifth. Nothing else.")
    found = answerer(PointingReader(one_tenth=3.0), LAYER)(
        open_texts({"shares.md": shares}), "Compare the shares of Armenia and Belarus"
    )
    assert (found.groups, told(found)) == ((), [("lead", ["shares.md"])])


def test_a_text_that_agrees_does_not_differ_too(open_texts):
    nine = "Judges of the Court serve nine years. " + "Other words stand here and go on. " * 30
    texts = {
        "one.md": note("One", "en", "note", "2015", "Judges of the Court serve nine years."),
        "two.md": note("Two", "en", "note", "2016", nine + "Judges of the Court serve six years."),
    }
    found = answerer(PointingReader(nine_years=3.0, six_years=2.9))(open_texts(texts), TERM)
    assert {role for role, _ in told(found)} == {"lead"}
    assert set(told(found)[0][1]) == {"one.md", "two.md"}


def test_a_passage_that_is_read_twice_is_not_a_second_source(open_texts):
    long = " ".join(f"Judges of the Court serve nine years, says part {n} of the long text." for n in range(40))
    retriever = open_texts({"long.md": note("Long", "en", "note", "2015", long)})
    found = answerer(PointingReader(nine_years=3.0))(retriever, TERM)
    assert told(found) == [("lead", ["long.md"])]


def test_reading_is_timed_as_a_stage(judges):
    heard = []
    with listening(lambda stage, seconds: heard.append(stage)):
        Answerer(WordReader())(judges, TERM)
    assert {"encode", "dense", "lexical", "fuse", "answer"} == set(heard)


def test_a_reader_without_a_calibration_of_its_own_is_believed():
    assert Answerer(WordReader()).calibration == usual("words")
    assert Answerer(None).calibration == usual("none")


def test_several_threads_get_what_one_gets(judges):
    answerer = Answerer(WordReader(), layer=LAYER)
    questions = [TERM, "Спасибо!", "Who sang?", "Сколько лет служат судьи?", "How was the budget adopted?"]
    expected = [answerer(judges, question) for question in questions]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda question: answerer(judges, question), questions * 4)) == expected * 4
