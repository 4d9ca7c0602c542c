"""What a question wants: the names and numbers that an answer must meet, and what is asked for."""

import math
import re
from collections.abc import Collection, Iterator

import numpy as np

from corpus import fold
from embeddings import StoredPassage, Vectors, terms, tokens
from embeddings.texts import StoredDocument
from rag.answer_types import answer_type, holds_answer
from rag.search.glossary import WORDS, Entry
from rag.search.query import Query, Reading
from rag.search.retrieval import Retriever

#: So many named countries decide which treaty is meant.
PARTIES = 2
#: A capitalised word in at most so many passages is a name.
RARE = 4
FOCUS_WORDS = 2
#: Who asks which countries asks for at least so many.
SEVERAL = 2
#: A place is named in passing; of what else a question names, something that no text mentions leaves it without answer.
IN_PASSING = (*WORDS, "place")
#: The median of `focus_met` over the tuning questions that say what they ask for.
USUAL_FOCUS = 0.75

_ASKS_BIBLIOGRAPHY = re.compile(
    r"\b(?:cite[sd]?|citing|references?|bibliograph|doi|udk|udc|authors?|journal|published|publication|funded|fund"
    r"|keywords|submitted|affiliat|works? (?:of|by)|article by|literature)|литератур|ссыла|цитир|автор|журнал|публикац"
    r"|опубликов|удк|источник|финансир|ключев|библиограф|поступил|работ[аыу]?\b|стать[яюие]",
    re.I,
)
_ARTICLE = re.compile(r"\b(?:article|art\.|стать[яеиюёй]+|ст\.)\s*(\d+(?:\.\d+)?)", re.I)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ASKS_FOR = re.compile(
    r"\b(?:how many|how much|what|which|сколько|как(?:ой|ого|ому|им|ом|ая|ую|ое|ие|их|ими?|ова?|овы))\b", re.I
)
_ASKS_WHICH_COUNTRIES = re.compile(r"\b(?:which|what) (?:countries|states)\b|\bкаки[ех] (?:стран|государств)\w*", re.I)
_WORD = re.compile(r"\w+")
_ASKS_WHAT_IT_IS = re.compile(r"^\W*(?:what (?:is|are)|who (?:is|are)|что такое|кто так(?:ой|ая|ие))\b", re.I)
_DEFINITION = re.compile(
    r"(?:[^.;:]*,\s+)?(?:the )?(?:terms? |термин\w* |под )?(?P<name>[^.;:]{2,120}?)\s*(?:\([^)]*\)\s*)?"
    r"(?:\b(?:is an?|are|shall mean|means?|(?:shall )?refers? to)\b|[-—–]\s(?:это\s)?"
    r"|\b(?:явля[ею]тся|означа[ею]т|понима[ею]тся)\b)",
    re.I,
)


