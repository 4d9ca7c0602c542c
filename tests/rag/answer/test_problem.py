from typing import get_args

import pytest

from rag.answer.problem import Kind, Problem


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_of_problem_has_words_in_both_languages(kind):
    russian, english = (Problem(kind, "m", "localhost:1", "it").words(language) for language in ("ru", "en"))
    assert english.isascii() and not russian.isascii()
    assert "{" not in russian + english
