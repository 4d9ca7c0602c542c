import pytest
from lxml.html import fromstring

from corpus.readers.page_metadata import page_statements
from corpus.records import build_record


def _record(*metas: tuple[str, str]):
    content = "".join(f'<meta name="{name}" content="{content}">' for name, content in metas)
    return build_record(page_statements(fromstring(f"<html><head>{content}</head><body></body></html>")))


def test_the_tags_of_a_journal_give_the_record():
    record = _record(
        ("citation_journal_title", "Регионология"),
        ("citation_title", "Союзное государство"),
        ("citation_author", "Бахлова Ольга"),
        ("citation_author", "Бахлов Игорь"),
        ("citation_publication_date", "2020/5/12"),
        ("citation_volume", "28"),
        ("citation_issue", "2"),
        ("citation_firstpage", "10"),
        ("citation_lastpage", "31"),
        ("citation_doi", "10.15507/2413-1407.001"),
        ("citation_language", "ru"),
        ("citation_keywords", "регион; граница"),
    )
    assert (record.title, record.journal, record.kind) == ("Союзное государство", "Регионология", "article")
    assert record.authors == ("Бахлова Ольга", "Бахлов Игорь")
    assert (record.date, record.volume, record.issue, record.pages) == ("2020-05-12", "28", "2", "10-31")
    assert (record.doi, record.languages) == ("10.15507/2413-1407.001", ("ru",))
    assert record.keywords == {"ru": ("регион", "граница")}
    assert set(record.origins.values()) == {"metadata"}


def test_dublin_core_gives_the_record():
    record = _record(
        ("DC.Title", "The Union State"),
        ("DC.Title.Alternative", "Союзное государство"),
        ("DC.Creator.PersonalName", "Anna Ivanova"),
        ("DC.Date.created", "2021-03-04"),
        ("DC.Source", "Regions"),
        ("DC.Source.Volume", "3"),
        ("DC.Source.Issue", "1"),
        ("DC.Identifier", "https://example.org/1"),
        ("DC.Identifier.DOI", "10.1000/182"),
        ("DC.Identifier.pageNumber", "5-9"),
        ("DC.Language", "en"),
        ("DC.Description", "About the Union State."),
        ("DC.Description", "О Союзном государстве."),
        ("DC.Rights", "Copyright (c) 2021"),
        ("DC.Rights", "https://creativecommons.org/licenses/by/4.0"),
    )
    assert (record.title, record.titles) == ("The Union State", {"ru": "Союзное государство"})
    assert (record.authors, record.date, record.journal) == (("Anna Ivanova",), "2021-03-04", "Regions")
    assert (record.volume, record.issue, record.pages, record.doi) == ("3", "1", "5-9", "10.1000/182")
    assert record.abstracts == {"en": "About the Union State.", "ru": "О Союзном государстве."}
    assert record.licence == "https://creativecommons.org/licenses/by/4.0"


def test_a_journal_s_own_tags_come_before_dublin_core():
    record = _record(("DC.Title", "Other"), ("citation_title", "Mine"), ("DC.Creator", "B"), ("citation_author", "A"))
    assert (record.title, record.authors) == ("Mine", ("A",))


@pytest.mark.parametrize("meta", [("citation_date", "soon"), ("citation_doi", "none"), ("citation_language", "??")])
def test_what_no_field_can_hold_is_passed_over(meta):
    assert page_statements(fromstring(f'<html><meta name="{meta[0]}" content="{meta[1]}"><p>x</html>')) == []
