import pytest

from rag.answer.findings import Finding
from rag.answer.quotes import Quote
from rag.answer.refusal import only_years, unmentioned, without_year
from rag.answer.windows import Stretch
from rag.reader.reading import Reading
from rag.search.glossary import load_glossary
from rag.search.retrieval import Hit


@pytest.fixture
def hit(make_passage):
    return lambda text, language="en", **record: Hit(make_passage(text, language, **record), 0.0, 0.0, 0.0, None)


@pytest.fixture
def found(make_passage):
    """Findings that are texts as a whole."""

    def make(*texts):
        passages = [make_passage(text, row=row) for row, text in enumerate(texts)]
        return [
            Finding(
                Quote(passage, 0, passage.end),
                (0, passage.end),
                0.9,
                Reading(2.0, 0, passage.end, -0.1),
                Stretch(passage, ((0, passage.end),), 0.5),
            )
            for passage in passages
        ]

    return make


def told(question, hits, language="en"):
    return unmentioned(question, language, load_glossary(), hits)


def test_names_that_no_passage_mentions_are_told(hit):
    hits = [hit("Armenia joined."), hit("Belarus pays.")]
    assert told("When did Georgia and Armenia join the SCO?", hits) == (
        "None of the passages found mentions: “Georgia”, “SCO”."
    )
    assert told("Когда Грузия вступила?", hits, "ru") == "Ни в одном из найденных мест не упоминается: «Грузия»."


@pytest.mark.parametrize(
    ("text", "language", "record"),
    [
        ("Грузию приняли.", "ru", {}),
        ("It was accepted.", "en", {"title": "Georgia"}),
        ("Georgian wine was taxed.", "en", {}),
    ],
)
def test_a_name_counts_in_either_language_in_any_form_and_in_a_title(hit, text, language, record):
    assert told("When did Georgia join?", [hit("Armenia joined."), hit(text, language, **record)]) is None


def test_a_question_without_names_misses_none(hit):
    assert told("When were duties lifted?", [hit("Armenia joined.")]) is None


def test_without_passages_every_name_is_missing():
    assert "“Georgia”" in told("When did Georgia join?", [])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What was the budget in 2014?", ("What was the budget in ?", "2014")),
        ("Каков бюджет 2014 года?", ("Каков бюджет  года?", "2014")),
        ("From 2014 to 2016?", None),
        ("What was the budget?", None),
        ("What of 12014 lorries and 1300?", None),
    ],
)
def test_the_only_year_of_a_question_is_taken_out(question, expected):
    assert without_year(question) == expected


@pytest.mark.parametrize(
    ("texts", "language", "expected"),
    [
        (["In 2016 it grew."], "en", "The texts give 2016, none for 2014."),
        (["2018, 2020 and 2021.", "In 2022."], "en", "The texts give 2018, 2020 to 2022, none for 2014."),
        (["Рост в 2019 и 2020 годах."], "ru", "В текстах есть данные за 2019–2020, но не за 2014."),
        (["In 2014 and 2016."], "en", None),
        (["It grew."], "en", None),
        ([], "en", None),
    ],
)
def test_the_years_that_the_texts_have_instead_are_told_in_runs(found, texts, language, expected):
    assert only_years(found(*texts), "2014", language) == expected
