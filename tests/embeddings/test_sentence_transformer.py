"""Models whose checkpoint lacks weights that the architecture has, and models with other prompts."""

import pytest

from embeddings.sentence_transformer import SentenceTransformerEncoder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory):
    """A BERT of two layers, saved without the pooler that mean pooling does not use."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("tiny")
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    config = BertConfig(vocab_size=8, max_position_embeddings=32, **sizes)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder / "parts")
    words = ("[PAD]", "[UNK]", "union", "court", "союз", "суд", "search:", "text:")
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=32
    ).save_pretrained(folder / "parts")
    modules = [Transformer(str(folder / "parts")), Pooling(16, "mean")]
    prompts = {"query": "search: ", "document": "text: "}
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder / "model"))
    remove_pooler(folder / "model" / "model.safetensors")
    return folder / "model"


def remove_pooler(path):
    from safetensors.torch import load_file, save_file

    save_file({k: v for k, v in load_file(path).items() if "pooler" not in k}, path, metadata={"format": "pt"})


def test_its_own_dimension_and_length_are_taken_over(tiny_model):
    encoder = SentenceTransformerEncoder(str(tiny_model))
    assert (encoder.dimension, encoder.max_tokens) == (16, 32)


def test_its_own_prompts_are_used(tiny_model):
    encoder = SentenceTransformerEncoder(str(tiny_model))
    assert encoder.encode_queries(["union"])[0] @ encoder.encode_passages(["union"])[0] < 0.9999
    assert encoder.count_tokens("union court") == 3


def test_loading_it_draws_no_bars_where_there_is_no_terminal(tiny_model, capfd):
    SentenceTransformerEncoder(str(tiny_model))
    assert "%|" not in capfd.readouterr().err


def test_the_id_does_not_depend_on_weights_that_are_not_used(tiny_model):
    assert SentenceTransformerEncoder(str(tiny_model)).id == SentenceTransformerEncoder(str(tiny_model)).id
