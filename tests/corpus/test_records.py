import pytest

from corpus.records import (
    Document,
    Field,
    Page,
    Record,
    build_record,
    content_hash,
    document_id,
    pages_between,
    passage_id,
)


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [("sidecar", "front matter"), ("front matter", "heading"), ("heading", "metadata"), ("text", "guess")],
)
def test_the_stronger_origin_wins_in_any_order(stronger, weaker):
    statements = [Field("title", "weak", weaker), Field("title", "strong", stronger)]
    for ordered in (statements, statements[::-1]):
        record = build_record(ordered)
        assert (record.title, record.origins) == ("strong", {"title": stronger})


def test_a_value_that_lost_is_kept_unless_it_was_guessed():
    record = build_record([Field("date", d, o) for d, o in [("1995", "heading"), ("1996", "metadata"), ("1", "guess")]])
    assert record.also == {"date": "1996"}


def test_an_equal_value_is_not_kept_twice_and_the_order_of_parties_is_no_difference():
    record = build_record([Field("parties", ("A", "B"), "heading"), Field("parties", ("B", "A"), "metadata")])
    assert (record.parties, record.also) == (("A", "B"), {})


@pytest.mark.parametrize("empty", [None, "", (), []])
def test_an_empty_statement_does_not_hide_a_weaker_one(empty):
    record = build_record([Field("journal", empty, "sidecar"), Field("journal", "Regionology", "text")])
    assert record.journal == "Regionology"


def test_among_equal_origins_the_first_wins():
    assert build_record([Field("title", t, "text") for t in ("first", "second")]).title == "first"


def test_guessed_names_the_fields_that_were_guessed():
    record = build_record([Field("title", "T", "guess"), Field("date", "2014-05-29", "text")])
    assert record.guessed == ("title",)


@pytest.mark.parametrize(("date", "year"), [("2014-05-29", 2014), ("2014", 2014), (None, None)])
def test_the_year_is_that_of_the_date(date, year):
    assert Record(date=date).year == year


def test_a_record_survives_json():
    record = build_record(
        [
            Field("title", "Союз", "heading"),
            Field("authors", ["А. Б.", "В. Г."], "text"),
            Field("parties", ("A", "B"), "heading"),
            Field("parties", ("A", "C"), "metadata"),
            Field("sources", ({"url": "http://example.org", "facts": ["one", "two"]},), "front matter"),
        ]
    )
    assert Record.from_json(record.to_json()) == record


def test_equal_records_give_equal_json_whatever_the_order_of_statements():
    statements = [Field("title", "T", "text"), Field("date", "2014", "text"), Field("doi", "10.1/a", "text")]
    assert build_record(statements).to_json() == build_record(statements[::-1]).to_json()


def test_a_document_without_languages_is_undetermined():
    assert Document("id", "c", "s", "h", "", Record(), ()).language == "und"
    assert Document("id", "c", "s", "h", "", Record(languages=("ru", "en")), ()).language == "ru"


def test_ids_and_hashes_are_the_same_on_every_machine():
    assert document_id("seeds", "a.txt") == "38b10bc909cd96d9"
    assert content_hash("текст") == "a0d20050ea691b09cad88f5ffcc827f4"
    assert passage_id("38b10bc909cd96d9", 0, 5, "текст") == 5780514884291284547


def test_the_id_depends_on_collection_and_source_and_not_on_where_one_ends():
    assert len({document_id("a", "b/c"), document_id("a/b", "c"), document_id("a", "c")}) == 3
    assert content_hash("ab", "c") != content_hash("a", "bc")


@pytest.mark.parametrize(
    "change", [("other", 0, 2, "ab"), ("doc", 1, 2, "ab"), ("doc", 0, 3, "ab"), ("doc", 0, 2, "b")]
)
def test_a_passage_id_depends_on_document_offsets_and_text(change):
    assert passage_id(*change) != passage_id("doc", 0, 2, "ab")


def test_passage_ids_are_positive_and_fit_63_bits():
    ids = {passage_id("doc", 0, end, "x" * end) for end in range(2000)}
    assert len(ids) == 2000
    assert min(ids) > 0
    assert 2**62 < max(ids) < 2**63


