import pytest

from corpus.bibliography import statements_from_text
from corpus.records import Extraction, Record, build_record
from corpus.structure import blocks_of

_BODY = "The union was founded by three states. They agreed on a common market and on common rules for it."


def _record(text: str) -> Record:
    return build_record(statements_from_text(Extraction(text), blocks_of(Extraction(text))))


def _cited(record: Record) -> tuple[str | None, ...]:
    return record.journal, record.date, record.volume, record.issue, record.pages


@pytest.mark.parametrize(
    ("line", "authors", "title", "cited"),
    [
        (
            "For citation: Smith J.A., Petrova O. Borders of the Union. Journal of Borders. 2021; 12(3):45-67.",
            ("Smith J.A.", "Petrova O."),
            "Borders of the Union",
            ("Journal of Borders", "2021", "12", "3", "45-67"),
        ),
        (
            "For citing: Ivanov I.I. Union: Why? Vestnik = Herald. 2019; (4): 5–16. doi: 10.1000/x",
            ("Ivanov I.I.",),
            "Union: Why?",
            ("Vestnik = Herald", "2019", None, "4", "5-16"),
        ),
        (
            "Для цитирования: Иванов И. И., Петров П. П. Рынок труда // Вестник. – 2020. – Т. 5, № 2. – С. 10–20.",
            ("Иванов И. И.", "Петров П. П."),
            "Рынок труда",
            ("Вестник", "2020", "5", "2", "10-20"),
        ),
        (
            "Образец цитирования: Ёлкина А.Б. Граница // Регионология. 2022. № 1. С. 10-30.",
            ("Ёлкина А.Б.",),
            "Граница",
            ("Регионология", "2022", None, "1", "10-30"),
        ),
    ],
)
def test_a_citation_line_gives_the_record(line, authors, title, cited):
    record = _record(f"{_BODY}\n\n{line}\n")
    assert (record.authors, record.title) == (authors, title)
    assert _cited(record) == cited
    assert (record.kind, record.origins["kind"]) == ("article", "text")
    assert not record.guessed


def test_a_citation_line_that_cannot_be_read_gives_nothing():
    assert _cited(_record(f"{_BODY}\n\nFor citation: see the journal's site.\n")) == (None,) * 5


@pytest.mark.parametrize(
    ("line", "doi"),
    [
        ("DOI: 10.15507/2413-1407.118.030.202201.010-030", "10.15507/2413-1407.118.030.202201.010-030"),
        ("doi:\u00a0https://doi.org/10.1016/S0140-6736(05)67877-4.", "10.1016/S0140-6736(05)67877-4"),
        ("УДК 323.2, DOI 10.1000/абв,", "10.1000/абв"),
    ],
)
def test_the_doi_is_the_document_s_own(line, doi):
    reference = "1. Smith J. Borders. Borders. 2020; 1(1):1-2. doi: 10.9999/other"
    assert _record(f"{reference}\n\n{line}\n\n{_BODY}\n").doi == doi


def test_a_doi_of_a_reference_is_not_the_document_s():
    assert _record(f"{_BODY}\n\n1. Smith J. Borders. Borders. 2020; 1(1):1-2. doi: 10.9999/other\n").doi is None


@pytest.mark.parametrize(
    ("footer", "licence"),
    [
        ("Available under Creative Commons «Attribution» 4.0", "CC BY 4.0"),
        ("Licensed under Creative Commons Attribution 4.0 International", "CC BY 4.0"),
        ("This text is CC BY 3.0.", "CC BY 3.0"),
        ("Creative Commons Attribution-NonCommercial 4.0", None),
        ("Creative Commons Attribution Non-Commercial 4.0", None),
        ("Creative Commons Attribution-ShareAlike 4.0", None),
        ("Creative Commons Attribution-NoDerivatives 4.0", None),
        ("CC BY-NC 4.0", None),
        ("All rights reserved", None),
    ],
)
def test_only_an_attribution_licence_is_taken_for_one(footer, licence):
    assert _record(f"{_BODY}\n\n{footer}\n").licence == licence


@pytest.mark.parametrize("line", ["date 2025-09-19", "Дата: 19.09.2025", "\ufeffDate: 2025-09-19"])
def test_a_date_at_the_start_is_the_document_s(line):
    record = _record(f"{line} {_BODY}")
    assert (record.date, record.origins["date"]) == ("2025-09-19", "text")


def test_authors_and_title_on_the_first_line():
    record = _record(f"А. Б. Иванова, V. Petrov. The Market of the Union\n\n{_BODY}\n")
    assert record.authors == ("А. Б. Иванова", "V. Petrov")
    assert (record.title, record.origins["title"]) == ("The Market of the Union", "text")


def test_a_heading_is_a_guessed_title():
    record = _record(f"The Market of the Union\n\n{_BODY}\n")
    assert (record.title, record.origins["title"]) == ("The Market of the Union", "guess")


def test_without_a_heading_the_first_sentence_stands_in():
    record = _record(f"Аннотация:\n{_BODY}\n")
    assert (record.title, record.origins["title"]) == ("The union was founded by three states", "guess")


def test_a_long_first_sentence_is_cut_at_a_word():
    title = _record("word " * 100 + ".").title
    assert title.endswith("word …")
    assert len(title) < 165


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"Abstract: {_BODY}", "abstract"),
        (f"Цель научной работы\n\n{_BODY}", "thesis summary"),
        (f"I believe in it. {_BODY}", "essay"),
        (_BODY, "text"),
    ],
)
def test_the_kind_is_guessed(text, kind):
    record = _record(text)
    assert (record.kind, record.origins["kind"]) == (kind, "guess")
