import pytest
from fpdf import FPDF

from corpus.errors import UnreadableFile
from corpus.harvest.client import Limits, PoliteClient
from corpus.harvest.fulltext import full_text
from tests.corpus.harvest.repository import Reply
from tests.corpus.harvest.test_descriptions import BODY, JATS

PARAGRAPH = "The whole text of the article tells how the duties are shared among the five members of the union. "
HTML = f"<html><body><article><h1>On duties</h1><p>{PARAGRAPH * 5}</p></article></body></html>"


def pdf():
    made = FPDF()
    made.add_page()
    made.set_font("helvetica", size=12)
    made.multi_cell(0, text=PARAGRAPH * 5)
    return bytes(made.output())


FILES = {
    "application/pdf": pdf(),
    "text/html; charset=utf-8": HTML.encode(),
    "application/xml": JATS.format(links="", body=BODY.replace("Весь текст статьи.", PARAGRAPH)).encode(),
}


@pytest.fixture
def client(repository, pace):
    with PoliteClient(repository.url, pace) as client:
        yield client


@pytest.fixture
def link(repository):
    """The address of a file of a repository, by its media type and bytes."""

    def serve(media_type, data, name="1"):
        repository.files[f"/file/{name}"] = Reply(data, headers={"Content-Type": media_type})
        return repository.url.replace("/oai", f"/file/{name}")

    return serve


@pytest.mark.parametrize("media_type", FILES)
def test_the_readers_read_what_comes_by_its_type(client, link, media_type):
    text = full_text([link(media_type, FILES[media_type])], client, "a record").text
    assert PARAGRAPH.strip() in " ".join(text.split())


def test_the_first_readable_file_counts(client, link):
    links = [
        link("application/pdf", b"%PDF-1.4 broken", "a"),
        link("text/html", HTML.encode(), "b"),
        "http://x.invalid",
    ]
    assert "five members" in full_text(links, client, "a record").text


@pytest.mark.parametrize(
    ("media_type", "data", "reason"),
    [
        ("image/png", b"\x89PNG", "its type is 'image/png', expected PDF, HTML or XML"),
        ("", HTML.encode(), "its type is '', expected"),
        ("application/pdf", HTML.encode(), "PDF"),
        ("application/pdf", b"", "the file is empty"),
        ("text/html", b"x" * 3000, "more than"),
    ],
)
def test_what_is_no_full_text_is_named_with_its_address(repository, pace, link, media_type, data, reason):
    wanted = link(media_type, data)
    with (
        PoliteClient(repository.url, pace, Limits(response_bytes=2000)) as client,
        pytest.raises(UnreadableFile) as raised,
    ):
        full_text([wanted], client, "a record")
    assert str(raised.value).startswith(f"{wanted}: ")
    assert reason in str(raised.value)


def test_a_file_that_is_not_served_is_tried_twice_only(client, repository, link):
    wanted = link("text/html", HTML.encode())
    repository.breaks(1, *[lambda _: Reply(status=503)] * 9)
    with pytest.raises(UnreadableFile, match="2 times"):
        full_text([wanted], client, "a record")
    assert len(repository.requests) == 2
