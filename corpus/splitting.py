"""Documents into passages: by section and language first, then by sentences, under two limits.

Passages are a function of (text, record, splitter settings) and of the token counter, which the
caller hands in, so that no encoder is known here.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from corpus.normalisation import fold
from corpus.records import Block, Document, Passage, pages_between, passage_id
from corpus.sentences import sentence_spans

TokenCounter = Callable[[str], int]

#: Raise when passages of the same text and settings would come out otherwise than before.
SPLITTER_VERSION = 1

_CONTEXT_CHARACTERS = 240
_NOT_SPACE = re.compile(r"\S")


@dataclass(frozen=True, slots=True)
class SplitterSettings:
    """Limits of one passage: characters of its text, tokens of what is embedded."""

    max_chars: int = 2500
    max_tokens: int = 500


def split(document: Document, settings: SplitterSettings, count_tokens: TokenCounter) -> list[Passage]:
    """The passages of a document in order; together they cover all but boilerplate.

    A document whose body fits stays whole, a passage for each language. Otherwise a passage ends
    where its section ends. No sentence is cut unless it alone exceeds a limit.
    """
    fits = _Limits(document, settings, count_tokens)
    passages = []
    for group in _groups(document, fits):
        for start, end in _pack(document.text, group, fits):
            passages.append(_passage(document, group[0], start, end, fits))
    return passages


class _Limits:
    """Whether a stretch of a document fits into one passage."""

    def __init__(self, document: Document, settings: SplitterSettings, count_tokens: TokenCounter) -> None:
        self.text, self.settings, self.count_tokens = document.text, settings, count_tokens
        self.document = document
        self._contexts: dict[str | None, str] = {}

    def embedded(self, section: str | None, text: str) -> str:
        """What an encoder gets for a passage: its context, then the text folded for matching."""
        context, body = self._context(section), fold(text)
        return f"{context}\n{body}" if context else body

    def _context(self, section: str | None) -> str:
        """Title and section, or the section alone, or nothing: what takes at most half of the tokens."""
        if section not in self._contexts:
            choices = (context_of(self.document, section), fold(section or "")[:_CONTEXT_CHARACTERS])
            half = self.settings.max_tokens // 2
            self._contexts[section] = next((c for c in choices if c and self.count_tokens(c) <= half), "")
        return self._contexts[section]

    def __call__(self, start: int, end: int, section: str | None) -> bool:
        if end - start > self.settings.max_chars:
            return False
        return self.count_tokens(self.embedded(section, self.text[start:end])) <= self.settings.max_tokens


def _groups(document: Document, fits: _Limits) -> Iterator[list[Block]]:
    """Runs of neighbouring blocks that may share a passage; boilerplate always comes between."""
    whole = _fits_whole(document.blocks, fits)
    group: list[Block] = []
    for block in document.blocks:
        if block.part == "heading":
            continue
        if group and not _may_join(group[-1], block, whole):
            yield group
            group = []
        if block.part != "boilerplate":
            group.append(block)
    if group:
        yield group


def _fits_whole(blocks: Sequence[Block], fits: _Limits) -> bool:
    body = [block for block in blocks if block.part == "body"]
    runs = [[b for b in body if b.language == language] for language in {b.language for b in body}]
    return all(fits(run[0].start, run[-1].end, run[0].section) for run in runs)


def _may_join(previous: Block, block: Block, whole: bool) -> bool:
    if block.part != previous.part or block.language != previous.language or block.part == "reference":
        return False
    if block.part == "front matter":
        return False
    return whole or block.section == previous.section


def _pack(text: str, group: Sequence[Block], fits: _Limits) -> Iterator[tuple[int, int]]:
    """The stretches of a group: as many whole sentences each as fit, split evenly."""
    section = group[0].section
    if fits(group[0].start, group[-1].end, section):
        yield group[0].start, group[-1].end
        return
    units = [unit for block in group for unit in _units(text, block, fits)]
    first = 0
    while first < len(units):
        last = _last_that_fits(units, first, section, fits)
        yield units[first][0], units[last][1]
        first = last + 1


def _last_that_fits(units: Sequence[tuple[int, int]], first: int, section: str | None, fits: _Limits) -> int:
    """The last unit that still fits beside the first; the longer a stretch, the less it fits."""
    step, last = 1, first
    while last + step < len(units) and fits(units[first][0], units[last + step][1], section):
        last, step = last + step, step * 2
    beyond = min(last + step, len(units))
    return last + bisect_left(
        range(last + 1, beyond), True, key=lambda n: not fits(units[first][0], units[n][1], section)
    )


def _units(text: str, block: Block, fits: _Limits) -> Iterator[tuple[int, int]]:
    """Whole paragraphs where they fit, else sentences, else pieces of a sentence at its spaces."""
    if fits(block.start, block.end, block.section):
        yield block.start, block.end
        return
    for a, b in sentence_spans(text[block.start : block.end], block.language):
        yield from _cut(text, block.start + a, block.start + b, block.section, fits)


def _cut(text: str, start: int, end: int, section: str | None, fits: _Limits) -> Iterator[tuple[int, int]]:
    while end - start > 1 and not fits(start, end, section):
        low, high = 1, end - start
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if fits(start, start + middle, section) else (low, middle)
        at = text.rfind(" ", start + 1, start + low)
        at = at if at > start + low // 2 else start + low
        yield start, at
        start = found.start() if (found := _NOT_SPACE.search(text, at, end)) else end
    if start < end:
        yield start, end


def _passage(document: Document, block: Block, start: int, end: int, fits: _Limits) -> Passage:
    text = document.text[start:end]
    return Passage(
        id=passage_id(document.id, start, end, text),
        document=document.id,
        start=start,
        end=end,
        part=block.part,
        section=block.section,
        language=block.language,
        text=text,
        embedded=fits.embedded(block.section, text),
        page=pages_between(document.pages, start, end),
    )


def context_of(document: Document, section: str | None) -> str:
    """What stands before a passage when it is embedded: title, year and section, folded.

    A guessed title is only the text's first sentence and is left out. Where a treaty's heading
    and its name in a database differ, both stand in the context.
    """
    record = document.record
    title = "" if record.origins.get("title") == "guess" else record.title
    names = [title, str(record.also.get("title", "")), str(record.year or ""), section or ""]
    context = ". ".join(name for name in names if name)
    if len(context) > _CONTEXT_CHARACTERS:
        context = ". ".join(name for name in [*names[1:], title[: _CONTEXT_CHARACTERS // 2]] if name)
    return fold(context)[: 2 * _CONTEXT_CHARACTERS]
