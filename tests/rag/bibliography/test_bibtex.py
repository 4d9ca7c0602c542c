import pytest

from corpus import Record
from rag.bibliography.bibtex import bibtex
from rag.bibliography.csl_items import csl_item


def test_an_article_is_an_entry():
    record = Record(
        title="Интеграция регионов",
        authors=("Бахлова О.В.", "Евразийская экономическая комиссия"),
        date="2022-05",
        kind="article",
        journal="Регионология",
        volume="30",
        issue="1",
        pages="10-30",
        doi="10.15507/2413_1407",
    )
    assert bibtex(csl_item(record)) == (
        "@article{bakhlova2022integratsiya,\n"
        "  author = {Бахлова, О. В. and {Евразийская экономическая комиссия}},\n"
        "  title = {{Интеграция регионов}},\n"
        "  journal = {Регионология},\n"
        "  year = {2022},\n"
        "  month = may,\n"
        "  volume = {30},\n"
        "  number = {1},\n"
        "  pages = {10--30},\n"
        "  doi = {10.15507/2413_1407},\n"
        "  langid = {russian}\n"
        "}"
    )


def test_an_article_of_a_treaty_is_told_in_a_note():
    record = Record(title="Treaty on X", date="2014-05-29", kind="treaty", parties=("Armenia", "Belarus"))
    assert bibtex(csl_item(record, "Article 5")) == (
        "@legislation{treaty2014,\n"
        "  title = {{Treaty on X}},\n"
        "  year = {2014},\n"
        "  month = may,\n"
        "  note = {Article 5. Signed 29 May 2014. Parties: Armenia, Belarus},\n"
        "  langid = {english}\n"
        "}"
    )


def test_the_note_on_a_russian_treaty_is_russian():
    record = Record(title="Договор о Союзе", date="2014-05-29", kind="treaty", parties=("Армения", "Беларусь"))
    entry = bibtex(csl_item(record, "Статья 5"))
    assert "note = {Статья 5. Дата подписания: 29.05.2014. Стороны: Армения, Беларусь}" in entry


def test_a_thesis_is_not_said_to_be_a_doctors():
    entry = bibtex(csl_item(Record(title="On courts", kind="thesis", publisher="University", pages="210")))
    assert entry.startswith("@phdthesis{")
    assert "school = {University},\n  type = {Thesis},\n  pagetotal = {210}" in entry


def test_a_chapter_names_book_editors_and_publisher():
    record = Record(
        title="On courts",
        kind="chapter",
        journal="Handbook",
        editors=("A. B. Smith", "C. Brown"),
        publisher="Press",
        place="London",
    )
    entry = bibtex(csl_item(record))
    assert entry.startswith("@incollection{courtsnd,")
    assert "booktitle = {Handbook},\n  editor = {Smith, A. B. and Brown, C.},\n  publisher = {Press}" in entry
    assert "address = {London}" in entry


def test_a_web_page_says_when_it_was_read():
    record = Record(title="On courts", kind="web page", url="https://example.org/a%b_c", accessed="2026-11-02")
    assert bibtex(csl_item(record)).startswith("@online{")
    assert "  url = {https://example.org/a%b_c},\n  urldate = {2026-11-02}" in bibtex(csl_item(record))


@pytest.mark.parametrize(
    ("title", "escaped"),
    [
        ("R&D: 5% of $1 #2 a_b", r"R\&D: 5\% of \$1 \#2 a\_b"),
        (r"{a} \b ~c^", r"\{a\} \textbackslash{}b \textasciitilde{}c\textasciicircum{}"),
    ],
)
def test_characters_that_tex_reads_are_escaped(title, escaped):
    assert f"title = {{{{{escaped}}}}}" in bibtex(csl_item(Record(title=title)))


def test_an_entry_is_read_back_by_another_reader(tmp_path):
    from citeproc.source.bibtex import BibTeX

    record = Record(title="On courts", authors=("Ernst B. Haas",), date="1958-05", kind="article", journal="R & D")
    path = tmp_path / "a.bib"
    path.write_text(bibtex(csl_item(record)), "utf-8")
    with pytest.warns(UserWarning, match="Unsupported BibTeX field 'langid'"):
        read = BibTeX(str(path), "utf-8")["haas1958courts"]
    assert (read.type, str(read.title), str(read.container_title)) == ("article-journal", "On courts", "R & D")
    assert (read.author[0]["family"], read.author[0]["given"]) == ("Haas", "Ernst B.")
    assert (read.issued["year"], read.issued["month"]) == (1958, 5)
