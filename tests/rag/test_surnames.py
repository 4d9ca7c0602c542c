import pytest

from rag.surnames import beside_initials, capitalised, is_among


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Путиным", "Putin"),
        ("Соловьёва", "Solov'ev"),
        ("Соловьеву", "Solovyov"),
        ("Катровского", "Katrovsky"),
        ("Катровского", "Katrovskii"),
        ("Бахловой", "Bakhlova"),
        ("Щербака", "Shcherbak"),
        ("Марплс", "Marples"),
        ("Бахлову", "Бахлова"),
        ("Пак", "Pak"),
    ],
)
def test_a_surname_is_known_in_the_other_script_and_when_declined(name, other):
    assert is_among(name, ["Ivanov", other])
    assert is_among(other, [name])


@pytest.mark.parametrize(
    ("name", "other"), [("Марин", "Martin"), ("Путин", "Putnam"), ("Путин", "Putilov"), ("Marples", "Marpelis")]
)
def test_surnames_that_only_look_alike_are_of_others(name, other):
    assert not is_among(name, [other])


def test_nothing_is_among_no_names():
    assert not is_among("Putin", [])


def test_words_with_a_capital_may_be_names():
    assert capitalised("What did O'Neill and Д. Ёлкин write on Solov'ev in 2019?") == [
        "What",
        "O'Neill",
        "Ёлкин",
        "Solov'ev",
    ]


@pytest.mark.parametrize(
    ("entry", "names"),
    [
        ("21. Orlova А.I., Belov S.R. Mutual Relations of the Region. Polis. 2019", ["Orlova", "Belov"]),
        ("O. V. Orlova, A. N. Belov. On Borders", ["Orlova", "Belov"]),
        ("Orlova, O. Borders of Europe", ["Orlova"]),
        ("Borders of Europe. Minsk: Nauka, 2019", []),
    ],
)
def test_authors_of_an_entry_stand_beside_initials(entry, names):
    assert beside_initials(entry) == names
