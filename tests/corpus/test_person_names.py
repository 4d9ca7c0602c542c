import pytest

from corpus.person_names import author_line, forms_of


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
    ],
)
def test_words_that_may_be_something_else_are_not_sure(line, names):
    found = author_line(line)
    assert (found.names, found.sure) == (names, False)


def test_what_follows_the_names_is_told():
    found = author_line("Иванов Иван Иванович, кандидат политических наук, доцент")
    assert (found.names, found.rest) == (("Иванов Иван Иванович",), True)


def test_names_among_degrees_are_all_found():
    assert author_line("Иванов И. И., к. э. н., Петров П. П., доцент").names == ("Иванов И. И.", "Петров П. П.")


@pytest.mark.parametrize(
    "line",
    ["Eurasian Economic Union", "Рынок труда ЕАЭС", "Россия и Китай", "The union was founded", "2021", "", "¹ *"],
)
def test_other_lines_name_nobody(line):
    assert author_line(line) is None


def test_forms_in_two_scripts_are_joined_whatever_their_order():
    authors, others = ("Иванов И. И.", "Ёлкина Ю. А."), ("Yu. A. Elkina", "Ivanov Ivan I.")
    assert forms_of(authors, others) == {"Иванов И. И.": "Ivanov Ivan I.", "Ёлкина Ю. А.": "Yu. A. Elkina"}


def test_initials_are_joined_to_full_names_and_the_nearer_one_is_taken():
    forms = forms_of(("Петрова П. П.", "Петрова А. П."), ("Anna Petrova", "Polina Petrova"))
    assert forms == {"Петрова П. П.": "Polina Petrova", "Петрова А. П.": "Anna Petrova"}


def test_names_that_are_not_alike_are_not_joined():
    assert forms_of(("Иван Петров", "Ли Ю."), ("Ivan Sidorov", "Smith J.")) == {}
