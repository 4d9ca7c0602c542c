"""Texts and questions in any language: beside the library no question fails, and each text can be found."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import Library, add_builtin, add_paths
from corpus.languages import LANGUAGES
from embeddings import build_index, open_index
from rag.answer.answer import Answerer
from rag.output.contract import answer_json, answer_lines
from rag.search.glossary import load_glossary
from rag.search.retrieval import Retriever
from tests.fakes import FakeEncoder, WordReader

MADE = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "languages.jsonl").read_text("utf-8").splitlines()
]
#: What the first text of each language is asked, in that language, in Russian and in English.
ASKED = {
    "be": "Пра што штогод паведамляе камісія эканамічнага саюза?",
    "uk": "Коли набула чинності угода про вільну торгівлю?",
    "kk": "Еуразиялық экономикалық одақ туралы шартқа қай қалада қол қойылды?",
    "ky": "Кыргызстан биримдикке качан кошулган?",
    "hy": "Ե՞րբ է ստորագրվել տնտեսական միության պայմանագիրը",
    "az": "Azərbaycan Avrasiya İqtisadi İttifaqının üzvüdürmü?",
    "uz": "Oʻzbekiston ittifoqda qanday maqomga ega?",
    "tg": "Тоҷикистон узви Иттиҳоди иқтисодии Авруосиё аст?",
    "ka": "როდის გააფორმა საქართველომ ასოცირების შეთანხმება ევროკავშირთან?",
    "ro": "Ce acord a semnat Republica Moldova cu Uniunea Europeană?",
    "sr": "Који је споразум потписала Србија са Евроазијском економском унијом?",
    "de": "Wann nahm die Eurasische Wirtschaftsunion ihre Arbeit auf?",
    "fr": "Quand l'Union économique eurasiatique a-t-elle commencé ses travaux ?",
    "tr": "Avrasya Ekonomik Birliği ne zaman çalışmalarına başladı?",
    "zh": "欧亚经济联盟何时启动？",
}
GENERAL = (
    "Когда начал работу Евразийский экономический союз?",
    "When did the Eurasian Economic Union begin its work?",
    "Сколько судей в Суде ЕАЭС?",
)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory, e5):
    """The built-in library with one text in each of fifteen languages."""
    home = tmp_path_factory.mktemp("mixed")
    with Library(home / "library.db") as library:
        add_builtin(library)
        for code in ASKED:
            path = home / f"{code}.md"
            path.write_text(next(made["text"] for made in MADE if made["language"] == code), "utf-8")
            add_paths(library, [path])
        build_index(home, library, e5, "e5")
    index = open_index(home)
    yield Retriever(index, e5, load_glossary())
    index.close()


def test_each_text_is_in_its_own_language(mixed):
    found = {source: mixed.index.texts.find(f"{source}.md")[0].record.languages for source in ASKED}
    assert found == {code: (code,) for code in ASKED}


@pytest.mark.parametrize("code", ASKED)
def test_a_text_is_found_by_a_question_in_its_own_language(mixed, code):
    hits = mixed.search(mixed.query(ASKED[code]), 10)
    assert f"{code}.md" in [hit.passage.document.source for hit in hits]


@pytest.mark.parametrize("question", [*ASKED.values(), *GENERAL])
def test_no_question_fails_beside_texts_of_fifteen_languages(mixed, question):
    answer = Answerer(WordReader())(mixed, question)
    assert answer_json(answer, "gost")["question"] == question
    assert answer_lines(answer)


@pytest.mark.parametrize("question", GENERAL)
def test_texts_of_further_languages_do_not_flood_what_is_found(mixed, question):
    hits = mixed.search(mixed.query(question), 10)
    assert sum(hit.passage.language not in ("ru", "en") for hit in hits) <= 6
    assert any(hit.passage.language in ("ru", "en") for hit in hits[:3])


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """All made texts under a fake encoder, some labelled with languages that nothing knows."""
    home = tmp_path_factory.mktemp("small")
    codes = (*LANGUAGES, "und", "tlh", "xx")
    with Library(home / "library.db") as library:
        for number, made in enumerate(MADE):
            path = home / f"{number}.md"
            path.write_text(f"---\nlanguage: {codes[number % len(codes)]}\n---\n{made['text']}", "utf-8")
            add_paths(library, [path])
        build_index(home, library, FakeEncoder(), "fake")
    index = open_index(home)
    yield Retriever(index, FakeEncoder(), load_glossary())
    index.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    question=st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    known=st.sampled_from([*GENERAL, *ASKED.values(), ""]),
)
def test_no_string_makes_the_answer_path_fail(small, question, known):
    asked = f"{known} {question}"
    if not asked.strip():
        return
    answer = Answerer(WordReader())(small, asked)
    assert answer_json(answer, "apa")["question"] == asked
    assert answer_lines(answer)
