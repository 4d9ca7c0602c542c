"""Functions of `corpus` that take a stranger's text, from bytes to passages."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape

from lxml import etree

from corpus import (
    abstracts,
    archives,
    bibliography,
    dates,
    duplicates,
    exports,
    imprint,
    languages,
    metadata,
    normalisation,
    person_names,
    records,
    sentences,
    splitting,
    store,
    structure,
    transliteration,
)
from corpus.errors import CorpusError
from corpus.first_page import bylines, paragraphs, statements
from corpus.harvest import addresses, days, descriptions, dublin_core, links, responses
from corpus.layout import columns, hyphenation, running, words
from corpus.layout import paragraphs as layout_paragraphs
from corpus.readers import (
    docx,
    draft,
    encodings,
    epub,
    html,
    hypertext,
    mail,
    markdown,
    markup,
    odt,
    page_metadata,
    plain,
    signatures,
)
from corpus.readers import statements as stated
from corpus.readers import xml as xml_reader
from corpus.records import Extraction, Field, Heading, Record
from tests.corpus import made_files, made_up
from tests.growth.cases import Case, case

_DUBLIN_CORE = (
    "title creator subject description publisher date type identifier source language relation rights".split()
)
_EXPORTED = "title author editor journal year month pages doi url file abstract keywords langid".split()
_LABELS = ("", "Title of a text\n\nIvan Petrov\n\nAbstract. ", "Аннотация. Слово.\n\nКлючевые слова: ")


def corpus_cases() -> list[Case]:
    """All of them."""
    return [
        *_text_cases(),
        *_first_page_cases(),
        *_reader_cases(),
        *_metadata_cases(),
        *_harvest_cases(),
        *_layout_cases(),
    ]


def _text_cases() -> list[Case]:
    return [
        case(normalisation.fold),
        case(normalisation.squash),
        case(normalisation.fold_homoglyphs),
        case(normalisation.without_note_mark),
        case(transliteration.romanised),
        case(languages.language_of),
        case(languages.language_code),
        case(sentences.sentence_spans, run=lambda text: sentences.sentence_spans(text, "ru")),
        case(sentences.sentence_spans, run=lambda text: sentences.sentence_spans(text, "en")),
        case(structure.blocks_of, structure.languages_of, run=_blocks, heads=("", "References\n\n"), quick=True),
        case(structure.blocks_of, run=lambda text: structure.blocks_of(_with_headings(text))),
        case(store.content_hash_of, run=lambda text: store.content_hash_of(text, ())),
        case(records.content_hash, records.document_id, run=lambda text: records.document_id(text, text)),
        case(records.passage_id, run=lambda text: records.passage_id("a", 0, 1, text)),
        case(splitting.split, splitting.context_of, run=_split),
        case(duplicates.fuller_documents, duplicates.is_contained, run=_compare),
        case(dates.find_date),
        case(dates.is_date),
        case(dates.in_words),
    ]


def _first_page_cases() -> list[Case]:
    page = paragraphs.paragraphs_of
    return [
        case(statements.statements_from_first_page, heads=_LABELS),
        case(paragraphs.paragraphs_of, run=lambda text: page(text, [Heading(0, 9, text)]), heads=_LABELS, quick=True),
        case(
            bylines.byline_of,
            run=_sign,
            quick=True,
        ),
        case(bylines.is_signed, run=lambda text: bylines.is_signed(page(text))),
        case(paragraphs.letters_of),
        case(paragraphs.script_of),
        case(paragraphs.in_a_country),
        case(paragraphs.is_prose),
        case(
            paragraphs.is_affiliation,
            paragraphs.is_address,
            run=lambda text: paragraphs.is_affiliation(_paragraph(text)),
            quick=True,
        ),
        case(bibliography.statements_from_text, run=_say, heads=("", "Date: ", "A. B. Author")),
        case(imprint.find_doi),
        case(imprint.imprint),
        case(imprint.citation, heads=("For citation: ", "Для цитирования: Иванов И. И. ")),
        case(imprint.citation, run=_cite),
        case(person_names.author_line, quick=True),
        case(person_names.same_person, run=lambda text: person_names.same_person(text, f"{text} a")),
        case(person_names.forms_of, run=lambda text: person_names.forms_of([text[:200]], [text[:200], "Ivan"])),
    ]


def _reader_cases() -> list[Case]:
    return [
        case(encodings.decode, plain.read, run=_refusable(lambda text: plain.read(_encoded(text), "a.txt"))),
        case(encodings.decode, run=_refusable(lambda text: encodings.decode(text.encode("cp1251", "replace")))),
        case(encodings.decode, run=_refusable(lambda text: encodings.decode(_misread(text)))),
        case(markdown.read, run=_refusable(lambda text: markdown.read(_encoded(text), "a.md")), heads=("", "---\n")),
        case(
            html.read,
            html.write_html,
            hypertext.write_hypertext,
            run=_refusable(lambda text: html.read(_encoded(text), "a.html")),
        ),
        case(html.read, run=_refusable(lambda text: html.read(_page(text), "a.html"))),
        case(hypertext.write_hypertext, run=_hypertext),
        case(page_metadata.page_statements, run=_metas),
        case(
            mail.read,
            mail.attachments,
            run=_refusable(_mail),
            heads=("Subject: a\n\n", "Subject: ", "From: ", "Date: "),
        ),
        case(
            mail.attachments,
            run=_refusable(_mail),
            heads=(
                "Subject: a\nContent-Type: multipart/mixed; boundary=",
                "Subject: a\nContent-Disposition: attachment; filename=",
            ),
        ),
        case(markup.parse_xml, xml_reader.read, run=_refusable(lambda text: xml_reader.read(_encoded(text), "a.xml"))),
        case(xml_reader.read, run=lambda text: xml_reader.read(_article(text), "a.xml")),
        case(
            xml_reader.read,
            run=lambda text: xml_reader.read(_treaty(text), "a.xml"),
            heads=("", "AGREEMENT between Ruritania and Belarus "),
        ),
        case(
            docx.read,
            run=lambda text: docx.read(made_files.word(f"<w:p><w:r><w:t>{_xml(text)}</w:t></w:r></w:p>"), "a.docx"),
        ),
        case(odt.read, run=lambda text: odt.read(made_files.odt(f"<text:p>{_xml(text)}</text:p>"), "a.odt")),
        case(
            epub.read,
            run=lambda text: epub.read(
                made_files.epub({"a.xhtml": f"<p>{_xml(text)}</p>"}, f"<dc:title>{_xml(text)}</dc:title>"), "a.epub"
            ),
        ),
        case(signatures.is_html, run=lambda text: signatures.is_html(_encoded(text))),
        case(
            signatures.refuse_wrong_suffix,
            run=_refusable(lambda text: signatures.refuse_wrong_suffix(_encoded(text), ".txt")),
        ),
        case(archives.unpack, run=_unpack),
        case(draft.Draft.paragraph, draft.Draft.heading, draft.Draft.table, draft.Draft.notes, run=_draft),
    ]


def _metadata_cases() -> list[Case]:
    return [
        case(
            metadata.read_sidecar,
            metadata.load_yaml,
            run=_refusable(lambda text: metadata.read_sidecar(_encoded(text), "a.meta.yaml")),
            heads=("", "title: ", "keywords: ["),
        ),
        case(
            metadata.read_sidecar,
            run=_refusable(lambda text: metadata.read_sidecar(_encoded(text), "a.meta.json")),
            heads=("", '{"title": '),
        ),
        case(metadata.read_sidecar, metadata.statements_from_mapping, run=_sidecar),
        case(
            metadata.edits_from,
            run=_refusable(lambda text: metadata.edits_from([f"authors={text}", f"title={text}"], Record())),
        ),
        case(
            exports.read_export,
            run=_refusable(lambda text: exports.read_export(_encoded(text), "a.bib")),
            heads=("", "@article{a, title={", "@article{a,"),
        ),
        case(exports.read_export, run=_refusable(_bibtex)),
        case(
            exports.read_export,
            run=_refusable(lambda text: exports.read_export(_encoded(text), "a.ris")),
            heads=("", "TY  - JOUR\nTI  - "),
        ),
        case(
            exports.read_export,
            run=_refusable(lambda text: exports.read_export(_encoded(text), "a.json")),
            heads=("", "["),
        ),
        case(exports.read_export, run=_csl),
        case(abstracts.abstract_of, records.build_record, run=_abstract),
        case(stated.iso_date),
        case(stated.doi_in, run=lambda text: stated.doi_in([text])),
        case(stated.free_licence, run=lambda text: stated.free_licence([text])),
        case(stated.persons, run=lambda text: stated.persons([text])),
        case(stated.page_range, run=lambda text: stated.page_range(text, text)),
        case(stated.stated, run=lambda text: stated.stated(dict.fromkeys(_stated_names(), text), "metadata")),
    ]


def _harvest_cases() -> list[Case]:
    return [
        case(descriptions.describe, dublin_core.DublinCore.statements, run=_refusable(_dublin_core)),
        case(descriptions.describe, run=lambda text: descriptions.describe(etree.fromstring(_article(text)))),
        case(
            responses.read_list,
            run=_refusable(lambda text: responses.read_list(_encoded(text))),
            heads=("", "<OAI-PMH ", "<OAI-PMH><ListRecords><record>"),
        ),
        case(responses.read_list, run=lambda text: responses.read_list(_listed(text))),
        case(addresses.is_web_address, heads=("", "https://")),
        case(links.file_links, run=lambda text: links.file_links([f"https://a.b/{text}"])),
        case(days.first_day, days.last_day, days.day_before, run=_refusable(days.first_day)),
    ]


def _layout_cases() -> list[Case]:
    return [
        case(
            words.rows_of, words.lines_of, words.size_of, words.row_text, run=lambda text: words.lines_of(_row(text), 0)
        ),
        case(words.lines_of, run=lambda text: words.lines_of(_column(text), 0)),
        case(words.superscript),
        case(columns.columns_of, run=lambda text: columns.columns_of(_column(text))),
        case(running.without_running_rows, run=lambda text: running.without_running_rows([_column(text)[:40]] * 9)),
        case(
            layout_paragraphs.paragraphs_of,
            layout_paragraphs.vocabulary,
            layout_paragraphs.Paragraph.text,
            run=_lay_out,
        ),
        case(hyphenation.words_in, run=lambda text: hyphenation.words_in([text])),
        case(hyphenation.joined, run=lambda text: hyphenation.joined(f"{text}-", text, hyphenation.words_in([text]))),
    ]


def _refusable(read: Callable[[str], object]) -> Callable[[str], object]:
    """The call, which may refuse what it is given."""

    def run(text: str) -> object:
        try:
            return read(text)
        except CorpusError:
            return None

    return run


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _misread(text: str) -> bytes:
    return text.encode().decode("cp1251", "replace").encode("utf-8")


def _xml(text: str) -> str:
    """The text as XML can hold it."""
    return escape("".join(character for character in text if character.isprintable() or character in "\t\n\r"))


def _blocks(text: str) -> None:
    structure.languages_of(text, structure.blocks_of(Extraction(text)))


def _with_headings(text: str) -> Extraction:
    """Every second stretch of nine characters is a heading."""
    places = range(0, len(text) - 9, 18)
    return Extraction(text, (), tuple(Heading(at, at + 9, text[at : at + 9]) for at in places))


def _split(text: str) -> None:
    splitting.split(made_up.document(text, title=text, date="2014"), splitting.SplitterSettings(), made_up.count_words)


def _compare(text: str) -> None:
    one, other = (made_up.document(text + end, f"{end}.txt", title=text) for end in ("one", "two"))
    duplicates.fuller_documents([one, other])
    duplicates.is_contained(text, one)


def _sign(text: str) -> None:
    page = paragraphs.paragraphs_of(text)
    for script in ("cyrillic", "latin"):
        bylines.byline_of(page, script)


def _paragraph(text: str) -> paragraphs.Paragraph:
    return paragraphs.Paragraph("text", text, text, "latin")


def _say(text: str) -> None:
    extraction = Extraction(text)
    bibliography.statements_from_text(extraction, structure.blocks_of(extraction))


def _cite(text: str) -> None:
    imprint.citation(f"For citation: Petrov I. I. {text}. Herald. 2014. No 1. P. 1-2", [text, f"{text} a"])


def _page(text: str) -> bytes:
    metas = "".join(
        f'<meta name="dc.{name}" content="{escape(text[:500])}">' for name in ("title", "creator", "subject")
    )
    body = f"<article><h1>Title</h1><p>{escape(text)}</p><p>{'Words of a paragraph. ' * 20}</p></article>"
    return f"<html><head>{metas}</head><body>{body}</body></html>".encode()


def _hypertext(text: str) -> None:
    from lxml.html import fromstring

    made = draft.Draft()
    hypertext.write_hypertext(made, fromstring(f"<div>{'<br>'.join(map(_xml, text.split()))}<p>a</p></div>"))
    assert made.text is not None


def _metas(text: str) -> None:
    names = (*page_metadata._AUTHORS, *page_metadata._KEYWORDS, *page_metadata._DATE, *page_metadata._DOI, "dc.title")
    tree = etree.Element("head")
    for name in names:
        tree.append(etree.Element("meta", name=name, content=_plain(text)))
    page_metadata.page_statements(tree)


def _plain(text: str) -> str:
    return "".join(character for character in text if character.isprintable())


def _mail(text: str) -> None:
    data = _encoded(text)
    for _, read in mail.attachments(data):
        read()
    mail.read(data, "a.eml")


def _article(text: str) -> bytes:
    text = _xml(text)
    return f"""<article xml:lang="en"><front><article-meta><article-id pub-id-type="doi">{text}</article-id>
