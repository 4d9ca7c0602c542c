import embeddings
from corpus import EuragError

NAMES = """DEFAULT_ENCODER BuildInProgress BuildPlan BuildReport EmbeddingsError Encoder EncoderUnavailable
Index IndexUnusable NoIndex StoredDocument StoredPassage TokenVectors Vectors build_index
open_encoder open_index plan_build terms tokens"""


def test_the_public_names_are_these():
    assert embeddings.__all__ == NAMES.split()


def test_every_public_name_exists():
    assert all(hasattr(embeddings, name) for name in embeddings.__all__)


def test_every_error_is_one_of_ours():
    errors = [getattr(embeddings, n) for n in embeddings.__all__]
    errors = [e for e in errors if isinstance(e, type) and issubclass(e, Exception)]
    assert len(errors) == 5
    assert all(issubclass(error, EuragError) and error.__doc__ for error in errors)
