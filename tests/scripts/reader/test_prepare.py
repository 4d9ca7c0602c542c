import gzip
import json
import random
import re

import pytest

from embeddings.e5_weights import E5Weights, weights_path

SENTENCES = [f"Part {n} of the text tells of the year {1900 + n}, in which {word} came. " for n, word in enumerate(
    "Minsk Brest Osh Naryn Kazan Astana Yerevan Bishkek Grodno Omsk Tomsk Perm Ufa Sochi Tver Pskov".split() * 3
)]  # fmt: skip
LONG = "".join(SENTENCES).strip()
RUSSIAN = "Суд Союза находится в Минске. Срок полномочий судьи составляет девять лет, 😀 не больше."


@pytest.fixture(scope="module")
def prepare(script):
    return script("prepare")


@pytest.fixture(scope="module")
def writer(prepare):
    """A writer that draws from this seed on; there is one, which takes a while to open."""
    drawn = random.Random()
    opened = prepare.Writer(drawn)

    def seeded(seed=1):
        drawn.seed(seed)
        return opened

    return seeded


@pytest.fixture(scope="module")
def words():
    """The words of some pieces of a row, from `first` to `last`."""
    pieces = E5Weights(weights_path()).vocabulary().pieces

    def read(row, first, last):
        return "".join(pieces[id_] for id_ in row["ids"][first : last + 1]).replace("▁", " ").strip()

    return read


def place(text, answer):
    return text.index(answer), text.index(answer) + len(answer)


@pytest.mark.parametrize(
    "answer", ["Минске", "девять лет", "Суд Союза", "Срок полномочий судьи составляет девять лет,"]
)
def test_a_span_points_at_the_answers_own_words(writer, words, answer):
    row = writer().row("Где суд?", "О суде. ", RUSSIAN, place(RUSSIAN, answer), 160)
    assert words(row, *row["span"]) == answer
    assert row["answers"] == 1


def test_a_row_says_where_its_text_begins(writer, words):
    row = writer().row("Где суд?", "О суде. ", RUSSIAN, None, 160)
    assert words(row, row["text"], len(row["ids"]) - 2).startswith("Суд Союза находится")
    assert (row["span"], row["answers"]) == (None, 0)


def test_what_a_row_is_told_besides_stands_in_it(writer):
    row = writer().row("Где?", "", RUSSIAN, None, 160, source="made", group="p1")
    assert (row["source"], row["group"]) == ("made", "p1")


@pytest.mark.parametrize("size", [40, 90, 160])
@pytest.mark.parametrize("number", [0, 3, 25, 46, 47])
def test_a_window_of_a_long_text_holds_the_answer_wherever_it_stands(writer, words, size, number):
    answer = re.search(r"year \d+", SENTENCES[number])[0]
    for seed in range(8):
        row = writer(seed).row("When?", "Parts. ", LONG, place(LONG, answer), size)
        assert words(row, *row["span"]) == answer
        assert len(row["ids"]) - row["text"] - 1 <= size + 2


def test_a_window_begins_now_here_now_there_and_at_a_sentence_where_it_can(writer, words):
    answer = place(LONG, "year 1930")
    rows = [writer(seed).row("When?", "", LONG, answer, 90) for seed in range(12)]
    assert len({row["span"][0] for row in rows}) > 3
    begins = [words(row, row["text"], row["text"]) for row in rows]
    assert begins.count("Part") > len(rows) / 2


def test_a_question_that_is_not_answered_gets_a_window_too(writer):
    rows = [writer(seed).row("Who?", "", LONG, None, 90) for seed in range(12)]
    assert all((row["span"], row["answers"]) == (None, 0) for row in rows)
    assert all(20 < len(row["ids"]) - row["text"] - 1 <= 92 for row in rows)
    assert len({tuple(row["ids"]) for row in rows}) > 3


