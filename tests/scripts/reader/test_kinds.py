import json
from collections import Counter

import pytest
import torch

from rag.answer.kinds import KINDS, Layer


@pytest.fixture(scope="module")
def kinds(script):
    return script("kinds")


def test_a_layer_is_fitted_to_what_it_is_shown(kinds, monkeypatch):
    monkeypatch.setattr(kinds, "STEPS", 60)
    torch.manual_seed(0)
    truth = torch.arange(200) % len(KINDS)
    vectors = torch.nn.functional.normalize(torch.eye(len(KINDS), 16)[truth] * 2 + 0.3 * torch.randn(200, 16), dim=1)
    weights, bias = kinds.fit(vectors, truth)
    assert weights.shape == (len(KINDS), 16) and bias.shape == (len(KINDS),)
    layer = Layer("made", weights.numpy(), bias.numpy())
    told = [layer.kind(vector.numpy(), "made") for vector in vectors]
    assert sum(kind == KINDS[n] for kind, n in zip(told, truth.tolist(), strict=True)) >= 198


def test_the_labelled_questions_are_of_the_known_kinds_in_both_languages(kinds):
    rows = [json.loads(line) for line in kinds.DATA.read_text("utf-8").splitlines()]
    counted = Counter((row["kind"], row["lang"]) for row in rows)
    assert {kind for kind, _ in counted} == set(KINDS)
    assert {language for _, language in counted} == {"ru", "en"}
    assert min(counted.values()) >= 20
    assert len({row["text"] for row in rows}) == len(rows)
