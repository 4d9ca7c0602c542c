"""The paragraphs that open a text, each with its kind: what it is on the first page of an article."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile

from corpus.languages import LANGUAGES
from corpus.normalisation import fold
from corpus.person_names import author_line
from corpus.records import Heading

#: Longer than a title, an affiliation or a line of authors.
LONG = 300

_PAGE = 12_000
_WRAPPED_LINE = 110
_SENTENCE = 70
_DISPLAYED = 5
_SPACED = re.compile(r"^(?:[A-Z] ){4,}[A-Z]\b")
_LANGUAGES = ("en", *(code for code, language in LANGUAGES.items() if language.russian_read))
#: The line ends between keywords that stand one a line.
_LISTED = re.compile(r"(?<![:\s])[^\S\n]*\n\s*")
_NO_COUNTRIES = {"EU", "EZ", "UN", "ZZ"}
_OTHER_NAMES = {"кыргызстан", "белоруссия", "молдавия", "türkiye", "czech republic"}

#: Kinds of paragraphs that show in their first words, tried in order. What follows the label is the paragraph's text.
_LABELS = {
    "abstract": r"(?:abstract|summary|annotation|аннотация|резюме|реферат|аңдатпа|түйін|түйіндеме|анатацыя|рэзюмэ)\b"
    r"(?:\s*[.:—–-]\s*|\s*$|\s+(?=[A-ZА-ЯЁ]))",
    "keywords": r"(?:key\s?words(?: and phrases)?|index terms|ключевые слова(?: и фразы)?|түйін(?:ді)? сөздер"
    r"|кілт сөздер"
    r"|ключавыя словы)\b\s*[.:—–-]?\s*",
    "citation": r"(?=(?:for citations?|for citing|to cite|(?:please )?cite (?:this|as)|how to cite"
    r"|(?:suggested |recommended )?"
    r"citation\b|для цит|образец цит|библиографическое описание|ссылка для цит|цитиров|правильная ссылка"
    r"|дәйексөз|сілтеме жасау))",
    "code": r"(?=(?:удк|udc|udk|ббк|lbc|bbk|jel|грнти|мрнти|mrnti|irsti|srsti|ғтамр|хғтар|e?-?issn|isbn|edn|doi"
    r"|вак|oecd|код"
    r"|научная специальность|специальность|шифр|msc)\b|(?:https?://|www\.)|10\.\d{4,9}/"
    r"|\d{1,2}\.\d{1,2}\.\d{1,2}\.?(?:\s|$))",
    "date": r"(?=(?:(?:article )?(?:received|accepted|submitted|revised|published|posted|history)|available online"
    r"|first published"
    r"|online first|поступила|принята|о?добрена|опубликована|дата |статья (?:поступила|принята|о?добрена)"
    r"|история статьи"
    r"|получен[ао]|рекомендован)\b)",
    "type": r"(?=(?:(?:original|research|review|scientific|full|empirical|conceptual)(?: (?:research|scientific"
    r"|empirical))?"
    r" (?:article|paper|study)|article|review|original|preprint|working paper\b.*|discussion paper\b.*|research note"
    r"|(?:оригинальная|научная|обзорная|исследовательская|теоретическая|дискуссионная)(?: \w+)? статья"
    r"|статья|обзор|научный обзор|препринт\b.*|open access|check for updates|original paper|article info"
    r"|a r t i c l e.*)"
    r"\s*[.:]?$)",
    "rights": r"(?=(?:©|\(c\)\s|copyright|this (?:is an open|article is|work is)|creative commons|cc by"
    r"|контент доступен|лицензия"
    r"|статья доступна|материал доступен|эта статья|публикуется))",
    "thanks": r"(?=(?:funding|acknowled?ge?ments?|financial|финансирован|благодарност|источник финанс"
    r"|исследование выполнено"
    r"|статья (?:подготовлена|выполнена)|работа выполнена|публикация подготовлена|conflicts? of interest|declaration"
    r"|disclosure|конфликт|the (?:research|study|reported study|article) was))",
    "contact": r"(?=(?:corresponding|correspondence|contact|e-?mail|email|эл\.|электронная|автор(?:ы)? для"
    r"|для корресп|address"
    r"|адрес|about the authors?|(?:сведения|информация) об авторах?|об авторах?|orcid|spin|\S[^\s@]*+@\S++$))",
    "credit": r"(?=(?:научный руководитель|научный редактор|рецензент|рецензия на|рец\. на|перевод с"
    r"|ответственный редактор|под (?:общей )?ред|reviewers?\b|reviewed (?:by|work|book)|review of:|book review:"
    r"|edited by|(?:academic )?editors?:|handling editor|translated (?:by|from)|(?:scientific )?(?:super|ad)visors?:))",
    "heading": r"(?=(?:(?:\d{1,2}|[ivx]{1,4})?[.)]?\s*+(?:introduction|введение|кіріспе|уводзіны|постановка проблемы"
    r"|references|литература|contents|содержание|список литературы|background|highlights)\s*+[.:]?\s*+$))",
}
_KINDS = {kind: re.compile(form, re.I) for kind, form in _LABELS.items()}
_INNER_LABEL = re.compile(
    r"(?<=[\w.!?»”)])\s+(?=(?:key\s?words|ключевые слова|for citation|для цитирования"
    r"|образец цитирования)\s*[:.—–])",
    re.I,
)
#: What institutions, posts and degrees are called.
INSTITUTION = re.compile(
    r"(?<![^\W\d_])(?:universi\w+|institute?|academy|faculty|department|school of|college"
    r"|cent(?:er|re) for|ministry|laboratory|университет\w*|институт|академи[яи]|факультет\w*|кафедр\w+|центр|школа"
    r"|училищ\w+|колледж\w*|ниу|фгбоу|фгаоу|ран|мгу|мгимо|рудн|спбгу|нан"
    r"|министерств\w+|лаборатори\w+|профессор\w*|доцент\w*|professor|lecturer|researcher|fellow|ph\.?\s?d|сотрудник\w*"
    r"|(?:кандидат|доктор|к|д)\.?\s*(?:\w{1,8}\.\s?|\w+(?:их|ых) )н(?:аук|\.)|аспирант\w*"
    r"|студент(?:ка)?|магистр(?:ант)?(?:ка)?|бакалавр\w*|докторант\w*"
    r"|преподавател\w+|університэт|университеті|институты|инспекци\w+)\b",
    re.I,
)
_ADDRESS = re.compile(
    r"[^\s@]@[^\s@]+\.\w|\borcid\b|(?<!\d)(?<!\d )\b(?-i:г\.\s?[А-ЯЁӘҒҚҢӨҰҮҺІ])|,\s\d{5,6}\b|\b\d{6},"
    r"|\b(?:ул|пр|наб)\.,?\s|(?:\W|^)(?:р\.?ф\.?|u\.?k\.?|usa|сша"
    r"|(?:republic|республика|федерация|federation)(?: of)?(?: \w+)?|\w+ая республика"
    r"|\w+ republic)\W*$",
    re.I,
)
_STRUCTURED = re.compile(
    r"(?:introduction|materials?|methods?|methodology|results?|discussion|conclusions?|purpose|aim|objective"
    r"|background"
    r"|введение|материалы|методы|методология|результаты|обсуждение|заключение|выводы|цель|научная новизна"
    r"|постановка)\b",
    re.I,
)
_PROSE = re.compile(r"[^\W\d_]{4}[.!]\s+(?:[\"«“(]\s?)?[A-ZА-ЯЁ][^\W\d_]*\s[^.]{15,}[^.]{2}[.!?…]$")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the page, folded, without its label; `raw` is as it stands.

    `displayed` when it is a heading of the highest rank, as by the size of its letters.
    """

    kind: str
    text: str
    raw: str
    script: str
    displayed: bool = False


