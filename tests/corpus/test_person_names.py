import pytest

from corpus.person_names import author_line, forms_of, same_person


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("И. И. Иванов, П.П. Петров", ("И. И. Иванов", "П.П. Петров")),
        ("Иванов И.И.¹, Петров П. П.2*", ("Иванов И.И.", "Петров П. П.")),
        ("Smith, J. A., Doe, B.", ("Smith J. A.", "Doe B.")),
        ("Smith JA, Круковец ВЯ", ("Smith JA", "Круковец ВЯ")),
        ("Айгүл Нұрланқызы Сейітова1,2", ("Айгүл Нұрланқызы Сейітова",)),
        ("О. В. Бахлова (ORCID: 0000-0002-1234-5678), А. Н. Слугина", ("О. В. Бахлова", "А. Н. Слугина")),
        ("By Hovik T. Manasaryants", ("Hovik T. Manasaryants",)),
        ("В. Я. КРУКОВЕЦ 1), Т. С. ШИДЛОВИЧ-ЛОСЬ 2)", ("В. Я. Круковец", "Т. С. Шидлович-Лось")),
        ("Абрамович Р. А.; Ли Ю.", ("Абрамович Р. А.", "Ли Ю.")),
        ("Иванов И.И.¹ Петров П.П.²", ("Иванов И.И.", "Петров П.П.")),
        ("Л. Г. Иванова iD a, А. В. Петров iD b", ("Л. Г. Иванова", "А. В. Петров")),
        ("Асанов уулу Бекзат¹, Алиев Ильхам Гейдар оглы²", ("Асанов уулу Бекзат", "Алиев Ильхам Гейдар оглы")),
        ("к.э.н., доцент Иванов И.И., д-р экон. наук, проф. П. П. Петров", ("Иванов И.И.", "П. П. Петров")),
        ("Authors: M. Smith, J. Doe (team leader)", ("M. Smith", "J. Doe")),
        ("by Ann Lee and Bo Ek | June 2021", ("Ann Lee", "Bo Ek")),
    ],
)
def test_a_line_of_names_is_sure_and_holds_nothing_else(line, names):
    found = author_line(line)
    assert (found.names, found.sure, found.rest) == (names, True, False)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("John Smith and Jane van der Berg", ("John Smith", "Jane van der Berg")),
        ("Wei-Ling Zhaoyang1 · Markus von und zu Hohenfelsen2", ("Wei-Ling Zhaoyang", "Markus von und zu Hohenfelsen")),
        ("Aibek Zhumagazin-uulu 1,†, Ouyang Ruoxian 2", ("Aibek Zhumagazin-uulu", "Ouyang Ruoxian")),
        ("Anna V. Petrova anna@example.org", ("Anna V. Petrova",)),
        ("Belgrade, August 28, 2000", ("Belgrade, August",)),
        ("Prof. Dr. Ann Lee, Bo Ek, PhD", ("Ann Lee", "Bo Ek")),
    ],
)
def test_words_that_may_be_something_else_are_not_sure(line, names):
    found = author_line(line)
    assert (found.names, found.sure) == (names, False)


def test_what_follows_the_names_is_told():
    found = author_line("Иванов Иван Иванович, кандидат политических наук, доцент")
    assert (found.names, found.rest) == (("Иванов Иван Иванович",), True)
    found = author_line("Иванов Иван Иванович — доктор наук")
    assert (found.names, found.rest) == (("Иванов Иван Иванович",), True)


def test_names_among_degrees_are_all_found():
    assert author_line("Иванов И. И., к. э. н., Петров П. П., доцент").names == ("Иванов И. И.", "Петров П. П.")


@pytest.mark.parametrize(
    "line",
    ["Eurasian Economic Union", "Рынок труда ЕАЭС", "Россия и Китай", "The union was founded", "2021", "", "¹ *"],
)
def test_other_lines_name_nobody(line):
    assert author_line(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "LETTERS FROM THE ROAD",
        "(НА ПРИМЕРЕ ЗАУРАЛЬЯ)",
        "Рецензент Иванов И. И.",
        "Л. Н. Гумилев атындағы университет",
    ],
)
def test_titles_roles_and_institutions_named_after_persons_name_nobody(line):
    assert author_line(line) is None


@pytest.mark.parametrize("name", ["Кунцевич Михаил Аркадьевич", "Theodor R. Baskin", "Le Duc Anh", "М. П. Школьников"])
def test_names_may_look_like_other_words(name):
    assert author_line(name).names == (name,)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("И. И. Иванов", "Иванов Иван Ильич", True),
        ("И. И. Иванов", "И. И. Иванова", False),
        ("И. И. Иванов", "П. И. Иванов", False),
        ("И. Иванов", "Иванов Иван Ильич", True),
    ],
)
def test_a_person_is_the_same_with_initials_and_in_full(one, other, expected):
    assert same_person(one, other) is expected


def test_forms_in_two_scripts_are_joined_whatever_their_order():
    authors, others = ("Иванов И. И.", "Ёлкина Ю. А."), ("Yu. A. Elkina", "Ivanov Ivan I.")
    assert forms_of(authors, others) == {"Иванов И. И.": "Ivanov Ivan I.", "Ёлкина Ю. А.": "Yu. A. Elkina"}


def test_initials_are_joined_to_full_names_and_the_nearer_one_is_taken():
    forms = forms_of(("Петрова П. П.", "Петрова А. П."), ("Anna Petrova", "Polina Petrova"))
    assert forms == {"Петрова П. П.": "Polina Petrova", "Петрова А. П.": "Anna Petrova"}


def test_names_that_are_not_alike_are_not_joined():
    assert forms_of(("Иван Петров", "Ли Ю."), ("Ivan Sidorov", "Smith J.")) == {}
