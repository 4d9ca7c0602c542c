import pytest

from corpus.errors import UnreadableFile
from corpus.readers import read_file
from corpus.records import build_record
from corpus.structure import blocks_of

_ARTICLE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Publishing DTD v1.2//EN" "JATS-journalpublishing1.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink" xml:lang="ru"><front>
<journal-meta><journal-title-group><journal-title>Регионология</journal-title>
</journal-title-group><publisher><publisher-name>МГУ</publisher-name></publisher></journal-meta>
<article-meta><article-id pub-id-type="publisher-id">7</article-id>
<article-id pub-id-type="doi">10.1000/182</article-id>
<title-group><article-title>Союзное <italic>государство</italic></article-title>
<trans-title-group xml:lang="en"><trans-title>The Union State</trans-title></trans-title-group></title-group>
<contrib-group><contrib contrib-type="author"><name-alternatives>
<name xml:lang="en"><surname>Ivanova</surname><given-names>Anna B.</given-names></name>
<name xml:lang="ru"><surname>Иванова</surname><given-names>А. Б.</given-names></name></name-alternatives></contrib>
<contrib contrib-type="editor"><name><surname>Petrov</surname></name></contrib>
<contrib contrib-type="author"><collab>Рабочая группа</collab></contrib></contrib-group>
<pub-date pub-type="collection"><year>2021</year></pub-date>
<pub-date pub-type="epub"><day>4</day><month>3</month><year>2021</year></pub-date>
<volume>28</volume><issue>2</issue><fpage>10</fpage><lpage>31</lpage>
<permissions><license xlink:href="https://creativecommons.org/licenses/by/4.0/"><license-p>CC</license-p></license></permissions>
<abstract xml:lang="ru"><title>Аннотация</title><p>О границе.</p></abstract>
<trans-abstract xml:lang="en"><sec><title>Aim</title><p>On the border.</p></sec></trans-abstract>
<abstract abstract-type="graphical"><p>A picture.</p></abstract>
<kwd-group xml:lang="ru"><kwd>граница</kwd><kwd>регион</kwd></kwd-group>
<kwd-group xml:lang="en"><kwd>border</kwd></kwd-group></article-meta></front>
<body><sec><label>1.</label><title>Введение</title><p>Торговля растёт&nbsp;<xref>[1]</xref>.</p>
<sec><title>Данные</title><list><list-item><label>а)</label><p>ярмарки</p></list-item><list-item><p>рынок</p></list-item></list>
<table-wrap><label>Таблица 1</label><caption><title>Торговля</title></caption>
<table><tr><th>Год</th><td>2014</td></tr></table></table-wrap></sec></sec></body>
<back><ack><title>Благодарности</title><p>Спасибо.</p></ack><ref-list><title>Литература</title>
<ref><label>1.</label><mixed-citation>Петров П. Союз. 2019. С. 5-9.</mixed-citation></ref>
<ref><element-citation><person-group><name><surname>Sidorov</surname></name></person-group><year>2018</year></element-citation></ref>
</ref-list></back></article>"""


@pytest.fixture(scope="module")
def extraction():
    return read_file(_ARTICLE.encode(), "a.xml")


def test_the_front_gives_the_record(extraction):
    record = build_record(extraction.statements)
    assert (record.title, record.titles) == ("Союзное государство", {"en": "The Union State"})
    assert record.authors == ("Иванова А. Б.", "Рабочая группа")
    assert record.author_forms == {"Иванова А. Б.": "Ivanova, Anna B."}
    assert (record.journal, record.publisher, record.date) == ("Регионология", "МГУ", "2021-03-04")
    assert (record.volume, record.issue, record.pages, record.doi) == ("28", "2", "10-31", "10.1000/182")
    assert record.abstracts == {"ru": "О границе.", "en": "Aim On the border."}
    assert record.keywords == {"ru": ("граница", "регион"), "en": ("border",)}
    assert (record.languages, record.kind) == (("ru",), "article")
    assert record.licence == "https://creativecommons.org/licenses/by/4.0/"


def test_the_text_has_everything_in_order_once(extraction):
    assert extraction.text.split("\n\n") == [
        "Союзное государство",
        "The Union State",
        "Иванова А. Б., Рабочая группа",
        "Аннотация",
        "О границе.",
        "Abstract",
        "Aim",
        "On the border.",
        "граница, регион",
        "border",
        "1. Введение",
        "Торговля растёт [1].",
        "Данные",
        "а) ярмарки\nрынок",
        "Таблица 1 Торговля",
        "Год | 2014",
        "Благодарности",
        "Спасибо.",
        "[1] Петров П. Союз. 2019. С. 5-9.",
        "Sidorov, 2018",
    ]


def test_raised_digits_do_not_become_part_of_a_number():
    article = _ARTICLE.replace("Торговля растёт", "С 2014<xref><sup>5</sup></xref> г. торговля растёт")
    assert "С 2014⁵ г. торговля растёт" in read_file(article.encode(), "a.xml").text


def test_headings_have_their_levels(extraction):
    levels = {heading.label: heading.level for heading in extraction.headings}
    assert levels["Союзное государство"] < levels["Abstract"] < levels["Aim"]
    assert levels["1. Введение"] < levels["Данные"]


def test_references_authors_and_keywords_are_no_answer_text(extraction):
    parts = {extraction.text[block.start : block.end]: block.part for block in blocks_of(extraction)}
    assert parts["Sidorov, 2018"] == parts["[1] Петров П. Союз. 2019. С. 5-9."] == "reference"
    assert parts["border"] == parts["Иванова А. Б., Рабочая группа"] == "front matter"
    assert parts["О границе."] == "body"


@pytest.mark.parametrize(
    ("dates", "date"),
    [
        ("<pub-date><year>2020</year><month>13</month></pub-date>", "2020"),
        ("<pub-date><year>soon</year></pub-date>", None),
        (
            "<pub-date pub-type='ppub'><year>2020</year></pub-date>"
            "<pub-date date-type='pub'><year>2019</year></pub-date>",
            "2019",
        ),
        ("", None),
    ],
)
def test_a_date_is_what_can_be_one(dates, date):
    meta = f"<article-meta><title-group><article-title>T</article-title></title-group>{dates}</article-meta>"
    article = f"<article><front>{meta}</front><body><p>Text.</p></body></article>"
    assert build_record(read_file(article.encode(), "a.xml").statements).date == date


@pytest.mark.parametrize(
    "article", ["<article/>", "<article><front/></article>", "<article><body><p>x</p></body></article>"]
)
def test_what_has_no_metadata_is_no_article(article):
    with pytest.raises(UnreadableFile, match="no journal article: it has no <article-meta>"):
        read_file(article.encode(), "a.xml")
