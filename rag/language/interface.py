"""The languages that readers are spoken to in."""

from corpus.languages import LANGUAGES


def ui_language(language: str) -> str:
    """The language that a reader of this one is spoken to in: "ru" or "en".

    Russian where most readers of the language read it, as in the CIS; English of every other, known or not.
    """
    return "ru" if language in LANGUAGES and LANGUAGES[language].russian_read else "en"
