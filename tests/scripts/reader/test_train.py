import gzip
import json
import math
import random
from itertools import pairwise

import pytest
import torch


@pytest.fixture(scope="module")
def train(script):
    return script("train")


def row(length=20, group=None, **more):
    made = {"ids": [7] * length, "text": 4, "span": None, "answers": 0} | more
    return made | ({"group": group} if group else {})


def out(answers, start=None, end=None, supports=None, length=20):
    """Logits of so many rows, all 0 but those given."""
    zeros = torch.zeros(len(answers), length)
    return {
        "answers": torch.tensor(answers),
        "supports": torch.zeros(len(answers)) if supports is None else torch.tensor(supports),
        "start": zeros.clone() if start is None else start,
        "end": zeros.clone() if end is None else end,
    }


def mask_of(batch, length=20):
    return torch.tensor([[place < len(row["ids"]) for place in range(length)] for row in batch])


def loss(train, found, batch, pairwise=0.0):
    return train.loss_of(found, batch, mask_of(batch, found["start"].shape[1]), pairwise).item()


def cross_entropy(odds, truth):
    return math.log(1 + math.exp(-odds if truth else odds))


def test_every_row_is_in_one_batch_and_no_batch_has_more_pieces_than_it_may(train):
    lengths = random.Random(1)
    rows = [row(lengths.randint(5, 300), number=n) for n in range(500)]
    made = train.batches(rows, 1024, seed=3)
    assert sorted(one["number"] for batch in made for one in batch) == list(range(500))
    assert all(train.padded(max(len(one["ids"]) for one in batch)) * len(batch) <= 1024 for batch in made)
    # Rows alike in length come together: hardly a piece is padding.
    read = sum(len(one["ids"]) for one in rows)
    assert sum(train.padded(max(len(one["ids"]) for one in batch)) * len(batch) for batch in made) < 1.15 * read


def test_a_row_that_is_longer_than_a_batch_is_one_of_its_own(train):
    made = train.batches([row(200), row(10), row(12)], 64, seed=3)
    assert sorted(sorted(len(one["ids"]) for one in batch) for batch in made) == [[10, 12], [200]]


def test_rows_of_a_group_stand_side_by_side(train):
    rows = [row(20, group=f"g{n % 10}", number=n) for n in range(100)]
    random.Random(2).shuffle(rows)
    (batch,) = train.batches(rows, 10**6, seed=3)
    assert sum(one["group"] != other["group"] for one, other in pairwise(batch)) == 9


def test_batches_follow_from_the_seed(train):
    rows = [row(10 + n % 50, number=n) for n in range(200)]
    assert train.batches(rows, 256, seed=3) == train.batches(rows, 256, seed=3)
    assert train.batches(rows, 256, seed=3) != train.batches(rows, 256, seed=4)


@pytest.mark.parametrize(("length", "padded"), [(1, 16), (16, 16), (17, 32), (160, 160)])
def test_lengths_are_padded_to_multiples_of_sixteen(train, length, padded):
    assert train.padded(length) == padded


def test_so_large_a_share_of_each_file_is_read(train, tmp_path):
    for name, count in (("a", 40), ("b", 10)):
        with gzip.open(tmp_path / name, "wt", encoding="utf-8") as file:
            file.writelines(json.dumps({"file": name, "n": n}) + "\n" for n in range(count))
    found = train.read([tmp_path / "a", tmp_path / "b"], [0.25], seed=1)
    assert [one["file"] for one in found].count("a") == 10
    assert [one["n"] for one in found if one["file"] == "b"] == list(range(10))
    assert found == train.read([tmp_path / "a", tmp_path / "b"], [0.25], seed=1)


def test_the_loss_of_whether_a_window_answers_is_the_mean_cross_entropy(train):
    batch = [row(answers=1), row(answers=0)]
    expected = (cross_entropy(2.0, True) + cross_entropy(-0.5, False)) / 2
    assert loss(train, out([2.0, -0.5]), batch) == pytest.approx(expected, abs=1e-5)


def test_the_loss_of_a_span_is_over_the_pieces_of_the_text_alone(train):
    # Of 20 pieces the first 4 are the question's and the last is the frame's: 15 are left. What stands outside is loud.
    start, end = torch.full((1, 20), 0.0), torch.full((1, 20), 0.0)
    start[0, 2] = end[0, 19] = 50.0
    start[0, 6], end[0, 8] = 3.0, 1.0
    batch = [row(answers=1, span=[6, 8])]
    spans = [math.log(14 + math.exp(3)) - 3, math.log(14 + math.exp(1)) - 1]
    expected = cross_entropy(0.0, True) + 0.5 * sum(spans)
    assert loss(train, out([0.0], start, end), batch) == pytest.approx(expected, abs=1e-4)


def test_pieces_that_pad_a_shorter_row_are_outside_too(train):
    start = torch.zeros(2, 20)
    start[0, 12:] = 50.0
    batch = [row(12, answers=1, span=[5, 5]), row(20, answers=0)]
    # 7 pieces of the first row's 12 are its text's, and none of them is likelier.
    expected = (cross_entropy(0.0, True) + cross_entropy(0.0, False)) / 2 + 0.5 * 2 * math.log(7)
    assert loss(train, out([0.0, 0.0], start), batch) == pytest.approx(expected, abs=1e-4)


def test_a_row_without_a_span_has_no_loss_of_one(train):
    start = torch.randn(1, 20, generator=torch.Generator().manual_seed(1))
    assert loss(train, out([1.0], start), [row(answers=0)]) == pytest.approx(cross_entropy(1.0, False), abs=1e-5)


def test_a_claim_has_the_loss_of_its_own_head_alone_by_half(train):
    batch = [row(answers=None, supports=1), row(answers=None, supports=0)]
    expected = 0.5 * (cross_entropy(3.0, True) + cross_entropy(1.0, False)) / 2
    assert loss(train, out([9.0, 9.0], supports=[3.0, 1.0]), batch) == pytest.approx(expected, abs=1e-5)


def test_of_two_questions_on_a_passage_the_one_that_it_answers_is_to_be_above(train):
    batch = [row(group="p", answers=1), row(group="p", answers=0), row(group="q", answers=0), row(answers=0)]
    logits = [1.0, 0.5, 9.0, 9.0]
    alone = sum(cross_entropy(odds, truth) for odds, truth in zip(logits, (True, False, False, False), strict=True)) / 4
    pair = math.log(1 + math.exp(0.5 - 1.0))  # only the first two share a passage
    assert loss(train, out(logits), batch) == pytest.approx(alone, abs=1e-4)
    assert loss(train, out(logits), batch, pairwise=0.3) == pytest.approx(alone + 0.3 * pair, abs=1e-4)


def test_pairs_are_averaged_over_all_of_a_passage(train):
    batch = [row(group="p", answers=1), row(group="p", answers=1), row(group="p", answers=0)]
    logits = [2.0, 1.0, 0.0]
    pairs = (math.log(1 + math.exp(-2.0)) + math.log(1 + math.exp(-1.0))) / 2
    without = loss(train, out(logits), batch)
    assert loss(train, out(logits), batch, pairwise=1.0) - without == pytest.approx(pairs, abs=1e-4)


def test_a_group_of_rows_of_several_lengths_is_in_one_batch(train):
    rows = [row(length, group=f"g{n}", number=n) for n in range(30) for length in (20, 90, 200)]
    made = train.batches(rows, 1024, seed=3)
    assert all(len({id(batch) for batch in made if any(one["number"] == n for one in batch)}) == 1 for n in range(30))
