import pytest

from rag.answer.windows import MOST_CHARS


@pytest.fixture(scope="module")
def evaluate(script):
    return script("evaluate")


@pytest.mark.parametrize(
    ("positive", "negative", "expected"),
    [([3.0, 2.0], [1.0], 1.0), ([1.0], [2.0], 0.0), ([1.0], [1.0], 0.5), ([3.0, 1.0], [2.0, 1.0], 2.5 / 4)],
)
def test_auroc_counts_pairs_ties_half(evaluate, positive, negative, expected):
    assert evaluate.auroc(positive, negative) == expected


def test_a_short_text_is_one_window(evaluate):
    assert evaluate.windows("It sits in Minsk. It is old.", "en") == [(0, "It sits in Minsk. It is old.")]
    assert evaluate.windows("", "en") == []


def test_windows_of_a_long_text_overlap_and_together_hold_every_sentence_whole(evaluate):
    sentences = [f"Sentence number {n} says that {'very ' * 20}little is known." for n in range(30)]
    text = " ".join(sentences)
    found = evaluate.windows(text, "en")
    assert len(found) > 4
    assert all(text[start : start + len(words)] == words and len(words) <= MOST_CHARS for start, words in found)
    assert all(any(sentence in words for _, words in found) for sentence in sentences)
    ends = [start + len(words) for start, words in found]
    assert all(start < end for (start, _), end in zip(found[1:], ends, strict=False))
    assert ends[-1] == len(text)


def test_a_sentence_that_is_longer_than_a_window_is_one_of_its_own(evaluate):
    long = f"It says {'very ' * 200}much."
    assert [words for _, words in evaluate.windows(f"Before it. {long} After it.", "en")] == [
        "Before it.",
        long,
        "After it.",
    ]
