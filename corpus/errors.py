"""Errors of the whole project start from `EuragError`; these are the corpus's own."""


class EuragError(Exception):
    """Root of every error that eurag raises on purpose: the command line shows it as one line."""


class CorpusError(EuragError):
    """Something about the library of texts is not as it must be."""


class UnreadableFile(CorpusError):
    """One file cannot become a document; the message is the reason, on one line, without the file's name."""

    def __init__(self, reason: str) -> None:
        super().__init__(" ".join(reason.split()))


class DocumentNotFound(CorpusError):
    """No document answers to the given id or source, or more than one does."""


class LibraryUnusable(CorpusError):
    """The library database cannot be opened, is newer than this program, or is damaged."""


class DiskFull(CorpusError):
    """What is about to be written would leave less room on the disk than the settings keep free."""


class HarvestFailed(CorpusError):
    """A repository cannot be harvested, or no further: it does not answer, refuses, or speaks no OAI-PMH."""
