import pytest

from corpus.errors import UnreadableFile
from corpus.readers import read_file
from corpus.records import build_record
from corpus.structure import blocks_of

_FRONT = "---\ntitle: The Union\nlanguage: en\ndate: 2014-05-29\nsources:\n- url: http://x.org\n  facts: [one]\n---\n"


def _labels(text: str) -> list[tuple[int, str]]:
    return [(heading.level, heading.label) for heading in read_file(text.encode(), "a.md").headings]


@pytest.mark.parametrize("front", [_FRONT, _FRONT.replace("\n", "\r\n"), "\ufeff" + _FRONT, _FRONT[:-4] + "...\n"])
def test_front_matter_gives_the_record_and_the_text_stays_whole(front):
    extraction = read_file(f"{front}\nBody text.\n".encode(), "a.md")
    record = build_record(extraction.statements)
    assert (record.title, record.languages, record.date) == ("The Union", ("en",), "2014-05-29")
    assert record.sources == ({"url": "http://x.org", "facts": ["one"]},)
    assert extraction.text == f"{front}\nBody text.\n"


def test_front_matter_is_no_answer_material():
    text = f"{_FRONT}\n# Union\n\nBody text.\n"
    parts = [(block.part, text[block.start : block.end]) for block in blocks_of(read_file(text.encode(), "a.md"))]
    assert parts == [("boilerplate", _FRONT.strip()), ("heading", "# Union"), ("body", "Body text.")]


def test_the_first_heading_is_a_title_that_front_matter_overrides():
    extraction = read_file(f"{_FRONT}\n# Another\n\nText.".encode(), "a.md")
    record = build_record(extraction.statements)
    assert (record.title, record.also) == ("The Union", {"title": "Another"})


def test_a_heading_of_a_lower_level_is_no_title():
    assert read_file(b"## Section\n\nText.", "a.md").statements == ()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_headings_with_levels_and_without_their_marks(end):
    text = end.join(["# One", "text", "  ## Two ##", "text", "###### C#", "#hashtag", "    # code", "##", "# #"])
    assert _labels(text) == [(1, "One"), (2, "Two"), (6, "C#")]


def test_a_heading_s_offsets_are_exact():
    text = "Text 😀.\r\n\r\n## Two\r\ntext"
    (heading,) = read_file(text.encode(), "a.md").headings
    assert text[heading.start : heading.end].strip() == "## Two"


@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_a_hash_inside_fenced_code_is_no_heading(fence):
    assert _labels(f"# One\n\n{fence}sh\n# comment\n{fence}\n\n# Two\n") == [(1, "One"), (1, "Two")]


def test_each_paragraph_knows_its_section():
    text = "# Union\n\nOne.\n\n## Court\n\nTwo.\n\nThree.\n"
    body = [block.section for block in blocks_of(read_file(text.encode(), "a.md")) if block.part == "body"]
    assert body == ["Union", "Court", "Court"]


@pytest.mark.parametrize("front", ["title: [a", "- a\n- b", "date: yesterday", "date: 2014-13-45", "a: &x 1\nb: *x"])
def test_broken_front_matter_is_refused(front):
    with pytest.raises(UnreadableFile, match="its front matter: ") as caught:
        read_file(f"---\n{front}\n---\n\nText.\n".encode(), "a.md")
    assert "\n" not in str(caught.value)


def test_empty_front_matter_says_nothing():
    assert read_file(b"---\n# nothing\n---\n\nText.\n", "a.md").statements == ()


def test_a_long_line_of_spaces_in_a_heading_takes_no_time():
    assert _labels("# a" + " " * 20_000 + "b")[0][1].endswith(" b")
