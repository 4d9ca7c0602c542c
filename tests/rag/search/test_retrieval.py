import numpy as np
import pytest

from corpus import Filters
from embeddings import open_index
from rag.search.glossary import load_glossary
from rag.search.query import question_language
from rag.search.retrieval import Retriever
from tests.fakes import FakeEncoder

MODES = ["fused", "dense", "lexical"]


def sources(hits):
    return [hit.passage.document.source for hit in hits]


def search(retriever, text, k=10, filters=None, mode="fused"):
    return retriever.search(retriever.query(text), k, filters, mode)


@pytest.mark.parametrize("mode", MODES)
def test_hits_come_best_first_and_each_passage_once(retriever, mode):
    hits = search(retriever, "court of the union in Minsk", mode=mode)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.passage.id for hit in hits}) == len(hits)


@pytest.mark.parametrize("mode", MODES)
def test_the_passage_that_holds_the_words_comes_first(retriever, mode):
    assert sources(search(retriever, "How is the budget adopted?", mode=mode))[0] == "budget.md"
    assert sources(search(retriever, "Из чего складывается пенсия?", mode=mode))[0] == "pensii.md"


@pytest.mark.parametrize("k", [1, 3, 100])
def test_no_more_than_k_hits_are_found(retriever, k):
    assert len(search(retriever, "court", k)) == min(k, len(retriever.index))


def test_the_same_question_gives_the_same_hits(retriever):
    assert search(retriever, "court of Minsk") == search(retriever, "court of Minsk")


def test_filters_apply_before_ranking(retriever):
    hits = search(retriever, "Where is the court?", 2, Filters(language="ru"))
    assert len(hits) == 2
    assert {hit.passage.language for hit in hits} == {"ru"}
    assert sources(search(retriever, "Where is the court?", 1, Filters(since="2021"))) == ["pensii.md"]


def test_filters_that_let_nothing_through_find_nothing(retriever):
    assert search(retriever, "court", filters=Filters(language="de")) == []


def test_hidden_documents_are_not_found(retriever):
    court = search(retriever, "Where is the court?")[0].passage.document
    hiding = Retriever(retriever.index, retriever.encoder, retriever.glossary, {court.id})
    found = sources(search(hiding, "Where is the court?"))
    assert court.source not in found
    assert len(found) == len(retriever.index) - 1


def test_lexical_search_finds_only_passages_with_a_word_of_the_question(retriever):
    assert sources(search(retriever, "lorries", mode="lexical")) == ["border.md"]
    assert search(retriever, "bread", mode="lexical") == []


@pytest.mark.parametrize("question", ["Когда создана ЕЭК?", "Полномочия Евразийской экономической комиссии"])
def test_lexical_search_reaches_the_other_language_by_names(retriever, question):
    assert sources(search(retriever, question, mode="lexical"))[0] == "commission.md"


def test_lexical_search_reaches_the_other_language_by_numbers(retriever):
    assert set(sources(search(retriever, "What was signed in 2019?", mode="lexical"))) == {"pensii.md", "sud.md"}


@pytest.mark.parametrize("question", ["Где находится суд союза в Минске?", "Where does the court of the Union sit?"])
def test_bm25_does_not_move_the_languages_against_each_other(retriever, question):
    languages = [[hit.passage.language for hit in search(retriever, question, mode=mode)] for mode in MODES[:2]]
    assert languages[0] == languages[1]


@pytest.fixture(scope="module")
def bilingual(tmp_path_factory, fill_home):
    """Sixty texts in each language, so that the means of the languages are well known."""
    home = tmp_path_factory.mktemp("bilingual")
    fillers = {f"en-{n:02}.txt": f"Matter{chr(97 + n % 26)}{chr(97 + n // 26)} is told here." for n in range(60)}
    fillers |= {f"ru-{n:02}.txt": f"Дело{chr(1072 + n % 26)}{chr(1072 + n // 26)} рассказано тут." for n in range(60)}
    fill_home(home, fillers | {"court.txt": "The judge of the court.", "sud.txt": "О судье того суда."})
    return Retriever(open_index(home), FakeEncoder(), load_glossary())


@pytest.mark.parametrize("question", ["Кто судья суда?", "Who is the judge of the court?"])
@pytest.mark.parametrize("mode", MODES[:2])
def test_both_languages_versions_of_the_right_passage_come_first(bilingual, question, mode):
    assert set(sources(search(bilingual, question, 2, mode=mode))) == {"court.txt", "sud.txt"}


@pytest.mark.parametrize("question", ["Кто судья?", "Who is the judge?"])
def test_without_centring_the_questions_own_language_would_come_first(bilingual, question):
    raw = bilingual.encoder.encode_queries([question])[0]
    passages = [bilingual.index.passage(row) for row in range(len(bilingual.index))]
    cosines = bilingual.encoder.encode_passages([passage.text for passage in passages]) @ raw
    best = [passages[n].language for n in np.argsort(-cosines)[:10]]
    assert set(best) == {question_language(question)}


@pytest.mark.parametrize("mode", MODES[:2])
def test_of_ten_hits_one_at_least_is_in_each_language(bilingual, mode):
    question = "Matter told here mattera matterb matterc"
    languages = [hit.passage.language for hit in search(bilingual, question, 30, mode=mode)]
    assert "ru" in languages[:10]
    assert languages[:20].count("ru") >= 2


def test_fewer_than_ten_hits_are_the_best_of_all_languages(bilingual):
    hits = search(bilingual, "Who is the judge of the court?", 9)
    scores = [hit.score for hit in search(bilingual, "Who is the judge of the court?", 200)]
    assert [hit.score for hit in hits] == sorted(scores, reverse=True)[:9]
