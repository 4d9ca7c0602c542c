import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import languages
from corpus.languages import LANGUAGES, is_cyrillic, language_code, language_of, script_of

DATA = Path(__file__).parents[1] / "data"


def read(name):
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


PASSAGES = read("language_passages.jsonl")
MADE = [*PASSAGES, *read("languages.jsonl")]

_ENGLISH = (
    "The Eurasian Economic Union was established by a treaty that was signed in Astana by the presidents "
    "of three countries, and since then two more have joined it, while others became observers to it."
)
_RUSSIAN = (
    "Евразийский экономический союз был учреждён договором, который подписали в Астане президенты трёх стран, "
    "а позднее к нему присоединились ещё две страны, тогда как другие получили статус наблюдателей при союзе."
)
_UKRAINIAN = (
    "Угода про вільну торгівлю між Україною та Республікою Білорусь була підписана урядами обох держав, які "
    "прагнули розвивати взаємовигідне співробітництво й усунути перешкоди у торгівлі між своїми країнами."
)
_GERMAN = (
    "Die Eurasische Wirtschaftsunion wurde durch einen Vertrag gegründet, den die Präsidenten von drei Ländern in "
    "Astana unterzeichneten, und seitdem sind noch zwei weitere Staaten der Union beigetreten."
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Share", "en"),
        ("Далее", "ru"),
        (_ENGLISH, "en"),
        (_RUSSIAN, "ru"),
        (_UKRAINIAN, "uk"),
        (_GERMAN, "de"),
        ("", None),
        ("2014: 5,3 % — 10.", None),
        ("中文", "zh"),
    ],
)
def test_the_language_is_found(text, language):
    assert language_of(text) == language


def right(texts, code):
    return sum(language_of(text) == code for text in texts) / len(texts)


@pytest.mark.parametrize("code", sorted({made["language"] for made in PASSAGES}))
def test_of_forty_passages_of_a_language_at_least_95_of_100_are_labelled_as_what_they_are(code):
    own = [made["text"] for made in PASSAGES if made["language"] == code]
    assert len(own) >= 40
    assert code == "zh" or min(map(len, own)) >= 200
    assert right(own, code) >= 0.95


@pytest.mark.parametrize("code", ["uz", "sr"])
def test_a_language_of_two_scripts_is_told_in_both(code):
    for script in LANGUAGES[code].scripts:
        own = [made["text"] for made in MADE if made["language"] == code and script_of(made["text"]) == script]
        assert len(own) >= 20
        assert right(own, code) >= 0.95


@pytest.mark.parametrize("code", sorted({made["language"] for made in MADE}))
def test_the_first_60_characters_tell_a_language_too(code):
    assert right([made["text"][:60] for made in MADE if made["language"] == code], code) >= 0.9


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Мемлекеттер арасындағы шарттың он екінші бабы", "kk"),
        ("Рішення суду є обов'язковими для всіх сторін", "uk"),
        ("Суддзі прызначаюцца тэрмінам на дзевяць гадоў", "be"),
        ("Üye ülkeler arasındaki ticaret anlaşması", "tr"),
        ("Դատարանի որոշումները", "hy"),
        ("სასამართლოს გადაწყვეტილებები", "ka"),
        ("유라시아 경제 연합", "ko"),
        ("ユーラシア経済連合の設立", "ja"),
    ],
)
def test_a_short_text_is_told_by_letters_of_its_own(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    ["The émigré school", "Нурсултан Назарбаев и Ислам Каримов", "Orbán and Erdoğan met", "A port in Türkmenbaşy"],
)
def test_foreign_names_do_not_make_a_short_text_foreign(text):
    assert language_of(text) in ("en", "ru")


@pytest.mark.parametrize(
    "text",
    [
        "url: https://eec.eaeunion.org/en/news/strany-evraziyskoy-pyaterki-sblizhayut-pozitsii-po-sozdaniyu",
        "see www.example.org/soglashenie-o-zone-svobodnoy-torgovli-mezhdu-eaes-i-vietnamom",
    ],
)
def test_an_address_is_in_no_language(text):
    assert language_of(text) == "en"


def test_a_text_that_is_an_address_has_no_language():
    assert language_of("https://example.org/soglashenie-o-zone-svobodnoy-torgovli") is None
    assert language_of("请访问https://example.org/soglashenie了解详情") == "zh"


def test_front_matter_of_two_scripts_tells_nothing_more_than_its_script():
    mixed = "title: Теории интеграции language ru kind note date sources url " * 4
    assert language_of(mixed) == "en"


def test_no_two_languages_share_a_code_or_a_name():
    for names in ("english", "russian"):
        assert len({getattr(language, names) for language in LANGUAGES.values()}) == len(LANGUAGES)
    assert all(language_code(code) == own.code for own in LANGUAGES.values() for code in own.codes)
    assert all(language_code(own.russian) == own.code == language_code(own.english) for own in LANGUAGES.values())


@pytest.mark.parametrize(
    ("code", "expected"), [("ru", True), ("kk", True), ("uz", False), ("en", False), ("xx", False)]
)
def test_the_usual_script_of_a_language_is_known(code, expected):
    assert is_cyrillic(code) is expected


@pytest.mark.parametrize(("text", "language"), [("Одлуке суда су", "ru"), (_GERMAN[:20], "en")])
def test_a_short_text_counts_as_the_usual_language_of_its_script(text, language):
    assert language_of(text) == language


def test_the_script_with_more_letters_decides():
    assert language_of("Договор о ЕАЭС (EAEU Treaty)") == "ru"
    assert language_of("The Treaty on the EAEU (ЕАЭС)") == "en"


@pytest.mark.parametrize(
    ("name", "code"),
    [("ru", "ru"), ("en-GB", "en"), ("RU_ru", "ru"), ("eng", "en"), ("Русский", "ru"), ("Klingon", None), ("", None)],
)
def test_a_language_is_known_by_tag_code_or_name(name, code):
    assert language_code(name) == code


def test_letters_of_a_language_are_of_its_scripts_and_none_of_the_usual_one_s():
    for language in LANGUAGES.values():
        assert all(script_of(letter) in language.scripts for letter in language.letters)
        assert language.letters == language.letters.lower()
    assert LANGUAGES["ru"].letters == LANGUAGES["en"].letters == ""


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_has_a_known_language_or_none(text):
    assert language_of(text) in {None, *LANGUAGES}


@pytest.mark.parametrize("unit", ["a", "ў", "ў ", "http://", "www.", "ə 中", "' ", "\n", "ա", "é-", "."])
def test_however_long_a_text_is_its_beginning_tells(unit):
    assert language_of(unit * 100_000) == language_of(unit * 4_000)


def test_one_model_is_loaded_whatever_the_letters():
    for own in LANGUAGES.values():
        language_of(f"{own.letters} {own.letters}")
    assert languages._identifier.cache_info().currsize == 1
