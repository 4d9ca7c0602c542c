"""Errors of encoders, indexes and builds."""

from corpus import EuragError


class EmbeddingsError(EuragError):
    """Something about encoders or indexes is not as it must be."""


class EncoderUnavailable(EmbeddingsError):
    """The encoder cannot be loaded: weights missing, other than expected, or of no use here."""


class NoIndex(EmbeddingsError):
    """The home has no index yet."""


class NothingToIndex(EmbeddingsError):
    """The library holds no passage."""


class IndexUnusable(EmbeddingsError):
    """The index on disk does not match its manifest, this program or the encoder."""


class BuildInProgress(EmbeddingsError):
    """Another process is building the index of this home."""
