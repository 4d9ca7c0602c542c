import rag


def test_the_public_names_are_these():
    names = "Answer Hit Query Rebuild Retriever Sentence Settings answer load_settings open_retriever rebuild"
    assert rag.__all__ == names.split()


def test_every_public_name_exists():
    assert all(hasattr(rag, name) for name in rag.__all__)
