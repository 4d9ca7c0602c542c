import pytest

from corpus import Record
from rag.record_fields import asked_for, family_names

RECORD = Record(
    title="Borders of the Union",
    authors=("O. V. Orlova", "Belov Andrei Nikolaevich"),
    date="2022-03",
    journal="Regionology",
    pages="10-30",
    publisher="Nauka",
    doi="10.1000/1",
)

#: A question for each field, and a line that gives it.
QUESTIONS = [
    ("What is the DOI of the article?", "DOI: 10.1000/1"),
    ("УДК статьи о границах", "UDК 323.2"),
    ("Orlova ORCID", "ORCID: 0000-0002-1825-0097"),
    ("Когда статья поступила в редакцию?", "Submitted 07.06.2021; accepted 27.08.2021."),
    ("When was the paper submitted?", "Статья поступила в редакцию 07.06.2021"),
    ("Назовите ключевые слова статьи", "Keywords: borders, union"),
    ("Who funded the study?", "Исследование выполнено при поддержке РФФИ"),
    ("Есть ли у авторов конфликт интересов?", "The authors declare no conflict of interest."),
    ("Каков личный вклад Орловой?", "O. V. Orlova – collection of data; writing of the text."),
    ("В каком университете работает автор статьи?", "Olga V. Orlova, Professor, State University"),
    ("Who wrote the article on borders?", "O. V. Orlova, A. N. Belov. Borders of the Union"),
    ("Кто авторы статьи о границах?", "Орлова О. В., Белов А. Н. Границы союза"),
    ("What did Orlova write?", "Orlova O.V., Belov A.N. Borders of the Union. Regionology"),
    ("В каком журнале вышла статья?", "Orlova O.V. Borders of the Union. Regionology. 2022; 30:10-30."),
    ("On what pages does the article stand?", "Regionology. 2022; 30:10-30."),
    ("Какое издательство выпустило книгу?", "Moscow: Nauka, 2022"),
    ("In what year was the article published?", "Regionology. 2022; 30:10-30."),
]


@pytest.mark.parametrize(("question", "line"), QUESTIONS)
def test_a_field_is_given_by_the_line_that_states_it(question, line):
    field = asked_for(question)
    assert field is not None
    assert field.given_by(line, RECORD)
    assert not field.given_by("The union has open borders.", RECORD)


def test_every_field_is_asked_for_by_a_question_of_its_own():
    assert len({asked_for(question) for question, _ in QUESTIONS}) == 15


@pytest.mark.parametrize(
    "question",
    [
        "When did Armenia join the Union?",
        "Какой институт ЕАЭС устанавливает пошлины?",
        "What does the journal say of the Court?",
        "Что пишет автор о Суде?",
    ],
)
def test_other_questions_ask_for_no_field(question):
    assert asked_for(question) is None


def test_a_year_inside_a_longer_number_is_none():
    assert not asked_for("In what year was it published?").given_by("DOI: 10.1000/202203", RECORD)


def test_all_authors_stand_in_the_line_that_gives_them():
    assert not asked_for("Who wrote it?").given_by("O. V. Orlova, Professor", RECORD)


def test_a_field_is_known_by_the_record_or_by_a_line_of_the_text():
    assert asked_for("Who wrote it?").known(RECORD, "")
    assert not asked_for("Who wrote it?").known(Record(), "O. V. Orlova")
    assert asked_for("What is its UDC?").known(Record(), "Borders\nУДК 323.2\n")
    assert not asked_for("What is its UDC?").known(Record(), "Borders\nOn the УДК 323.2\n")


def test_family_names_are_taken_out_of_any_form_of_a_name():
    assert family_names(RECORD) == ("Orlova", "Belov")
    assert family_names(Record(authors=("Eurasian Commission",))) == ("Eurasian Commission",)
