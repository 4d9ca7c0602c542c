import rag


def test_the_public_names_are_these():
    assert (
        rag.__all__ == "Answer Hit Query Retriever Sentence Settings answer build load_settings open_retriever".split()
    )


def test_every_public_name_exists():
    assert all(hasattr(rag, name) for name in rag.__all__)
