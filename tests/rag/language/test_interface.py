import pytest

from rag.language.interface import ui_language


@pytest.mark.parametrize("language", ["ru", "be", "uk", "kk", "ky", "hy", "az", "uz", "tg"])
def test_readers_of_the_languages_of_the_cis_are_spoken_to_in_russian(language):
    assert ui_language(language) == "ru"


@pytest.mark.parametrize("language", ["en", "de", "fr", "tr", "zh", "ka", "ro", "sr", "und", "", "tlh"])
def test_all_others_known_or_not_in_english(language):
    assert ui_language(language) == "en"
