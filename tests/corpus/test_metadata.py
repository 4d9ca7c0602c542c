import json

import pytest

from corpus.errors import CorpusError, UnreadableFile
from corpus.metadata import edits_from, load_yaml, read_sidecar, statements_from_mapping
from corpus.records import Field, Record, build_record


def test_names_are_translated_and_unknown_ones_skipped():
    data = {"Author": "A. B.", "lang": "ru", "year": 2014, "license": "CC BY 4.0", "type": "essay", "mood": "good"}
    record = build_record(statements_from_mapping(data, "sidecar"))
    assert (record.authors, record.languages, record.date) == (("A. B.",), ("ru",), "2014")
    assert (record.licence, record.kind) == ("CC BY 4.0", "essay")


def test_a_chapter_has_its_book_editors_and_publisher():
    data = {"book": "Handbook", "editor": "A. B.", "publisher": "Press", "place": "London", "accessed": "2026-11-02"}
    record = build_record(statements_from_mapping(data, "sidecar"))
    assert (record.journal, record.editors, record.publisher) == ("Handbook", ("A. B.",), "Press")
    assert (record.place, record.accessed) == ("London", "2026-11-02")


@pytest.mark.parametrize("date", ["2014-05-29", '"2014-05-29"', "2014-05-29 10:00:00"])
def test_a_date_is_taken_as_a_day_however_yaml_reads_it(date):
    assert read_sidecar(f"date: {date}".encode(), "s.yaml") == [Field("date", "2014-05-29", "sidecar")]


def test_derived_fields_cannot_be_set():
    assert statements_from_mapping({"origins": {"title": "edit"}, "also": {}}, "sidecar") == []


def test_nulls_are_no_values():
    assert statements_from_mapping({"title": None, "authors": ["A", None]}, "sidecar") == [
        Field("authors", ("A",), "sidecar")
    ]


def test_sources_keep_their_facts_as_plain_data():
    (field,) = read_sidecar(b"sources: [{url: http://x.org, seen: 2026-01-02, facts: [a, b], 1: 2}, text]", "s.yaml")
    assert field.value == ({"url": "http://x.org", "seen": "2026-01-02", "facts": ["a", "b"], "1": 2},)
    assert json.dumps(field.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("date: May 2014", "must be a date like 2014-05-29, found 'May 2014'"),
        ('date: "2014-13-45"', "must be a date"),
        ("accessed: yesterday", "'accessed' must be a date"),
        ("date: 2014-13-45", "not YAML"),
        ("title: [a, b]", "'title' must be one value, found list"),
        ("title: [a", "not YAML"),
        ("- title", "not a mapping"),
        ("", "not a mapping"),
        ("a: &x [1]\ntopics: *x", "aliases"),
        ("title: !!python/object:os.system {}", "not YAML"),
        ("[" * 5000, "not YAML"),
    ],
)
def test_a_broken_sidecar_is_refused_by_name(text, reason):
    with pytest.raises(UnreadableFile, match=reason) as caught:
        read_sidecar(text.encode(), "a.txt.meta.yaml")
    assert "its sidecar a.txt.meta.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"title: \xcf\xee", b'{"title": ', b"[]", b"[" * 100_000])
def test_a_broken_json_sidecar_is_refused(data):
    with pytest.raises(UnreadableFile, match=r"its sidecar a\.meta\.json"):
        read_sidecar(data, "a.meta.json")


def test_json_escapes_of_astral_characters_are_understood():
    data = json.dumps({"title": "Союз 😀"}).encode()
    assert read_sidecar(data, "a.meta.json") == [Field("title", "Союз 😀", "sidecar")]


def test_yaml_that_expands_is_refused_before_it_does():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(20)
    )
    with pytest.raises(UnreadableFile, match="aliases"):
        load_yaml(bomb + "topics: *u")


@pytest.mark.parametrize(
    ("data", "statements"),
    [
        ({"keywords": ["союз", "union"]}, {"keywords.ru": ("союз",), "keywords.en": ("union",)}),
        ({"keywords": "trade; union"}, {"keywords.en": ("trade", "union")}),
        ({"abstract": "О союзе."}, {"abstracts.ru": "О союзе."}),
        ({"abstract": {"ru": "О союзе.", "eng": "On it."}}, {"abstracts.ru": "О союзе.", "abstracts.en": "On it."}),
        ({"title.en-GB": "The Union"}, {"titles.en": "The Union"}),
        ({"author_forms": {"Ли Ю.": "Li Yu."}}, {"author_forms.Ли Ю.": "Li Yu."}),
        ({"languages": ["rus", "en-US", "немецкий"]}, {"languages": ("ru", "en", "de")}),
        ({"doi": "https://doi.org/10.5555/x"}, {"doi": "10.5555/x"}),
    ],
)
def test_what_goes_by_language_is_sorted_by_it(data, statements):
    assert {field.name: field.value for field in statements_from_mapping(data, "sidecar")} == statements


@pytest.mark.parametrize("data", [{"language": "Klingon"}, {"doi": "forthcoming"}, {"abstract": {"en": ["a"]}}])
def test_a_value_that_the_field_cannot_hold_is_refused(data):
    with pytest.raises(UnreadableFile):
        statements_from_mapping(data, "sidecar")


def test_edits_name_a_field_or_one_language_of_it():
    texts = ["title = The Union", "authors=Li Yu.; Smith J.", "keywords.en=a; b", "year=2020", "abstract="]
    record = Record(abstracts={"ru": "А", "en": "A"})
    assert [(edit.name, edit.value, edit.origin) for edit in edits_from(texts, record)] == [
        ("title", "The Union", "edit"),
        ("authors", ("Li Yu.", "Smith J."), "edit"),
        ("keywords.en", ("a", "b"), "edit"),
        ("date", "2020", "edit"),
        ("abstracts.ru", None, "edit"),
        ("abstracts.en", None, "edit"),
    ]


def test_an_at_sign_takes_an_edit_back():
    read = build_record([Field("title", "Read", "text"), Field("abstracts.en", "A.", "text")])
    edited = read.with_edits(edits_from(["title=Wrong", "abstracts=", "doi=10.5555/x"], read))
    assert edited.with_edits(edits_from(["title=@", "abstracts=@", "doi=@"], edited)) == read


@pytest.mark.parametrize("text", ["title=@", "keywords=@"])
def test_what_was_not_edited_cannot_be_taken_back(text):
    with pytest.raises(CorpusError, match="not edited"):
        edits_from([text], build_record([Field("title", "Read", "text")]))


@pytest.mark.parametrize(
    "text",
    [
        "languages=xx",
        "abstract.qq=A.",
        "mood=good",
        "title",
        "=x",
        "origins=x",
        "sources=x",
        "title.en.x",
        "date=yesterday",
        "doi=x",
        "pages=45-",
    ],
)
def test_an_edit_of_no_field_or_with_no_value_for_it_is_refused(text):
    with pytest.raises(CorpusError) as caught:
        edits_from([text], Record())
    assert "\n" not in str(caught.value)
