import pytest

from corpus.imprint import citation, find_doi, imprint


@pytest.mark.parametrize(
    ("line", "journal", "year", "volume", "issue", "pages"),
    [
        ("Вестник МГИМО-Университета. 2020. 13(4). С. 7–25", "Вестник МГИМО-Университета", "2020", "13", "4", "7-25"),
        ("Евразийская интеграция: право. 2021. № 2 (36)", "Евразийская интеграция: право", "2021", None, "2", None),
        ("ISSN 2413-1407 (Print) Регионология. Том 30, № 1. 2022", "Регионология", "2022", "30", "1", None),
        ("Europe-Asia Studies, 2020, Vol. 72, No. 5, 815–838", "Europe-Asia Studies", "2020", "72", "5", "815-838"),
        ("Journal of Steppes 9 (2018) 112–125", "Journal of Steppes", "2018", "9", None, "112-125"),
        ("Transport Geography (2021) 14:233–251", "Transport Geography", "2021", "14", None, "233-251"),
        ("Сборник материалов. Минск, 2018", "Сборник материалов", "2018", None, None, None),
        ("Energy Transit in the Caspian Region, 1996–2016", None, None, None, None, None),
    ],
)
def test_a_line_of_a_journal_is_taken_apart(line, journal, year, volume, issue, pages):
    wanted = {"journal": journal, "year": year, "volume": volume, "issue": issue, "pages": pages}
    assert imprint(line) == {name: value for name, value in wanted.items() if value}


@pytest.mark.parametrize(
    ("line", "authors", "title", "journal"),
    [
        (
            "To cite this article: John Smith & Jane Doe (2020) The Union, Europe-Asia Studies, 72:5, 815-838",
            ("John Smith", "Jane Doe"),
            "The Union",
            "Europe-Asia Studies",
        ),
        (
            "How to cite: Smith, J. A., & Doe, B. (2020). The Union. Steppe Studies, 11(2), 120–133. doi:10.1177/18",
            ("Smith J. A.", "Doe B."),
            "The Union",
            "Steppe Studies",
        ),
        (
            "Citation: Ivanov, Ivan. 2020. “The Union and Its Borders.” Problems of Borders 67 (3): 45–67.",
            ("Ivanov, Ivan",),
            "The Union and Its Borders",
            "Problems of Borders",
        ),
        (
            "Для цитирования: Иванов И.И. Рынок труда. Вестник РУДН. Серия: Политология. 2019. Т. 19. № 4. С. 5–9.",
            ("Иванов И.И.",),
            "Рынок труда",
            "Вестник РУДН. Серия: Политология",
        ),
    ],
)
def test_references_of_many_styles_are_read(line, authors, title, journal):
    found = citation(line, ["The Union"])
    assert (found.authors, found.title, found.fields["journal"]) == (authors, title, journal)


def test_a_reference_that_leaves_authors_out_says_so():
    found = citation("Для цитирования: Иванов И.И., Ли Ю. и др. Рынок труда // Вестник. 2019. № 4. С. 5–9.")
    assert (found.authors, found.title, found.more_authors) == (("Иванов И.И.", "Ли Ю."), "Рынок труда", True)


def test_the_title_on_the_page_tells_where_the_journal_begins():
    line = "Для цитирования: Ли Ю. Граница. Очерки. Вестник. Право. 2020. № 1. С. 5–9."
    assert citation(line).fields["journal"] == "Право"
    assert citation(line, ["ГРАНИЦА. ОЧЕРКИ"]).fields["journal"] == "Вестник. Право"


def test_authors_are_all_whom_the_reference_states_behind_the_title():
    place = "Вестник. – 2020. – № 1. – С. 5–9."
    line = f"Для цитирования: Ли, Ю. А. Граница / Ю. А. Ли, И. И. Иванов. – DOI 10.5555/x // {place}"
    found = citation(line)
    assert (found.authors, found.title) == (("Ю. А. Ли", "И. И. Иванов"), "Граница")
    assert (found.fields["journal"], found.fields["pages"], found.fields["doi"]) == ("Вестник", "5-9", "10.5555/x")


def test_what_stands_before_the_title_on_the_page_is_authors():
    line = "Cite as: Wei Zhang, Le Duc Anh (2020). The Road to the Union. Roads, 1(2), 5–9."
    assert citation(line, ["The Road to the Union"]).authors == ("Wei Zhang", "Le Duc Anh")


@pytest.mark.parametrize("line", ["For citation: see the site of the journal, please.", "Ivanov I. I. Union. 2020."])
def test_what_is_no_reference_gives_nothing(line):
    assert citation(line) is None


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("doi: https://doi.org/10.1016/S0140-6736(05)67877-4.", "10.1016/S0140-6736(05)67877-4"),
        ("(DOI 10.5555/x-1)", "10.5555/x-1"),
        ("10.5 per cent", None),
    ],
)
def test_a_doi_ends_before_marks(text, doi):
    assert find_doi(text) == doi
