import rag


def test_the_public_names_are_these():
    names = "Answer Answerer Hit Query Quote Rebuild Retriever Sentence Settings load_settings open_answerer"
    assert rag.__all__ == [*names.split(), "open_retriever", "rebuild"]


def test_every_public_name_exists():
    assert all(hasattr(rag, name) for name in rag.__all__)
