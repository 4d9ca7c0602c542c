import pytest

from corpus.errors import UnreadableFile
from corpus.readers import read_file
from corpus.readers.mail import attachments
from corpus.records import build_record
from corpus.structure import blocks_of
from tests.corpus.made_files import AUTHOR, TITLE, mail


def test_the_headers_give_the_record_and_open_the_text():
    extraction = read_file(mail("Dear all,\nplease read.\n\nAnna"), "a.eml")
    opening = f"From: {AUTHOR} <anna@example.org>\nDate: Thu, 04 Mar 2021 10:00:00 +0300"
    assert extraction.text == f"{TITLE}\n\n{opening}\n\nDear all,\nplease read.\n\nAnna"
    record = build_record(extraction.statements)
    assert (record.title, record.authors, record.date, record.kind) == (TITLE, (AUTHOR,), "2021-03-04", "letter")
    assert [block.part for block in blocks_of(extraction)][:2] == ["heading", "front matter"]


def test_plain_text_comes_before_html_and_html_is_read_where_it_is_alone():
    assert "Plain." in read_file(mail("Plain.", html="<p>Marked.</p>"), "a.eml").text
    alone = b"Subject: S\nContent-Type: text/html; charset=utf-8\n\n<p>Marked <b>up</b>.</p>"
    assert read_file(alone, "a.eml").text == "S\n\nMarked up."


@pytest.mark.parametrize("charset", ["koi8-r", "x-unknown", "us-ascii"])
def test_an_encoding_is_stated_or_found(charset):
    text = "Смоленск и Витебск торгуют друг с другом давно."
    data = f"Subject: S\nContent-Type: text/plain; charset={charset}\n\n".encode() + text.encode("koi8-r")
    assert text in read_file(data, "a.eml").text


def test_attachments_are_listed_by_their_last_names():
    found = attachments(mail(attached={"../a.txt": b"one", "C:\\b.txt": b"two"}))
    assert {name: read() for name, read in found} == {"a.txt": b"one", "b.txt": b"two"}


def test_a_message_in_a_message_is_attached_once_with_its_own():
    from email import message_from_bytes, policy

    outer = message_from_bytes(mail(), policy=policy.default)
    outer.add_attachment(message_from_bytes(mail(attached={"a.txt": b"one"}), policy=policy.default))
    (member,) = attachments(outer.as_bytes())
    assert member[0] == "message-1.eml"
    assert [name for name, _ in attachments(member[1]())] == ["a.txt"]


@pytest.mark.parametrize("data", [b"just words", b"\x00\x01", b"\n\nSubject: late"])
def test_what_has_no_header_is_no_message(data):
    with pytest.raises(UnreadableFile, match="no message"):
        read_file(data, "a.eml")


def test_parts_without_end_are_refused():
    opening = "".join(f"Content-Type: multipart/mixed; boundary={n}\n\n--{n}\n" for n in range(2000))
    with pytest.raises(UnreadableFile, match="damaged message"):
        attachments(f"Subject: S\n{opening}".encode())


def test_of_a_header_without_end_the_beginning_is_read():
    read = read_file(
        f"Subject: Bread{' and salt' * 5_000}\nDate: Thu, 04 Mar 2021 10:00:00 +0300\n\nText.".encode(), "a.eml"
    )
    assert read.text.startswith("Bread and salt and")
    assert len(read.text) < 3_000
    assert read.text.endswith("Text.")