<title-group><article-title>Title {text}</article-title></title-group><contrib-group><contrib><name>
<surname>{text}</surname><given-names>{text}</given-names></name></contrib></contrib-group><pub-date><year>{text}</year>
</pub-date><abstract><p>{text}</p></abstract><kwd-group><kwd>{text}</kwd></kwd-group></article-meta></front>
<body><sec><title>{text}</title><p>{text}</p></sec></body><back><ref-list><ref>{text}</ref></ref-list></back>
</article>""".encode()


def _treaty(text: str) -> bytes:
    text = _xml(text)
    article = f'<article number="1" name="Duties">{text}</article>'
    return made_up.treaty_xml(article, f"{text} The Government of Ruritania", closing=f"Done {text}")


def _unpack(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archives.unpack([(text, lambda: b"")], Path(folder), archives.Budget())
    list(archives.Archive(made_files.zipped({text.replace("\0", "")[:500]: b""})).members())


def _draft(text: str) -> None:
    made = draft.Draft()
    for line in text.splitlines():
        made.paragraph(line)
    made.heading(text, 1)
    made.table([[text, text]])
    made.notes([text])
    made.beginning(len(made.paragraphs) // 2)
    made.extraction()


def _stated_names() -> list[str]:
    return [field for field in metadata._NAMES if field not in ("sources", "author_forms")]


def _sidecar(text: str) -> None:
    for name in _stated_names():
        data = json.dumps({name: text}).encode()
        _refusable(lambda _, data=data: metadata.read_sidecar(data, "a.meta.json"))(text)


def _bibtex(text: str) -> object:
    fields = ", ".join(f"{name} = {{{text}}}" for name in _EXPORTED)
    return exports.read_export(_encoded(f"@article{{a, {fields}}}"), "a.bib")


def _csl(text: str) -> object:
    texts = ("title", "container-title", "volume", "page", "DOI", "URL", "abstract", "keyword", "language")
    item = {"type": "article", **dict.fromkeys(texts, text), "author": [{"family": text}], "issued": {"raw": text}}
    return exports.read_export(json.dumps([item]).encode(), "a.json")


def _abstract(text: str) -> None:
    values = ("title", text), ("abstracts.en", text), ("abstracts.ru", f"{text} а"), ("keywords.en", (text, text))
    statements = [Field(name, value, origin) for name, value in values for origin in ("metadata", "text")]
    extraction = abstracts.abstract_of(statements)
    record = records.build_record([*extraction.statements, Field("authors", (text,), "edit")])
    Record.from_json(replace(record, kind=text).to_json())


def _dublin_core(text: str) -> None:
    root = etree.Element("dc")
    for name in _DUBLIN_CORE:
        etree.SubElement(root, name).text = _plain(text)
    etree.SubElement(root, "source").text = f"Journal; {_plain(text)}; {_plain(text)}"
    descriptions.describe(root).record.to_json()


def _listed(text: str) -> bytes:
    """A list of records of which one is broken, so that the whole is cut into its records."""
    record = f"<record><header><identifier>{_xml(text)}</identifier></header></record>"
    token = f"<resumptionToken>{_xml(text)}</resumptionToken>"
    return f"<OAI-PMH><ListRecords><record>&a;</record>{record * 3}{token}</ListRecords></OAI-PMH>".encode()


def _row(text: str) -> list[words.Word]:
    """Words beside each other."""
    return [words.Word(word, 9.0 * n, 50, 9.0 * n + 8, 60, 10) for n, word in enumerate(text.split() or ["a"])]


def _column(text: str) -> list[words.Word]:
    """Words below each other, at either of two places."""
    return [
        words.Word(word, 50 + 300 * (n % 2), 12.0 * (n // 2), 200 + 300 * (n % 2), 12.0 * (n // 2) + 10, 10)
        for n, word in enumerate(text.split() or ["a"])
    ]


def _lay_out(text: str) -> None:
    lines = words.lines_of(_column(text), 0)
    found = layout_paragraphs.paragraphs_of([lines])
    known = layout_paragraphs.vocabulary(found)
    for paragraph in found:
        paragraph.text(known)