class Wanted:
    """What a question names: its terms with their weight, its names and its numbers.

    `has_names` when the glossary knows one of the names, which are then of the field; `names_nothing` when there is
    neither such a name nor a capitalised word or a number; `names_the_unmentioned` when no text has all words of any
    form of one of the names.
    """

    def __init__(self, retriever: Retriever, query: Query) -> None:
        self.language = query.language
        self.answer_type = answer_type(query.text)
        self.bibliography = bool(_ASKS_BIBLIOGRAPHY.search(query.text))
        self._index, self._idf = retriever.index, retriever.index.idf(query.terms)
        self._words: dict[str, list[tuple[list[str], float]]] = {}
        self._entries = [_forms(entry) for entry in query.entries]
        named = {stem for forms in self._entries for form in forms for stem in form}
        what = _ASKS_WHAT_IT_IS.search(query.text)
        countries = _ASKS_WHICH_COUNTRIES.search(query.text)
        empty = {stem for match in (what, countries) if match for stem in terms(match.group())}
        plain = [term for term in dict.fromkeys(query.terms) if term not in named and term not in empty]
        self.articles = named_articles(query.text)
        self.numbers = [term for term in plain if term[0].isdigit() and term not in self.articles]
        self._plain = [term for term in plain if not term[0].isdigit()]
        self._rare_names = self._found_rarely(query, len(retriever.index))
        self._countries = [_forms(entry) for entry in query.entries if entry.topic == "country"]
        self._asks_which_countries = countries is not None
        self._named, self._glossary = query.entries, retriever.glossary
        self._years = _YEAR.findall(query.text)
        things = {stem for entry in query.entries if entry.topic not in WORDS for stem in _stems(entry)}
        self._things = things
        self.has_names = bool(things)
        capitals = any(start and word[0].isupper() for word, start, _ in tokens(query.text))
        self.names_nothing = not things and not capitals and not self.numbers
        self.names_the_unmentioned = any(
            is_unmentioned(retriever, entry) for entry in query.entries if entry.topic not in IN_PASSING
        )
        self._defined = self._entries[0] if what and not self._plain and len(self._entries) == 1 else frozenset()

    def _found_rarely(self, query: Query, size: int) -> list[str]:
        """Terms of capitalised words that few passages hold: surnames and the like, unknown to the glossary."""
        capitalised = {
            term for word, start, _ in tokens(query.text) if start and word[0].isupper() for term in terms(word)
        }
        lowest, highest = (math.log1p((size - n + 0.5) / (n + 0.5)) for n in (RARE, 0))
        return [t for t in self._plain if t in capitalised and lowest <= self._idf[t] < highest]

    def is_typed(self, text: str) -> bool:
        """Whether a quote holds a date, number or the like, or countries, where the question asks for such."""
        if self._asks_which_countries:
            found = self._glossary.find(text)
            return sum(entry.topic == "country" and entry not in self._named for entry in found) >= SEVERAL
        return holds_answer(self.answer_type, fold(text))

    def is_named_article(self, section: str | None) -> bool:
        """Whether a section is an article that the question names by its number."""
        return any(_is_article(section, number) for number in self.articles)

    def is_defined_by(self, text: str) -> bool:
        """Whether the question is "What is X?" of a name, and nothing more, and a sentence begins "X is a"."""
        said = _DEFINITION.match(fold(text)) if self._defined else None
        return said is not None and tuple(terms(said["name"])) in self._defined

    @property
    def names_parties(self) -> bool:
        """Whether the question names so many countries that they decide which treaty is meant."""
        return len(self._countries) >= PARTIES

    def is_other_treaty(self, passage: StoredPassage) -> bool:
        """Whether the question names parties and the passage is of a treaty between others.

        A treaty must have two of the countries that are named, so that a comparison finds both.
        """
        record = passage.document.record
        if record.kind != "treaty" or not self.names_parties:
            return False
        named = terms(". ".join([record.title, record.also.get("title", ""), *record.parties]))
        head = f" {' '.join(named)} "
        return sum(any(f" {' '.join(form)} " in head for form in forms) for forms in self._countries) < PARTIES

    def lacks_year(self, document: StoredDocument) -> bool:
        """Whether the question names a year that neither the document's text nor its title or dates mention."""
        return not all(mentions_year(document, year) for year in self._years)

    def focus_met(self, reading: Reading, best: Vectors) -> float:
        """How well a quote meets the words that say what is asked for: «how many *judges*», «какой *штраф*».

        `best` (t,) are the largest cosines of the tokens of a reading with the quote's. The lower one of up to two
        words counts; a question that has none, like "When ...?", gets what most quotes get.
        """
        focus = _focus(reading, self._things)
        return min((float(best[list(word)].mean()) for word in focus), default=USUAL_FOCUS)

    def met(self, passage: StoredPassage, text: str) -> tuple[float, float]:
        """Shares in [0, 1] of the names and numbers, and of the other words, that `text` meets.

        It is read under its document's title, parties, year and section. Names count in either
        language, other words in that of the text where the glossary knows them there. The share of nothing is 0.5.
        """
        record = passage.document.record
        head = [record.title, record.also.get("title", ""), *record.parties, *record.authors, str(record.year or "")]
        found = terms(f"{'. '.join(head)}. {passage.section or ''}. {text}", passage.language)
        known, joined = frozenset(found), f" {' '.join(found)} "
        named = [any(f" {' '.join(form)} " in joined for form in forms) for forms in self._entries]
        named += [number in known for number in self.numbers]
        named += [term in known for term in self._rare_names]
        named += [_is_article(passage.section, number) for number in self.articles]
        names = sum(named) / len(named) if named else 0.5
        plain = self._words_in(passage.language)
        total = sum(weight for _, weight in plain)
        met = sum(weight for forms, weight in plain if any(f" {form} " in joined for form in forms))
        return names, met / total if total else 0.5

    def _words_in(self, language: str) -> list[tuple[list[str], float]]:
        """(stems of its forms, weight) of every plain word that is known in a language; rare words weigh more."""
        if language not in self._words:
            self._words[language] = list(self._translated(language))
        return self._words[language]

    def _translated(self, language: str) -> Iterator[tuple[list[str], float]]:
        for term in self._plain:
            if language == self.language:
                yield [term], self._idf[term]
            elif forms := [terms(name) for name in self._glossary.translations(term, language)]:
                yield [" ".join(form) for form in forms], max(self._index.idf(forms[0]).values(), default=0.0)


def is_unmentioned(retriever: Retriever, entry: Entry) -> bool:
    """Whether each form of a name, in either language, has a word that no passage holds."""
    forms = _forms(entry)
    idf = retriever.index.idf([stem for form in forms for stem in form])
    none = idf_of_none(retriever)
    return all(max(idf[stem] for stem in form) >= none for form in forms if form)


def idf_of_none(retriever: Retriever) -> float:
    """The inverse document frequency of a term that no passage holds."""
    return math.log1p((len(retriever.index) + 0.5) / 0.5)


def _is_article(section: str | None, number: str) -> bool:
    """Whether a section is the article of this number, not one that only mentions it."""
    return bool(re.match(rf"article {re.escape(number)}(?![.\d]*\d)", section or "", re.I))


def named_articles(question: str) -> list[str]:
    """The numbers of the articles that a question names."""
    return _ARTICLE.findall(question)


def mentions_year(document: StoredDocument, year: str) -> bool:
    """Whether a document's text, title or dates hold a year."""
    record = document.record
    return any(year in text for text in (document.text, record.title, record.date or "", record.date_in_force or ""))


def _forms(entry: Entry) -> frozenset[tuple[str, ...]]:
    """The names of an entry, in all languages, as stems."""
    return frozenset(tuple(terms(name)) for names in entry.names.values() for name in names)


def _stems(entry: Entry) -> set[str]:
    return {stem for form in _forms(entry) for stem in form}


def _focus(reading: Reading, named: Collection[str]) -> list[tuple[int, ...]]:
    """Token positions of the first two words behind "what", "which" or "how many" that are no names or numbers."""
    asked = _ASKS_FOR.search(reading.text)
    if not asked:
        return []
    found = []
    for word in _WORD.finditer(reading.text, asked.end()):
        stems = terms(word.group())
        if stems and stems[0] not in named and not stems[0][0].isdigit():
            inside = (reading.starts >= word.start()) & (reading.starts < word.end())
            found.append(tuple(np.flatnonzero(inside).tolist()))
    return [positions for positions in found if positions][:FOCUS_WORDS]
