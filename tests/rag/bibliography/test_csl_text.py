"""References worked out by hand from GOST R 7.0.5-2008, the APA manual (7th) and the Chicago manual (17th).

Records that the standards or their publishers' guides themselves give as examples are marked in their names.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from corpus import Record
from rag.bibliography.csl_items import csl_item
from rag.bibliography.csl_text import apa, chicago, gost

EAEU_URL = "https://example.org/EAEU Treaty.doc"
RECORDS = {
    "article with DOI, Russian": Record(
        title="Интеграция регионов России и Беларуси",
        authors=("Бахлова О.В.", "Слугина Анна Николаевна"),
        date="2022",
        languages=("ru",),
        kind="article",
        journal="Регионология",
        volume="30",
        issue="1",
        pages="10-30",
        doi="10.15507/2413-1407",
        url="https://example.org/1",
    ),
    "article with DOI, English (APA's example)": Record(
        title=(
            "Emotions in storybooks: A comparison of storybooks that represent ethnic and racial groups in the "
            "United States"
        ),
        authors=("J. S. Grady", "M. Her", "G. Moreno", "C. Perez", "J. Yelinek"),
        date="2019",
        kind="article",
        journal="Psychology of Popular Media Culture",
        volume="8",
        issue="3",
        pages="207-217",
        doi="10.1037/ppm0000185",
    ),
    "article without DOI, Russian (GOST's example)": Record(
        title="К логике социальных наук",
        authors=("Адорно Т. В.",),
        date="1992",
        kind="article",
        journal="Вопр. философии",
        issue="10",
        pages="76–86",
    ),
    "article without DOI, English (GOST's example)": Record(
        title="The reference librarian and the business professor: a strategic alliance that works",
        authors=("Crawford P. J.", "Barrett T. P."),
        date="1997",
        kind="article",
        journal="Ref. Libr.",
        volume="3",
        issue="58",
        pages="75-85",
    ),
    "article with a month (Chicago's example)": Record(
        title="Livy and the pax deum",
        authors=("Susan Satterfield",),
        date="2016-04",
        kind="article",
        journal="Classical Philology",
        volume="111",
        issue="2",
        pages="165-176",
    ),
    "book, English (APA's example)": Record(
        title="Behave: The biology of humans at our best and worst",
        authors=("Robert M. Sapolsky",),
        date="2017",
        kind="book",
        publisher="Penguin Books",
        place="New York",
        pages="790",
    ),
    "book of four authors, Russian (GOST's example)": Record(
        title="Нестационарная аэродинамика баллистического полета",
        authors=("Липницкий Ю. М.", "Красильников А. В.", "Покровский А. Н.", "Шманенков В. Н."),
        date="2003",
        kind="book",
        place="М.",
        pages="176",
    ),
    "book with an editor, Russian": Record(
        title="Кто объединяет Евразию?",
        authors=("Петр Петрович Иванов",),
        editors=("Сидорова Анна Игоревна",),
        date="2010",
        kind="book",
        publisher="Наука",
        place="М.",
        pages="320",
    ),
    "chapter (Chicago's example)": Record(
        title="Walking",
        authors=("Henry David Thoreau",),
        date="2016",
        kind="chapter",
        journal="The making of the American essay",
        editors=("John D’Agata",),
        publisher="Graywolf Press",
        place="Minneapolis",
        pages="167-195",
    ),
    "conference paper, Russian": Record(
        title="О правосудии в ЕАЭС",
        authors=("Дж. Ю. Смит",),
        date="2015-03",
        kind="conference paper",
        journal="Право и экономика",
        editors=("Иванова А. Б.", "Ж.-П. Сартр"),
        publisher="МГУ",
        place="М.",
        pages="11-29",
    ),
    "conference paper that was not printed": Record(
        title="On justice", authors=("Ann Lee",), date="2015-03", kind="conference paper", place="London"
    ),
    "thesis, Russian": Record(
        title="Суд союза: дис. ... канд. юрид. наук",
        authors=("Иванова Анна Борисовна",),
        date="2010",
        kind="thesis",
        publisher="МГУ",
        place="М.",
        pages="210",
    ),
    "thesis with an address, English": Record(
        title="The court of the union",
        authors=("Ann Lee",),
        date="2010",
        kind="thesis",
        publisher="University of Oxford",
        place="Oxford",
        pages="210",
        url="https://example.org/thesis",
    ),
    "report of an organisation": Record(
        title="Integration barometer",
        authors=("Eurasian Development Bank",),
        date="2017",
        kind="report",
        place="St Petersburg",
        publisher="EDB",
        pages="108",
        url="https://example.org/report",
    ),
    "article on a page of the web, read on a day": Record(
        title="On courts",
        authors=("Smith, John A.",),
        date="2021",
        kind="article",
        journal="Bulletin",
        volume="3",
        issue="2",
        url="https://example.org/article",
        accessed="2026-11-02",
    ),
    "note of the built-in library": Record(
        title="Органы Евразийского экономического союза", date="2026-11-22", kind="note", languages=("ru",)
    ),
    "web page of an organisation, read on a day, Russian": Record(
        title="Статистика",
        authors=("Евразийская экономическая комиссия",),
        kind="web page",
        url="https://example.org/stat",
        accessed="2026-11-02",
    ),
    "web page of an organisation, dated (APA's example)": Record(
        title="The top 10 causes of death",
        authors=("World Health Organization",),
        date="2018-05-24",
        kind="web page",
        url="https://www.who.int/news-room/fact-sheets/detail/the-top-10-causes-of-death",
    ),
    "treaty, English": Record(
        title="Treaty on the Eurasian Economic Union",
        date="2014-05-29",
        kind="treaty",
        url=EAEU_URL,
        parties=("A", "B"),
    ),
    "treaty, Russian": Record(
        title="Договор о Евразийском экономическом союзе", date="2014-05-29", kind="treaty", languages=("ru",)
    ),
    "undated essay, Russian": Record(title="Сближение России и Беларуси", kind="essay", languages=("ru",)),
    "undated essay, English": Record(title="The drift between unions", authors=("C. D. Brown",), kind="essay"),
    "dated essay without author": Record(title="The question of our policy", date="2025-09-19", kind="essay"),
    "title that asks": Record(
        title="Who rules within the union?",
        authors=("A. Lee",),
        date="2001",
        kind="article",
        journal="Forum",
        volume="1",
    ),
}


def item(name, section=None):
    return csl_item(RECORDS[name], section)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "article with DOI, Russian",
            "Бахлова О. В., Слугина А. Н. Интеграция регионов России и Беларуси // Регионология. 2022. Т. 30, № 1. "
            "С. 10–30. DOI: 10.15507/2413-1407.",
        ),
        (
            "article with DOI, English (APA's example)",
            "Emotions in storybooks: A comparison of storybooks that represent ethnic and racial groups in the United "
            "States / J. S. Grady [et al.] // Psychology of Popular Media Culture. 2019. Vol. 8, No. 3. P. 207–217. "
            "DOI: 10.1037/ppm0000185.",
        ),
        (
            "article without DOI, Russian (GOST's example)",
            "Адорно Т. В. К логике социальных наук // Вопр. философии. 1992. № 10. С. 76–86.",
        ),
        (
            "article without DOI, English (GOST's example)",
            "Crawford P. J., Barrett T. P. The reference librarian and the business professor: a strategic alliance "
            "that works // Ref. Libr. 1997. Vol. 3, No. 58. P. 75–85.",
        ),
        (
            "book, English (APA's example)",
            "Sapolsky R. M. Behave: The biology of humans at our best and worst. New York : Penguin Books, 2017. "
            "790 p.",
        ),
        (
            "book of four authors, Russian (GOST's example)",
            "Нестационарная аэродинамика баллистического полета / Ю. М. Липницкий [и др.]. М., 2003. 176 с.",
        ),
        (
            "book with an editor, Russian",
            "Иванов П. П. Кто объединяет Евразию? / ред. А. И. Сидорова. М. : Наука, 2010. 320 с.",
        ),
        (
            "chapter (Chicago's example)",
            "Thoreau H. D. Walking // The making of the American essay / ed. J. D’Agata. Minneapolis : Graywolf Press, "
            "2016. P. 167–195.",
        ),
        (
            "conference paper, Russian",
            "Смит Дж. Ю. О правосудии в ЕАЭС // Право и экономика / ред. А. Б. Иванова, Ж.-П. Сартр. М. : МГУ, 2015. "
            "С. 11–29.",
        ),
        (
            "web page of an organisation, read on a day, Russian",
            "Евразийская экономическая комиссия. Статистика. URL: https://example.org/stat "
            "(дата обращения: 02.11.2026).",
        ),
        (
            "treaty, English",
            "Treaty on the Eurasian Economic Union : intern. treaty of 29 May 2014. URL: "
            "https://example.org/EAEU%20Treaty.doc.",
        ),
        ("treaty, Russian", "Договор о Евразийском экономическом союзе : междунар. договор от 29 мая 2014 г."),
        ("undated essay, Russian", "Сближение России и Беларуси. [Б. г.]."),
        ("undated essay, English", "Brown C. D. The drift between unions. [S. a.]."),
        ("dated essay without author", "The question of our policy. 2025."),
        ("title that asks", "Lee A. Who rules within the union? // Forum. 2001. Vol. 1."),
        ("conference paper that was not printed", "Lee A. On justice. London, 2015."),
        ("thesis, Russian", "Иванова А. Б. Суд союза: дис. ... канд. юрид. наук. М. : МГУ, 2010. 210 с."),
        (
            "thesis with an address, English",
            "Lee A. The court of the union. Oxford : University of Oxford, 2010. 210 p. URL: https://example.org/thesis.",
        ),
        (
            "report of an organisation",
            "Eurasian Development Bank. Integration barometer. St Petersburg : EDB, 2017. 108 p. URL: "
            "https://example.org/report.",
        ),
        (
            "article on a page of the web, read on a day",
            "Smith J. A. On courts // Bulletin. 2021. Vol. 3, No. 2. URL: https://example.org/article "
            "(дата обращения: 02.11.2026).",
        ),
        ("note of the built-in library", "Органы Евразийского экономического союза. 2026."),
    ],
)
def test_gost(name, expected):
    assert gost(item(name)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "article with DOI, Russian",
            "Bakhlova, O. V., & Slugina, A. N. (2022). Integratsiya regionov Rossii i Belarusi. Regionologiya, 30(1), "
            "10–30. https://doi.org/10.15507/2413-1407",
        ),
        (
            "article with DOI, English (APA's example)",
            "Grady, J. S., Her, M., Moreno, G., Perez, C., & Yelinek, J. (2019). Emotions in storybooks: A comparison "
            "of storybooks that represent ethnic and racial groups in the United States. Psychology of Popular Media "
            "Culture, 8(3), 207–217. https://doi.org/10.1037/ppm0000185",
        ),
        (
            "article without DOI, Russian (GOST's example)",
            "Adorno, T. V. (1992). K logike sotsial’nykh nauk. Vopr. filosofii, (10), 76–86.",
        ),
        (
            "book, English (APA's example)",
            "Sapolsky, R. M. (2017). Behave: The biology of humans at our best and worst. Penguin Books.",
        ),
        (
            "book of four authors, Russian (GOST's example)",
            "Lipnitskiy, Y. M., Krasil’nikov, A. V., Pokrovskiy, A. N., & Shmanenkov, V. N. (2003). "
            "Nestatsionarnaya aerodinamika ballisticheskogo poleta.",
        ),
        (
            "book with an editor, Russian",
            "Ivanov, P. P. (2010). Kto ob”yedinyayet Yevraziyu? (A. I. Sidorova, Ed.). Nauka.",
        ),
        (
            "chapter (Chicago's example)",
            "Thoreau, H. D. (2016). Walking. In J. D’Agata (Ed.), The making of the American essay (pp. 167–195). "
            "Graywolf Press.",
        ),
        (
            "conference paper, Russian",
            "Smit, D. Y. (2015). O pravosudii v YEAES. In A. B. Ivanova & Z.-P. Sartr (Eds.), Pravo i ekonomika "
            "(pp. 11–29). MGU.",
        ),
        (
            "web page of an organisation, read on a day, Russian",
            "Yevraziyskaya ekonomicheskaya komissiya. (n.d.). Statistika. Retrieved November 2, 2026, from "
            "https://example.org/stat",
        ),
        (
            "web page of an organisation, dated (APA's example)",
            "World Health Organization. (2018, May 24). The top 10 causes of death. "
            "https://www.who.int/news-room/fact-sheets/detail/the-top-10-causes-of-death",
        ),
        (
            "treaty, English",
            "Treaty on the Eurasian Economic Union, May 29, 2014, https://example.org/EAEU%20Treaty.doc",
        ),
        ("treaty, Russian", "Dogovor o Yevraziyskom ekonomicheskom soyuze, May 29, 2014."),
        ("undated essay, Russian", "Sblizheniye Rossii i Belarusi. (n.d.)."),
        ("undated essay, English", "Brown, C. D. (n.d.). The drift between unions."),
        ("dated essay without author", "The question of our policy. (2025, September 19)."),
        ("title that asks", "Lee, A. (2001). Who rules within the union? Forum, 1."),
        ("conference paper that was not printed", "Lee, A. (2015, March). On justice."),
        ("thesis, Russian", "Ivanova, A. B. (2010). Sud soyuza: dis. ... kand. yurid. nauk [Thesis]. MGU."),
        (
            "thesis with an address, English",
            "Lee, A. (2010). The court of the union [Thesis, University of Oxford]. https://example.org/thesis",
        ),
        (
            "report of an organisation",
            "Eurasian Development Bank. (2017). Integration barometer. EDB. https://example.org/report",
        ),
        (
            "article on a page of the web, read on a day",
            "Smith, J. A. (2021). On courts. Bulletin, 3(2). https://example.org/article",
        ),
        ("note of the built-in library", "Organy Yevraziyskogo ekonomicheskogo soyuza. (2026, November 22)."),
    ],
)
def test_apa(name, expected):
    assert apa(item(name)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "article with DOI, Russian",
            "Bakhlova, O. V., and Anna Nikolayevna Slugina. “Integratsiya regionov Rossii i Belarusi.” Regionologiya "
            "30, no. 1 (2022): 10–30. https://doi.org/10.15507/2413-1407.",
        ),
        (
            "article without DOI, English (GOST's example)",
            "Crawford, P. J., and T. P. Barrett. “The Reference Librarian and the Business Professor: A Strategic "
            "Alliance That Works.” Ref. Libr. 3, no. 58 (1997): 75–85.",
        ),
        (
            "article with a month (Chicago's example)",
            "Satterfield, Susan. “Livy and the Pax Deum.” Classical Philology 111, no. 2 (April 2016): 165–76.",
        ),
        (
            "book, English (APA's example)",
            "Sapolsky, Robert M. Behave: The Biology of Humans at Our Best and Worst. New York: Penguin Books, 2017.",
        ),
        (
            "book with an editor, Russian",
            "Ivanov, Petr Petrovich. Kto ob”yedinyayet Yevraziyu? Edited by Anna Igorevna Sidorova. M.: Nauka, 2010.",
        ),
        (
            "chapter (Chicago's example)",
            "Thoreau, Henry David. “Walking.” In The Making of the American Essay, edited by John D’Agata, 167–95. "
            "Minneapolis: Graywolf Press, 2016.",
        ),
        (
            "conference paper, Russian",
            "Smit, Dzh. Yu. “O pravosudii v YEAES.” In Pravo i ekonomika, edited by A. B. Ivanova and Zh.-P. Sartr, "
            "11–29. M.: MGU, 2015.",
        ),
        (
            "web page of an organisation, read on a day, Russian",
            "Yevraziyskaya ekonomicheskaya komissiya. “Statistika.” Accessed November 2, 2026. https://example.org/stat.",
        ),
        (
            "treaty, English",
            "Treaty on the Eurasian Economic Union, May 29, 2014, https://example.org/EAEU%20Treaty.doc.",
        ),
        ("undated essay, Russian", "“Sblizheniye Rossii i Belarusi.” n.d."),
        ("undated essay, English", "Brown, C. D. “The Drift between Unions.” n.d."),
        ("dated essay without author", "“The Question of Our Policy.” September 19, 2025."),
        ("title that asks", "Lee, A. “Who Rules within the Union?” Forum 1 (2001)."),
        ("conference paper that was not printed", "Lee, Ann. “On Justice.” London, March 2015."),
        (
            "thesis, Russian",
            "Ivanova, Anna Borisovna. “Sud soyuza: dis. ... kand. yurid. nauk.” Thesis, MGU, 2010.",
        ),
        (
            "thesis with an address, English",
            "Lee, Ann. “The Court of the Union.” Thesis, University of Oxford, 2010. https://example.org/thesis.",
        ),
        (
            "report of an organisation",
            "Eurasian Development Bank. Integration Barometer. St Petersburg: EDB, 2017. https://example.org/report.",
        ),
        (
            "article on a page of the web, read on a day",
            "Smith, John A. “On Courts.” Bulletin 3, no. 2 (2021). https://example.org/article.",
        ),
        ("note of the built-in library", "“Organy Yevraziyskogo ekonomicheskogo soyuza.” November 22, 2026."),
    ],
)
def test_chicago(name, expected):
    assert chicago(item(name)) == expected


@pytest.mark.parametrize(
    ("style", "name", "section", "expected"),
    [
        (gost, "treaty, Russian", "Статья 5. Компетенция", "междунар. договор от 29 мая 2014 г. Ст. 5."),
        (gost, "treaty, English", "Article 1.2. Aims", "treaty of 29 May 2014. Art. 1.2. URL: https"),
        (apa, "treaty, English", "Article 5", "Union, art. 5, May 29, 2014, https"),
        (chicago, "treaty, English", "Article 5", "Union, art. 5, May 29, 2014, https"),
    ],
)
def test_an_article_of_a_treaty_is_named(style, name, section, expected):
    assert expected in style(item(name, section))


def test_gost_names_the_page_that_is_meant_instead_of_all_pages():
    assert gost(item("article without DOI, Russian (GOST's example)"), "80").endswith("1992. № 10. С. 80.")
    assert gost(item("book, English (APA's example)"), "80").endswith("Penguin Books, 2017. P. 80.")


@pytest.mark.parametrize(
    ("style", "expected"),
    [(apa, "Vopr. filosofii, (10), 76–86 (p. 80)."), (chicago, "Vopr. filosofii, no. 10 (1992): 76–86 (p. 80).")],
)
def test_in_styles_without_pinpoints_the_page_stands_in_brackets(style, expected):
    assert style(item("article without DOI, Russian (GOST's example)"), "80").endswith(expected)


def test_chicagos_headlines_capitalise_compounds_and_spare_prepositions():
    record = Record(title="Courts within the post-Soviet space", kind="essay", date="2001", authors=("A. Lee",))
    assert chicago(csl_item(record)) == "Lee, A. “Courts within the Post-Soviet Space.” 2001."


def test_addresses_keep_their_full_stops():
    record = Record(title="On courts", kind="web page", url="https://example.org/?.a", date="2001")
    assert "https://example.org/?.a" in gost(csl_item(record))


def test_threads_do_not_disturb_each_other():
    jobs = [(style, item(name)) for name in list(RECORDS)[:6] for style in (gost, apa)] * 2
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda job: job[0](job[1]), jobs))
    assert found == [style(one) for style, one in jobs]
