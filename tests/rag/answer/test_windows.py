from types import SimpleNamespace

import numpy as np
import pytest

from corpus import sentence_spans
from corpus.records import Record
from embeddings import StoredDocument, StoredPassage
from embeddings.token_index import NOWHERE, Matches
from rag.answer.windows import LONGEST_SENTENCE, MOST_CHARS, PASSAGES, WINDOWS, Named, Stretch, shortened, stretches
from rag.search.glossary import load_glossary
from rag.search.retrieval import Hit

#: The place where a passage is nearest to the question; of one that has none all is equally far.
NEAR = "bull's eye"


class WordIndex:
    """A token a word; a question's only token is near `NEAR` in proportion to the passage's row, and to else
    nothing.
    """

    def __init__(self, passages):
        self._passages = {passage.row: passage for passage in passages}

    def matches(self, tokens, rows, language):
        return [self._match(self._passages[int(row)], language) for row in rows]

    def _match(self, passage, language):
        assert passage.language == language
        text = passage.text
        places = [n for n in range(len(text)) if not text[n].isspace() and (n == 0 or text[n - 1].isspace())]
        near = [0.9 - passage.row / 100 if text.startswith(NEAR, n) else 0.0 for n in places]
        return Matches(np.array([near], np.float32).reshape(1, -1), np.array(places, np.uint16))


@pytest.fixture
def read():
    """The stretches of passages that were found in this order."""

    def stretches_of(*passages, question="Where?", entries=()):
        query = SimpleNamespace(tokens=lambda language: np.ones((1, 2), np.float32), text=question, entries=entries)
        hits = [Hit(passage, 0.0, 0.0, 0.0, None) for passage in passages]
        return stretches(SimpleNamespace(index=WordIndex(passages)), query, hits)

    return stretches_of


def sentence(word, chars=100):
    """A sentence of so many characters that begins with a word."""
    return f"{word} {'x' * (chars - len(word) - 2)}."


def words(stretch):
    """The first word of each sentence of a stretch."""
    text = stretch.passage.document.text
    return [text[start:end].split()[0] for start, end in stretch.sentences]


def test_a_short_passage_is_read_as_a_whole_under_title_and_section(read):
    text = "The Court sits in Minsk. Its judges serve nine years."
    document = StoredDocument("d", "texts", "d.txt", f"Preface. {text}", Record(title="On courts"), ())
    passage = StoredPassage(0, 100, document, 9, 9 + len(text), "body", "Article 5", "en", None)
    (stretch,) = read(passage)
    assert (stretch.window.head, stretch.window.text) == ("On courts. Article 5. ", text)
    assert (stretch.start, stretch.end) == (9, 9 + len(text))
    assert [document.text[slice(*span)] for span in stretch.sentences] == [
        "The Court sits in Minsk.",
        "Its judges serve nine years.",
    ]


def test_the_section_is_the_one_that_the_stretch_begins_in():
    document = StoredDocument("d", "texts", "d.txt", "One. Two.", Record(), (), ((0, "Article 1"), (5, "Article 2")))
    passage = StoredPassage(0, 100, document, 0, 9, "body", "Article 1", "en", None)
    assert Stretch(passage, ((5, 9),), 0.5).window.head == "Article 2. "


def test_a_text_without_title_or_section_has_no_head(make_passage):
    passage = make_passage("It sits.")
    assert Stretch(passage, ((0, 8),), 0.5).window.head == ""


def test_of_a_long_passage_the_sentences_around_the_nearest_are_read_and_then_others(read, make_passage):
    named = [f"S{n}" for n in range(20)]
    text = " ".join(sentence(name) if name != "S10" else sentence(f"S10 {NEAR}") for name in named)
    first, second = read(make_passage(text))
    assert words(first) == named[7:13]
    assert first.nearness > second.nearness
    assert not {*words(first)} & {*words(second)}
    assert all(stretch.end - stretch.start <= MOST_CHARS for stretch in (first, second))


def test_a_window_grows_to_both_sides_by_turns_and_first_to_what_stands_before(read, make_passage):
    # Six sentences of 100 characters and the spaces between fit into a window: two before, the nearest, ...
    text = " ".join(
        [*(sentence(f"B{n}") for n in range(9)), sentence(f"N {NEAR}"), *(sentence(f"A{n}") for n in range(9))]
    )
    assert words(read(make_passage(text))[0]) == ["B6", "B7", "B8", "N", "A0", "A1"]


def test_where_one_side_has_no_room_the_window_grows_to_the_other(read, make_passage):
    text = " ".join([sentence("Long", 590), sentence(f"N {NEAR}"), *(sentence(f"A{n}") for n in range(9))])
    assert words(read(make_passage(text))[0]) == ["N", "A0", "A1", "A2", "A3", "A4"]


def test_the_nearest_stretch_comes_first_wherever_its_passage_stood(read, make_passage):
    far, near, nearest = (make_passage(f"It is the {NEAR}.", row=row) for row in (30, 20, 10))
    assert [stretch.passage.row for stretch in read(near, far, nearest)] == [10, 20, 30]


def test_so_many_passages_of_a_language_are_looked_into_and_so_many_windows_read(read, make_passage):
    passages = [make_passage(f"It is the {NEAR}.", row=20 - n) for n in range(20)]
    assert [stretch.passage.row for stretch in read(*passages)] == list(range(13, 21))
    assert PASSAGES == WINDOWS == 8


