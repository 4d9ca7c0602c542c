"""Words in quotation marks."""

from collections.abc import Sequence


def quoted(words: Sequence[str], spoken: str) -> str:
    """Words in the quotation marks of the language spoken, "ru" or "en"."""
    return ", ".join(f"«{each}»" if spoken == "ru" else f"“{each}”" for each in words)
