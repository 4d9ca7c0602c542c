"""The fields of a bibliographic record that questions ask for, and how a line of a text states each."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from corpus import Record, fold
from rag.bibliography.names import parse_name
from rag.surnames import capitalised, is_among

Values = Callable[[Record], tuple[str | None, ...]]

_INSTITUTION = r"universit|institut|academy|университет|институт|академи"


@dataclass(frozen=True, slots=True)
class Field:
    """A field: `asked` recognises a question for it, `stated` a line that gives it.

    Without `stated` a line gives it that holds all `values` of the record. `of_person` when each author has a line.
    `missing` says in Russian and in English, behind "no", what is not there.
    """

    asked: re.Pattern[str]
    missing: tuple[str, str]
    stated: re.Pattern[str] | None = None
    values: Values | None = None
    of_person: bool = False

    def known(self, record: Record, text: str) -> bool:
        """Whether a document's record or any line of its text gives the field."""
        return any(self.values(record)) if self.values else any(map(self._matches, text.splitlines()))

    def given_by(self, line: str, record: Record) -> bool:
        """Whether a line of a document with this record gives the field."""
        if not self.values:
            return self._matches(line)
        wanted, folded = [fold(value) for value in self.values(record) if value], fold(line)
        return bool(wanted) and all(_stands_in(value, folded) for value in wanted)

    def _matches(self, line: str) -> bool:
        return bool(self.stated and self.stated.search(fold(line)))


def _stands_in(value: str, line: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(value)}(?!\w)", line)) or is_among(value, capitalised(line))


def family_names(record: Record) -> tuple[str, ...]:
    """The family names of a record's authors."""
    names = map(parse_name, record.authors)
    return tuple(name.get("family") or name["literal"] for name in names)


def _line(asked: str, stated: str, russian: str, english: str, *, of_person: bool = False) -> Field:
    return Field(re.compile(asked, re.I), (russian, english), re.compile(stated, re.I), of_person=of_person)


def _value(asked: str, values: Values, russian: str, english: str) -> Field:
    return Field(re.compile(asked, re.I), (russian, english), values=values)


#: The first that recognises a question counts.
FIELDS = (
    _line(r"\bdoi\b", r"\b10\.\d{4,}/", "DOI", "DOI"),
    _line(r"\b(?:ud[ck]|удк|ббк)\b", r"^\W*(?:ud[ck]|удк|ббк)\b", "УДК", "UDC"),
    _line(r"\borcid\b", "orcid", "ORCID", "ORCID", of_person=True),
    _line(
        r"\b(?:submitted|received by|accepted for)\b|поступил|принят[аоы]? (?:к|в) ",
        r"\b(?:submitted|received|accepted)\b.*\d{4}|\b(?:поступил|принят)\w*.*\d{4}",
        "даты поступления",
        "date of submission",
    ),
    _line(r"key ?words|ключев\w+ слов", r"^\W*(?:key ?words|ключевые слова)", "ключевых слов", "keywords"),
    _line(
        r"\b(?:who funded|funded by|source of funding)\b|кто финансировал|кем финансир|за ч[её]й сч[её]т",
        r"\b(?:funding|funded|financial support)\b|финансир|финансов\w+ поддержк|при поддержке",
        "сведений о финансировании",
        "source of funding",
    ),
    _line(
        r"conflicts? of interest|конфликт\w* интерес",
        r"conflicts? of interest|конфликт\w* интерес",
        "сведений о конфликте интересов",
        "statement on conflicts of interest",
    ),
    _line(
        r"личн\w+ вклад|вклад автор|\bcontribut\w+ .*(?:article|paper)\b",
        r"^(?:\w+\.?\s){1,4}\w+\s?[–—]\s\w",
        "сведений о вкладе авторов",
        "contribution of its authors",
        of_person=True,
    ),
    _line(
        r"affiliat|(?:which|what) university\b|where do(?:es)? .*\bwork\b|аффилиац|мест\w+ работы автор"
        r"|как\w+ (?:вуз|университет)|где работает",
        _INSTITUTION,
        "места работы авторов",
        "affiliation of its authors",
        of_person=True,
    ),
    _value(
        r"\bwho (?:wrote|authored|is the author|are the authors)\b|^authors? of\b|^автор(?:ы|а)? стат|кем написан"
        r"|кто (?:написал|авторы?|является автором)\b",
        family_names,
        "автора",
        "author",
    ),
    _value(
        r"\bwhat (?:did|has) .*\b(?:write|written)\b|\bwhich .*\b(?:is|are) (?:written )?by\b|что написал"
        r"|как\w+ (?:стат|работ|текст)\w+ .*(?:написал|принадлеж)",
        lambda record: (record.title,),
        "названия",
        "title",
    ),
    _value(
        r"\b(?:what|which) journal\b|как\w+ (?:научн\w+ )?журнал|^(?:journal|журнал)\b",
        lambda record: (record.journal,),
        "журнала",
        "journal",
    ),
    _value(r"\b(?:what|which) pages\b|на каких страницах", lambda record: (record.pages,), "страниц", "pages"),
    _value(r"\bpublisher\b|издательств", lambda record: (record.publisher,), "издательства", "publisher"),
    _value(
        r"\b(?:when|what year|which year)\b.*\bpublished\b|(?:year|date) of publication|(?:год|дата) публикации"
        r"|(?:когда|в каком году) .*(?:опубликован|издан|вышл)|(?:опубликован|издан|вышл)\w* .*(?:когда|в каком году)",
        lambda record: (str(record.year or ""),),
        "года публикации",
        "year of publication",
    ),
)


def asked_for(question: str) -> Field | None:
    """The field that a question asks for, or None."""
    return next((field for field in FIELDS if field.asked.search(question)), None)
