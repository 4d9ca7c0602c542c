import corpus


def test_public_names_are_sorted_by_kind_and_name_and_exist():
    constants, classes, functions = [], [], []
    for name in corpus.__all__:
        assert hasattr(corpus, name)
        (constants if name.isupper() else classes if name[0].isupper() else functions).append(name)
    assert corpus.__all__ == sorted(constants) + sorted(classes) + sorted(functions)


def test_every_error_says_what_it_is_and_comes_from_one_root():
    for name in ("CorpusError", "DocumentNotFound", "LibraryUnusable", "UnreadableFile"):
        error = getattr(corpus, name)
        assert issubclass(error, corpus.EuragError)
        assert error.__doc__
