import pytest

from corpus.languages import language_code, language_of

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
        ("中文", None),
    ],
)
def test_the_language_is_found(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize(("text", "language"), [(_UKRAINIAN[:60], "ru"), (_GERMAN[:60], "en")])
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
