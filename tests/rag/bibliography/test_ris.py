from corpus import Record
from rag.bibliography.csl_items import csl_item
from rag.bibliography.ris import ris


def test_an_article_is_a_reference_of_tagged_lines():
    record = Record(
        title="Интеграция регионов",
        authors=("Бахлова О.В.", "Евразийская экономическая комиссия"),
        date="2022-05",
        kind="article",
        journal="Регионология",
        volume="30",
        issue="1",
        pages="10–30",
        doi="10.15507/2413",
    )
    assert ris(csl_item(record)).split("\n") == [
        "TY  - JOUR",
        "ID  - bakhlova2022integratsiya",
        "AU  - Бахлова, О. В.",
        "AU  - Евразийская экономическая комиссия",
        "PY  - 2022",
        "DA  - 2022/05",
        "SP  - 10",
        "EP  - 30",
        "TI  - Интеграция регионов",
        "T2  - Регионология",
        "VL  - 30",
        "IS  - 1",
        "DO  - 10.15507/2413",
        "LA  - ru",
        "ER  - ",
    ]


def test_an_article_of_a_treaty_has_its_section_and_parties():
    record = Record(title="Treaty on X", date="2014-05-29", kind="treaty", parties=("Armenia", "Belarus"))
    assert ris(csl_item(record, "Article 5")).split("\n") == [
        "TY  - STAT",
        "ID  - treaty2014",
        "PY  - 2014",
        "DA  - 2014/05/29",
        "TI  - Treaty on X",
        "SE  - 5",
        "N1  - Parties: Armenia, Belarus",
        "LA  - en",
        "M2  - Type: treaty",
        "ER  - ",
    ]


def test_a_chapter_has_editors_and_a_web_page_the_day_it_was_read():
    chapter = Record(title="On courts", kind="chapter", journal="Handbook", editors=("A. B. Smith",), pages="7")
    page = Record(title="On courts", kind="web page", url="https://example.org", accessed="2026-11-02")
    assert "TY  - CHAP\nID  - courtsnd\nA2  - Smith, A. B.\nSP  - 7\nTI  - On courts" in ris(csl_item(chapter))
    assert "TY  - ELEC\nID  - courtsnd\nY2  - 2026/11/02\n" in ris(csl_item(page))
