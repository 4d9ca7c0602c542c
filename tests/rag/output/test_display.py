import io

import pytest

from corpus.records import Field, build_record
from rag.answer.answer import Answer
from rag.answer.quotes import Group, Quote, Sentence
from rag.output import terminal
from rag.output.display import marked, record_lines, show_answer, show_hits, table
from rag.search.retrieval import Hit


@pytest.fixture
def console():
    return terminal.console(io.StringIO())


@pytest.mark.parametrize(
    ("text", "question", "words"),
    [
        ("Суд Союза находится в Минске", "Где находится Суд союза?", ["Суд", "Союза", "находится"]),
        ("The judges of the court", "Which court has a judge?", ["judges", "court"]),
        ("Nothing here", "bread", []),
    ],
)
def test_the_words_of_the_question_are_marked_by_their_stems(text, question, words):
    assert [text[span.start : span.end] for span in marked(text, question).spans] == words


def test_an_answer_is_shown_with_numbers_and_references(console, make_passage):
    passage = make_passage("The court sits in Minsk [sic].", title="On courts")
    quote = Quote(passage, 0, passage.end)
    show_answer(console, Answer("Где суд?", "ru", "abc", (Sentence((quote,)),), 0.9, ()))
    shown = console.file.getvalue()
    assert "The court sits in Minsk [sic]. [1] (en)" in shown
    assert "Источники\n[1] On courts. (0.txt)" in shown


def test_headings_and_notes_are_shown_as_they_are(console, make_passage):
    sentences = tuple(
        Sentence((Quote(passage, 0, passage.end),))
        for passage in (make_passage("One.", row=0), make_passage("Two.", row=1))
    )
    groups = (Group("The [red]Charter", sentences[:1]), Group("Rest", sentences[1:]))
    show_answer(console, Answer("What?", "en", "abc", sentences, 0.9, (), groups=groups, notes=("Mind [this].",)))
    assert console.file.getvalue().startswith("The [red]Charter:\nOne. [1]\nRest:\nTwo. [2]\nMind [this].\n\nSources")


def test_what_differs_is_shown_as_such_with_the_date_of_its_document(console, make_passage):
    lead, other = make_passage("It is nine.", row=0), make_passage("It was six.", row=1, date="2001")
    sentences = (Sentence((Quote(lead, 0, lead.end),)), Sentence((Quote(other, 0, other.end),), "differs"))
    show_answer(console, Answer("How many?", "en", "abc", sentences, 0.9, ()))
    assert console.file.getvalue().startswith("It is nine. [1]\nDiffers (2001): It was six. [2]\n\nSources")


def test_a_refusal_says_why_before_what_is_near(console):
    show_answer(console, Answer("Кто?", "ru", "abc", (), 0.1, (), reason=f"Об этом [bold] [/] нет{', нет' * 20}."))
    first, *_ = console.file.getvalue().splitlines()
    assert first == "В собранных текстах ответа на этот вопрос нет. Об этом [bold] [/] нет" + ", нет" * 20 + "."


def test_a_refusal_is_shown_with_what_is_near(console, make_passage):
    hits = tuple(Hit(make_passage(f"Text {n}.", row=n, title=f"Title {n}"), 0.5, 0.5, 0.0, 0.5) for n in range(5))
    show_answer(console, Answer("Who?", "en", "abc", (), 0.1, hits))
    shown = console.file.getvalue()
    assert "do not hold an answer" in shown
    assert "Related, not an answer:" in shown
    assert "Title 0" in shown
    assert "Title 4" not in shown


def test_a_reply_is_shown_alone(console):
    show_answer(console, Answer("Привет", "ru", "abc", (), 0.0, (), reply="Спросите [о суде]."))
    assert console.file.getvalue() == "Спросите [о суде].\n"


def test_markup_in_texts_is_shown_as_it_is(console, make_passage):
    text = "[bold]Sic[/bold] and [/] and [link=x]."
    show_hits(console, "sic", [Hit(make_passage(text, title="[red]Title"), 0.5, 0.5, 0.0, 0.5)])
    assert text in console.file.getvalue()
    assert "[red]Title" in console.file.getvalue()


def test_markup_in_a_table_is_shown_as_it_is(console):
    table(console, ("id", "title"), [(1, "[red]Title [/]"), (None, "")])
    assert "[red]Title [/]" in console.file.getvalue()


def test_a_record_shows_where_each_value_came_from():
    statements = [
        Field("title", "The Union", "sidecar"),
        Field("title", "Union", "heading"),
        Field("issue", None, "edit"),
    ]
    record = build_record([*statements, Field("abstracts.ru", "О союзе.", "text")])
    assert [line.split(maxsplit=1) for line in record_lines(record)] == [
        ["title", "The Union  (sidecar)"],
        ["kind", "text"],
        ["issue", "(edit)"],
        ["abstracts.ru", "О союзе.  (text)"],
        ["title", "Union  (also stated)"],
    ]
