"""Sentence-transformers models of a few kilobytes with random weights."""

from pathlib import Path
from typing import Any

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "union", "court", "союз", "суд", "search:", "text:", *"abcdefghij")
SIZES = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}


def save_tiny_model(folder: Path, kind: str = "bert") -> Path:
    """A model of two layers with its own prompts and mean pooling; `kind` is a transformers model type."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import AutoConfig, AutoModel

    torch.manual_seed(0)
    own = {"dim": 16, "n_layers": 2, "n_heads": 2, "hidden_dim": 32} if kind == "distilbert" else SIZES
    config = AutoConfig.for_model(
        kind, vocab_size=len(WORDS), max_position_embeddings=40, pad_token_id=0, initializer_range=0.3, **own
    )
    AutoModel.from_config(config).save_pretrained(folder / "parts")
    _tokenizer().save_pretrained(folder / "parts")
    modules = [Transformer(str(folder / "parts")), Pooling(16, "mean")]
    prompts = {"query": "search: ", "document": "text: "}
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder / "model"))
    return folder / "model"


def _tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=32,
    )
