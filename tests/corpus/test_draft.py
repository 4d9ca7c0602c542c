from hypothesis import given
from hypothesis import strategies as st

from corpus.readers.draft import Draft
from tests.corpus.made_up import texts

_STEPS = st.lists(st.tuples(st.sampled_from(["paragraph", "heading", "reference", "section", "append"]), texts))


def _drafted(steps) -> Draft:
    draft = Draft()
    for kind, text in steps:
        if kind == "paragraph":
            draft.paragraph(text)
        elif kind == "heading":
            draft.heading(text, 2)
        elif kind == "reference":
            draft.paragraph(text, "reference")
        elif kind == "section":
            draft.section("Notes")
        else:
            draft.append(_drafted([("heading", text), ("reference", text)]))
    return draft


@given(_STEPS)
def test_headings_and_known_parts_are_at_their_offsets(steps):
    extraction = _drafted(steps).extraction()
    paragraphs = extraction.text.split("\n\n") if extraction.text else []
    for span in extraction.spans:
        assert extraction.text[span.start : span.end] in paragraphs
    for heading in extraction.headings:
        assert extraction.text[heading.start : heading.end] in (heading.label, "")
    starts = [heading.start for heading in extraction.headings]
    assert starts == sorted(starts)


@given(_STEPS)
def test_no_paragraph_is_empty_or_has_white_space_to_spare(steps):
    text = _drafted(steps).text
    assert all(line == " ".join(line.split()) for line in text.split("\n"))
    assert "\n\n\n" not in text
    assert text == text.strip("\n")


@given(_STEPS, st.integers(0, 5))
def test_the_beginning_of_a_draft_is_the_beginning_of_its_text(steps, count):
    draft = _drafted(steps)
    whole, beginning = draft.extraction(), draft.beginning(count).extraction()
    assert beginning.text == "\n\n".join(draft.paragraphs[:count])
    assert beginning.spans == tuple(span for span in whole.spans if span.end <= len(beginning.text))
    assert beginning.headings == whole.headings[: len(beginning.headings)]


def test_soft_hyphens_go():
    draft = Draft()
    draft.heading("Со\u00adюз", 1)
    draft.paragraph("эконо\u00adмический\u00ad")
    assert draft.text == "Союз\n\nэкономический"
    assert draft.extraction().headings[0].label == "Союз"


def test_a_table_leaves_out_empty_rows_and_keeps_empty_cells():
    draft = Draft()
    draft.table([["Year", "Trade"], ["", " "], ["2014", ""]])
    assert draft.text == "Year | Trade\n2014 |"
