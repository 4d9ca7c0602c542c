from dataclasses import replace

import pytest

from rag.evidence import Quote
from rag.groups import Sentence
from rag.premises import apart, other_article, presupposes, unmentioned
from rag.search.glossary import load_glossary


@pytest.fixture
def sentences(make_passage):
    """The middle sentence of an English text on Minsk and Kyiv."""
    passage = make_passage("It met in Kyiv once. The court sits in Minsk. Nothing else is known.", date="2014")
    return [Sentence((Quote(passage, 21, 45),))]


@pytest.mark.parametrize("question", ["Why did it move?", "почему так", "Благодаря чему выросла торговля?"])
def test_a_question_for_reasons_takes_something_for_granted(question):
    assert presupposes(question)


@pytest.mark.parametrize("question", ["When did it move?", "Who knows why?", "Где суд?"])
def test_any_other_question_does_not(question):
    assert not presupposes(question)


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("Why does the court sit in Chisinau?", "The texts quoted do not mention: “Chisinau”."),
        ("Why does the court of Zollverein sit in Minsk?", "The texts quoted do not mention: “Zollverein”."),
        ("Why did the court move in 2016?", "The texts quoted do not mention: “2016”."),
        ("Why did the court meet in Kyiv?", None),
        ("Why did the court move in 2014?", None),
        ("Why has the court 12 judges?", None),
        ("Where in Chisinau does the court sit?", None),
    ],
)
def test_a_name_or_year_taken_for_granted_is_looked_for_in_the_whole_documents(sentences, question, note):
    assert unmentioned(question, "en", load_glossary(), sentences) == note


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Armenia signed in 2015.", " The first sentence quoted gives the year 2015."),
        ("Armenia signed in 2015, not in 2014.", ""),
        ("Armenia signed.", ""),
    ],
)
def test_the_one_year_that_the_first_sentence_gives_is_told_against_that_of_the_question(make_passage, text, more):
    passage = make_passage(text)
    sentences = [Sentence((Quote(passage, 0, passage.end),))]
    note = unmentioned("Why did Armenia sign in 2016?", "en", load_glossary(), sentences)
    assert note == "The texts quoted do not mention: “2016”." + more


def test_a_name_unknown_to_the_glossary_is_not_missed_in_texts_of_another_language(sentences):
    assert unmentioned("Почему суд Цольферейна переехал?", "ru", load_glossary(), sentences) is None
    assert unmentioned("Почему суд в Кишинёве?", "ru", load_glossary(), sentences) == (
        "В процитированных текстах не упоминается: «Кишинёв»."
    )


@pytest.fixture
def of_article(make_passage):
    """A sentence of Article 9 of a treaty that has Article 12 too."""
    passage = make_passage("Re-export needs consent. Disputes are settled by talks.")
    document = replace(passage.document, sections=((0, "Article 9. Re-export"), (25, "Article 12. Disputes")))
    return [Sentence((Quote(replace(passage, document=document), 0, 24),))]


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("Does Article 12 permit it?", "The first sentence quoted stands in Article 9, not in Article 12."),
        (
            "Does Article 40 permit it?",
            "The first sentence quoted stands in Article 9, not in Article 40. That document has no Article 40.",
        ),
        ("Does Article 9 permit it?", None),
        ("Do Articles permit it?", None),
        ("How do Article 12 and Article 40 differ?", None),
    ],
)
def test_a_quote_from_another_article_than_the_one_named_is_told(of_article, question, note):
    assert other_article(question, "en", of_article) == note


def test_another_article_is_told_in_the_language_of_the_question(of_article):
    assert other_article("Что сказано в статье 40?", "ru", of_article) == (
        "Первое процитированное предложение — из статьи 9, а не из статьи 40. Статьи 40 в этом документе нет."
    )


def test_a_quote_that_stands_in_no_article_is_not_told_of(sentences):
    assert other_article("What does Article 12 say?", "en", sentences) is None


@pytest.mark.parametrize(
    ("question", "note"),
    [
        (
            "When did Georgia leave the EAEU?",
            "None of the sentences quoted mentions together: “Georgia”, “EAEU”.",
        ),
        (
            "Когда Грузия вышла из ЕАЭС?",
            "Ни в одном из процитированных предложений не упоминаются вместе: «Грузия», «ЕАЭС».",
        ),
        ("When did Georgia leave the CIS?", None),
        ("When did Georgia leave?", None),
        ("When did Georgia and Ukraine leave?", None),
    ],
)
def test_a_country_and_an_organisation_that_no_quote_names_together_are_told(make_passage, question, note):
    passages = [make_passage("Georgia left the CIS in 2009."), make_passage("The EAEU has five members.", row=1)]
    sentences = [Sentence((Quote(passage, 0, passage.end),)) for passage in passages]
    language = "ru" if "Г" in question else "en"
    assert apart(question, language, load_glossary(), sentences) == note


def test_the_title_of_a_document_counts_as_mentioned(make_passage):
    passage = make_passage("Georgia left it in 2009.", title="The CIS")
    assert apart("When did Georgia leave the CIS?", "en", load_glossary(), [Sentence((Quote(passage, 0, 24),))]) is None
