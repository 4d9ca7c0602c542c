"""Names and acronyms of the field in both languages, for lexical search across languages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from corpus import fold
from embeddings import terms, tokens

LANGUAGES = ("ru", "en")
#: Topics that are no names.
WORDS = ("concept", "action")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing and its names: `names["ru"]`, `names["en"]`, the usual one first."""

    topic: str
    names: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a text, `start` to `end`, that names an entry."""

    entry: Entry
    start: int
    end: int


class Glossary:
    """Finds names in a text by their stems, so that inflected Russian names are found too.

    `words` are entries of the common language, which name nothing: only glosses know them.
    """

    def __init__(self, entries: Sequence[Entry], words: Sequence[Entry] = ()) -> None:
        self.entries = entries
        self._names = _by_stems(entries)
        self._names_and_words = _by_stems([*entries, *words])
        self._longest = max((len(name) for name in self._names_and_words), default=0)

    def find(self, text: str) -> list[Entry]:
        """The entries named in `text`, in order; of overlapping names the longest."""
        return list({id(mention.entry): mention.entry for mention in self.mentions(fold(text))}.values())

    def mentions(self, text: str) -> list[Mention]:
        """Where `text`, folded already, names entries, in order; of overlapping names the longest."""
        return list(self._mentions(text, self._names))

    def gloss(self, text: str, language: str) -> str:
        """`text`, folded, its names and words replaced by the usual ones in another language that the glossary has."""
        own, glossed, end = fold(text), "", 0
        for mention in self._mentions(own, self._names_and_words):
            if names := mention.entry.names.get(language):
                glossed += own[end : mention.start] + names[0]
                end = mention.end
        return glossed + own[end:]

    def _mentions(self, text: str, named: Mapping[tuple[str, ...], Entry]) -> Iterator[Mention]:
        words = [(stem, start, end) for word, start, end in tokens(text) for stem in terms(word)]
        stems = [stem for stem, _, _ in words]
        position = 0
        while position < len(stems):
            for length in range(min(self._longest, len(stems) - position), 0, -1):
                entry = named.get(tuple(stems[position : position + length]))
                if entry:
                    yield Mention(entry, words[position][1], words[position + length - 1][2])
                    position += length - 1
                    break
            position += 1


def _by_stems(entries: Iterable[Entry]) -> dict[tuple[str, ...], Entry]:
    """{stems of a name: its entry}; of entries that share a name the first."""
    found: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        for names in entry.names.values():
            for name in names:
                found.setdefault(tuple(terms(name)), entry)
    return found


def expansion(entries: Iterable[Entry], language: str) -> list[str]:
    """Stems of the names of these entries in `language`, each once."""
    names = (name for entry in entries for name in entry.names.get(language, ()))
    return list(dict.fromkeys(stem for name in names for stem in terms(name)))


def read_entries(lines: Iterable[str]) -> Iterator[Entry]:
    """Entries from lines of three tab-separated columns: topic, Russian names, English names."""
    for line in lines:
        topic, *columns = line.rstrip("\n").split("\t")
        names = {code: tuple(n.strip() for n in cell.split("|")) for code, cell in zip(LANGUAGES, columns, strict=True)}
        yield Entry(topic, names)


@cache
def load_glossary() -> Glossary:
    """The glossary that comes with the program."""
    names, words = (_lines(file) for file in ("glossary.tsv", "words.tsv"))
    return Glossary(list(read_entries(names)), list(read_entries(f"word\t{line}" for line in words)))


def _lines(file: str) -> list[str]:
    """The lines of a file of this package, without its heading."""
    return (files("rag.search") / file).read_text("utf-8").splitlines()[1:]
