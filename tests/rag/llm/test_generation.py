import pytest

from rag.llm.generation import Generation


@pytest.mark.parametrize(
    ("generation", "language", "words"),
    [
        (Generation("m", 2, 1, used=True), "en", "Worded by the model m; 2 of its 3 sentences"),
        (Generation("m", 2, 1, used=True), "ru", "Сформулировано моделью m; подтверждено указанными местами: 2 из 3"),
        (Generation("m", 0, 3, used=False), "en", "Quoted instead: the model m wrote too little"),
        (Generation("m", 0, 3, used=False), "kk", "модель m написала слишком мало"),
        (Generation("m", 0, 0, used=False, problem="down"), "en", "the model m did not answer"),
        (Generation("m", 0, 0, used=False, problem="down"), "ru", "модель m не ответила"),
    ],
)
def test_the_note_says_whose_words_these_are_and_how_many_were_kept(generation, language, words):
    assert words in generation.note(language)
