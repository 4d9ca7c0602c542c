import pytest

from rag.answer.generation import Generation
from rag.answer.problem import Problem

DOWN = Problem("unreachable", "m", "localhost:1")


@pytest.mark.parametrize(
    ("generation", "language", "words"),
    [
        (Generation("m", 2, 1, used=True), "en", "Worded by the model m; 2 of its 3 sentences"),
        (Generation("m", 2, 1, used=True), "ru", "Сформулировано моделью m; подтверждено указанными местами: 2 из 3"),
        (Generation("m", 0, 3, used=False), "en", "Quoted instead: the model m wrote too little"),
        (Generation("m", 0, 3, used=False), "kk", "модель m написала слишком мало"),
        (Generation("m", problem=DOWN), "en", "Quoted instead: localhost:1 cannot be reached."),
        (Generation("m", problem=DOWN), "ru", "Ответ составлен из цитат: нет связи с сервером localhost:1."),
    ],
)
def test_the_note_says_whose_words_these_are_and_how_many_were_kept(generation, language, words):
    assert words in generation.note(language)


def test_for_programs_the_problem_is_in_english_and_the_note_as_readers_see_it():
    data = Generation("m", problem=DOWN).to_dict("ru")
    assert data["problem"] == "localhost:1 cannot be reached"
    assert data["note"].startswith("Ответ составлен из цитат")
    assert Generation("m", 1, 0, used=True).to_dict("en")["problem"] is None
