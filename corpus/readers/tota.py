"""Treaties in the XML of ToTA, Texts of Trade Agreements (Alschner, Seiermann, Skougarevskiy 2017).

The text begins with the facts of the record, one a line, then the articles, each under its
heading. What the treaty says of itself, in its heading and closing words, wins over the XML's
metadata; both are kept.
"""

import re
from typing import Any

from corpus.dates import find_date, in_words, is_date
from corpus.errors import UnreadableFile
from corpus.records import Extraction, Field, Heading, Span

COUNTRIES = {
    "ARM": "Armenia",
    "AZE": "Azerbaijan",
    "BLR": "Belarus",
    "GEO": "Georgia",
    "KAZ": "Kazakhstan",
    "KGZ": "Kyrgyz Republic",
    "MDA": "Moldova",
    "RUS": "Russian Federation",
    "SRB": "Serbia",
    "TJK": "Tajikistan",
    "TKM": "Turkmenistan",
    "UKR": "Ukraine",
    "UZB": "Uzbekistan",
    "VNM": "Viet Nam",
}
_OTHER_NAMES = {"Kyrgyzstan": "Kyrgyz Republic", "Azerbaijani": "Azerbaijan", "Yugoslavia": "Yugoslavia"}
_PREAMBLE = re.compile(
    r"\b(?:The (?:Government|Federal Government|Cabinet of Ministers|Member States|member states|Republic|"
    r"States Parties)|Government of the Russian Federation and|Signatory states)\b"
)
_HEADING = re.compile(r"(?:FREE TRADE )?(?:AGREEMENT|TREATY)|Free Trade\s+Agreement")
_AFTER_TITLE = re.compile(
    r"(?:(?<!\s)\s++)?(?:\(|Date of signing|Effective date|Additionally see|AS OF|,? as of |PREAMBLE|The Republic).*",
    re.S,
)
_GLUED = re.compile(
    r"(AGREEMENT|TREATY|Agreement|FEDERATION|KAZAKHSTAN|BELARUS|\bAND(?=THE)|\bON(?=FREE)|\bBetween|Republic|Union)"
    r"(?=[a-zA-Z])(?!S\b|s\b)"
)
_BROKEN = re.compile(r"\bof (?:and|the (?:on|and)|on)\b|\b(?:of|and|the)$", re.I)
_SMALL = {"of", "the", "and", "on", "between", "in", "to", "a", "an", "its", "from", "dated", "with", "for"}
_NOISE = re.compile(r"\A.{0,200}?(?:Mescolto|User|Nazira Sultanova)\d{4}-\d\d-\d\d", re.S)
_DONE = re.compile(r"\b(?:Done|Signed|Made|Executed|PERFORMED)\b.{0,90}", re.S)
_STATED = re.compile(r"\([^()]*\d{4}\)|Date of signing:.{0,30}", re.S)


def extraction(root: Any) -> Extraction:
    """The facts, then the articles, as one text, from the root <treaty>. Raises `UnreadableFile`."""
    if root.find("body") is None or root.find("meta") is None:
        raise UnreadableFile("no treaty: expected <meta> and <body> in the root <treaty>")
    return _Treaty(root).extraction()


class _Treaty:
    """One parsed treaty, on its way to an `Extraction`."""

    def __init__(self, root: Any) -> None:
        self.meta = root.find("meta")
        self.articles = list(root.find("body").iter("article"))
        texts = [_paragraphs(article) for article in self.articles]
        if not any(texts):
            raise UnreadableFile("the treaty has no articles with text")
        self.texts = texts
        opening = texts[0].replace("\n", " ") if not self.articles[0].get("number") else ""
        preamble = _PREAMBLE.search(opening)
        self.heading = opening[: preamble.start()] if preamble else ""
        self.closing = texts[-1].replace("\n", " ") if not self.articles[-1].get("number") else ""

    def statement(self, name: str) -> str | None:
        """A metadata element's text, or None."""
        return (self.meta.findtext(name) or "").strip() or None

    def date(self, name: str) -> str | None:
        """A metadata element's text if it is a date, else None."""
        value = self.statement(name)
        return value if value and is_date(value) else None

    def statements(self) -> list[Field]:
        """What the heading and closing words say, then what the metadata says."""
        name, kind = " ".join((self.statement("name") or "").split()), self.statement("type")
        title, own_parties = _title(self.heading), _parties_in(self.heading)
        codes = [element.text for element in self.meta.findall("parties/partyisocode")]
        return [
            Field("title", title, "heading"),
            Field("title", f"{name} ({kind})" if kind and title is None else name, "metadata"),
            Field("date", self._own_date(), "heading"),
            Field("date", self.date("date_signed"), "metadata"),
            Field("parties", own_parties, "heading"),
            Field("parties", tuple(COUNTRIES.get(code or "", code or "") for code in codes), "metadata"),
            Field("date_in_force", self._in_force(), "metadata"),
            Field("url", self.statement("source"), "metadata"),
            Field("kind", "treaty", "metadata"),
            Field("languages", ("en",), "metadata"),
            Field("licence", "CC BY-NC 4.0 (ToTA)", "metadata"),
        ]

    def _own_date(self) -> str | None:
        """The day of signature by the closing words ("Done in Minsk on ..."), else the heading."""
        done, stated = _DONE.search(self.closing), _STATED.search(self.heading)
        own = find_date(done.group()) if done else None
        return own or (find_date(stated.group()) if stated else None)

    def _in_force(self) -> str | None:
        """The metadata's date of entry into force, unless it is of another act: before signature."""
        date = self.date("date_into_force")
        return date if date and date >= (self._own_date() or "") else None

    def extraction(self) -> Extraction:
        """The text with its headings; the facts come first, as front matter."""
        statements = self.statements()
        text = _facts(statements, self.statement("type"), self.statement("status"))
        spans = [Span(0, len(text), "front matter")]
        headings: list[Heading] = []
        for article, body in zip(self.articles, self.texts, strict=True):
            if not body:
                continue
            text += "\n\n"
            label = _label(article)
            line = label.split(" (")[0]
            headings.append(Heading(len(text), len(text) + len(line), label))
            spans.append(Span(len(text), len(text) + len(line), "heading"))
            text += f"{line}\n\n{body}"
        return Extraction(text, tuple(statements), tuple(headings), tuple(spans))


