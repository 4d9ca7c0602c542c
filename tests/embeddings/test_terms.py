import pytest

from embeddings import terms, tokens

NAMES = [
    "Казахстан Казахстана Казахстану Казахстаном Казахстане",
    "Беларусь Беларуси Беларусью",
    "Россия России Россией Россию",
    "Армения Армении Арменией Армению",
    "союз союза союзу союзом союзе союзы союзов союзами союзах",
    "государство государства государству государством государств",
    "комиссия комиссии комиссией комиссию комиссий",
    "договор договора договору договором договоре договоры договоров",
    "интеграция интеграции интеграцией интеграцию",
    "пошлина пошлины пошлину пошлиной пошлин",
]


@pytest.mark.parametrize("forms", NAMES, ids=lambda forms: forms.split()[0])
def test_russian_inflections_have_one_term(forms):
    assert len(set(terms(forms))) == 1


@pytest.mark.parametrize("forms", ["union unions union's", "treaty treaties", "integrate integrated integrating"])
def test_english_inflections_have_one_term(forms):
    assert len(set(terms(forms))) == 1


def test_different_words_keep_different_terms():
    assert len(set(terms("Казахстан Кыргызстан союз суд court union"))) == 6


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("учёт", "учет"),
        ("СЪЕЗД", "съезд"),
        ("The Сhanging", "the changing"),  # a Cyrillic Es
        ("UDК", "UDK"),  # a Cyrillic Ka
        ("Eurasian\u00a0Union", "Eurasian Union"),
        ("инте\u00adграция", "интеграция"),
        ("инте-\nграция", "интеграция"),
        ("ﬁsh", "fish"),
    ],
)
def test_what_a_reader_sees_as_the_same_has_the_same_terms(one, other):
    assert terms(one) == terms(other) != []


def test_stop_words_of_both_languages_are_left_out():
    assert terms("что и как это было в the of and which") == []


def test_terms_keep_order_and_repetition():
    assert terms("court union court") == ["court", "union", "court"]


@pytest.mark.parametrize("number", ["2014", "3.5", "30-60", "1,000", "29/05"])
def test_numbers_stay_whole(number):
    assert terms(f"on {number}.") == [number]


def test_the_script_chooses_the_stemmer_whatever_the_language_of_the_passage():
    assert terms("unions союзами", "ru") == terms("unions союзами", "en")


def test_a_further_language_uses_its_own_stemmer():
    assert terms("Verträge", "de") != terms("Verträge", "en")


@pytest.mark.parametrize("text", ["", " \n", "—«»…", "\0", "\ud800"])
def test_text_without_words_has_no_terms(text):
    assert terms(text) == []


def test_tokens_stand_where_they_say():
    text = "ЕАЭС\u00a0(EAEU), ст. 12.3 — Union's"
    assert [word for word, _, _ in tokens(text)] == ["ЕАЭС", "EAEU", "ст", "12.3", "Union's"]
    assert all(text[start:end] == word for word, start, end in tokens(text))