def paragraphs_of(text: str, headings: Sequence[Heading] = ()) -> list[Paragraph]:
    """The paragraphs of the opening; an abstract takes what stands under its label, or right above keywords."""
    page = _with_unlabelled_abstracts(_with_ended_abstracts(list(_paragraphs(text))))
    highest = min((heading.level for heading in headings), default=0)
    displayed = [letters_of(fold(heading.label)) for heading in headings if heading.level == highest]
    return [
        replace(p, displayed=any(letters in heading for heading in displayed))
        if p.kind == "text" and len(letters := letters_of(p.text)) >= _DISPLAYED
        else p
        for p in page
    ]


def letters_of(text: str) -> str:
    """The letters and digits of a text without case: equal for two prints of one title."""
    return "".join(filter(str.isalnum, text.casefold()))


def is_affiliation(paragraph: Paragraph) -> bool:
    """Whether a paragraph says where somebody works or how to reach them."""
    return bool(INSTITUTION.search(paragraph.text)) or is_address(paragraph)


def is_address(paragraph: Paragraph) -> bool:
    """Whether a paragraph names a country at its end, a post code or town, or how to reach somebody."""
    return paragraph.kind == "contact" or _ADDRESS.search(paragraph.text) is not None or in_a_country(paragraph.text)


def in_a_country(text: str) -> bool:
    """Whether the last part of a line, behind a comma or bracket, is the name of a country."""
    *before, last = re.split(r"[,;(]", text)
    return bool(before) and last.strip(" .)").casefold() in _countries()


@cache
def _countries() -> frozenset[str]:
    """What countries are called in the languages of the texts."""
    from babel import Locale

    found = set(_OTHER_NAMES)
    for language in _LANGUAGES:
        territories = Locale(language).territories.items()
        found |= {name.casefold() for code, name in territories if len(code) == 2 and code not in _NO_COUNTRIES}
    return frozenset(found)


