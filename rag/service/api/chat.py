"""An answer as a chat message of OpenAI's protocol: text for every client, annotations and `eurag` for some.

The shapes are those of https://platform.openai.com/docs/api-reference/chat.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from rag.answer.answer import Answer
from rag.conversation import Standalone
from rag.language.interface import ui_language
from rag.messages import SOURCES, UNDERSTOOD_AS
from rag.output.contract import Line, answer_json, answer_lines

_MARK = re.compile(r"\[(\d+)\]")
#: What a client that renders Markdown would make a link, an image or HTML of.
_ACTIVE = re.compile(r"\[(?=[^\]\n]{0,300}\][(\[])|^\[(?=[^\]\n]{0,300}\]:)|<(?=[A-Za-z/!?])", re.M)


@dataclass(frozen=True, slots=True)
class Reply:
    """A message: `pieces` joined are its content; `eurag` is the object of `ask --json`, with `asked`."""

    pieces: tuple[str, ...]
    annotations: tuple[dict[str, Any], ...]
    eurag: dict[str, Any]

    @property
    def content(self) -> str:
        """The whole text."""
        return "".join(self.pieces)


def reply(answer: Answer, question: Standalone, base_url: str) -> Reply:
    """The message for an answer: how the question was understood, the sentences with [n], the sources, the model."""
    data = answer_json(answer)
    ui = ui_language(answer.language)
    head = [f"{UNDERSTOOD_AS[ui]}: {neutral(question.text)}\n\n"] if question.changed else []
    *lines, last = map(_neutral_line, answer_lines(answer))
    said = [*(replace(line, text=f"{line.text}\n") for line in lines), last]
    sources = [f"[{c['n']}] {neutral(c['reference'])}" for c in data["citations"]]
    tail = ["\n\n" + "\n".join([f"{SOURCES[ui]}:", *sources])] if sources else []
    tail += [f"\n\n{answer.generation.note(answer.language)}"] if answer.generation else []
    annotations = _annotations("".join(head), said, data, base_url)
    return Reply((*head, *(line.text for line in said), *tail), tuple(annotations), data | {"asked": question.asked})


def neutral(text: str) -> str:
    """A text of a document as clients show it that render Markdown: no link, image or element of its own."""
    return _ACTIVE.sub(lambda found: f"\\{found.group()}", text)


def _neutral_line(line: Line) -> Line:
    shown = line.sentence.text if line.sentence else line.text
    return replace(line, text=line.text.replace(shown, neutral(shown), 1))


def _annotations(head: str, lines: Sequence[Line], data: dict[str, Any], base_url: str) -> Iterator[dict[str, Any]]:
    """A citation for every [n] behind a sentence; offsets are code points of the content."""
    position = len(head)
    for line in lines:
        shown = neutral(line.sentence.text) if line.sentence else line.text
        for mark in _MARK.finditer(line.text, line.text.index(shown) + len(shown)):
            citation = data["citations"][int(mark[1]) - 1]
            yield {
                "type": "url_citation",
                "url_citation": {
                    "url": passage_url(base_url, citation, data["snapshot"]),
                    "title": citation["title"] or citation["source"],
                    "start_index": position + mark.start(),
                    "end_index": position + mark.end(),
                },
            }
        position += len(line.text)


def passage_url(base_url: str, citation: dict[str, Any], snapshot: str) -> str:
    """Where the page of the service shows the quote in its document."""
    place = urlencode({"start": citation["start"], "end": citation["end"], "snapshot": snapshot})
    return f"{base_url}/#/documents/{quote(citation['document'], safe='')}?{place}"


def completion(head: dict[str, Any], message: Reply, usage: dict[str, Any]) -> dict[str, Any]:
    """The object `chat.completion`; `head` holds its id, time, model and fingerprint."""
    content = {
        "role": "assistant",
        "content": message.content,
        "refusal": None,
        "annotations": list(message.annotations),
        "eurag": message.eurag,
    }
    choice = {"index": 0, "message": content, "logprobs": None, "finish_reason": "stop"}
    return head | {"object": "chat.completion", "choices": [choice], "usage": usage}


def chunks(head: dict[str, Any], message: Reply, usage: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    """The objects `chat.completion.chunk` of a stream; the last one holds `usage` where that is wanted."""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": "", "refusal": None}]
    deltas += [{"content": piece} for piece in message.pieces]
    deltas.append({"annotations": list(message.annotations), "eurag": message.eurag})
    shared = head | {"object": "chat.completion.chunk"} | ({"usage": None} if usage else {})
    for delta in deltas:
        yield shared | {"choices": [_choice(delta)]}
    yield shared | {"choices": [_choice({}, "stop")]}
    if usage:
        yield shared | {"choices": [], "usage": usage}


def _choice(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
