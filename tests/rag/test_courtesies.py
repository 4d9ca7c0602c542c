import pytest

from rag.courtesies import reply_to

ENGLISH = ["Thanks!", "thank you very much", "Hello", "OK", "Okay, got it. Thanks a lot 🙂", "Good morning!", "hi :)"]
RUSSIAN = ["Спасибо!", "Привет", "ОК", "Ок, понятно, спасибо за ответ.", "ДОБРЫЙ ДЕНЬ!", "Всё понятно", "OK, спасибо"]
QUESTIONS = [
    "",
    "?",
    "Thanks. What is the EAEU?",
    "Привет! Что такое ШОС?",
    "Hindi",
    "Спасибо, а почему?",
    "Хорошо ли идёт торговля?",
    "okra",
    "Okay " * 800 + "okra",
]


@pytest.mark.parametrize(("language", "messages"), [("en", ENGLISH), ("ru", RUSSIAN)])
def test_courtesies_are_replied_to_in_their_language(language, messages):
    replies = {reply_to(message) for message in messages}
    [(spoken, words)] = replies
    assert spoken == language
    assert ("библиотеки" in words) == (language == "ru")


@pytest.mark.parametrize("message", QUESTIONS)
def test_a_message_that_says_anything_else_is_no_courtesy(message):
    assert reply_to(message) is None
