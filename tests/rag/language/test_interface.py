import pytest

from rag.language.interface import ui_language


@pytest.mark.parametrize(
    ("language", "spoken"),
    [("ru", "ru"), ("uk", "ru"), ("be", "ru"), ("kk", "ru"), ("ky", "ru"), ("en", "en"), ("de", "en")],
)
def test_a_reader_is_spoken_to_in_russian_or_english(language, spoken):
    assert ui_language(language) == spoken
