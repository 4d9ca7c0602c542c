"""What can be wrong with a reader."""

from corpus import EuragError


class ReaderUnavailable(EuragError):
    """The reader that was asked for cannot be used."""