def _paragraphs(article: Any) -> str:
    """The article's text: paragraphs on blank lines, list items on lines, wrapped lines joined."""
    raw = "".join(article.itertext())
    noise = _NOISE.match(raw)
    if noise:
        start = _HEADING.search(raw, noise.end())
        raw = raw[start.start() :] if start else raw
    text = ""
    for chunk in re.split(r"\n\s*\n", raw):
        paragraph = " ".join(chunk.split())
        if not paragraph:
            continue
        joined = text and (text[-1] in ":;," or paragraph[0].islower())
        text += ("\n" if joined else "\n\n" if text else "") + paragraph
    return text


def _title(heading: str) -> str | None:
    """The treaty's title from the words before its preamble, or None when they are damaged."""
    starts = [match.start() for match in _HEADING.finditer(heading)]
    for start in reversed(starts):
        words = _unglued(_AFTER_TITLE.sub("", heading[start:])).split()
        title = " ".join(words).strip(" ,;")
        if len(words) >= 5 and not _BROKEN.search(title):
            return _title_case(title)
    return None


def _unglued(heading: str) -> str:
    """Words that ran together in the scan ("AGREEMENTBETWEEN") set apart."""
    return _GLUED.sub(r"\1 ", _GLUED.sub(r"\1 ", heading))


def _title_case(title: str) -> str:
    words = []
    for word in title.split():
        lower = word.lower()
        keep = lower if lower in _SMALL else lower.capitalize() if word.isupper() else word
        words.append(keep[:1].upper() + keep[1:] if lower not in _SMALL else lower)
    joined = " ".join(words)
    return re.sub(r"(?<=-)[a-z]", lambda m: m.group().upper(), joined[:1].upper() + joined[1:])


def _parties_in(heading: str) -> tuple[str, ...]:
    """The two countries that a heading of the form "between A and B" names, else nothing."""
    if "between" not in heading.lower():
        return ()
    names = {name: name for name in COUNTRIES.values()} | _OTHER_NAMES
    at = {full: heading.lower().find(name.lower()) for name, full in names.items() if name.lower() in heading.lower()}
    return tuple(sorted(at, key=lambda name: at[name])) if len(at) == 2 else ()


def _facts(statements: list[Field], kind: str | None, status: str | None) -> str:
    """Lines like "Armenia - Moldova: signed on 24 December 1993"."""
    from corpus.records import build_record

    record = build_record(statements)
    name = next(str(s.value) for s in statements if s.name == "title" and s.origin == "metadata")
    lines = [record.title, f"Name in the treaty database: {name}." if name != record.title else ""]
    if record.date:
        other = record.also.get("date")
        note = f" (the treaty database: {in_words(other)})" if other else ""
        lines.append(f"{name}: signed on {in_words(record.date)}{note}.")
    if record.date_in_force:
        lines.append(f"{name}: entered into force on {in_words(record.date_in_force)}.")
    if record.parties:
        other = record.also.get("parties")
        note = f" (the treaty database: {', '.join(other)})" if other and set(other) != set(record.parties) else ""
        lines.append(f"{name}: the parties are {', '.join(record.parties)}{note}.")
    lines.append(f"{name}: type of agreement: {kind}; status: {status}." if kind and status else "")
    return "\n\n".join(line for line in lines if line)


def _label(article: Any) -> str:
    """A section's name, as in "Article 2.1. National Treatment (Chapter 2. Trade In Goods)"."""
    chapter = _numbered(article.getparent())
    own = _numbered(article)
    if not own:
        return chapter or ("Preamble" if article.getparent().getprevious() is None else "Conclusion")
    return f"{own} ({chapter})" if chapter else own


def _numbered(element: Any) -> str:
    number = " ".join((element.get("number") or "").split()).capitalize()
    number = re.sub(r"\b([ivxlc]+|\d+bis)\b", lambda m: m.group().upper(), number)
    name = " ".join((element.get("name") or "").split())
    return ". ".join(part for part in (number, name) if part)
