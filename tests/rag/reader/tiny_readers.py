"""Readers of transformers of a few kilobytes with random weights."""

from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, PreTrainedTokenizerFast

WORDS = "[PAD] [UNK] [CLS] [SEP] the court sits in minsk its judges serve nine years where суд союза".split()
SIZES = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
#: Pieces of question and window together.
LONGEST = 64


def save_tiny_reader(folder: Path, architecture: str, seed: int = 0, labels: int = 2) -> Path:
    """A BERT of this architecture ("BertForQuestionAnswering", ...) and its tokenizer; returns the folder."""
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(WORDS),
        max_position_embeddings=LONGEST,
        pad_token_id=0,
        initializer_range=0.5,
        num_labels=labels,
        **SIZES,
    )
    getattr(transformers, architecture)(config).save_pretrained(folder)
    _tokenizer().save_pretrained(folder)
    return folder


def _tokenizer() -> Any:
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=LONGEST,
    )
