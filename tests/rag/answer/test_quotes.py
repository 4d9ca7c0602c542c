import pytest

from corpus import Record
from corpus.records import Page
from embeddings import StoredDocument, StoredPassage
from rag.answer.quotes import Quote, Sentence

TEXT = "The Court  sits\nin Minsk. Its judges serve nine years."


@pytest.fixture
def passage():
    """The whole of a document of two sections on two pages."""
    sections, pages = ((0, "Article 1"), (26, "Article 2")), (Page(0, "3"), Page(26, "4"))
    document = StoredDocument("d", "texts", "d.txt", TEXT, Record(), (), sections, pages)
    return StoredPassage(0, 100, document, 0, len(TEXT), "body", "Article 1", "en", "3–4")


def test_a_quote_is_the_documents_own_characters_with_their_section_and_page(passage):
    quote = Quote(passage, 26, len(TEXT))
    assert quote.text == "Its judges serve nine years."
    assert (quote.section, quote.page) == ("Article 2", "4")
    assert (Quote(passage, 0, 40).section, Quote(passage, 0, 40).page) == ("Article 1", "3–4")


def test_a_document_without_sections_leaves_a_quote_that_of_its_passage(passage):
    document = StoredDocument("d", "texts", "d.txt", TEXT, Record(), ())
    bare = StoredPassage(0, 100, document, 0, len(TEXT), "body", "Article 7", "en", None)
    assert (Quote(bare, 0, 9).section, Quote(bare, 0, 9).page) == ("Article 7", None)


def test_a_sentence_has_the_words_of_its_first_quote_with_single_spaces(passage, make_passage):
    other = make_passage("Суд заседает в Минске.", "ru", row=1)
    sentence = Sentence((Quote(passage, 0, 25), Quote(other, 0, other.end)))
    assert (sentence.text, sentence.language) == ("The Court sits in Minsk.", "en")
    assert (sentence.role, sentence.answer, sentence.wording) == ("lead", None, None)


def test_a_models_wording_stands_for_the_quote(passage):
    assert Sentence((Quote(passage, 0, 25),), wording="It sits in Minsk.").text == "It sits in Minsk."
