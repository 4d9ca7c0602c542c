import pytest

from rag.agreement import disagreement
from rag.evidence import Quote
from rag.groups import Sentence
from rag.search.glossary import load_glossary


@pytest.fixture
def sentences(make_passage):
    """Makes sentences of an answer that meet all words of the question, each from a document of its own."""

    def make(*texts, kinds=("note", "note"), language="en"):
        passages = [
            make_passage(text, language, row=n, title=f"Source {n}", kind=kind, date=f"201{n}")
            for n, (text, kind) in enumerate(zip(texts, kinds, strict=True))
        ]
        return [Sentence((Quote(p, 0, p.end, words=1.0),)) for p in passages]

    return make


def said(question, sentences, language="en"):
    return disagreement(question, language, load_glossary(), sentences)


SIGNED = "When was the Treaty on the EAEU signed?"


def test_two_dates_of_one_event_are_said_to_differ_with_their_sources(sentences):
    found = sentences("The EAEU Treaty was signed on 29 May 2014.", "On 30 May 2014 the EAEU Treaty was signed.")
    assert said(SIGNED, found) == "The sources differ: 29 May 2014 (Source 0, 2010); 30 May 2014 (Source 1, 2011)."


def test_two_numbers_are_said_to_differ_in_the_language_of_the_question(sentences):
    found = sentences("В ЕАЭС живут 183 миллиона человек.", "В ЕАЭС живут 185 миллионов человек.", language="ru")
    assert said("Сколько миллионов человек живёт в ЕАЭС?", found, "ru") == (
        "Источники расходятся: 183 (Source 0, 2010); 185 (Source 1, 2011)."
    )


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (SIGNED, "The EAEU Treaty was signed on 29 May 2014.", "The EAEU Treaty was signed in May 2014."),
        (SIGNED, "The EAEU Treaty was signed on 29 May 2014.", "The EAEU Treaty was signed in 2014."),
        (SIGNED, "The EAEU Treaty was signed on 29 May 2014.", "Armenia signed the EAEU Treaty on 10 October 2014."),
        (SIGNED, "It was signed on 29 May 2014.", "It was signed on 30 May 2014."),
        (SIGNED, "The EAEU Treaty was signed on 29 May 2014.", "The EAEU Treaty: 18 May, 30 May 2014."),
        ("Who signed the EAEU Treaty?", "The EAEU Treaty has 5 parties.", "The EAEU Treaty has 4 parties."),
        ("How many states joined the EAEU?", "In 2015 the EAEU had 4 states.", "In 2016 the EAEU had 5 states."),
    ],
    ids=["less exact", "a year", "other names", "no names", "two values", "nothing to compare", "other years"],
)
def test_what_may_agree_or_speak_of_something_else_is_no_disagreement(sentences, question, one, other):
    assert said(question, sentences(one, other)) is None


def test_two_treaties_never_disagree(sentences):
    texts = ("The EAEU Treaty was signed on 29 May 2014.", "On 30 May 2014 the EAEU Treaty was signed.")
    assert said(SIGNED, sentences(*texts, kinds=("treaty", "treaty"))) is None
    assert said(SIGNED, sentences(*texts, kinds=("treaty", "note")))


def test_a_sentence_that_meets_few_words_of_the_question_is_not_compared(make_passage):
    passages = [make_passage(f"The EAEU Treaty was signed on {day} May 2014.", row=day) for day in (29, 30)]
    assert said(SIGNED, [Sentence((Quote(p, 0, p.end, words=0.5),)) for p in passages]) is None
