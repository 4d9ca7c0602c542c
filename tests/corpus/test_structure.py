import pytest
from hypothesis import given

from corpus.records import Extraction, Heading, Span
from corpus.structure import blocks_of, languages_of
from tests.corpus.made_up import texts

_RUSSIAN = "В статье рассмотрены рынок труда и пенсии. Сделан вывод о том, что союз развивается."
_ENGLISH = "The article deals with labour and pensions. It concludes that the union is developing well."
_REFERENCES = (
    "1. Smith J. Borders. Journal of Borders. 2020; 1(1):1-20.",
    "2. Иванов И. И. Граница // Вестник. 2019. № 2. С. 10-20.",
    "[3] Doe A. Union. Available at: https://example.org/union (accessed 05.06.2021).",
)


def _parts(text: str) -> list[tuple[str, str]]:
    return [(block.part, text[block.start : block.end]) for block in blocks_of(Extraction(text))]


@pytest.mark.parametrize("length", [1, 3])  # lines as in a hard-wrapped text, and longer ones
def test_a_bilingual_abstract_is_split_by_language(length):
    russian, english = (" ".join([sentence] * length) for sentence in (_RUSSIAN, _ENGLISH))
    blocks = blocks_of(Extraction(f" Аннотация:\n{russian}\n\n{russian}\n Abstract:\n{english}\n"))
    body = [(block.section, block.language) for block in blocks if block.part == "body"]
    assert body == [("Аннотация", "ru"), ("Аннотация", "ru"), ("Abstract", "en")]


@pytest.mark.parametrize("heading", ["References\n\n", "Список литературы:\n", ""])
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\r\n"])
def test_every_reference_is_a_block_of_its_own(heading, gap):
    text = f"{_ENGLISH}\n\n{heading}{gap.join(_REFERENCES)}\n"
    assert [content for part, content in _parts(text) if part == "reference"] == list(_REFERENCES)


def test_references_without_numbers_are_known_by_their_heading():
    text = f"{_ENGLISH}\n\nReferences\n\nSmith J. Borders. Journal of Borders. 2020; 1(1):1-20.\n"
    assert [part for part, _ in _parts(text)] == ["body", "heading", "reference"]


def test_a_numbered_rule_is_no_reference():
    text = "1. The parties agree in 2014.\n2. The parties pay no duties from 2015 on.\n"
    assert {part for part, _ in _parts(text)} == {"body"}


@pytest.mark.parametrize(
    "line",
    [
        *("Share", "Continue:", "To download article", "Read more…", "Поделиться", "Далее:", "Скачать статью"),
        *("Лицензия Creative Commons", "© 2022 The Publisher", "All rights reserved.", "Все права защищены"),
        'All the materials of the "UNION" journal are available under Creative Commons «Attribution» 4.0',
        "This work is licensed under a Creative Commons licence",
        *("Read also: Gas prices rise", "Читайте также: Цены на газ", "Leave a comment", "Поделиться: VK Telegram"),
        *("We use cookies to make this site better. OK", "Сайт использует файлы cookie. Подробнее"),
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\r\n\r\n"])
def test_boilerplate_stands_apart(line, gap):
    assert _parts(f"{_ENGLISH}{gap}{line}{gap}{_RUSSIAN}") == [
        ("body", _ENGLISH),
        ("boilerplate", line),
        ("body", _RUSSIAN),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Share prices of the union's banks rose.",
        "Поделиться опытом предложили министры.",
        "The law on cookies was passed in 2020.",
    ],
)
def test_a_sentence_about_such_things_is_no_boilerplate(sentence):
    assert _parts(sentence) == [("body", sentence)]


@pytest.mark.parametrize(
    "line",
    [
        *("UDК\u00a0323.2", "УДК 323.2", "DOI: 10.1000/x", "Keywords: union, border", "Ключевые слова: союз"),
        *("Funding. The study was funded.", "Submitted 07.06.2021; accepted 27.08.2021.", "Поступила 07.06.2021."),
        "The authors declare that there is no conflict of interest.",
        "Olga V. Petrova, Professor, State University, ORCID: https://orcid.org/0000-0002-3849-8321",
        "O. V. Petrova – writing of the text.",
    ],
)
def test_what_a_text_says_of_its_making_is_front_matter(line):
    assert _parts(f"{_ENGLISH}\n\n{line}\n\n{_ENGLISH}")[1] == ("front matter", line)


def test_headings_name_the_sections_of_a_plain_text():
    text = f"Цель научной работы\n\n{_RUSSIAN}\n\nЗадачи научной работы\n\n{_RUSSIAN}\n"
    sections = [(block.part, block.section) for block in blocks_of(Extraction(text))]
    first, second = "Цель научной работы", "Задачи научной работы"
    assert sections == [("heading", first), ("body", first), ("heading", second), ("body", second)]


@pytest.mark.parametrize(
    ("opening", "section"),
    [
        ("Introduction. ", "Introduction"),
        ("Materials and Methods.\u00a0", "Materials and Methods"),
        ("Выводы: ", "Выводы"),
    ],
)
def test_a_run_in_heading_names_the_section_and_stays_in_the_text(opening, section):
    (block,) = blocks_of(Extraction(opening + _ENGLISH))
    assert (block.start, block.part, block.section) == (0, "body", section)


def test_marked_headings_win_over_guessed_ones():
    text = f"Rule\n\nA short line\n\n{_ENGLISH}"
    extraction = Extraction(text, (), (Heading(0, 4, "Article 1. Rule"),), (Span(0, 4, "heading"),))
    assert [(b.part, b.section) for b in blocks_of(extraction)] == [
        ("heading", "Article 1. Rule"),
        ("body", "Article 1. Rule"),
        ("body", "Article 1. Rule"),
    ]


def test_lines_of_a_hard_wrapped_text_are_no_paragraphs():
    paragraphs = ["The union was founded by\nthree states, and they\nagreed on rules.", "Then two more joined\nit."]
    assert [content for _, content in _parts("\n\n".join(paragraphs))] == paragraphs


def test_lines_of_a_text_that_is_not_wrapped_are_paragraphs():
    line = "The union was founded by three states. " * 5
    assert [content for _, content in _parts(f"{line}\n{line}\r\n{line}")] == [line.strip()] * 3


def test_a_block_without_letters_takes_the_language_before_it():
    blocks = blocks_of(Extraction(f"{_RUSSIAN}\n\n1 2 3\n\n{_ENGLISH}\n\n4 5 6\n"))
    assert [block.language for block in blocks] == ["ru", "ru", "en", "en"]
    assert blocks_of(Extraction("1 2 3"))[0].language == "und"


def test_languages_are_ranked_by_their_share_and_traces_do_not_count():
    text = f"{_RUSSIAN * 3}\n\n{_ENGLISH}\n"
    assert languages_of(text, blocks_of(Extraction(text))) == ("ru", "en")
    text = f"{_RUSSIAN * 60}\n\n{_ENGLISH[:40]}.\n"
    assert languages_of(text, blocks_of(Extraction(text))) == ("ru",)


@given(texts)
def test_every_character_but_white_space_lies_in_exactly_one_block(text):
    position = 0
    for block in blocks_of(Extraction(text)):
        assert position <= block.start < block.end
        assert not text[position : block.start].strip()
        content = text[block.start : block.end]
        assert content == content.strip()
        position = block.end
    assert not text[position:].strip()


@pytest.mark.parametrize("text", ["a" + " " * 30_000 + "b", "1. In 2014 the union grew on and on.\n" * 2_000])
def test_a_long_text_without_structure_takes_no_time(text):
    assert len(blocks_of(Extraction(text))) == 1