@pytest.mark.parametrize("answer", [(40, 45), (3, 3)])
def test_an_answer_that_no_piece_covers_makes_no_row(writer, answer):
    assert writer().row("Who?", "", "It sits in Minsk.", answer, 90) is None


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        ({"answer": "Minsk", "start": 4}, (4, 9)),
        ({"answer": "Minsk", "start": 0}, (0, 5)),
        ({"answer": "Minsk", "start": -1}, None),
        ({"answer": "Minsk", "start": None}, None),
        ({"answer": "Minsk"}, None),
        ({"answer": "", "start": 4}, None),
        ({"start": 4}, None),
    ],
)
def test_where_an_example_has_its_answer(prepare, example, expected):
    assert prepare.span_of(example) == expected


PASSAGE = {
    "pid": "p1",
    "en": "The judges serve nine years. The seat is Minsk.",
    "ru": "Судьи служат девять лет. Место — Минск.",
    "title_en": "The Court",
    "title_ru": "О суде",
    "section_en": "Article 5",
    "questions": [
        {"en": "How long?", "ru": "Сколько лет?", "answer_en": "nine years", "answer_ru": "девять лет"},
        {"en": "How many?", "ru": "Сколько судей?", "answer_en": None, "answer_ru": None},
        {"en": "Who?", "ru": "Кто?", "answer_en": "nobody here", "answer_ru": "никто"},
    ],
}


@pytest.fixture
def own_row(prepare, writer):
    return lambda number, asked, told: prepare._own_row(
        PASSAGE, PASSAGE["questions"][number], number, asked, told, writer(), "made"
    )


@pytest.mark.parametrize(
    ("asked", "told", "answer", "head"),
    [
        ("en", "en", "nine years", "The Court. Article 5."),
        ("en", "ru", "девять лет", "О суде."),
        ("ru", "en", "nine years", "The Court. Article 5."),
    ],
)
def test_a_question_in_one_language_on_a_text_in_another_points_at_the_words_there(
    own_row, words, asked, told, answer, head
):
    row = own_row(0, asked, told)
    assert words(row, *row["span"]) == answer
    assert (row["languages"], row["group"], row["number"]) == (asked + told, f"p1{told}", 0)
    question = {"en": "How long?", "ru": "Сколько лет?"}[asked]
    assert words(row, 1, row["text"] - 1).startswith(f"query: {question}")
    assert words(row, 0, row["text"] - 1).endswith(f"passage: {head}")


def test_a_question_that_the_passage_does_not_answer_is_a_row_without_a_span(own_row):
    row = own_row(1, "en", "ru")
    assert (row["span"], row["answers"]) == (None, 0)


def test_an_answer_that_does_not_stand_in_the_passage_makes_no_row(own_row):
    assert own_row(2, "en", "en") is None


def passage(pid, document, text, asked):
    """A passage that says the same in both languages, and what is asked of it: (question, answer)."""
    told = {f"{part}_{language}": "" for part in ("title", "section") for language in ("en", "ru")}
    questions = [{"en": q, "ru": q, "answer_en": a, "answer_ru": a} for q, a in asked]
    return {"pid": pid, "document": document, "en": text, "ru": text, "questions": questions} | told


def test_a_question_is_mined_on_its_own_passage_and_beside_it_in_its_document(script, writer, words, tmp_path):
    asked = [("Who led the fund in 1990?", "Ana Moro"), ("Who led it in 1991?", None)]
    passages = [
        passage("a1", "a", "The rice fund was led by Ana Moro in 1990.", asked),
        passage("a2", "a", "The rice fund moved to Lima in 1995.", []),
        passage("b1", "b", "The ferry crosses the lake twice a day.", []),
    ]
    file = tmp_path / "made.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(one) + "\n" for one in passages)
    rows = list(script("prepare").mined([file], writer(), random.Random(1), 1.0))
    assert [row["answers"] for row in rows] == [1, 0, 0]
    assert len({row["group"] for row in rows}) == 1
    assert words(rows[0], *rows[0]["span"]) == "Ana Moro"
    assert "Lima" in words(rows[1], rows[1]["text"], len(rows[1]["ids"]) - 2)
