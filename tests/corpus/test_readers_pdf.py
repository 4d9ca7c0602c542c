import re
from contextlib import suppress

import pytest

from corpus.errors import UnreadableFile
from corpus.readers import pdf, read_file
from corpus.records import Page, build_record, pages_between
from tests.corpus.made_pdf import MadePdf, pdf_of

_RU = (
    "Договор о Евразийском экономическом союзе подписан в Астане, и государства-члены согласовали "
    "таможенно-тарифную политику, распространяющуюся на товары из третьих стран. "
)
_EN = "The member states agreed on a common customs tariff and on the distribution of import duties among budgets. "
_PAGES = {45: "Начало", 46: "Середина", 47: "Конец"}


def _read(made):
    return read_file(bytes(made.output()), "a.pdf")


@pytest.fixture(scope="module")
def article():
    """Three pages of a journal, numbered 45 to 47: a title, two columns, headers and page numbers."""
    made = MadePdf()
    made.set_title("Торговая политика Союза")
    made.set_author("И. И. Иванов")
    for number, word in _PAGES.items():
        made.add_page()
        made.lines(60, 30, ["Вестник интеграции. 2021. Том 5"], 8)
        made.lines(290, 800, [str(number)], 8)
        top = 60.0
        if number == 45:
            top = made.lines(60, top, ["Торговая политика Союза"], 18, "B") + 10
            top = made.lines(60, top, ["И. И. Иванов, П. П. Петров"]) + 20
        made.paragraph(60, top, 225, f"{word} слева. " + _RU * 4)
        made.paragraph(310, top, 225, f"{word} справа. " + _EN * 4)
    return _read(made)


def test_columns_are_read_in_order_and_headers_and_page_numbers_left_out(article):
    places = [article.text.find(f"{word} {side}") for word in _PAGES.values() for side in ("слева", "справа")]
    assert -1 not in places
    assert places == sorted(places)
    assert article.text.count("Вестник интеграции") == 1
    assert "\n45\n" not in article.text


def test_the_header_of_the_first_page_stays_as_front_matter(article):
    span = article.spans[0]
    assert (article.text[span.start : span.end], span.part) == ("Вестник интеграции. 2021. Том 5", "front matter")


def test_the_title_is_a_heading_at_its_offsets(article):
    heading = article.headings[0]
    assert (heading.label, heading.level) == ("Торговая политика Союза", 1)
    assert article.text[heading.start : heading.end] == heading.label


def test_pages_bear_their_printed_numbers(article):
    assert [page.label for page in article.pages] == ["45", "46", "47"]
    for number, word in _PAGES.items():
        at = article.text.index(f"{word} справа")
        assert pages_between(article.pages, at, at + 10) == str(number)


def test_title_and_authors_of_the_file_are_weak_and_its_day_of_printing_no_date(article):
    record = build_record(article.statements)
    assert (record.title, record.authors, record.date) == ("Торговая политика Союза", ("И. И. Иванов",), None)
    assert record.origins == {"authors": "properties", "title": "properties"}


@pytest.mark.parametrize("stated", ["Ann Lee; Bo Ek", "Ann Lee\\and Bo Ek", "Ann Lee \\and Bo Ek", "Ann Lee and Bo Ek"])
def test_authors_of_the_file_are_told_apart(stated):
    made = MadePdf()
    made.set_author(stated)
    made.add_page()
    made.lines(60, 60, [_EN])
    assert build_record(_read(made).statements).authors == ("Ann Lee", "Bo Ek")


def test_what_a_program_wrote_as_title_and_author_is_not_believed():
    made = MadePdf()
    made.set_title("Microsoft Word - article_final2.docx")
    made.set_author("Admin")
    made.add_page()
    made.lines(60, 60, [_EN])
    origins = {statement.name: statement.origin for statement in _read(made).statements}
    assert origins == {"authors": "properties"}


