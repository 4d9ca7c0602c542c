"""Functions of `embeddings` and `rag` that take a stranger's question, or the text of a stranger's document."""

from array import array
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from corpus import Library, Record, add_paths, fold
from embeddings import StoredDocument, StoredPassage, build_index, open_index, token_index
from embeddings.e5_tokenizer import UnigramTokenizer
from embeddings.e5_weights import Vocabulary
from embeddings.terms import term, terms, tokens
from rag import conversation, phrases
from rag.answer import answer, refusal, sides, values, windows
from rag.answer.quotes import Quote, Sentence
from rag.bibliography import bibtex, citation_styles, csl_items, csl_text, names, references, ris, sections
from rag.errors import RagError
from rag.language import numbers, quotation
from rag.llm import answer as llm_answer
from rag.llm import check, facts, instructions
from rag.llm import prompt as llm_prompt
from rag.output import contract, display, terminal
from rag.search import glossary, query, retrieval
from rag.service.api import admin, chat
from rag.service.errors import ApiError
from rag.service.gate import keys
from tests.corpus.made_up import document
from tests.fakes import FakeEncoder, WordReader
from tests.growth.cases import Case, case
from tests.rag.conftest import TEXTS

_EARLIER = "When did Armenia sign the Treaty on the Eurasian Economic Union?"
_OPENINGS = ("", "And ", "What about ", "When did it ")


def rag_cases() -> list[Case]:
    """All of them."""
    return [*_term_cases(), *_question_cases(), *_llm_cases(), *_answer_cases(), *_output_cases(), *_service_cases()]


def _term_cases() -> list[Case]:
    tokenizer = _tokenizer()
    return [
        case(tokens),
        case(terms, term, run=terms),
        case(UnigramTokenizer.ids, run=tokenizer.ids),
        case(UnigramTokenizer.ids_and_offsets, run=tokenizer.ids_and_offsets),
        case(token_index.places_in, run=_places),
    ]


def _question_cases() -> list[Case]:
    known = glossary.load_glossary()
    return [
        case(query.question_language),
        case(query.read_query, retrieval.Retriever.query, run=lambda text: _retriever().query(text)),
        case(glossary.Glossary.find, run=known.find),
        case(glossary.Glossary.mentions, run=known.mentions),
        case(glossary.Glossary.gloss, run=lambda text: known.gloss(text, "en"), quick=True),
        case(phrases.read_units, run=_units),
        case(conversation.standalone, run=lambda text: _ask_after([_EARLIER, text]), heads=_OPENINGS),
        case(conversation.standalone, run=lambda text: _ask_after([text, "When did it end?"]), quick=True),
        case(conversation.standalone, run=lambda text: _ask_after([text, f"And {text}"])),
        case(numbers.dates, numbers.numbers, run=_count),
        case(numbers.is_month),
        case(quotation.quoted, run=lambda text: quotation.quoted([text, text], "ru")),
    ]


def _llm_cases() -> list[Case]:
    return [
        case(instructions.instructs, quick=True),
        case(llm_answer.cited_sentences, run=lambda text: list(llm_answer.cited_sentences(text, "en"))),
        case(facts.Facts, run=lambda text: facts.Facts(text, "en", glossary.load_glossary())),
        case(check.Checker.check, run=_check),
        case(llm_prompt.prompt, run=_prompt),
    ]


def _answer_cases() -> list[Case]:
    known = glossary.load_glossary()
    return [
        case(answer.Answerer.__call__, run=lambda text: answer.Answerer(WordReader())(_retriever(), text)),
        case(answer.Answerer.is_courtesy, run=lambda text: _answerer().is_courtesy(_retriever(), text)),
        case(refusal.unmentioned, run=lambda text: refusal.unmentioned(text, "en", known, ())),
        case(refusal.without_year),
        case(sides.sides, run=lambda text: sides.sides(text, known)),
        case(values.Comparer.same, run=_same),
        case(windows.shortened, run=lambda text: list(windows.shortened(text, 0, len(text)))),
    ]


def _output_cases() -> list[Case]:
    styles = [style for style in citation_styles.STYLES if style not in ("gost", "apa", "chicago")]
    return [
        case(citation_styles.cite, csl_items.csl_item, bibtex.bibtex, ris.ris, run=_cite_in(styles)),
        case(
            citation_styles.cite,
            csl_text.gost,
            csl_text.apa,
            csl_text.chicago,
            run=_cite_in(["gost", "apa", "chicago"]),
        ),
        case(csl_items.article_number, heads=("", "Article ")),
        case(names.parse_name),
        case(names.initials),
        case(references.reference, references.page_reference, run=_refer),
        case(sections.find_section, run=_find_section),
        case(contract.answer_json, contract.answer_text, contract.document_json, run=_show),
        case(display.marked, run=lambda text: display.marked(text, text)),
        case(display.record_lines, run=lambda text: list(display.record_lines(Record(title=text, authors=(text,))))),
        case(terminal.one_line, terminal.harmless, run=terminal.one_line),
        case(terminal.plain, run=lambda text: terminal.plain([text, text])),
    ]


