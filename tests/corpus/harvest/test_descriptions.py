import pytest
from lxml import etree

from corpus.abstracts import abstract_of
from corpus.errors import UnreadableFile
from corpus.harvest.descriptions import describe
from corpus.structure import blocks_of
from tests.corpus.harvest.repository import dublin_core

JATS = """<article xmlns:xlink="http://www.w3.org/1999/xlink" xml:lang="ru"><front>
<journal-meta><journal-title-group><journal-title>Вестник</journal-title></journal-title-group></journal-meta>
<article-meta><article-id pub-id-type="doi">10.5555/j.1</article-id>
<title-group><article-title>О пошлинах</article-title>
<trans-title-group xml:lang="en"><trans-title>On duties</trans-title></trans-title-group></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Иванов</surname><given-names>И. И.</given-names></name>
</contrib></contrib-group><pub-date><year>2021</year></pub-date>{links}
<abstract xml:lang="ru"><p>Пошлины распределяются.</p></abstract>
<trans-abstract xml:lang="en"><p>Duties are shared.</p></trans-abstract>
<kwd-group xml:lang="ru"><kwd>пошлины</kwd></kwd-group></article-meta></front>{body}</article>"""
LINKS = (
    '<self-uri content-type="application/pdf" xlink:href="https://a.org/article/view/1/2"/>'
    '<self-uri xlink:href="https://a.org/article/view/1"/><self-uri xlink:href="x"/>'
)
BODY = "<body><sec><title>Итоги</title><p>Весь текст статьи.</p></sec></body>"


def dc(*elements):
    return describe(etree.fromstring(dublin_core(*elements)))


def jats(links="", body=""):
    return describe(etree.fromstring(JATS.format(links=links, body=body)))


def parts(description):
    """(part, section, language, text) of each block of the abstract."""
    made = abstract_of(description.statements)
    return [(b.part, b.section, b.language, made.text[b.start : b.end]) for b in blocks_of(made)]


def test_a_record_becomes_its_abstracts_its_own_language_first():
    made = dc(
        *("title@en On duties", "title@ru О пошлинах", "creator Иванов И. И.", "language ru", "subject@ru пошлины"),
        *("description@en Duties are shared.", "description@ru Пошлины распределяются."),
    )
    assert parts(made) == [
        ("heading", "О пошлинах", "ru", "О пошлинах"),
        ("front matter", None, "en", "On duties"),
        ("front matter", None, "ru", "Иванов И. И."),
        ("heading", "Аннотация", "ru", "Аннотация"),
        ("body", "Аннотация", "ru", "Пошлины распределяются."),
        ("heading", "Abstract", "en", "Abstract"),
        ("body", "Abstract", "en", "Duties are shared."),
        ("front matter", None, "ru", "пошлины"),
    ]


def test_without_an_abstract_title_and_keywords_are_passages_that_answers_do_not_quote():
    assert [part[:1] + part[3:] for part in parts(dc("title On duties", "subject customs"))] == [
        ("front matter", "On duties"),
        ("front matter", "customs"),
    ]


def test_jats_gives_the_same_as_dublin_core():
    made = jats(LINKS)
    assert (made.record.title, made.record.titles, made.record.authors) == (
        "О пошлинах",
        {"en": "On duties"},
        ("Иванов И. И.",),
    )
    assert made.record.url == "https://a.org/article/view/1"
    assert made.links == ("https://a.org/article/view/1/2",)
    assert [part[3] for part in parts(made) if part[0] == "body"] == ["Пошлины распределяются.", "Duties are shared."]


def test_the_body_of_an_article_is_its_full_text_and_not_in_its_abstract():
    made = jats(body=BODY)
    assert "Весь текст статьи." in made.body.text
    assert "Весь текст статьи." not in abstract_of(made.statements).text
    assert jats().body is None


def test_a_work_that_has_no_page_is_found_by_its_doi():
    assert jats().record.url == "https://doi.org/10.5555/j.1"
    assert dc("title T", "identifier 10.5555/2").record.url == "https://doi.org/10.5555/2"
    assert dc("title T").record.url is None


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ("<mods/>", "its metadata is <mods>"),
        (dublin_core("creator A. B."), "neither title nor abstract"),
        ("<article><front/></article>", "no <article-meta>"),
    ],
)
def test_what_says_nothing_is_refused(xml, reason):
    with pytest.raises(UnreadableFile, match=reason):
        describe(etree.fromstring(xml))