@pytest.mark.parametrize(("align", "width"), [("J", 200), ("L", 160), ("L", 300)])
def test_a_paragraph_set_in_a_column_comes_back_as_it_was(align, width):
    made = MadePdf()
    made.add_page()
    top = made.paragraph(60, 60, width, (_RU * 3).strip(), align=align)
    made.paragraph(60, top, width, (_EN * 3).strip(), align=align)
    assert _read(made).text == f"{(_RU * 3).strip()}\n\n{(_EN * 3).strip()}"


def test_hyphens_at_line_ends_are_undone_in_both_languages():
    lines = ["Союз проводит единую торгово-экономи-", "ческую политику, согласованную с государ-", "ствами, в том"]
    lines += [
        "числе в Нагорно-",
        "Карабахской области, and the inter-",
        "national organisations of the post-",
        "Soviet space",
    ]
    text = read_file(pdf_of([lines]), "a.pdf").text
    assert "торгово-экономическую" in text
    assert "государствами" in text
    assert "Нагорно-Карабахской" in text
    assert "international organisations of the post-Soviet" in text


def test_page_labels_of_the_file_are_kept():
    made = MadePdf()
    for n, style in enumerate(("R", "R", "D")):
        made.add_page(label_style=style, label_start=1 if n != 1 else 2)
        made.lines(60, 60, [f"{chr(65 + n)} {_EN}"])
    assert [page.label for page in _read(made).pages] == ["I", "II", "1"]


def test_pages_without_numbers_are_counted():
    assert [page.label for page in read_file(pdf_of([["One."], ["Two."]]), "a.pdf").pages] == ["1", "2"]


def test_footnotes_stand_after_the_paragraph_with_their_page():
    made = MadePdf()
    made.add_page()
    made.lines(60, 60, ["The Court sits in Minsk and it goes"] * 2)
    made.lines(60, 697, ["1"], 5)
    made.lines(66, 700, ["See the Treaty."], 8)
    made.add_page()
    made.lines(60, 60, ["on over the page."])
    extraction = _read(made)
    assert extraction.text.endswith("it goes on over the page.\n\n¹ See the Treaty.")
    assert [page.label for page in extraction.pages] == ["1", "2", "1"]


def test_a_scan_is_reported_with_its_number_of_pages():
    made = MadePdf()
    for _ in range(2):
        made.add_page()
        made.picture(0, 0, 500)
    with pytest.raises(UnreadableFile, match=r"^no text layer: 2 pages of images; run OCR first$"):
        _read(made)


def test_pages_of_images_among_others_are_noted():
    made = MadePdf()
    made.add_page()
    made.lines(60, 60, [_EN])
    made.add_page()
    made.picture(0, 0, 500)
    assert _read(made).notes == ("1 of 2 pages are images without text: run OCR to have them",)


def test_an_empty_page_is_reported():
    made = MadePdf()
    made.add_page()
    with pytest.raises(UnreadableFile, match="holds no text"):
        _read(made)


def test_a_file_encrypted_without_a_password_is_opened():
    made = MadePdf()
    made.set_encryption(owner_password="owner", user_password=None)
    made.add_page()
    made.lines(60, 60, [_EN])
    assert "customs tariff" in _read(made).text


def test_a_file_with_a_password_is_refused():
    made = MadePdf()
    made.set_encryption(owner_password="owner", user_password="user")
    made.add_page()
    made.lines(60, 60, [_EN])
    with pytest.raises(UnreadableFile, match="needs a password"):
        _read(made)


def test_a_huge_page_is_read_like_any_other():
    made = MadePdf()
    made.add_page(format=(200_000, 200_000))
    made.lines(100_000, 150_000, [_EN.strip()], 3000)
    assert _read(made).text == _EN.strip()


def test_a_page_lying_on_its_side_is_read():
    made = MadePdf()
    made.add_page()
    with made.rotation(90, 300, 400):
        made.paragraph(60, 60, 200, (_EN * 3).strip())
    assert _read(made).text == (_EN * 3).strip()