def _service_cases() -> list[Case]:
    return [
        case(
            chat.reply,
            chat.passage_url,
            run=lambda text: chat.reply(_answer(text), conversation.Standalone(text, text), "http://a"),
        ),
        case(admin.checked_name, run=_refusable(lambda text: admin.checked_name(f"{text}.txt"))),
        case(keys.find_key, run=lambda text: keys.find_key(None, text), heads=("", "eurag-")),  # type: ignore[arg-type]
        case(keys.is_loopback),
    ]


def _refusable(read: Callable[[str], object]) -> Callable[[str], object]:
    def run(text: str) -> object:
        try:
            return read(text)
        except (RagError, ApiError):
            return None

    return run


def _tokenizer() -> UnigramTokenizer:
    """One of few pieces, of every length up to that of the packaged model's longest."""
    pieces = ["<s>", "</s>", "<unk>", "\u2581", *(letter * n for letter in "a.Я1" for n in range(1, 17))]
    scores = array("f", [-1.0 - n / 100 for n in range(len(pieces))])
    return UnigramTokenizer(Vocabulary(pieces, scores, {}, 0, 1, 2))


def _places(text: str) -> None:
    embedded = f"Title\n{fold(text)}"
    token_index.places_in(text, embedded, np.arange(0, len(embedded), 3))


_home = TemporaryDirectory()


@cache
def _retriever() -> retrieval.Retriever:
    """Texts and questions in two languages under the fake encoder."""
    home = Path(_home.name)
    for name, text in TEXTS.items():
        (home / name).write_text(text, "utf-8")
    with Library(home / "library.db") as library:
        add_paths(library, [home / name for name in TEXTS])
        build_index(home, library, FakeEncoder(), "fake")
    return retrieval.Retriever(open_index(home), FakeEncoder(), glossary.load_glossary())


def _answerer() -> answer.Answerer:
    return answer.Answerer(WordReader())


def _units(text: str) -> tuple[phrases.Unit, ...]:
    return phrases.read_units(fold(text), glossary.load_glossary())


def _ask_after(questions: list[str]) -> object:
    return conversation.standalone(questions, glossary.load_glossary())


def _count(text: str) -> None:
    dated = list(numbers.dates(text))
    list(numbers.numbers(text, "en", dated))


def _check(text: str) -> None:
    source = "The Court of the Union sits in Minsk. Armenia joined in 2015, said Ivan Petrov."
    check.Checker(_retriever()).check(text, [_passage(source)])


def _passage(text: str) -> StoredPassage:
    record = Record(title=text, authors=(text,), date="2014", languages=("en",))
    return StoredPassage(
        0, 1, StoredDocument("d", "texts", text, text, record, ()), 0, len(text), "body", text, "en", None
    )


def _prompt(text: str) -> None:
    llm_prompt.prompt(text, "en", [_passage(text)], 10**9, len)


def _same(text: str) -> None:
    comparer = values.Comparer(FakeEncoder(), glossary.load_glossary())
    comparer.same((text, "en"), [(f"{text} 5", "en"), ("пять", "ru")])


def _cite_in(styles: list[str]) -> Callable[[str], None]:
    def run(text: str) -> None:
        said = dict.fromkeys(("title", "journal", "publisher", "place", "volume", "issue", "pages", "doi", "url"), text)
        record = Record(**said, authors=(text,), editors=(text,), parties=(text,), kind="article", languages=("en",))
        for style in styles:
            citation_styles.cite(record, style, section=text, page=text)
            citation_styles.cite(replace(record, kind="treaty"), style, section=text)

    return run


def _refer(text: str) -> None:
    passage = _passage(text)
    references.reference(passage.document, text, text)
    references.page_reference(passage.document.record, text)


def _find_section(text: str) -> None:
    _refusable(lambda name: sections.find_section(document("Article 1. Duties\n\nNone."), name))(text[:500])
    _refusable(lambda name: sections.find_section(document(name), "Article 5"))(text)


def _answer(text: str) -> answer.Answer:
    passage = _passage(text)
    ends = range(0, len(text) - 40, max(len(text) // 4, 1))
    sentences = tuple(Sentence((Quote(passage, at, at + 40),), "lead", (at, at + 9)) for at in ends)
    return answer.Answer(text, "en", "abc", sentences, 1.0, ())


def _show(text: str) -> None:
    found = _answer(text)
    contract.answer_json(found, "bibtex")
    contract.answer_text(found)
    contract.document_json(document(text, title=text), full=True)
