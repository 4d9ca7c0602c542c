"""The languages that readers are spoken to in."""


def ui_language(language: str) -> str:
    """The language that a reader of this one is spoken to in: "ru" or "en"."""
    return "ru" if language in ("ru", "uk", "be", "kk", "ky") else "en"
