from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.normalisation import fold
from corpus.records import Page
from corpus.sentences import sentence_spans
from corpus.splitting import SplitterSettings, context_of, split
from tests.corpus.made_up import count_words, document, texts

_SENTENCE = "The parties of the union agree that duties are abolished on all goods of their own making. "
_SETTINGS = st.builds(SplitterSettings, st.integers(20, 300), st.integers(5, 60))


def _passages(text: str, settings: SplitterSettings | None = None, **record: object):
    return split(document(text, **record), settings or SplitterSettings(), count_words)


@given(texts, _SETTINGS)
def test_every_passage_is_exactly_the_document_between_its_offsets(text, settings):
    made = document(text)
    for passage in split(made, settings, count_words):
        assert made.text[passage.start : passage.end] == passage.text
        assert passage.text.strip()
        assert passage.document == made.id


@given(texts, _SETTINGS)
def test_no_passage_exceeds_a_limit(text, settings):
    for passage in _passages(text, settings):
        assert len(passage.text) <= settings.max_chars
        assert count_words(passage.embedded) <= settings.max_tokens


@given(texts, _SETTINGS)
def test_passages_cover_all_but_headings_and_boilerplate_exactly_once(text, settings):
    made = document(text)
    seen = [0] * len(text)
    for passage in split(made, settings, count_words):
        for index in range(passage.start, passage.end):
            seen[index] += 1
    assert max(seen, default=0) <= 1
    for block in made.blocks:
        covered = {seen[i] for i in range(block.start, block.end) if not text[i].isspace()}
        if block.part == "boilerplate":
            assert covered == {0}
        elif block.part != "heading":
            assert covered == {1}


@given(texts, _SETTINGS)
def test_no_sentence_is_cut_unless_it_alone_exceeds_a_limit(text, settings):
    made = document(text)
    passages = split(made, settings, count_words)
    inner = {edge for passage in passages for edge in (passage.start, passage.end)}
    for block in made.blocks:
        for start, end in sentence_spans(text[block.start : block.end], block.language):
            a, b = block.start + start, block.start + end
            if any(a < edge < b for edge in inner):
                words = count_words(f"{context_of(made, block.section)} {fold(text[a:b])}")
                assert b - a > settings.max_chars or words > settings.max_tokens


@given(texts, _SETTINGS)
def test_passages_depend_on_text_and_settings_only(text, settings):
    first, again = _passages(text, settings), _passages(text, settings)
    assert first == again
    assert len({passage.id for passage in first}) == len(first)


def test_a_short_document_stays_whole_across_its_sections():
    (passage,) = _passages(f"Introduction. {_SENTENCE}\n\nResults. {_SENTENCE}\n\nConclusion. {_SENTENCE}")
    assert passage.text.count("agree") == 3
    assert (passage.section, passage.language) == ("Introduction", "en")


def test_a_short_document_in_two_languages_has_a_passage_for_each():
    russian = "Стороны договорились об отмене пошлин на все товары собственного производства."
    passages = _passages(f"Аннотация:\n{russian}\n{russian}\nAbstract:\n{_SENTENCE}\n{_SENTENCE}")
    assert [(passage.language, passage.section) for passage in passages] == [("ru", "Аннотация"), ("en", "Abstract")]


def test_a_long_document_is_split_where_its_sections_end():
    text = "\n\n".join(f"{name}. {_SENTENCE * 6}" for name in ("Introduction", "Results", "Conclusion"))
    passages = _passages(text, SplitterSettings(max_chars=800))
    assert [passage.section for passage in passages] == ["Introduction", "Results", "Conclusion"]


def test_a_long_section_is_split_between_sentences():
    passages = _passages(_SENTENCE * 30, SplitterSettings(max_chars=500))
    assert len(passages) == 6
    assert all(passage.text.startswith("The parties") and passage.text.endswith("making.") for passage in passages)


@pytest.mark.parametrize("settings", [SplitterSettings(max_chars=100), SplitterSettings(max_tokens=10)])
def test_a_sentence_that_is_too_long_is_cut_at_spaces(settings):
    text = "word " * 200 + "end."
    passages = _passages(text, settings)
    assert len(passages) > 9
    assert " ".join(passage.text for passage in passages) == text


def test_a_word_that_is_too_long_is_cut_anywhere():
    assert [len(passage.text) for passage in _passages("x" * 250, SplitterSettings(max_chars=100))] == [100, 100, 50]


def test_boilerplate_is_in_no_passage_and_ends_one():
    passages = _passages(f"{_SENTENCE}\n\nShare\n\n{_SENTENCE}")
    assert [passage.text for passage in passages] == [_SENTENCE.strip()] * 2


def test_references_and_front_matter_are_passages_of_their_own():
    text = (
        f"{_SENTENCE}\n\nFunding. The study was funded.\n\nKeywords: union\n\n"
        "1. Smith J. Borders. Borders. 2020; 1(1):1-2.\n2. Doe A. Union. Union. 2021; 1(1):3-4.\n"
    )
    assert [p.part for p in _passages(text)] == ["body", "front matter", "front matter", "reference", "reference"]


def test_what_is_embedded_begins_with_title_year_and_section():
    (passage,) = _passages(f"Results. {_SENTENCE}", title="The Union", date="2014-05-29", origins={"title": "text"})
    assert passage.embedded == f"The Union. 2014. Results\nResults. {_SENTENCE.strip()}"


def test_what_is_embedded_is_folded_and_what_is_shown_is_not():
    (passage,) = _passages("The\u00a0Сhanging\r\nrole of UDК codes.")
    assert passage.text == "The\u00a0Сhanging\r\nrole of UDК codes."
    assert passage.embedded == "The Changing role of UDK codes."


def test_a_guessed_title_is_no_context_and_a_lost_one_is():
    guessed = document("Text.", title="Text", origins={"title": "guess"})
    named = document("Text.", title="Treaty", also={"title": "Ruritania - Belarus"})
    assert context_of(guessed, None) == ""
    assert context_of(named, "Article 1") == "Treaty. Ruritania - Belarus. Article 1"


def test_a_long_context_is_cut_so_that_the_section_stays():
    context = context_of(document("Text.", title="Very long title " * 100), "Article 12")
    assert context.startswith("Article 12. Very long")
    assert len(context) < 480


@pytest.mark.parametrize(("max_tokens", "context"), [(40, "Title of four words. Results"), (8, "Results"), (1, "")])
def test_a_context_takes_at_most_half_of_the_tokens(max_tokens, context):
    made = document(f"Results. {_SENTENCE}", title="Title of four words")
    for passage in split(made, SplitterSettings(max_tokens=max_tokens), count_words):
        assert passage.embedded == f"{context}\n{passage.text}".lstrip()


def test_a_counter_that_never_fits_still_ends():
    passages = split(document("word"), SplitterSettings(max_tokens=1), lambda text: 2)
    assert [passage.text for passage in passages] == ["w", "o", "r", "d"]


def test_passage_ids_change_with_the_document():
    one, other = (split(document("Text.", source), SplitterSettings(), count_words)[0] for source in ("a.txt", "b.txt"))
    assert (one.text, one.id == other.id) == (other.text, False)


def test_a_passage_names_the_pages_it_stands_on():
    made = document(_SENTENCE * 3)
    paged = replace(made, pages=(Page(0, "45"), Page(len(_SENTENCE) + 5, "46")))
    settings = SplitterSettings(max_chars=len(_SENTENCE))
    assert [passage.page for passage in split(paged, settings, count_words)] == ["45", "45–46", "46"]
    assert {passage.page for passage in split(made, settings, count_words)} == {None}