def test_a_slanting_stamp_is_left_out():
    made = MadePdf()
    made.add_page()
    made.lines(60, 60, [_EN])
    with made.rotation(45, 300, 400):
        made.lines(100, 400, ["DRAFT"], 60)
    assert _read(made).text == _EN.strip()


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_a_file_cut_short_is_refused_or_read_in_part(share):
    data = pdf_of([[f"{n} {_EN}"] for n in range(5)])
    with suppress(UnreadableFile):
        assert "customs tariff" in read_file(data[: int(len(data) * share)], "a.pdf").text


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "the file is empty"), (b"text", "not a PDF"), (b"%PDF-1.7\n%%EOF", "damaged or cut short")],
)
def test_what_is_no_pdf_is_refused(data, reason):
    with pytest.raises(UnreadableFile, match=reason):
        read_file(data, "a.pdf")


def test_too_many_pages_are_refused(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    with pytest.raises(UnreadableFile, match="3 pages, the limit is 2: split it"):
        pdf.read(pdf_of([["a"], ["b"], ["c"]]), "a.pdf")


def test_letters_that_fonts_do_not_name_are_refused():
    made = MadePdf()
    made.set_compression(False)
    made.add_page()
    made.lines(60, 60, [_EN])
    data = re.sub(rb"(?<=> <)00(?=[0-9A-F]{2}>)", b"E0", bytes(made.output()))
    with pytest.raises(UnreadableFile, match=r"its fonts do not say .*run OCR"):
        read_file(data, "a.pdf")


def test_cyrillic_that_fonts_call_accented_latin_is_mended():
    wrong = "Договор подписали Армения, Беларусь, Казахстан, Россия".encode("cp1251").decode("latin-1")
    assert read_file(pdf_of([[wrong, "and no café"]]), "a.pdf").text.startswith("Договор подписали Армения, Беларусь,")


def _with_codes(text: str) -> bytes:
    """A PDF whose font does not say which characters these codes draw, as bitmap fonts of TeX do."""
    made = MadePdf()
    made.add_page()
    made.set_font("Helvetica", "", 10)
    made.cell(text=text)
    return bytes(made.output())


@pytest.mark.parametrize(
    ("codes", "text"),
    [
        ("The \x1crst o\x1ecial a\x1erms \x10it\x11 \x16 12\x1518", "The first official affirms “it” — 12–18"),
        ("Äîãîâîð î ¾Ñîþçå¿: ¼æ, ðàñò¼ò îáú¼ì, ïîäúåçä, ù¼òêà", "Договор о «Союзе»: ёж, растёт объём, подъезд, щётка"),
    ],
)
def test_codes_of_tex_are_read_as_what_its_fonts_draw(codes, text):
    assert read_file(_with_codes(codes), "a.pdf").text == text


def test_what_a_browser_printed_above_and_below_a_lone_page_is_front_matter():
    made = MadePdf()
    made.add_page()
    made.lines(20, 20, ["11/22/26, 9:11 PM On the Union State"], 8)
    made.paragraph(60, 60, 400, _EN, align="L")
    made.lines(20, 820, ["https://example.org/a 1/1"], 8)
    extraction = read_file(bytes(made.output()), "a.pdf")
    spans = [(extraction.text[span.start : span.end], span.part) for span in extraction.spans]
    assert spans == [("11/22/26, 9:11 PM On the Union State\n\nhttps://example.org/a 1/1", "front matter")]
    assert extraction.text.endswith(_EN.strip())


def test_accented_words_of_latin_scripts_stay():
    line = "à côté de l'été naïf, où l'œuvre"
    assert read_file(pdf_of([[line]]), "a.pdf").text == line


def test_a_page_without_text_has_no_place_in_it():
    extraction = read_file(pdf_of([["A line of"], [], ["three pages."]]), "a.pdf")
    assert (extraction.text, extraction.pages) == ("A line of three pages.", (Page(0, "1"), Page(10, "3")))
