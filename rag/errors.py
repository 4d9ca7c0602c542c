"""Every error that `rag` raises on purpose; what is wrong with a request alone is `service.errors.ApiError`.

EuragError (corpus.errors): the command line shows it as one line
  x RagError
    + SettingsError
    + QuestionFileError
    + BackupUnusable
    + AuditUnusable
    + UnknownStyle
    + UnknownSection
    + ReaderUnavailable
    + LlmUnavailable
    + EvaluationError
    + PublicWithoutKeys
    + AddressUnusable
    + ServiceStateUnusable
    + KeyNotFound
    + KeyRefused
    + JobRunning
"""

from typing import TYPE_CHECKING

from corpus.errors import EuragError

if TYPE_CHECKING:
    from rag.answer.problem import Problem


class RagError(EuragError):
    """Something about a question, a setting or the service is not as it must be."""


class SettingsError(RagError):
    """A setting has a value that cannot be used."""


class QuestionFileError(RagError):
    """A file of questions cannot be read."""


class BackupUnusable(RagError):
    """A backup cannot be written, or what is there cannot be restored, or not there."""


class AuditUnusable(RagError):
    """The record of changes cannot be written or read."""


class UnknownStyle(RagError):
    """No reference style has this name."""


class UnknownSection(RagError):
    """A document has no section of this name."""


class ReaderUnavailable(RagError):
    """The reader that was asked for cannot be used."""


class LlmUnavailable(RagError):
    """The model gave no answer: down, too slow, refusing, or not speaking the protocol; `problem` says which."""

    def __init__(self, problem: "Problem") -> None:
        super().__init__(problem.words("en"))
        self.problem = problem


class EvaluationError(RagError):
    """What an evaluation was given cannot be used."""


class PublicWithoutKeys(RagError):
    """The service would answer everyone who reaches its address."""


class AddressUnusable(RagError):
    """The service cannot listen at its address."""


class ServiceStateUnusable(RagError):
    """The service's database cannot be opened or is newer than this program."""


class KeyNotFound(RagError):
    """No key has this id."""


class KeyRefused(RagError):
    """Such a key is not made: it has no name to tell it by, or its rights do not go together."""


class JobRunning(RagError):
    """Another job of this home is running."""
