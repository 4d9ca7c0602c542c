"""The text of a work of which only a description is at hand: harvested, or an entry of an export."""

from collections.abc import Iterable, Sequence

from corpus.readers.draft import Draft
from corpus.records import Extraction, Field, build_record

_HEADINGS = {"ru": "Аннотация", "en": "Abstract"}


def abstract_of(statements: Sequence[Field]) -> Extraction:
    """Title, authors, abstracts in every language (the work's own first) and keywords, with the statements.

    Without an abstract the title is a passage of its own, so that the work is found by it and the keywords.
    """
    record, draft = build_record(statements), Draft()
    if record.abstracts:
        draft.heading(record.title, 1)
    else:
        draft.paragraph(record.title, "front matter")
    _front_matter(draft, [*record.titles.values(), ", ".join(record.authors)])
    for language, abstract in sorted(record.abstracts.items(), key=lambda item: item[0] not in record.languages):
        draft.heading(_HEADINGS.get(language, "Abstract"), 2)
        for paragraph in abstract.split("\n"):
            draft.paragraph(paragraph, "body")
    _front_matter(draft, (", ".join(words) for words in record.keywords.values()))
    return draft.extraction(tuple(statements))


def _front_matter(draft: Draft, texts: Iterable[str]) -> None:
    for text in texts:
        draft.paragraph(text, "front matter")
