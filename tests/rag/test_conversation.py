import json
from collections import Counter
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from embeddings import tokens
from rag.conversation import DEPTH, MOST, MOST_READ, Standalone, standalone
from rag.phrases import read_units
from rag.search.glossary import load_glossary

DATA = Path(__file__).parent.parent / "data"


def resolve(*questions):
    return standalone(questions, load_glossary())


def dialogues():
    return [json.loads(line) for line in (DATA / "dialogues.jsonl").read_text("utf-8").splitlines()]


def questions_of_others():
    for name in ("library", "treaties"):
        lines = (DATA / f"questions_{name}.jsonl").read_text("utf-8").splitlines()
        yield from (json.loads(line)["question"] for line in lines)


@pytest.mark.parametrize(
    ("turns", "text"),
    [
        (["Когда подписан Устав ОДКБ?", "Когда он вступил в силу?"], "Когда он (Устав ОДКБ) вступил в силу?"),
        (["Where was the EAEU Treaty signed?", "And who signed it?"], "Who signed it (EAEU Treaty)?"),
        (["Where does the EAEU Court sit?", "Who are its judges?"], "Who are its (EAEU Court) judges?"),
        (["Что такое ШОС?", "Кто туда входит?"], "Кто туда (ШОС) входит?"),
        (
            ["What does Putin say about the EAEU?", "When did he sign the law?"],
            "When did he (Putin) sign the law?",
        ),
        (
            ["Какие государства являются наблюдателями при ЕАЭС?", "Какие у них права?"],
            "Какие у них (государства являются наблюдателями при ЕАЭС) права?",
        ),
    ],
)
def test_what_a_pronoun_means_stands_behind_it_in_brackets(turns, text):
    assert resolve(*turns).text == text


@pytest.mark.parametrize(
    ("turns", "text"),
    [
        (["Who founded the CIS?", "Why?"], "Why (founded the CIS)?"),
        (["Who was the first chairman of the EEC?", "And after him?"], "After him (first chairman of the EEC)?"),
        (["Когда подписан договор о ЕАЭС?", "А кем?"], "Кем (подписан договор о ЕАЭС)?"),
        (["What is GUAM?", "Is Ukraine a member?"], "Is Ukraine a member (GUAM)?"),
        (["What does the EAEU Treaty say?", "What does Article 83 say?"], "What does Article 83 say (EAEU Treaty)?"),
        (["Что такое Союзное государство?", "Кто председатель?"], "Кто председатель (Союзное государство)?"),
    ],
)
def test_a_question_that_names_nothing_gets_what_was_named_before(turns, text):
    assert resolve(*turns).text == text


@pytest.mark.parametrize(
    "last",
    [
        "When did India and Pakistan join the SCO?",
        "And what is the Greater Eurasian Partnership?",
        "Thanks. What is holding-together regionalism?",
        "Which state was the first to leave the CIS, and when did it do so?",
        "How does the EAEU appoint the judges of its court?",
        "Что такое месторазвитие?",
        "А кто предложил союз государств в речи в Московском университете?",
        "Когда Россия вышла из соглашения СНГ и каким законом она это сделала?",
        "Спасибо!",
        "",
    ],
)
@pytest.mark.parametrize("first", ["Когда подписан Устав ОДКБ?", "Who signed the free trade agreement with Serbia?"])
def test_a_question_that_stands_alone_comes_out_as_it_went_in(first, last):
    assert resolve(first, last) == Standalone(last, last)


def test_the_questions_of_others_are_hardly_touched_by_an_unrelated_one_before():
    questions = list(questions_of_others())
    changed = [two for one, two in pairwise(questions) if resolve(one, two).changed]
    assert len(changed) <= len(questions) // 50, changed


def test_the_first_question_is_left_as_it_is_even_with_a_pronoun():
    assert resolve("Когда  он вступил в силу?") == Standalone("Когда  он вступил в силу?", "Когда  он вступил в силу?")


def test_no_question_at_all_gives_an_empty_one():
    assert resolve() == Standalone("", "")


def test_what_was_carried_over_is_told():
    result = resolve("When was the SCO founded?", "Who founded it?")
    assert result == Standalone("Who founded it?", "Who founded it (SCO)?", ("SCO",))
    assert result.changed


