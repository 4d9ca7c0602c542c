"""Messages (`.eml`, RFC 5322 and MIME) by the standard library: the text, and what is attached."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import getaddresses, parsedate_to_datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any, cast

from corpus.archives import Member
from corpus.errors import UnreadableFile
from corpus.readers.draft import Draft
from corpus.readers.encodings import decode
from corpus.readers.statements import stated
from corpus.records import Extraction, Field

_PARAGRAPH = re.compile(r"\r?\n[^\S\n]*(?:\r?\n[^\S\n]*)+")
_HEADERS = ("From", "To", "Date")
#: So much of a header is read: the standard library's time grows with the square of its length.
_LONGEST_HEADER = 2_000
#: What the parser raises on headers that it cannot make sense of; its documentation names none of them.
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError)


def read(data: bytes, name: str) -> Extraction:
    """Subject, sender, receiver and date, then the plain text, or the HTML where there is no other.

    Raises `UnreadableFile` when the bytes are no message.
    """
    message = _message(data)
    draft = Draft()
    draft.heading(_header(message, "Subject"), 1)
    draft.paragraph("\n".join(f"{key}: {_header(message, key)}" for key in _HEADERS if message[key]), "front matter")
    _write_body(draft, message)
    return draft.extraction(_statements(message))


def attachments(data: bytes) -> list[Member]:
    """The named files in a message but for pictures in its text, and the messages in it as "message-1.eml".

    Raises `UnreadableFile` when the bytes are no message.
    """
    message = _message(data)
    found: list[Member] = []
    messages = 0
    try:
        for part in _parts(message):
            if part.get_content_type() == "message/rfc822" and part.is_multipart():
                messages += 1
                found.append((f"message-{messages}.eml", partial(_bytes, part.get_payload(0))))
            elif (name := _file_name(part)) and part.get_content_maintype() != "image":
                found.append((name, partial(_payload, part)))
    except _BROKEN as exc:
        raise UnreadableFile(f"a damaged message: {exc}") from exc
    return found


class _Policy(EmailPolicy):
    """The default one, with an end to headers."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_LONGEST_HEADER]


def _message(data: bytes) -> EmailMessage:
    try:
        message = cast(EmailMessage, message_from_bytes(data, policy=_Policy()))
        known = any(message[key] for key in ("From", "Date", "Subject", "Message-ID", "Content-Type"))
    except _BROKEN as exc:
        raise UnreadableFile(f"a damaged message: {exc}") from exc
    if not known:
        raise UnreadableFile("no message: it has no header of one")
    return message


def _parts(message: Any) -> Iterator[Any]:
    """A message and its parts, but not those of messages in it."""
    yield message
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in message.get_payload():
            yield from _parts(part)


def _bytes(message: Any) -> bytes:
    try:
        return bytes(message)
    except _BROKEN as exc:
        raise UnreadableFile(f"a damaged message: {exc}") from exc


def _header(message: EmailMessage, key: str) -> str:
    try:
        return " ".join(str(message.get(key, "")).encode("utf-8", "replace").decode().split())
    except _BROKEN:
        return ""


def _file_name(part: EmailMessage) -> str:
    try:
        name = part.get_filename() or ""
    except _BROKEN:
        return ""
    return PurePosixPath(name.replace("\\", "/")).name


def _payload(part: EmailMessage) -> bytes:
    try:
        return cast("bytes | None", part.get_payload(decode=True)) or b""
    except _BROKEN as exc:
        raise UnreadableFile(f"a damaged attachment: {exc}") from exc


def _write_body(draft: Draft, message: EmailMessage) -> None:
    from corpus.readers.html import write_html

    try:
        part = message.get_body(("plain", "html"))
    except _BROKEN as exc:
        raise UnreadableFile(f"a damaged message: {exc}") from exc
    if part is None:
        return
    text = _text(part)
    if part.get_content_subtype() == "html":
        write_html(text.encode(), draft)
        return
    for paragraph in _PARAGRAPH.split(text):
        draft.paragraph(paragraph)


def _text(part: Any) -> str:
    """The text of a part in the encoding it states, else in the one it has."""
    data = _payload(part)
    try:
        return data.decode(part.get_content_charset() or "utf-8")
    except (LookupError, ValueError):
        return decode(data)[0] if data.strip() else ""


def _statements(message: EmailMessage) -> list[Field]:
    names = [name or address for name, address in getaddresses([_header(message, "From")])]
    try:
        date = parsedate_to_datetime(_header(message, "Date")).date().isoformat()
    except _BROKEN:
        date = None
    values = {"title": _header(message, "Subject"), "authors": [name for name in names if name], "date": date}
    return [*stated(values, "metadata"), Field("kind", "letter", "guess")]
