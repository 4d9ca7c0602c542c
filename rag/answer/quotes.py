"""What an answer shows: stretches of documents, and the sentences that they make."""

from dataclasses import dataclass
from typing import Literal

from corpus import squash
from embeddings import StoredPassage

#: What a sentence does in an answer: it leads, says the same as the lead, says otherwise, or says more.
Role = Literal["lead", "corroborates", "differs", "adds"]


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a passage that is quoted: `start` and `end` count code points of the document's text."""

    passage: StoredPassage
    start: int
    end: int

    @property
    def section(self) -> str | None:
        """The section that the quote begins in, which a passage of several sections cannot tell."""
        return self.passage.document.section_at(self.start) or self.passage.section

    @property
    def page(self) -> str | None:
        """The page or pages that the quote stands on."""
        return self.passage.document.page_of(self.start, self.end)

    @property
    def text(self) -> str:
        """The document's own characters."""
        return self.passage.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer: the first quote's words; `quotes` say the same, one a source.

    `wording` is what a model made of them. `answer` are the code points of the first quote's document that answer
    in few words, None where no reader pointed at them.
    """

    quotes: tuple[Quote, ...]
    role: Role = "lead"
    answer: tuple[int, int] | None = None
    wording: str | None = None

    @property
    def text(self) -> str:
        """The wording, else the first quote with runs of white space as one space."""
        return self.wording or squash(self.quotes[0].text)

    @property
    def language(self) -> str:
        """The language of what is quoted first."""
        return self.quotes[0].passage.language


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences that stand together under a heading."""

    heading: str
    sentences: tuple[Sentence, ...]
