from collections import Counter

import numpy as np
import pytest

from corpus import fold
from rag.answer.kinds import KINDS, SURE_COURTESY, Layer, load_layer
from tests.fakes import FakeEncoder, word_layer

#: Two directions are enough: the first says how much of a courtesy a message is, the second how much of a list.
LAYER = Layer(
    "made", np.array([[0, 0], [0, 1], [0, 0], [0, 0], [1, 0]], np.float32), np.array([0, 0, -99, -99, 0], np.float32)
)


def kind(courtesy=0.0, of_list=0.0, encoder="made"):
    return LAYER.kind(np.array([courtesy, of_list], np.float32), encoder)


def test_the_kinds_are_these():
    assert KINDS == ("fact", "list", "definition", "comparison", "courtesy")


def test_the_largest_logit_tells_the_kind():
    assert kind(of_list=0.1) == "list"
    assert kind(of_list=-0.1) == "fact"
    assert kind(courtesy=9.0) == "courtesy"


def test_what_is_only_likely_a_courtesy_is_a_question():
    # Against two others of logit 0, log 8 is a share of 8 in 10: just not below what is asked for.
    assert kind(courtesy=float(np.log(8.1))) == "courtesy"
    assert kind(courtesy=float(np.log(7.9))) == "fact"
    assert SURE_COURTESY == 0.8


def test_the_vectors_of_another_encoder_tell_nothing():
    assert kind(of_list=9.0, encoder="other") == "fact"
    assert kind(courtesy=9.0, encoder="other") == "fact"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Спасибо за ответ!", "courtesy"), ("Compare the budgets", "comparison"), ("Where is the court?", "fact")],
)
def test_the_layer_of_the_tests_goes_by_words(text, expected):
    layer, encoder = word_layer({"спасибо": "courtesy", "compare": "comparison"}), FakeEncoder()
    assert layer.kind(encoder.encode_query_tokens([text])[0].pooled, encoder.id) == expected


def test_the_packaged_layer_reads_the_packaged_encoder(e5):
    layer = load_layer()
    assert layer.encoder == e5.id
    assert layer.weights.shape == (len(KINDS), e5.dimension)
    assert layer.bias.shape == (len(KINDS),)
    assert layer.weights.dtype == layer.bias.dtype == np.float32


CLEAR = {
    "courtesy": ["Спасибо!", "Thank you very much", "Здравствуйте"],
    "fact": ["When was the EAEU Treaty signed?", "Сколько судей в Суде ЕАЭС?", "Who chairs the board?"],
    "list": ["Which countries are observers of the EAEU?", "Какие государства входят в ОДКБ?"],
    "definition": ["What is the Greater Eurasian Partnership?", "Что такое правила происхождения?"],
    "comparison": ["How do the EAEU and the EU differ?", "Сравните СНГ и ЕАЭС по численности населения"],
}


def test_the_packaged_layer_tells_most_clear_questions_and_every_courtesy(e5):
    layer = load_layer()
    asked = [(expected, text) for expected, texts in CLEAR.items() for text in texts]
    vectors = e5.encode_queries([fold(text) for _, text in asked])
    told = [layer.kind(vector, e5.id) for vector in vectors]
    right = Counter(expected for (expected, _), found in zip(asked, told, strict=True) if found == expected)
    assert right.total() >= len(asked) - 1, list(zip(asked, told, strict=True))
    assert {text for (_, text), found in zip(asked, told, strict=True) if found == "courtesy"} == {*CLEAR["courtesy"]}
