import pytest

from rag.bibliography.names import initials, parse_name


@pytest.mark.parametrize(
    "name",
    [
        "Иванова А. Б.",
        "Иванова А.Б.",
        "А. Б. Иванова",
        "А.Б. Иванова",
        "А.Б.Иванова",
        "Иванова, А. Б.",
        "Иванова, А.Б.",
    ],
)
def test_initials_are_told_from_the_family_name_wherever_they_stand(name):
    assert parse_name(name) == {"family": "Иванова", "given": "А. Б."}


@pytest.mark.parametrize(
    ("name", "family", "given"),
    [
        ("Бахлова О.В.", "Бахлова", "О. В."),
        ("Olga V. Bakhlova", "Bakhlova", "Olga V."),
        ("Bakhlova, Olga V.", "Bakhlova", "Olga V."),
        ("Бахлова Ольга Владимировна", "Бахлова", "Ольга Владимировна"),
        ("Ольга Владимировна Бахлова", "Бахлова", "Ольга Владимировна"),
        ("Кузнецова Мария Ильинична", "Кузнецова", "Мария Ильинична"),
        ("Иван Петров", "Петров", "Иван"),
        ("Петрова Ирина", "Петрова", "Ирина"),
        ("Ирина Петрова", "Петрова", "Ирина"),
        ("Роман Абрамович", "Абрамович", "Роман"),
        ("Ernst B. Haas", "Haas", "Ernst B."),
        ("Henry David Thoreau", "Thoreau", "Henry David"),
        ("Ludwig von Mises", "von Mises", "Ludwig"),
        ("Karl W. Deutsch Jr.", "Deutsch Jr.", "Karl W."),
        ("Дж. Ю. Смит", "Смит", "Дж. Ю."),
        ("Сартр Ж.-П.", "Сартр", "Ж.-П."),
        ("Петров-Водкин К.С.", "Петров-Водкин", "К. С."),
    ],
)
def test_a_person_has_a_family_name_and_given_names(name, family, given):
    assert parse_name(name) == {"family": family, "given": given}


@pytest.mark.parametrize(
    "name",
    [
        "Евразийская экономическая комиссия",
        "Суд Евразийского экономического союза",
        "Совет Федерации",
        "World Bank",
        "U.S. Department of State",
        "Institute of Economics, RAS",
        "ЕЭК",
        "ООО «Право»",
        "Plato",
    ],
)
def test_an_organisation_or_a_single_name_stays_whole(name):
    assert parse_name(name) == {"literal": name}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Ольга Владимировна", "О. В."),
        ("Olga V.", "O. V."),
        ("Jean-Paul", "J.-P."),
        ("Дж. Ю.", "Дж. Ю."),
        ("Али оглы", "А. оглы"),
        ("", ""),
    ],
)
def test_given_names_become_initials(given, expected):
    assert initials(given) == expected


@pytest.mark.parametrize(("given", "expected"), [("-", ""), ("Анна- -Мария", "А. М."), ("А.-", "А.")])
def test_a_hyphen_that_joins_nothing_has_no_initial(given, expected):
    assert initials(given).split() == expected.split()
