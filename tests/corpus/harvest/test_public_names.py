from corpus import harvest


def test_the_public_names_are_sorted_and_exist():
    assert harvest.__all__ == sorted(harvest.__all__)
    assert all(hasattr(harvest, name) for name in harvest.__all__)
