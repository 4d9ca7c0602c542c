"""Options that several commands share, and the settings they lead to."""

from pathlib import Path
from typing import Annotated, Any

import typer

Home = Annotated[
    Path | None,
    typer.Option("--home", help="Folder of library and index (else EURAG_HOME, else the user's data folder)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Language = Annotated[str | None, typer.Option(help="Only texts in this language (ISO 639-1).")]
Kind = Annotated[str | None, typer.Option(help="Only documents of this kind (treaty, article, note, ...).")]
Since = Annotated[str | None, typer.Option(help="Only documents of this date (YYYY[-MM[-DD]]) or later.")]
Until = Annotated[str | None, typer.Option(help="Only documents of this date or earlier.")]
QuestionFile = Annotated[Path | None, typer.Option("--file", help="JSON Lines with id and question, one answer each.")]

_STYLE_HELP = "Style of references: gost, apa, chicago, bibtex, ris or csl-json."
Style = Annotated[str, typer.Option("--style", help=_STYLE_HELP)]
StyleOfSources = Annotated[str | None, typer.Option("--style", help=_STYLE_HELP)]


Reader = Annotated[
    str | None, typer.Option("--reader", help="What reads the passages: 'none', or a model's name or folder.")
]


def settings_for(home: Path | None, encoder: str | None = None, reader: str | None = None) -> Any:
    """The settings under these flags. Raises `SettingsError`."""
    from rag.settings import load_settings

    return load_settings(home, encoder, reader=reader)


def filters_from(language: str | None, kind: str | None, since: str | None, until: str | None) -> Any:
    """The `Filters` of these options. A date that is none is wrong usage."""
    from corpus import Filters
    from corpus.dates import is_date

    for name, value in (("--since", since), ("--until", until)):
        if value and not is_date(value):
            raise typer.BadParameter(f"{name} must be a date like 2014 or 2014-05-29, found '{value}'")
    return Filters(language, kind, since, until)
