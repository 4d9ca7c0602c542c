import pytest
from hypothesis import given

from corpus.first_page.statements import statements_from_first_page
from corpus.records import Record, build_record
from tests.corpus.made_up import texts

_BODY = "Страны договариваются о торговле охотнее, чем о политике, и делают это давно. " * 6
_ENGLISH = "Governments agree on trade more readily than on politics, and have done so for a long time. " * 5
_PAGE = f"""УДК 339.5

Вестник границы. 2019. № 4. С. 5–20

РЫНОК ТРУДА
В СОЮЗЕ

И. И. Иванов¹, П. П. Петрова²

¹ Северный университет, г. Архангельск, Россия

Аннотация. Рассмотрен рынок труда. Показано, что он общий.

Ключевые слова: рынок труда, союз

The Labour Market of the Union

Ivan Ivanov, Polina Petrova

Abstract. The article examines the labour market and shows that it is common.

Keywords: labour market, union

{_BODY}"""


def _record(text: str) -> Record:
    return build_record(statements_from_first_page(text))


def test_a_page_in_two_languages_gives_both():
    record = _record(_PAGE)
    assert record.title == "РЫНОК ТРУДА В СОЮЗЕ"
    assert record.titles == {"en": "The Labour Market of the Union"}
    assert record.authors == ("И. И. Иванов", "П. П. Петрова")
    assert record.author_forms == {"И. И. Иванов": "Ivan Ivanov", "П. П. Петрова": "Polina Petrova"}
    assert record.abstracts["ru"] == "Рассмотрен рынок труда. Показано, что он общий."
    assert record.abstracts["en"].startswith("The article examines")
    assert record.keywords == {"ru": ("рынок труда", "союз"), "en": ("labour market", "union")}
    assert record.languages == ("ru", "en")


def test_the_line_of_the_journal_gives_the_imprint():
    record = _record(_PAGE)
    assert (record.journal, record.date, record.issue, record.pages) == ("Вестник границы", "2019", "4", "5-20")


def test_a_title_in_capitals_takes_the_letters_of_the_reference():
    line = "Для цитирования: Иванов И. И., Петрова П. П. Рынок труда в Союзе. Вестник границы. 2019. № 4. С. 5–20."
    assert _record(f"{_PAGE}\n\n{line}").title == "Рынок труда в Союзе"


def test_authors_may_stand_before_the_title():
    record = _record(
        f"Иванов Иван Иванович\n\nДоцент, Россия\n\nГраница как ресурс союза\n\nАннотация. О границе.\n\n{_BODY}"
    )
    assert (record.authors, record.title) == (("Иванов Иван Иванович",), "Граница как ресурс союза")


def test_an_abstract_without_a_label_stands_above_keywords():
    abstract = "В статье рассмотрены общие рынки союза и то, как страны договариваются о них."
    record = _record(f"Граница\n\nИ. И. Иванов\n\n{abstract}\n\nКлючевые слова: рынки\n\n{_BODY}")
    assert record.abstracts == {"ru": abstract}


@pytest.mark.parametrize(
    ("line", "year"),
    [
        ("Received 3 March 2018; accepted 15 January 2019; published online 2 February 2020", "2020"),
        ("© The Authors, 2017", "2017"),
        ("The Caravan Review | Autumn 2016", "2016"),
        ("Поступила 01.02.2018", None),
        ("Минск, декабрь 2022 года", "2022"),
        ("Draft of March 2020", "2020"),
        ("UNIONS AND LAW 11/2016", "2016"),
        ("Москва, 2015", "2015"),
    ],
)
def test_the_year_is_that_of_publication(line, year):
    assert _record(f"The Road\n\nJ. A. Smith\n\n{line}\n\nAbstract. On roads.\n\n{_BODY}").date == year


def test_affiliations_posts_and_addresses_are_no_authors():
    affiliations = "University of Bremen, Germany\n\nNew York, USA"
    page = f"The Road\n\nJ. A. Smith, PhD\n\n{affiliations}\n\nAbstract. On roads.\n\n{_ENGLISH}"
    assert _record(page).authors == ("J. A. Smith",)


def test_the_printed_authors_are_all_where_the_reference_names_some():
    line = "Cite as: Smith J., Lee A., et al. The Road. Roads. 2020;1(2):5–9."
    record = _record(f"The Road\n\nJohn Smith, Ann Lee, Wei Zhang\n\nAbstract. On roads.\n\n{line}\n\n{_ENGLISH}")
    assert (record.title, record.authors) == ("The Road", ("John Smith", "Ann Lee", "Wei Zhang"))


def test_keywords_may_stand_one_a_line():
    assert _record(f"Abstract. On roads.\n\nKeywords:\nRoads\nOil price\n\n{_ENGLISH}").keywords == {
        "en": ("Roads", "Oil price")
    }


@pytest.mark.parametrize(
    "text",
    [
        f"The Court\n\n{_BODY}",
        "Signed in Minsk (Belgrade, August 28, 2000)\n\nArticle 1\n\nNo duties are levied.",
        "",
    ],
)
def test_of_what_is_no_article_nothing_is_said(text):
    assert statements_from_first_page(text) == []


@given(texts)
def test_any_text_is_read_to_statements_that_make_a_record(text):
    record = _record(text)
    assert set(record.origins.values()) <= {"text"}
    assert Record.from_json(record.to_json()) == record


@pytest.mark.parametrize(
    "text",
    [
        "Заметки о соли\nИ. П. Мельникова\n\nСоляной промысел в Илецке начался в XVIII веке. В 1998 году город "
        "вывез 40 тысяч тонн соли. Почти вся она ушла в Актобе по железной дороге.\n\nВ 2004 году промысел закрыли.",
        "Notes on salt\nIrina P. Melnikova\n\nSalt was first mined in Iletsk in the 18th century. In 1998 the town "
        "sent away 40 thousand tonnes. Nearly all of it went to Aktobe by rail.",
    ],
)
def test_a_year_in_a_sentence_makes_neither_a_journal_nor_a_date_nor_the_sentence_a_title(text):
    found = {statement.name: statement.value for statement in statements_from_first_page(text)}
    assert "journal" not in found
    assert "date" not in found
    assert found.get("title") in (None, text.split("\n", maxsplit=1)[0])
