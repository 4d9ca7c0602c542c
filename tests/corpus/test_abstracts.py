from corpus.abstracts import abstract_of
from corpus.records import Field
from corpus.structure import blocks_of

_TITLE, _AUTHORS = Field("title", "Граница", "sidecar"), Field("authors", ("Ли Ю.",), "sidecar")


def test_the_abstract_in_the_work_s_own_language_comes_first_and_is_answer_material():
    statements = (
        *(_TITLE, _AUTHORS, Field("languages", ("ru",), "sidecar")),
        *(Field("abstracts.en", "On borders.", "sidecar"), Field("abstracts.ru", "О границе.", "sidecar")),
        Field("keywords.ru", ("граница", "союз"), "sidecar"),
    )
    made = abstract_of(statements)
    assert made.statements == statements
    parts = [(made.text[b.start : b.end], b.part) for b in blocks_of(made)]
    assert parts == [
        ("Граница", "heading"),
        ("Ли Ю.", "front matter"),
        ("Аннотация", "heading"),
        ("О границе.", "body"),
        ("Abstract", "heading"),
        ("On borders.", "body"),
        ("граница, союз", "front matter"),
    ]


def test_without_an_abstract_the_title_can_be_found():
    made = abstract_of((_TITLE, _AUTHORS))
    assert [block.part for block in blocks_of(made)] == ["front matter", "front matter"]
