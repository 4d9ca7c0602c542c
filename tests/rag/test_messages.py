import re
from collections.abc import Iterator
from typing import get_args

from rag import messages
from rag.answer.problem import Kind
from rag.language.interface import ui_language

LANGUAGES = {"ru", "en"}


def sentences(message: dict) -> Iterator[dict[str, str]]:
    """The {language: words} in a message or a table of messages."""
    if all(isinstance(words, str) for words in message.values()):
        yield message
    else:
        for part in message.values():
            yield from sentences(part)


ALL = [each for name, message in vars(messages).items() if name.isupper() for each in sentences(message)]


def test_every_message_is_in_every_language_of_the_interface():
    assert {ui_language(language) for language in LANGUAGES} == LANGUAGES
    assert all(message.keys() == LANGUAGES for message in ALL)


def test_the_languages_of_a_message_leave_the_same_to_be_filled_in():
    for message in ALL:
        braces = [sorted(re.findall(r"\{\w*\}", words)) for words in message.values()]
        assert braces[0] == braces[1], message


def test_every_kind_of_problem_has_words_and_no_other_does():
    assert set(messages.PROBLEMS) == set(get_args(Kind))
