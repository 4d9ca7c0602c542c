"""What the reader is given: a question and a window of a text, as one row of pieces.

`<s> query: Q </s> passage: HEAD TEXT </s>`: the prefixes are those that the encoder was trained with. The head is
what a text is read under, its title and section; an answer stands in the text alone.
"""

from dataclasses import dataclass

from embeddings.e5_tokenizer import UnigramTokenizer

QUERY, PASSAGE = "query: ", "passage: "
#: So many pieces of a question, of a head and of a text are read; what is longer is cut.
MAX_QUESTION, MAX_HEAD, MAX_TEXT = 56, 40, 200


@dataclass(frozen=True, slots=True)
class Row:
    """`ids` of the pieces; those from `start` on are of the text, `offsets` (start, end) are their characters in it."""

    ids: tuple[int, ...]
    start: int
    offsets: tuple[tuple[int, int], ...]


class Rows:
    """Writes rows with the encoder's pieces, whose `frame` are the ids of <s> and </s>."""

    def __init__(self, tokenizer: UnigramTokenizer, frame: tuple[int, int]) -> None:
        self._tokenizer, (self._begin, self._end) = tokenizer, frame

    def question(self, question: str) -> tuple[int, ...]:
        """The pieces of a question with its frame, the same for every window."""
        ids = self._tokenizer.ids(QUERY + question)[:MAX_QUESTION]
        return (self._begin, *ids, self._end)

    def head(self, head: str) -> tuple[int, ...]:
        """The pieces of a head."""
        return tuple(self._tokenizer.ids(PASSAGE + head)[:MAX_HEAD])

    def row(self, question: tuple[int, ...], head: tuple[int, ...], text: str) -> Row:
        """The row of a question and a head, as the methods above give them, and a text."""
        ids, offsets = self._tokenizer.ids_and_offsets(text)
        ids, offsets = ids[:MAX_TEXT], offsets[:MAX_TEXT]
        before = (*question, *head)
        return Row((*before, *ids, self._end), len(before), tuple(offsets))
