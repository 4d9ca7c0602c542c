from importlib.resources import files

import pytest

from embeddings import terms
from rag.search.glossary import LANGUAGES, Entry, Glossary, expansion, load_glossary, read_entries


@pytest.fixture(scope="module")
def glossary():
    return load_glossary()


@pytest.fixture(scope="module")
def lines():
    return (files("rag.search") / "glossary.tsv").read_text("utf-8").splitlines()


def named(glossary, text):
    return [entry.names["en"][0] for entry in glossary.find(text)]


def test_it_holds_at_least_120_entries(glossary):
    assert len(glossary.entries) >= 120


def test_every_line_has_a_topic_and_names_in_both_languages(lines):
    assert lines[0].split("\t") == ["topic", *LANGUAGES]
    for line in lines[1:]:
        cells = line.split("\t")
        assert len(cells) == 3, line
        assert all(name.strip() for cell in cells for name in cell.split("|")), line


def test_russian_names_are_in_cyrillic_and_english_ones_in_latin_letters(glossary):
    def has(name, low, high):
        return any(low <= letter <= high for letter in name)

    mixed = [n for e in glossary.entries for n in e.names["en"] if has(n, "а", "я") or has(n, "А", "Я")]
    assert mixed == []
    assert [e.names["ru"][0] for e in glossary.entries if not has(e.names["ru"][0], "А", "я")] == []


def test_no_entry_is_there_twice(glossary):
    firsts = [(entry.names["ru"][0], entry.names["en"][0]) for entry in glossary.entries]
    assert len(firsts) == len(set(firsts))


def test_every_name_finds_its_own_entry(glossary):
    lost = [
        f"{name} -> {[other.names['en'][0] for other in glossary.find(name)]}"
        for entry in glossary.entries
        for names in entry.names.values()
        for name in names
        if entry not in glossary.find(name)
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("бюджет Евразийского экономического союза", "Eurasian Economic Union"),
        ("вступили в Евразийский экономический союз", "Eurasian Economic Union"),
        ("Что такое ЕАЭС?", "Eurasian Economic Union"),
        ("the EAEU's budget", "Eurasian Economic Union"),
        ("решением Евразийской экономической комиссии", "Eurasian Economic Commission"),
        ("решение ЕЭК", "Eurasian Economic Commission"),
        ("в Союзном государстве", "Union State"),
        ("Организацией Договора о коллективной безопасности", "Collective Security Treaty Organization"),
        ("членство в Шанхайской организации сотрудничества", "Shanghai Cooperation Organisation"),
        ("Содружеству Независимых Государств", "Commonwealth of Independent States"),
    ],
)
def test_inflected_names_and_acronyms_are_found(glossary, text, name):
    assert name in named(glossary, text)


@pytest.mark.parametrize("country", ["Беларусь", "Казахстан", "Кыргызстан", "Россия", "Армения", "Таджикистан"])
def test_the_countries_of_the_field_are_named(glossary, country):
    assert len(named(glossary, country)) == 1


@pytest.mark.parametrize("form", ["Беларусь", "Беларуси", "Беларусью", "Белоруссии"])
def test_belarus_is_found_in_every_case(glossary, form):
    assert glossary.find(form) == glossary.find("Belarus") != []


SMALL = Glossary(
    [
        Entry("state", {"ru": ("союз",), "en": ("union",)}),
        Entry("state", {"ru": ("союз Беларуси и России", "СБР"), "en": ("Union of Belarus and Russia",)}),
        Entry("state", {"ru": ("Россия",), "en": ("Russia",)}),
    ]
)


def test_of_overlapping_names_the_longest_is_found():
    assert named(SMALL, "Союза Беларуси и России с 1997 года") == ["Union of Belarus and Russia"]


def test_entries_come_in_the_order_of_the_text_and_once():
    assert named(SMALL, "Россия, союз, Россией, союзу") == ["Russia", "union"]


def test_a_name_expands_to_the_stems_of_the_other_language():
    assert expansion(SMALL.find("СБР"), "en") == ["union", "belarus", "russia"]


def test_text_without_names_expands_to_nothing():
    assert expansion(SMALL.find("the price of bread"), "ru") == []
    assert SMALL.find("") == []


def test_entries_are_read_from_tab_separated_lines():
    lines = ["body\tсуд | Суд ЕАЭС\tCourt\n"]
    assert list(read_entries(lines)) == [Entry("body", {"ru": ("суд", "Суд ЕАЭС"), "en": ("Court",)})]


def test_mentions_tell_where_in_the_text_the_names_stand(glossary):
    text = "Суд ЕАЭС находится в Минске, а ЕАЭС шире."
    found = [text[mention.start : mention.end] for mention in glossary.mentions(text)]
    assert found == ["Суд ЕАЭС", "находится", "Минске", "ЕАЭС"]


@pytest.fixture(scope="module")
def small():
    names = [Entry("organisation", {"ru": ("Совет Европы", "СЕ"), "en": ("Council of Europe", "CoE")})]
    words = [
        Entry("word", {"ru": ("совет",), "en": ("advice",)}),
        Entry("word", {"ru": ("платить", "платит"), "en": ("pay", "paid")}),
    ]
    return Glossary(names, words)


@pytest.mark.parametrize(
    ("text", "language", "gloss"),
    [
        ("Кто платит Совету Европы?", "en", "Кто pay Council of Europe?"),
        ("Чей это совет?", "en", "Чей это advice?"),
        ("Who paid the CoE?", "ru", "Who платить the Совет Европы?"),
        ("Who was it?", "ru", "Who was it?"),
    ],
)
def test_a_gloss_has_the_usual_names_and_words_of_the_other_language(small, text, language, gloss):
    assert small.gloss(text, language) == gloss


def test_words_of_the_common_language_are_no_names(small):
    assert small.find("Чей это совет?") == []


@pytest.fixture(scope="module")
def words():
    lines = (files("rag.search") / "words.tsv").read_text("utf-8").splitlines()
    return [[cell.split(" | ") for cell in line.split("\t")] for line in lines]


def test_words_have_forms_in_both_languages(words):
    assert words[0] == [[code] for code in LANGUAGES]
    assert [
        line for line in words if len(line) != len(LANGUAGES) or not all(terms(f) for cell in line for f in cell)
    ] == []


def test_every_russian_form_of_a_word_is_glossed_by_its_own_english_one(words, glossary):
    other = [
        f"{form} -> {found}, not {english[0]}"
        for russian, english in words[1:]
        for form in russian
        if english[0] not in (found := glossary.gloss(form, "en"))
    ]
    assert other == []


@pytest.mark.parametrize("language", ["uk", "und", ""])
def test_a_language_without_names_glosses_nothing(glossary, language):
    assert glossary.gloss("Суд ЕАЭС", language) == "Суд ЕАЭС"
