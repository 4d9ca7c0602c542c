"""Answers and passages for a terminal: coloured, the question's words marked in what is quoted."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from corpus import Record, squash
from embeddings import terms, tokens
from rag.answer.answer import Answer
from rag.answer.quotes import Quote, Sentence
from rag.bibliography.citation_styles import cite_all, find_style
from rag.bibliography.references import page_reference, reference
from rag.language.interface import ui_language
from rag.messages import RELATED, SOURCES
from rag.output.contract import before, headed, numbered, refusal
from rag.output.terminal import one_line, plain
from rag.search.retrieval import Hit

_SHOWN_RELATED = 3
_SNIPPET = 280


def show_answer(console: Any, answer: Answer, style: str | None = None) -> None:
    """Print the sentences with [n], then the reference of each; or the reply; or the refusal and what is near.

    References are in the `style` where given; in one for programs, those of all documents, ready to copy.
    """
    ui = ui_language(answer.language)
    if answer.reply:
        console.print(answer.reply, highlight=False, markup=False, soft_wrap=True)
        return
    if not answer.answerable:
        console.print(refusal(answer), style="bold", highlight=False, markup=False, soft_wrap=True)
        console.print(f"\n{RELATED[ui]}", style="dim", highlight=False)
        show_hits(console, answer.question, answer.related[:_SHOWN_RELATED])
        return
    if answer.generation:
        note = answer.generation.note(answer.language)
        console.print(note, style="dim", highlight=False, markup=False, soft_wrap=True)
    citations = numbered(answer)
    for heading, sentences in headed(answer):
        if heading:
            console.print(f"{heading}:", style="bold", highlight=False, markup=False, soft_wrap=True)
        for sentence in sentences:
            console.print(_sentence_line(answer, sentence, citations), soft_wrap=True)
    for note in answer.notes:
        console.print(note, style="italic", highlight=False, markup=False, soft_wrap=True)
    console.print(f"\n{SOURCES[ui]}", style="bold")
    if style and not find_style(style).text:
        console.print(cite_all(answer, style), markup=False, soft_wrap=True)
        return
    for n, quote in enumerate(citations, start=1):
        _source_line(console, n, quote, style)


def show_hits(console: Any, question: str, hits: Sequence[Hit]) -> None:
    """Print found passages: rank, score, where from, and how they begin."""
    from rich.text import Text

    for rank, hit in enumerate(hits, start=1):
        passage = hit.passage
        head = Text(f"{rank}. ", style="bold")
        head.append(one_line(passage.document.record.title or passage.document.source), style="bold")
        pages = page_reference(passage.document.record, passage.page) if passage.page else None
        details = [passage.section, pages, passage.language, f"{hit.score:.3f}", passage.document.source]
        head.append(one_line("  " + " · ".join(detail for detail in details if detail)), style="dim")
        console.print(head, soft_wrap=True)
        text = squash(passage.text)
        shown = text if len(text) <= _SNIPPET else text[:_SNIPPET].rsplit(" ", 1)[0] + " …"
        console.print(marked(shown, question), soft_wrap=True)


def marked(text: str, question: str) -> Any:
    """A `rich.text.Text` in which words that share a stem with the question stand out."""
    from rich.text import Text

    wanted = set(terms(question))
    styled = Text(text)
    for word, start, end in tokens(text):
        if wanted & set(terms(word)):
            styled.stylize("bold yellow", start, end)
    return styled


def record_lines(record: Record) -> Iterator[str]:
    """A line for every field that is known: name, value, where it came from; then values that lost against others."""
    for name, value in record.to_dict().items():
        if name in ("origins", "also", "replaced", "guessed", "year", "sources"):
            continue
        for key, shown in (
            {f"{name}.{key}": v for key, v in value.items()} if isinstance(value, dict) else {name: value}
        ).items():
            origin = record.origins.get(key)
            if shown or origin:
                yield f"{key:14} {plain(shown or '')}" + (f"  ({origin})" if origin else "")
    for name, value in record.also.items():
        yield f"{name:14} {plain(value)}  (also stated)"


def table(console: Any, headings: Iterable[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a plain table; off a terminal tab-separated lines, nothing folded or cut."""
    if not console.is_terminal:
        for row in [tuple(headings), *rows]:
            cells = ("" if cell is None else one_line(squash(str(cell))) for cell in row)
            console.file.write("\t".join(cells) + "\n")
        return
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, header_style="bold")
    for number, heading in enumerate(headings):
        grid.add_column(heading, overflow="fold", no_wrap=number == 0)
    for row in rows:
        grid.add_row(*(Text("" if cell is None else one_line(squash(str(cell)))) for cell in row))
    console.print(grid)


def _sentence_line(answer: Answer, sentence: Sentence, citations: Sequence[Quote]) -> Any:
    from rich.text import Text

    line = Text(before(sentence, answer), style="italic")
    line.append_text(marked(sentence.text, answer.question))
    if sentence.answer and not sentence.wording:
        words = squash(sentence.quotes[0].passage.document.text[slice(*sentence.answer)])
        line.highlight_words([words], "bold underline")
    for quote in sentence.quotes:
        line.append(f" [{_number(citations, quote)}]", style="cyan")
    if sentence.language != answer.language:
        line.append(f" ({sentence.language})", style="dim")
    return line


def _source_line(console: Any, n: int, quote: Quote, style: str | None) -> None:
    from rich.text import Text

    passage = quote.passage
    line = Text(f"[{n}] ", style="cyan")
    line.append(one_line(reference(passage.document, quote.section, quote.page, passage.part, style)))
    where = "" if passage.document.record.kind == "treaty" or not quote.section else f" § {quote.section}"
    line.append(one_line(f"{where} · {quote.start}–{quote.end}"), style="dim")
    console.print(line, soft_wrap=True)


def _number(citations: Sequence[Quote], quote: Quote) -> int:
    keys = [(c.passage.document.id, c.start, c.end) for c in citations]
    return keys.index((quote.passage.document.id, quote.start, quote.end)) + 1