@pytest.mark.parametrize(
    ("turns", "text"),
    [
        (["When was the SCO founded?", "When did Iran join it?", "And Belarus?"], "When did Belarus join it (SCO)?"),
        (
            ["Сколько судей в Суде ЕАЭС?", "а кто их назначает?", "и на какой срок?"],
            "На какой срок (судей в Суде ЕАЭС, назначает)?",
        ),
        (["What is the CSTO?", "When did Uzbekistan leave it?", "why?"], "Why did Uzbekistan leave it (CSTO)?"),
        (["Что такое ГУАМ?", "Спасибо! А когда он создан?", "А кем?"], "Кем (ГУАМ, создан)?"),
    ],
)
def test_a_third_question_builds_on_the_second_as_it_was_understood(turns, text):
    assert resolve(*turns).text == text


@pytest.mark.parametrize(
    ("turns", "text"),
    [
        (["When did Georgia leave the CIS?", "Why?"], "Why did Georgia leave the CIS?"),
        (["Where was the EAEU Treaty signed?", "Thanks a lot. When was that?"], "When was the EAEU Treaty signed?"),
        (["Спасибо. А где подписан Устав ОДКБ?", "и когда это было?"], "Когда подписан Устав ОДКБ?"),
    ],
)
def test_a_mere_question_word_is_asked_of_the_earlier_question_in_place_of_its_own(turns, text):
    assert resolve(*turns).text == text


def test_only_a_state_has_a_capital():
    assert resolve("When did Armenia join the EAEU?", "What is its capital?").text == "What is its (Armenia) capital?"
    assert resolve("When did Armenia join the EAEU?", "Who are its members?").text.count("EAEU") == 1


def test_a_document_is_carried_over_with_what_it_is_on_but_not_with_what_it_says():
    pair = "соглашение Украины и Беларуси"
    assert resolve(f"Где подписано {pair} о торговле?", "Когда оно истекает?").carried == (f"{pair} о торговле",)
    assert resolve(f"Что говорит {pair} о торговле?", "Когда оно истекает?").carried == (pair,)


def test_thanks_between_two_questions_do_not_end_the_subject():
    assert resolve("Что такое ШОС?", "Спасибо!", "Когда она создана?").text == "Когда она (ШОС) создана?"


def test_a_new_subject_ends_the_old_one():
    assert resolve("Что такое ШОС?", "Где Суд ЕАЭС?", "Когда он создан?").text == "Когда он (Суд ЕАЭС) создан?"


def test_asking_for_more_repeats_the_question():
    assert resolve("What is GUAM?", "Tell me more.").text == "What is GUAM?"


def test_names_are_carried_over_in_the_language_of_the_question():
    result = resolve("When did the EAEU sign its agreement with China?", "А когда оно вступило в силу?")
    assert result.text == "Когда оно (Евразийский экономический союз, соглашение, Китай) вступило в силу?"


def test_keywords_are_a_question_of_their_own():
    assert not resolve("импорт Казахстана", "экспорт Армении").changed


def test_of_a_long_message_only_the_last_phrases_are_carried_over():
    members = "Armenia, Belarus, Kazakhstan, Kyrgyzstan, Russia, Iran, Serbia, Cuba"
    long = "What of " + ", is it ".join(f"the EAEU agreement {n} with {m}" for n, m in enumerate(members.split(", ")))
    assert len(resolve(long, "Who signed it?").carried) == MOST


SUBJECTS = {
    "ru": ["ШОС", "Суде ЕАЭС", "Договор о ЕАЭС", "Армении", "соглашение Украины и Беларуси", "бюджет", "Суд (ЕАЭС)"],
    "en": ["SCO", "the EAEU Court", "the EAEU Treaty", "Armenia", "the agreement of Iran and Cuba", "Court (EAEU)"],
}
QUESTIONS = {
    "ru": """Когда основан {}? Сколько членов в {}? а кто их назначает? и на какой срок? Почему? а в {}? А {}?
        Кто его подписал? А где подписано? А до него? Что такое {} (кратко)? Спасибо. А когда он создан?
        Кто туда входит? Какая у него столица? Кто платит за {} и {}?""",
    "en": """When was {} founded? How many members are in {}? who appoints them? and for how long? Why? and in {}?
        And {}? Who signed it? And before that? What is {} (in short)? Thanks. And when did it begin? Where was that?
        What is its capital? Who pays for {} and {}?""",
}


def balanced(text):
    depths = list(accumulate((character == "(") - (character == ")") for character in text))
    return min(depths, default=0) >= 0 and (depths or [0])[-1] == 0


def asked(language):
    shapes = [" ".join(shape.split()) + "?" for shape in QUESTIONS[language].split("?") if shape.strip()]
    filled = st.tuples(st.sampled_from(shapes), *[st.sampled_from(SUBJECTS[language])] * 2)
    return filled.map(lambda parts: parts[0].format(*parts[1:]))