_PAGES = (Page(0, "iv"), Page(10, "5"), Page(20, "iv"), Page(25, "5"), Page(40, "6"))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(0, 10, "iv"), (9, 11, "iv–5"), (10, 20, "5"), (21, 24, "iv"), (22, 30, "iv–5"), (30, 41, "5–6"), (0, 99, "iv–6")],
)
def test_a_stretch_stands_on_the_pages_it_touches_in_their_order(start, end, expected):
    assert pages_between(_PAGES, start, end) == expected


def test_a_text_without_pages_has_none():
    assert pages_between((), 0, 10) is None


def _edited() -> Record:
    record = build_record(
        [Field("title", "Old", "text"), Field("title", "Other", "guess"), Field("doi", "10.1/a", "text")]
    )
    return record.with_edits(
        [Field("title", "New", "edit"), Field("doi", None, "edit"), Field("keywords.en", ("a",), "edit")]
    )


def test_an_edit_wins_and_what_it_replaced_is_gone():
    record = _edited()
    assert (record.title, record.origins["title"], record.also) == ("New", "edit", {})


def test_an_edit_can_be_taken_back_and_stays_taken_back_when_the_record_is_stored():
    record = Record.from_json(_edited().to_json())
    value, origin = record.replaced["title"]
    back = record.with_edits([Field("title", value, origin)])
    assert (back.title, back.origins["title"], "title" in back.replaced) == (value, origin, False)
    assert (value, set(back.replaced) < set(record.replaced)) == ("Old", True)


def test_an_empty_edit_clears():
    record = _edited()
    assert (record.doi, record.origins["doi"]) == (None, "edit")


def test_edits_can_be_put_over_another_record():
    assert Record(title="Read again", date="2020", doi="10.1/b").with_edits(_edited().edits).doi is None
    read = build_record([Field("title", "Read again", "text"), Field("date", "2020", "text")])
    record = read.with_edits(_edited().edits)
    assert (record.title, record.date, record.keywords) == ("New", "2020", {"en": ("a",)})


def test_a_later_edit_replaces_an_earlier_one():
    record = _edited().with_edits([Field("title", "Newer", "edit")])
    assert (record.title, record.also, record.keywords) == ("Newer", {}, {"en": ("a",)})


def test_of_a_field_with_keys_each_key_has_its_own_origin():
    statements = [
        Field("abstracts.en", "A", "sidecar"),
        Field("abstracts.en", "B", "text"),
        Field("abstracts.ru", "В", "text"),
    ]
    record = build_record(statements)
    assert record.abstracts == {"en": "A", "ru": "В"}
    assert record.origins == {"abstracts.en": "sidecar", "abstracts.ru": "text"}
    assert (record.also, record.value("abstracts.ru"), record.value("abstracts.de")) == (
        {"abstracts.en": "B"},
        "В",
        None,
    )
    assert Record.from_json(record.to_json()) == record


def test_a_record_from_before_a_field_existed_keeps_its_json():
    old = (
        '{"accessed": null, "also": {"date": "1996"}, "authors": ["A"], "date": "1995", "date_in_force": null, '
        '"doi": null, "editors": [], "guessed": ["title"], "issue": null, "journal": null, "kind": "text", '
        '"languages": [], "licence": null, "origins": {"authors": "text", "date": "text", "title": "guess"}, '
        '"pages": null, "parties": [], '
        '"place": null, "publisher": null, "sources": [], "title": "T", "topics": [], "url": null, "volume": null, '
        '"year": 1995}'
    )
    assert Record.from_json(old).abstracts == {}
    assert Record.from_json(old).to_json() == old


def test_what_an_office_program_wrote_is_weaker_than_the_text_and_not_kept_beside_it():
    record = build_record([Field("title", "Microsoft Word - 1.doc", "properties"), Field("title", "T", "text")])
    assert (record.title, record.also) == ("T", {})


def test_a_value_that_differs_in_case_spaces_or_marks_says_the_same():
    assert build_record([Field("title", "The  Union", "metadata"), Field("title", "THE UNION.", "text")]).also == {}
