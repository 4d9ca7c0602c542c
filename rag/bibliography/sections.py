"""The section of a document that someone names, above all the article of a treaty."""

from bisect import bisect
from collections.abc import Sequence
from difflib import get_close_matches

from corpus import Document
from rag.bibliography.csl_items import article_number
from rag.errors import UnknownSection

_NAMED = 3


def find_section(document: Document, name: str) -> str:
    """The section of this name in any case, or the article of this number in either language («статья 5»).

    Raises `UnknownSection`, which names those that come nearest.
    """
    wanted, number = name.strip().casefold(), article_number(name.strip())
    same = [label for label in document.sections if label.casefold() == wanted]
    same += [label for label in document.sections if number and article_number(label) == number]
    if same:
        return same[0]
    near = _near(document.sections, name, number)
    there = f"the nearest are {'; '.join(near)}" if near else "it has none"
    raise UnknownSection(f"{document.source} has no section '{name}'; {there}")


def _near(sections: Sequence[str], name: str, number: str | None) -> list[str]:
    """The articles beside the number, else the sections of a similar name, else the first ones."""
    articles = {article: label for label in sections if (article := article_number(label))}
    if number and articles:
        ordered = sorted(articles, key=_order)
        place = bisect(ordered, _order(number), key=_order)
        return [articles[article] for article in ordered[max(place - 2, 0) : place + 1]]
    return get_close_matches(name, sections, _NAMED) or list(sections[:_NAMED])


def _order(number: str) -> list[int]:
    return [int(part) for part in number.replace("-", ".").split(".")]