def script_of(text: str) -> str:
    """The script of most letters: cyrillic or latin."""
    cyrillic = len(re.findall("[\u0400-\u04ff]", text))
    return "cyrillic" if cyrillic > len(re.findall("[A-Za-z\u00c0-\u024f]", text)) else "latin"


def _paragraphs(text: str) -> Iterator[Paragraph]:
    """The paragraphs of the opening, with kinds; an abstract takes what stands under its label."""
    current = ""
    for raw in _pieces(text[:_PAGE]):
        content = _SPACED.sub(lambda spaced: spaced.group().replace(" ", ""), fold(raw))
        kind, label_end = _kind(content)
        if kind == "text" and current in ("abstract", "keywords"):
            listed = content.count(",") + content.count(";") > 1
            if len(content) > _SENTENCE or _STRUCTURED.match(content) if current == "abstract" else _lists(content):
                yield Paragraph(f"more {current}", content, raw, script_of(content))
                current = "" if listed and current == "keywords" else current
                continue
        if kind == "keywords" and not re.search("[,;·•|]", content):
            content = fold(_LISTED.sub("; ", raw))
        current = kind if kind == "abstract" or (kind == "keywords" and label_end == len(content)) else ""
        yield Paragraph(kind, content[label_end:].strip(), raw, script_of(content))


def _lists(content: str) -> bool:
    """Whether a paragraph under the label of keywords holds such, or is one."""
    listed = content.count(",") + content.count(";") > 1
    return len(content) < LONG and (listed or (len(content.split()) <= 5 and not content.endswith(".")))


def _pieces(text: str) -> Iterator[str]:
    """Lines; those that go on the one before are joined to it where line ends are no ends of paragraphs."""
    lines = _INNER_LABEL.sub("\n\n", text).splitlines()
    lengths = sorted(len(line) for line in lines if line.strip())
    joinable = bool(lengths) and (
        lengths[len(lengths) * 19 // 20] <= _WRAPPED_LINE or len(lines) - len(lengths) > len(lengths) // 2
    )
    held = ""
    for line in [*lines, ""]:
        if joinable and held.strip() and line.strip() and _goes_on_from(held, line):
            held = f"{held}\n{line}"
            continue
        if held.strip():
            yield held.strip()
        held = line


def _goes_on_from(held: str, line: str) -> bool:
    """Whether a line goes on what stands above it: neither of them is a line of names or codes, nor has it a label."""
    if _kind(fold(held[:LONG]))[0] == "code" or _kind(fold(line))[0] != "text":
        return False
    if _names(held) or _names(line):
        return False
    return not (_may_name(held) and (INSTITUTION.search(line) or _may_name(line)))


def _names(raw: str) -> bool:
    found = author_line(raw) if len(raw) < LONG else None
    return found is not None and found.sure


def _may_name(raw: str) -> bool:
    found = author_line(raw) if len(raw) < LONG else None
    return found is not None and not found.rest


def _kind(content: str) -> tuple[str, int]:
    """(kind, where its label ends)."""
    for kind, form in _KINDS.items():
        found = form.match(content)
        if found:
            return kind, found.end()
    return "text", 0


def _with_ended_abstracts(page: list[Paragraph]) -> list[Paragraph]:
    """The page with what follows an abstract taken for running text again, unless keywords come behind it.

    A label that stands alone keeps the paragraph under it; the parts of a structured abstract stay together.
    """
    for number, paragraph in enumerate(page):
        if paragraph.kind != "abstract":
            continue
        more = list(takewhile(lambda n: page[n].kind == "more abstract", range(number + 1, len(page))))
        after = page[more[-1] + 1].kind if more and more[-1] + 1 < len(page) else ""
        for inner in [] if after == "keywords" else more if paragraph.text else more[1:]:
            if not _STRUCTURED.match(page[inner].text):
                page[inner] = replace(page[inner], kind="text")
    return page


def _with_unlabelled_abstracts(page: list[Paragraph]) -> list[Paragraph]:
    """The page with the text that stands right above keywords taken for their abstract, where they have none."""
    since = 0
    for number, paragraph in enumerate(page):
        if paragraph.kind != "keywords":
            continue
        first = number
        while first > since and _is_running(page[first - 1]):
            first -= 1
        if not any(p.kind == "abstract" for p in page[since:number]):
            for inner in range(first, number):
                page[inner] = replace(page[inner], kind="abstract" if inner == first else "more abstract")
        since = number + 1
    return page


def _is_running(paragraph: Paragraph) -> bool:
    return (
        paragraph.kind == "text"
        and paragraph.text.endswith(".")
        and len(paragraph.text) > _SENTENCE
        and not (is_affiliation(paragraph) and len(paragraph.text) < LONG)
    )


def is_prose(text: str) -> bool:
    """Whether a paragraph, however short, is running text: it ends a sentence that is not its first."""
    return _PROSE.search(text) is not None