def words(text):
    return Counter(word.lower() for word, _, _ in tokens(text))


@settings(deadline=None)
@given(st.sampled_from(["ru", "en"]).flatmap(lambda language: st.lists(asked(language), min_size=2, max_size=4)))
def test_whatever_the_dialogue_no_word_is_lost_or_doubled(turns):
    result = resolve(*turns)
    assert balanced(result.text)
    assert words(result.text) <= words(resolve(*turns[:-1]).text) + words(turns[-1])
    telling = [unit for unit in read_units(turns[-1], load_glossary()) if unit.kind in "NADYCRV"]
    assert all(unit.text.lower() in result.text.lower() for unit in telling)
    assert result.changed or result == Standalone(turns[-1], turns[-1])


@settings(deadline=None)
@given(
    st.lists(
        st.lists(
            st.sampled_from("( ) Суд ЕАЭС «ШОС ШОС» договор А Когда он Iran it Why And ? , .".split()), max_size=9
        ),
        max_size=4,
    )
)
def test_brackets_stay_paired_however_they_were_typed(turns):
    questions = [" ".join(turn) for turn in turns]
    assume(all(balanced(question) for question in questions))
    assert balanced(resolve(*questions).text)


@settings(deadline=None)
@given(
    st.lists(st.text(max_size=60) | st.sampled_from(["А в Армении?", "And it?", "Почему?", "Устав ОДКБ"]), max_size=4)
)
def test_nothing_that_is_typed_raises(questions):
    result = standalone(questions, load_glossary())
    assert result.asked == (questions[-1] if questions else "")
    assert result.changed or not result.carried


def test_only_the_last_turns_are_looked_at():
    assert not resolve("Что такое ШОС?", *["Спасибо!"] * DEPTH, "Когда она создана?").changed


def test_every_dialogue_is_whole_and_belongs_to_a_half():
    fields = "id lang half collection turns standalone gold_docs gold_snippets answerable".split()
    ids = [dialogue["id"] for dialogue in dialogues()]
    assert len(set(ids)) == len(ids) >= 40
    for dialogue in dialogues():
        assert list(dialogue) == fields
        assert dialogue["half"] in ("tune", "test") and dialogue["collection"] in ("library", "treaties")
        assert len(dialogue["turns"]) in (2, 3, 4)
        assert dialogue["answerable"] == bool(dialogue["gold_docs"]) == bool(dialogue["gold_snippets"])
        assert all(len(snippet) <= 120 for snippet in dialogue["gold_snippets"])


@pytest.mark.parametrize("half", ["tune", "test"])
def test_self_contained_dialogues_are_unchanged_and_nine_in_ten_follow_ups_completed(half):
    chosen = [dialogue for dialogue in dialogues() if dialogue["half"] == half]
    alone = [d for d in chosen if d["turns"][-1] == d["standalone"]]
    leaning = [d for d in chosen if d["turns"][-1] != d["standalone"]]
    assert [d["id"] for d in alone if resolve(*d["turns"]).changed] == []
    assert sum(resolve(*d["turns"]).changed for d in leaning) >= 0.9 * len(leaning)


@pytest.mark.parametrize(
    ("turns", "text"),
    [
        (
            ["Since when is Uzbekistan an observer at the EAEU?", "And since when is Moldova?"],
            "Since when is Moldova an observer at the EAEU?",
        ),
        (
            ["С какого года Узбекистан имеет статус наблюдателя?", "А с какого года Молдова?"],
            "С какого года Молдова имеет статус наблюдателя?",
        ),
    ],
)
def test_a_question_that_changes_only_the_country_keeps_the_rest_of_the_earlier_one(turns, text):
    assert resolve(*turns).text == text


@pytest.mark.parametrize("question", ["What is the capital of Mongolia?", "Какая столица Монголии?"])
def test_a_question_about_a_state_as_such_takes_nothing_from_earlier_ones(question):
    assert resolve("How many judges has the EAEU Court?", question).text == question


def test_a_long_question_stands_on_its_own():
    earlier, question = "When was the EAEU Treaty signed?", "And who signed it?"
    assert resolve(earlier, question).changed
    assert not resolve(earlier, question[:-1] + " indeed" * MOST_READ).changed


def test_of_a_long_earlier_question_the_beginning_is_read():
    earlier = f"When was the EAEU Treaty signed{' indeed' * MOST_READ} by Belarus?"
    assert resolve(earlier, "And who signed it?").text == "Who signed it (EAEU Treaty)?"
