"""Errors of the whole project start from `EuragError`; these are the corpus's own."""


class EuragError(Exception):
    """Root of every error that eurag raises on purpose: the command line shows it as one line."""


class CorpusError(EuragError):
    """Something about the library of texts is not as it must be."""


class UnreadableFile(CorpusError):
    """One file cannot become a document; the message is the reason, without the file's name."""


class DocumentNotFound(CorpusError):
    """No document answers to the given id or source, or more than one does."""


class LibraryUnusable(CorpusError):
    """The library database cannot be opened, is newer than this program, or is damaged."""
