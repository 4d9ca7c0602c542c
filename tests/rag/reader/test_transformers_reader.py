import json

import numpy as np
import pytest

from rag.errors import ReaderUnavailable
from rag.reader.reading import Window
from rag.reader.transformers_reader import TransformersReader
from tests.rag.reader.tiny_readers import LONGEST, save_tiny_reader

QUESTION = "where sits the court"
TEXT = "the court sits in minsk. Its judges serve nine years."


@pytest.fixture(scope="module")
def extractive(extractive_folder):
    return TransformersReader(str(extractive_folder))


@pytest.fixture(scope="module")
def cross_encoder(cross_encoder_folder):
    return TransformersReader(str(cross_encoder_folder))


@pytest.fixture
def says(extractive, monkeypatch):
    """Lets the extractive model give these logits, {piece: (of start, of end)}; of all others 0."""
    import torch

    def given(logits):
        def forward(input_ids, **_):
            starts, ends = torch.zeros(1, input_ids.shape[1]), torch.zeros(1, input_ids.shape[1])
            for piece, (start, end) in logits.items():
                starts[0, piece], ends[0, piece] = start, end
            return type("Output", (), {"start_logits": starts, "end_logits": ends})

        monkeypatch.setattr(extractive._model, "forward", forward)
        return extractive

    return given


# [CLS] where sits the court [SEP] the court sits in minsk . its judges ...: the pieces of `TEXT` begin at 6.
CLS, MINSK, IN = 0, 10, 9


def test_an_extractive_models_answer_is_read_against_its_own_none(says):
    (reading,) = says({CLS: (1.0, 0.5), MINSK: (4.0, 3.0)}).read([QUESTION], [Window("", TEXT)])
    assert TEXT[reading.start : reading.end] == "minsk"
    assert reading.answers == pytest.approx(4.0 + 3.0 - 1.0 - 0.5)


def test_the_span_is_likeliest_among_the_pieces_of_the_text_alone(says):
    (reading,) = says({CLS: (9.0, 9.0), 2: (8.0, 8.0), IN: (2.0, 0.0), MINSK: (0.0, 2.0)}).read(
        [QUESTION], [Window("", TEXT)]
    )
    assert TEXT[reading.start : reading.end] == "in minsk"
    one = np.exp(2) / (np.exp(2) + 11)  # of 12 pieces
    assert reading.span == pytest.approx(2 * np.log(one), abs=1e-4)


def test_an_answer_in_the_head_is_none(says):
    # With "the judges " before it, the text begins two pieces later.
    window = Window("the judges ", TEXT)
    (reading,) = says({7: (9.0, 9.0), MINSK + 2: (4.0, 3.0)}).read([QUESTION], [window])
    assert TEXT[reading.start : reading.end] == "minsk"
    assert reading.answers == pytest.approx(7.0)


def test_a_text_that_no_piece_of_is_read_is_surely_no_answer(extractive):
    (reading,) = extractive.read([QUESTION], [Window("court " * 2 * LONGEST, TEXT)])
    assert (reading.answers, reading.start, reading.end, reading.span) == (-20, 0, 0, -20)


def test_a_cross_encoder_points_at_the_sentence_that_it_scores_best(cross_encoder):
    window = Window("the court. ", TEXT)
    (reading,) = cross_encoder.read([QUESTION], [window])
    sentences = [TEXT[:24], TEXT[25:]]
    scores = [cross_encoder._odds([QUESTION], [window.head + sentence])[0] for sentence in sentences]
    best = int(np.argmax(scores))
    assert TEXT[reading.start : reading.end] == sentences[best]
    assert reading.span == pytest.approx(scores[best] - np.logaddexp(*scores), abs=1e-5)
    assert reading.answers == pytest.approx(cross_encoder._odds([QUESTION], [window.head + TEXT])[0], abs=1e-5)


def test_a_cross_encoder_of_two_labels_gives_the_second_against_the_first(tmp_path):
    import torch

    reader = TransformersReader(str(save_tiny_reader(tmp_path, "BertForSequenceClassification", labels=2)))
    read = reader._tokenizer([QUESTION], [TEXT], return_tensors="pt")
    with torch.no_grad():
        no, yes = reader._model(**read.to(reader._model.device)).logits[0].tolist()
    assert reader.read([QUESTION], [Window("", TEXT)])[0].answers == pytest.approx(yes - no, abs=1e-5)


def test_more_texts_than_a_batch_are_read_in_order(cross_encoder):
    windows = [Window("", " ".join(TEXT.split()[: n + 1])) for n in range(10)] * 4
    found = cross_encoder.read([QUESTION] * len(windows), windows)
    alone = [cross_encoder.read([QUESTION], [window])[0].answers for window in windows[:10]]
    assert [reading.answers for reading in found] == pytest.approx(alone * 4, abs=1e-4)


def test_neither_kind_tells_whether_a_claim_is_borne_out(extractive, cross_encoder):
    assert extractive.supports(["the court sits"], [Window("", TEXT)]) is None
    assert cross_encoder.supports(["the court sits"], [Window("", TEXT)]) is None


def test_the_id_tells_the_weights_apart(tmp_path, extractive, extractive_folder):
    other = TransformersReader(str(save_tiny_reader(tmp_path / "other", "BertForQuestionAnswering", seed=1)))
    assert other.id != extractive.id
    name, _, digest = other.id.rpartition("-")
    assert (name, len(digest)) == ("other", 12)
    assert TransformersReader(f"{extractive_folder}/").id == extractive.id


def test_a_model_of_another_kind_is_refused_with_what_is_expected(tmp_path):
    save_tiny_reader(tmp_path, "BertForMaskedLM")
    with pytest.raises(ReaderUnavailable, match="is BertForMaskedLM; expected a model for question answering"):
        TransformersReader(str(tmp_path))


def test_a_model_of_no_known_kind_is_refused(tmp_path, extractive_folder):
    config = json.loads((extractive_folder / "config.json").read_text("utf-8"))
    (tmp_path / "config.json").write_text(json.dumps(config | {"architectures": None}), "utf-8")
    with pytest.raises(ReaderUnavailable, match="of no known architecture"):
        TransformersReader(str(tmp_path))


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_folder_in_which_something_is_missing_is_an_error_of_ours(tmp_path, missing):
    save_tiny_reader(tmp_path, "BertForQuestionAnswering")
    (tmp_path / missing).unlink()
    with pytest.raises(ReaderUnavailable, match="cannot be loaded"):
        TransformersReader(str(tmp_path))


@pytest.mark.parametrize("broken", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_folder_in_which_something_is_damaged_is_an_error_of_ours(tmp_path, broken):
    save_tiny_reader(tmp_path, "BertForQuestionAnswering")
    (tmp_path / broken).write_bytes(b"{damaged")
    with pytest.raises(ReaderUnavailable, match="cannot be loaded"):
        TransformersReader(str(tmp_path))


def test_what_went_wrong_is_told_in_one_line(monkeypatch):
    from transformers import AutoConfig

    def refuse(name):
        raise OSError("no such model.\nCheck your connection\nor another thing.")

    monkeypatch.setattr(AutoConfig, "from_pretrained", refuse)
    with pytest.raises(ReaderUnavailable) as raised:
        TransformersReader("some/model")
    assert str(raised.value) == "the reader some/model cannot be loaded: no such model."
