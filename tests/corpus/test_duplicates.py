import itertools
import random
import re
from dataclasses import replace

import pytest

from corpus.duplicates import fuller_documents, is_contained
from corpus.records import Page, document_id
from tests.corpus.made_up import document


def _words(count: int, seed: int) -> str:
    """Prose of common words, the same on every run."""
    choose = random.Random(seed).choice
    return " ".join(choose("duty border union court state market rule party".split()) for _ in range(count)) + "."


_SHARED = _words(300, 1)


def _names(documents) -> dict[str, str]:
    sources = {document.id: document.source for document in documents}
    return {sources[own]: sources[full] for own, full in fuller_documents(documents).items()}


@pytest.mark.parametrize("agreeing", [{"title": "The Union"}, {"doi": "10.1000/X"}])
def test_a_text_contained_in_one_of_the_same_title_or_doi_is_one_work(agreeing):
    documents = [document(_SHARED, "part", **agreeing), document(f"{_SHARED} {_words(90, 2)}", "whole", **agreeing)]
    for ordered in itertools.permutations(documents):
        assert _names(ordered) == {"part": "whole"}


def test_titles_agree_whatever_their_case_spaces_or_look_alike_letters():
    documents = [
        document(_SHARED, "a", title="The Сhanging  union"),
        document(f"{_SHARED} More.", "b", title="The changing Union!"),
    ]
    assert _names(documents) == {"a": "b"}


@pytest.mark.parametrize("titles", [("The Union", "The Court"), ("", "")])
def test_the_same_text_under_other_titles_is_not_one_work(titles):
    assert _names([document(_SHARED, name, title=title) for name, title in zip("ab", titles, strict=True)]) == {}


def test_other_texts_of_one_title_are_not_one_work():
    assert _names([document(_words(300, seed), str(seed), title="The Union") for seed in (1, 2)]) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"parties": ("Armenia", "Moldova")}, {"parties": ("Armenia", "Ukraine")}),
        ({"kind": "treaty", "date": "1993-05-20"}, {"kind": "treaty", "date": "1994-05-20"}),
    ],
)
def test_treaties_of_other_parties_or_another_date_are_never_one_work(one, other):
    documents = [document(_SHARED, "a", title="Treaty", **one), document(_SHARED, "b", title="Treaty", **other)]
    assert _names(documents) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Signed by Ukraine and Moldova.", "Signed by Ukraine and Belarus."),
        ("Подписали Украина и Молдова.", "Подписали Украина и Беларусь."),
        ("Signed on 5 May 1993.", "Signed on 5 May 1994."),
    ],
)
def test_a_name_or_number_of_its_own_keeps_a_text_apart_however_alike_the_wording(one, other):
    documents = [document(f"{one} {_words(2000, 1)}", "a", title="Treaty")]
    documents.append(document(f"{other} {_words(2000, 1)} more.", "b", title="Treaty"))
    assert _names(documents) == {}


def test_boilerplate_of_its_own_does_not_keep_a_text_apart():
    documents = [
        document(f"{_SHARED}\n\nShare\n", "a", title="T"),
        document(f"{_SHARED} {_words(90, 2)}", "b", title="T"),
    ]
    assert _names(documents) == {"a": "b"}


def test_numbers_of_references_do_not_keep_a_text_apart():
    entries = [f"Ivanov I. {_words(12, 100 + n)} Minsk, {2000 + n}. P. 1-{n}." for n in range(9)]
    plain, numbered = (
        "\n\n".join([_SHARED, "References", *lines])
        for lines in (entries, [f"{n}. {entry}" for n, entry in enumerate(entries, start=1)])
    )
    assert _names([document(plain, "a", title="T"), document(numbered, "b", title="T")]) == {"a": "b"}


def test_of_equal_texts_one_stays_whatever_the_order():
    documents = [document(_SHARED, name, title="T") for name in "abc"]
    kept = min(documents, key=lambda document: document.id).source
    expected = {name: kept for name in "abc" if name != kept}
    for ordered in itertools.permutations(documents):
        assert _names(ordered) == expected


def test_of_two_that_contain_each_other_the_one_with_pages_stays():
    longer = document(f"{_SHARED} union", "longer", title="T")
    paged = replace(document(_SHARED, "paged", title="T"), pages=(Page(0, "12"),))
    part = document(_SHARED[:200], "part", title="T")
    for ordered in itertools.permutations([longer, paged, part]):
        assert _names(ordered) == {"part": "paged", "longer": "paged"}


def test_a_fuller_text_stays_though_the_other_has_pages():
    paged = replace(document(_SHARED, "paged", title="T"), pages=(Page(0, "12"),))
    assert _names([document(f"{_SHARED} {_words(90, 2)}", "whole", title="T"), paged]) == {"paged": "whole"}


def test_the_fuller_document_is_never_itself_a_duplicate():
    one, two, three = (_words(100, seed) for seed in (1, 2, 3))
    documents = [
        document(_words(2000, 4), "other", title="Other", doi="10.1000/x"),
        document(f"{one} {two} {three}", "whole", title="T"),
        document(f"{one} {two}", "half", title="T", doi="10.1000/x"),
        document(one, "third", title="Third", doi="10.1000/x"),
    ]
    assert _names(documents) == {"half": "whole", "third": "whole"}


def test_a_document_without_words_is_no_duplicate():
    assert _names([document("...", "a", title="T"), document("Text.", "b", title="T")]) == {}


def test_a_passage_is_contained_when_its_words_stand_in_order():
    fuller = document("The\u00a0Union was founded. It grew.", "a")
    assert is_contained("the union WAS founded; it", fuller)
    assert not is_contained("union the", fuller)
    assert not is_contained("he Union", fuller)
    assert document_id("texts", "a") == fuller.id


def _one_work_told_plainly(shorter, longer) -> bool:
    """As `fuller_documents` says, every pair compared word by word."""
    words = [re.findall(r"\w+", made.text) for made in (shorter, longer)]
    own, other = ({tuple(w.lower() for w in found[i : i + 8]) for i in range(len(found) - 7)} for found in words)
    names, others = ({word.lower() for word in found if not word[0].islower()} for found in words)
    return bool(own) and names <= others and len(own & other) >= 0.95 * len(own)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_looked_at_misses_no_fuller_document(seed):
    choose = random.Random(seed)
    vocabulary = "duty border union court state market rule party Minsk Astana 2014 15".split()
    bases = [[choose.choice(vocabulary) for _ in range(choose.choice([20, 60, 200]))] for _ in range(3)]
    made = []
    for number in range(12):
        words = choose.choice(bases)[choose.choice([0, 0, 5]) :]
        for _ in range(choose.choice([0, 0, 1, 3])):
            words[choose.randrange(len(words))] = choose.choice(vocabulary)
        made.append(document(" ".join(words), str(number), title=choose.choice("TU")))
    ranked = sorted(made, key=lambda d: (-len(d.text), d.id))
    expected = set()
    for position, shorter in enumerate(ranked):
        longer = [d for d in ranked[:position] if d.record.title == shorter.record.title]
        expected |= {shorter.id for d in longer if _one_work_told_plainly(shorter, d)}
    assert set(fuller_documents(made)) == expected
