"""Words at places: every character is half as wide as its font is large."""

from corpus.layout.words import Word


def row(text: str, left: float = 50, top: float = 50, size: float = 10, bold: bool = False) -> list[Word]:
    """The words of a line, whose white space has the width of its characters."""
    words = []
    for index, word in enumerate(text.split(" ")):
        start = left + 0.5 * size * (sum(len(w) + 1 for w in text.split(" ")[:index]))
        if word:
            words.append(Word(word, start, top, start + 0.5 * size * len(word), top + size, size, bold))
    return words


def rows(lines: list[str], left: float = 50, top: float = 50, size: float = 10) -> list[Word]:
    """Lines below each other, 12 points apart."""
    return [word for index, line in enumerate(lines) for word in row(line, left, top + 12 * index, size)]


def texts(words: list[Word]) -> list[str]:
    """What the words are."""
    return [word.text for word in words]
