"""A reader of somebody's own: an extractive question answering model or a cross-encoder that transformers loads."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from corpus import sentence_spans
from corpus.languages import language_of
from rag.errors import ReaderUnavailable
from rag.reader.packaged import best_span
from rag.reader.reading import Reading, Window

_BATCH, _LONGEST = 16, 512


class TransformersReader:
    """Extractive models give spans, and log-odds against their answer "none" at the first token (SQuAD 2.0).

    A cross-encoder gives log-odds alone: its answer is the sentence of the window that it scores best. Neither tells
    whether a claim is borne out.
    """

    def __init__(self, name: str) -> None:
        """Load by name or directory, on a GPU where there is one. Raises `ReaderUnavailable`."""
        import torch
        from safetensors import SafetensorError
        from transformers import (
            AutoConfig,
            AutoModelForQuestionAnswering,
            AutoModelForSequenceClassification,
            AutoTokenizer,
        )

        try:
            architectures = AutoConfig.from_pretrained(name).architectures or [""]
            self._extracts = architectures[0].endswith("ForQuestionAnswering")
            if not self._extracts and not architectures[0].endswith("ForSequenceClassification"):
                raise ReaderUnavailable(
                    f"the reader {name} is {architectures[0] or 'of no known architecture'}; expected a model for "
                    "question answering or a cross-encoder"
                )
            kind = AutoModelForQuestionAnswering if self._extracts else AutoModelForSequenceClassification
            self._tokenizer = AutoTokenizer.from_pretrained(name)
            self._model = kind.from_pretrained(name).eval()
        except (OSError, ValueError, ImportError, KeyError, SafetensorError) as exc:
            said = str(exc).strip().splitlines() or [repr(exc)]
            raise ReaderUnavailable(f"the reader {name} cannot be loaded: {said[0]}") from exc
        self._torch, self._reading = torch, Lock()
        self._model.to("cuda" if torch.cuda.is_available() else "cpu")
        self.id = f"{Path(name).name}-{_digest(self._model)}"

    def read(self, questions: Sequence[str], windows: Sequence[Window]) -> list[Reading]:
        """The reading of each question in the window beside it; one caller at a time."""
        with self._reading:  # a tokenizer keeps how it cuts and pads, and must not be told otherwise meanwhile
            return self._read(questions, windows)

    def _read(self, questions: Sequence[str], windows: Sequence[Window]) -> list[Reading]:
        questions = [self._cut(question) for question in questions]
        windows = [Window(_printable(window.head), _printable(window.text)) for window in windows]
        if self._extracts:
            return [self._extract(*pair) for pair in zip(questions, windows, strict=True)]
        odds = self._odds(questions, [window.head + window.text for window in windows])
        return [
            self._nearest(question, window, own) for question, window, own in zip(questions, windows, odds, strict=True)
        ]

    def supports(self, claims: Sequence[str], windows: Sequence[Window]) -> None:
        """None: these models cannot tell."""

    def _cut(self, question: str) -> str:
        """A question of at most a third of what the model reads."""
        question = _printable(question)
        offsets = self._tokenizer(question, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
        most = max(1, min(self._tokenizer.model_max_length, _LONGEST) // 3)
        return question if len(offsets) <= most else question[: offsets[most - 1][1]]

    def _extract(self, question: str, window: Window) -> Reading:
        text = window.head + window.text
        read = self._tokenizer(
            question, text, truncation="only_second", return_offsets_mapping=True, return_tensors="pt"
        )
        offsets, sequence = read.pop("offset_mapping")[0].tolist(), read.sequence_ids(0)
        with self._torch.no_grad():
            out = self._model(**read.to(self._model.device))
        logits = np.stack([out.start_logits[0].cpu().numpy(), out.end_logits[0].cpu().numpy()], axis=1)
        head = len(window.head)
        own = [i for i, part in enumerate(sequence) if part == 1 and offsets[i][0] >= head and offsets[i][1] > head]
        if not own:
            return Reading(-20.0, 0, 0, -20.0)
        first, last, span = best_span(logits[own])
        odds = float(logits[own[first], 0] + logits[own[last], 1] - logits[0].sum())
        return Reading(odds, offsets[own[first]][0] - head, offsets[own[last]][1] - head, span)

    def _nearest(self, question: str, window: Window, odds: float) -> Reading:
        """The best sentence of a window as its answer."""
        spans = sentence_spans(window.text, language_of(window.text) or "en")
        if not spans:
            return Reading(odds, 0, 0, -20.0)
        scores = self._odds([question] * len(spans), [window.head + window.text[a:b] for a, b in spans])
        best = int(np.argmax(scores))
        return Reading(odds, *spans[best], float(scores[best] - np.logaddexp.reduce(scores)))

    def _odds(self, questions: Sequence[str], texts: Sequence[str]) -> list[float]:
        found: list[float] = []
        for start in range(0, len(texts), _BATCH):
            here = slice(start, start + _BATCH)
            read = self._tokenizer(
                list(questions[here]), list(texts[here]), truncation=True, padding=True, return_tensors="pt"
            )
            with self._torch.no_grad():
                logits = self._model(**read.to(self._model.device)).logits.float().cpu().numpy()
            found += [float(row[0] if len(row) == 1 else row[-1] - row[0]) for row in logits]
        return found


def _digest(model: Any) -> str:
    """Twelve figures that tell the weights apart."""
    digest = hashlib.sha256()
    for name, values in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(values.detach().cpu().float().numpy().tobytes()[:4096])
    return digest.hexdigest()[:12]


def _printable(text: str) -> str:
    """Lone surrogates as "?", one character for one: tokenizers take none."""
    return text.encode("utf-8", "replace").decode("utf-8")
