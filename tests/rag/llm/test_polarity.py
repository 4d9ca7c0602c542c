import pytest

from embeddings import tokens
from rag.llm.polarity import Tokenised, clauses, contradicts
from tests.fakes import FakeEncoder


def tokenised(text):
    vectors = FakeEncoder(offset=0.1).encode_passage_tokens([text])[0].tokens
    return Tokenised(text, vectors, [start for _, start, _ in tokens(text)])


@pytest.mark.parametrize(
    ("sentence", "source", "opposite"),
    [
        ("The treaty was ratified.", "The treaty was not ratified.", True),
        ("The treaty was never ratified.", "The treaty was ratified in May.", True),
        ("The treaty was not ratified.", "The treaty was never ratified.", False),
        ("The treaty was ratified.", "The treaty was ratified, although the budget never grew.", False),
        ("The budget grew.", "The treaty was ratified, although the budget never grew.", True),
        ("Georgia did not sign the treaty.", "Georgia refused to sign the treaty.", False),
        ("Договор не подписан.", "Договор подписан в мае.", True),
        ("Договор подписан.", "Решение No 12: договор подписан.", False),
    ],
)
def test_a_denial_needs_a_denial_of_the_same(sentence, source, opposite):
    assert contradicts(tokenised(sentence), tokenised(source)) is opposite


def test_clauses_cover_the_text_and_short_pieces_of_lists_stay_together():
    text = "Armenia, Belarus and Russia signed the treaty in May, but the budget never grew after that."
    spans = clauses(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert text[slice(*spans[-1])].startswith("but the budget")