def test_a_language_has_its_share_of_the_windows_however_far_it_is(read, make_passage):
    english = [make_passage(f"It is the {NEAR}.", row=row) for row in range(8)]
    russian = [make_passage("Это далеко.", "ru", row=row) for row in range(20, 28)]
    found = read(*english, *russian)
    assert [stretch.passage.row for stretch in found] == [0, 1, 2, 3, 4, 20, 21, 22]


def test_of_many_languages_each_has_less(read, make_passage):
    languages = ["en", "ru", "de", "fr"]
    passages = [
        make_passage(f"It is the {NEAR}.", code, row=10 * n + i) for n, code in enumerate(languages) for i in range(4)
    ]
    rows = [stretch.passage.row for stretch in read(*passages)]
    assert rows == [0, 1, 10, 11, 20, 21, 30, 31]


def test_a_passage_without_words_gives_nothing_to_read(read, make_passage):
    assert read(make_passage(" \n ")) == []
    assert read() == []


def test_a_real_question_reads_the_sentences_of_what_search_found(retriever):
    query = retriever.query("Where does the Court of the Union sit?")
    hits = retriever.search(query, 60)
    found = stretches(retriever, query, hits)
    assert found[0].passage.document.source == "court.md"
    assert {one.passage.language for one in found} == {"en", "ru"}
    assert [one.nearness for one in found] == sorted((one.nearness for one in found), reverse=True)
    for one in found:
        text = one.passage.document.text
        assert one.window.text == text[one.start : one.end]
        own = [(one.passage.start + a, one.passage.start + b) for a, b in sentence_spans(one.passage.text, "en")]
        assert set(one.sentences) <= set(own)


def test_what_stands_in_title_and_section_makes_a_stretch_nearer(make_passage):
    """As `Matches` counts it: the stretch takes its nearness from there."""
    passage = make_passage("It sits in Minsk.", title="The Court")
    match = Matches(np.array([[0.9, 0.1]], np.float32), np.array([NOWHERE, 0], np.uint16))
    index = SimpleNamespace(matches=lambda tokens, rows, language: [match])
    query = SimpleNamespace(tokens=lambda language: None, text="Where?", entries=())
    (stretch,) = stretches(SimpleNamespace(index=index), query, [Hit(passage, 0.0, 0.0, 0.0, None)])
    assert stretch.nearness == pytest.approx(0.8 * 0.9)


@pytest.fixture
def share(make_passage):
    """The share of what a question names that a text mentions."""

    def of(question, text, language="en", **record):
        entries = tuple(load_glossary().find(question))
        passage = make_passage(text, language, **record)
        named = Named(SimpleNamespace(entries=entries, text=question))
        return named.share_in(passage, Stretch(passage, ((0, len(text)),), 0.5).window)

    return of


@pytest.mark.parametrize(
    ("text", "language", "record", "expected"),
    [
        ("Armenia joined the EAEU in 2015.", "en", {}, 1),
        ("Армению приняли в ЕАЭС в 2015 году.", "ru", {}, 1),
        ("Armenia joined the union in 2014.", "en", {}, 1 / 3),
        ("It joined the union.", "en", {"title": "Armenia"}, 1 / 3),
        ("It joined the union.", "en", {"parties": ("Armenia", "Belarus"), "date": "2015-01-02"}, 2 / 3),
        ("It joined.", "en", {}, 0),
    ],
)
def test_names_and_years_count_in_any_language_in_the_head_and_in_the_record(share, text, language, record, expected):
    assert share("When did Armenia join the EAEU, in 2015?", text, language, **record) == pytest.approx(expected)


def test_a_question_that_names_nothing_misses_nothing(share):
    assert share("When did it join the customs union?", "It left.") == 1


def test_the_share_of_names_stands_at_the_stretch(read, make_passage):
    entries = tuple(load_glossary().find("Armenia"))
    found = read(make_passage("Armenia joined.", row=1), make_passage("It left.", row=2), entries=entries)
    assert {one.passage.row: one.names for one in found} == {1: 1.0, 2: 0.0}


def pieces(text):
    return [text[start:end] for start, end in shortened(text, 0, len(text))]


@pytest.mark.parametrize("text", ["", "It sits in Minsk.", "x" * LONGEST_SENTENCE])
def test_a_sentence_that_is_not_too_long_stays_whole(text):
    assert pieces(text) == [text] * bool(text)


@pytest.mark.parametrize("mark", [";", ",\n", "\n", ". "])
def test_a_long_sentence_is_cut_at_its_last_clause_that_fits(mark):
    clauses = [sentence(f"c{n}", 150).replace(".", "") for n in range(8)]
    found = pieces(f"{mark} ".join(clauses))
    assert [piece.split()[0] for piece in found] == ["c0", "c3", "c6"]
    assert all(len(piece) <= LONGEST_SENTENCE for piece in found)


def test_without_clauses_it_is_cut_at_a_space_and_without_spaces_anywhere():
    assert [len(piece) for piece in pieces(("ninechars " * 100).strip())] == [599, 399]
    assert [len(piece) for piece in pieces("x" * 1500)] == [600, 600, 300]


@pytest.mark.parametrize("text", ["word " * 500, "a; " + "x" * 900, "x" * 300 + ";" + "y" * 900, "one.\n" * 400])
def test_pieces_keep_every_character_but_the_space_between_them(text):
    assert "".join("".join(pieces(text)).split()) == "".join(text.split())
    assert all(0 < len(piece) <= LONGEST_SENTENCE for piece in pieces(text))


def test_a_piece_is_told_by_its_place_in_the_whole_text():
    text = f"Before. {' '.join(['word'] * 200)}"
    found = list(shortened(text, 8, len(text)))
    assert found[0][0] == 8
    assert all(text[start:end] == text[start:end].strip() for start, end in found)
