import random
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Document, DocumentNotFound, Filters, Library, LibraryUnusable, Record
from corpus.duplicates import fuller_documents
from corpus.migrations import MIGRATIONS
from corpus.records import Field, Page, build_record
from corpus.store import content_hash_of
from tests.corpus.made_up import document

_NOTE = "The union was founded by three states in the year 2014."


def _count(library: Library, table: str) -> int:
    with sqlite3.connect(library.path) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_a_document_comes_back_as_it_was(library):
    made = document("Союз 😀\r\n\u00a0and its court.", title="Союз", authors=("А. Б.",), also={"parties": ("A", "B")})
    library.put(made)
    assert list(library.documents()) == [made]


def test_pages_come_back_and_are_replaced_with_their_document(library):
    made = replace(document("One.\n\nTwo."), pages=(Page(0, "xii"), Page(6, "1"), Page(8, "xii")))
    for pages in (made.pages, made.pages[:1], ()):
        library.put(replace(made, pages=pages, content_hash=str(len(pages))))
        assert library.find(made.id).pages == pages
        assert _count(library, "page") == len(pages)


def test_a_library_from_before_there_were_pages_is_migrated(tmp_path):
    path, made = tmp_path / "library.db", document("One.\n\nTwo.")
    with sqlite3.connect(path) as connection:
        connection.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
        values = (made.id, made.collection, made.source, made.content_hash, made.text, made.record.to_json(), None, "")
        connection.execute("INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        rows = [(made.id, n, b.start, b.end, b.part, b.section, b.language) for n, b in enumerate(made.blocks)]
        connection.executemany("INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    connection.close()
    with Library(path) as library:
        assert list(library.documents()) == [made]
        assert library.put(made) == "unchanged"


def test_putting_the_same_again_changes_nothing(library):
    made = document("Text.")
    assert [library.put(made), library.put(made)] == ["added", "unchanged"]
    assert _count(library, "document") == 1


@pytest.mark.parametrize("text", ["Other text.\n\nOf two paragraphs.", "Text."])
def test_another_text_or_record_is_an_update(library, text):
    library.put(document("Text."))
    changed = document(text, title="Changed")
    assert library.put(changed) == "updated"
    assert list(library.documents()) == [changed]
    assert _count(library, "block") == len(changed.blocks)


def test_other_blocks_of_the_same_text_are_other_content():
    blocks = document("One.\n\nTwo.").blocks
    assert content_hash_of("One.\n\nTwo.", blocks) != content_hash_of("One.\n\nTwo.", blocks[:1])


def test_other_pages_of_the_same_text_are_other_content():
    hashes = {content_hash_of("One.", (), pages) for pages in ((), (Page(0, "1"),), (Page(0, "2"),))}
    assert len(hashes) == 3


def test_a_removed_document_leaves_no_blocks(library):
    made = document("One.\n\nTwo.")
    library.put(made)
    library.remove(made.id)
    assert library.ids() == frozenset()
    assert _count(library, "block") == 0


def test_documents_are_ordered_by_collection_and_source(library):
    for source in ("b.txt", "a.txt", "a/z.txt"):
        library.put(document("Text.", source))
    assert [made.source for made in library.documents()] == ["a.txt", "a/z.txt", "b.txt"]


def test_entries_are_the_documents_without_their_texts(three):
    stored = list(three.documents())
    assert [entry.id for entry in three.entries()] == [one.id for one in stored]
    for entry, one in zip(three.entries(), stored, strict=True):
        assert (entry.collection, entry.source, entry.record) == (one.collection, one.source, one.record)
        assert (entry.characters, entry.duplicate_of) == (len(one.text), one.duplicate_of)


def test_documents_are_those_of_one_moment(library):
    library.put(document("One.\n\nTwo."))
    listed = library.documents()
    library.put(document("Three."))
    assert list(listed) == [document("One.\n\nTwo.")]


@pytest.fixture
def three(library: Library) -> Library:
    """A library of three documents, two of which share a source, two the beginning of their id."""
    for number, (collection, source) in enumerate([("seeds", "a.txt"), ("notes", "a.txt"), ("notes", "b.txt")]):
        made = replace(
            document("Text.", source), collection=collection, id=f"{'abcd' if number else 'ffff'}000{number}"
        )
        library.put(made)
    return library


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("ffff0000", "seeds/a.txt"),
        ("ffff", "seeds/a.txt"),
        ("abcd0002", "notes/b.txt"),
        ("b.txt", "notes/b.txt"),
        ("notes/a.txt", "notes/a.txt"),
    ],
)
def test_a_document_is_found_by_id_beginning_or_source(three, name, found):
    made = three.find(name)
    assert f"{made.collection}/{made.source}" == found


@pytest.mark.parametrize("name", ["a.txt", "abcd"])
def test_a_name_of_several_is_refused_and_they_are_named(three, name):
    with pytest.raises(DocumentNotFound, match=rf"'{name}' names 2 documents: .*/a\.txt.*give an id"):
        three.find(name)


@pytest.mark.parametrize("name", ["", "fff", "ffff1", "txt", "%", "____", "A.TXT"])
def test_an_unknown_name_is_refused_with_advice(three, name):
    with pytest.raises(DocumentNotFound, match=rf"no document '{name}' in the library; 'eurag list' shows them"):
        three.find(name)


def test_links_between_duplicates_are_stored_and_found_anew(library):
    part, whole = document(_NOTE, "part", title="T"), document(f"{_NOTE} More.", "whole", title="T")
    for made in (part, whole):
        library.put(made)
    library.link_duplicates()
    assert library.find("part").duplicate_of == whole.id
    assert [library.fuller_source(made.id) for made in (part, whole)] == ["whole", None]
    library.remove(whole.id)
    assert library.find("part").duplicate_of is None
    library.link_duplicates()
    assert library.fuller_source(part.id) is None


def test_links_found_change_by_change_are_those_found_at_once(library):
    choose = random.Random(7)
    texts = [f"{_NOTE} More of {name}." for name in "abc"] + [_NOTE, f"{_NOTE} More of a. And of b."]
    for step in range(150):
        made = document(choose.choice(texts), str(choose.randrange(12)), title=choose.choice(["T", "U", ""]))
        if step % 5 == 4:
            library.remove(made.id)
        elif step % 7 > 4 and library.content_hash(made.id):
            library.edit(made.id, [Field("title", choose.choice(["T", "U", ""]), "edit")])
        else:
            library.put(made)
        if step % 3 == 0:
            continue
        library.link_duplicates()
        stored = list(library.documents())
        assert {d.id: d.duplicate_of for d in stored if d.duplicate_of} == fuller_documents(stored)


def test_linking_reads_only_what_may_have_changed(library, monkeypatch):
    for number in range(9):
        library.put(document(f"{_NOTE} Number {number}.", str(number), title=f"T{number // 3}"))
    library.link_duplicates()
    compared = []
    monkeypatch.setattr("corpus.store.fuller_documents", lambda documents: compared.extend(documents) or {})
    library.put(document("Changed.", "4", title="T1"))
    library.put(document("Alone.", "new", title="T9"))
    library.link_duplicates()
    library.link_duplicates()
    assert sorted(made.source for made in compared) == ["3", "4", "5"]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(language="en"),
        Filters(language="ru"),
        Filters(kind="treaty"),
        Filters(since="2014-06"),
        Filters(until="2014"),
        Filters(since="2014-05-29", until="2014-05"),
        Filters(since="2013", until="2013-12"),
        Filters(author="БАХ"),
        Filters(named="UNION"),
        Filters(named="n4.md"),
        Filters(named="c"),
        Filters("ru", "text", "2000", "2020", "бах", "союз"),
    ],
    ids=str,
)
def test_entries_are_those_that_the_filters_admit(library, filters):
    dates, titles = [None, "2014", "2014-05", "2014-05-29", "2013-12-31"], ["The Union", "Союз", "Court"]
    for number in range(30):
        record = {"title": titles[number % 3], "date": dates[number % 5], "kind": ["text", "treaty"][number % 2]}
        people = {"authors": [(), ("Бах И.",), ("Back J.", "Roe R.")][number % 3]}
        languages = [("en",), ("ru",), ("ru", "en")][number // 10]
        library.put(document("Text.", f"n{number}.md", languages=languages, **record, **people))
    everything = list(library.documents())
    admitted = [made.id for made in everything if _admits(filters, made)]
    assert [entry.id for entry in library.entries(filters)] == admitted
    assert library.count(filters) == len(admitted)
    assert [entry.id for entry in library.entries(filters, 2, 1)] == admitted[1:3]


def _admits(filters: Filters, made: Document) -> bool:
    """As `Filters` says, told plainly."""
    record = made.record
    names = "\n".join((record.title, made.source, *record.authors)).casefold()
    return (
        filters.language in (None, *record.languages)
        and filters.kind in (None, record.kind)
        and filters.in_time(record.date or "")
        and (filters.author or "").casefold() in "\n".join(record.authors).casefold()
        and (filters.named or "").casefold() in names
    )


def test_a_library_from_before_the_catalogue_is_entered_into_it(tmp_path):
    old = sqlite3.connect(tmp_path / "library.db")
    for statements in MIGRATIONS[:3]:
        old.executescript(statements)
    made = [document(text, name, title="T") for name, text in (("part", _NOTE), ("whole", f"{_NOTE} More."))]
    old.executemany(
        "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, NULL, '')",
        [(d.id, d.collection, d.source, d.content_hash, d.text, d.record.to_json()) for d in made],
    )
    (block,) = made[0].blocks
    old.execute("INSERT INTO block VALUES (?, 0, 0, ?, 'body', NULL, 'en')", (made[0].id, block.end))
    old.execute("PRAGMA user_version = 3")
    old.commit()
    old.close()
    with Library(tmp_path / "library.db", read_only=True) as library:
        assert [entry.source for entry in library.entries(Filters(named="t"))] == ["part", "whole"]
        assert [entry.characters for entry in library.entries()] == [len(d.text) for d in made]
    with Library(tmp_path / "library.db") as library:
        library.put(document(f"{_NOTE} More.", "whole", title="T", date="2014"))
        library.link_duplicates()
        assert library.find("part").duplicate_of == made[1].id


def test_a_link_to_no_document_is_refused_and_undone(library, monkeypatch):
    made, other = (document("Text.", name, title="T") for name in "ab")
    library.put(made)
    library.put(other)
    monkeypatch.setattr("corpus.store.fuller_documents", lambda documents: {made.id: "nobody"})
    with pytest.raises(LibraryUnusable, match="cannot be written: FOREIGN KEY"):
        library.link_duplicates()
    assert library.find(made.id).duplicate_of is None


def test_a_put_that_fails_half_way_leaves_the_old_document(library):
    old = document("One.\n\nTwo.")
    library.put(old)
    new = document("New.", title="New")
    broken = replace(new, blocks=(*new.blocks, replace(new.blocks[0], start=None)))
    with pytest.raises(LibraryUnusable, match="NOT NULL"):
        library.put(broken)
    assert list(library.documents()) == [old]


def test_how_far_a_harvest_came_is_kept_until_it_is_further(library):
    assert library.harvest_state("h1") is None
    library.keep_harvest_state("h1", "begun")
    library.keep_harvest_state("h1", "done")
    assert [library.harvest_state(name) for name in ("h1", "h2")] == ["done", None]


def test_a_harvest_knows_the_datestamp_of_what_it_took_in_also_after_its_removal(library):
    made = document("Text.")
    library.put(made)
    for datestamp in ("2024-01-01", "2024-02-02"):
        library.note_harvested("h1", made.id, datestamp)
    library.remove(made.id)
    assert [library.harvested(name, made.id) for name in ("h1", "h2")] == ["2024-02-02", None]


def test_two_libraries_on_one_file_see_each_other(library):
    with Library(library.path) as other:
        other.put(document("Text."))
        assert len(library.ids()) == 1
        other.remove(document("Text.").id)
    assert library.ids() == frozenset()


def test_the_database_is_written_ahead_and_carries_its_format(library):
    with sqlite3.connect(library.path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def test_opening_again_keeps_everything(library):
    library.put(document("Text.", title="T"))
    library.close()
    with Library(library.path) as again:
        assert [made.record for made in again.documents()] == [Record(title="T")]


def test_a_newer_library_is_refused_with_advice(library):
    library.close()
    with sqlite3.connect(library.path) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(
        LibraryUnusable, match=rf"format {len(MIGRATIONS) + 1}, .* up to {len(MIGRATIONS)}: upgrade eurag"
    ):
        Library(library.path)


@pytest.mark.parametrize("make", [lambda path: path.write_bytes(b"no database" * 100), Path.mkdir])
def test_what_is_no_database_is_refused(tmp_path, make):
    make(tmp_path / "library.db")
    with pytest.raises(LibraryUnusable, match=r"library\.db cannot be opened: "):
        Library(tmp_path / "library.db")


def test_a_collection_remembers_the_folder_it_came_from_by_a_hash(library, tmp_path):
    assert library.remember_folder("texts", tmp_path / "one")
    assert library.remember_folder("texts", tmp_path / "two" / ".." / "one")
    assert not library.remember_folder("texts", tmp_path / "two")
    assert not library.remember_folder("texts", None)


def test_a_harvested_collection_is_no_folders(library, tmp_path):
    assert library.remember_folder("journal", None)
    assert library.remember_folder("journal", None)
    assert not library.remember_folder("journal", tmp_path)
    assert str(tmp_path).encode() not in b"".join(path.read_bytes() for path in library.path.parent.iterdir())


def test_read_only_it_reads_what_is_there_and_refuses_to_write(library):
    library.put(document("Text."))
    with Library(library.path, read_only=True) as reader:
        assert reader.ids() == library.ids()
        with pytest.raises(LibraryUnusable, match="readonly"):
            reader.put(document("Other."))


def test_read_only_a_missing_library_is_empty_and_not_made(tmp_path):
    with Library(tmp_path / "home" / "library.db", read_only=True) as reader:
        assert reader.ids() == frozenset()
        assert list(reader.documents()) == []
    assert not (tmp_path / "home").exists()


def test_read_only_a_library_without_its_tables_is_migrated_first(tmp_path):
    (tmp_path / "library.db").touch()
    with Library(tmp_path / "library.db", read_only=True) as reader:
        assert reader.ids() == frozenset()


def test_a_full_disk_is_named(library):
    library._connection.execute("PRAGMA max_page_count = 8")
    with pytest.raises(LibraryUnusable, match="cannot be written: the disk is full"):
        library.put(document("long" * 10_000))


def test_a_scrubbed_library_holds_no_word_of_what_was_removed(library):
    made = document("Its judges serve nine years. " * 500)
    library.put(made)
    library.remove(made.id)
    library.scrub()
    assert all(b"judges serve" not in path.read_bytes() for path in library.path.parent.iterdir())


def test_a_copy_holds_the_same_and_changes_nothing_in_the_first(library, tmp_path):
    library.put(document("Text."))
    library.back_up(tmp_path / "copy.db")
    with Library(tmp_path / "copy.db") as copy:
        assert copy.fingerprints() == library.fingerprints()
        copy.remove(next(iter(copy.ids())))
    assert len(library.ids()) == 1


def _read(text: str) -> Document:
    record = build_record([Field("title", "Read", "text"), Field("doi", "10.5555/x", "text")])
    return replace(document(text), record=record)


def test_an_edit_survives_another_version_of_the_file(library):
    library.put(_read("Old."))
    (id_,) = library.ids()
    library.edit(id_, [Field("title", "Mine", "edit"), Field("doi", None, "edit")])
    assert library.put(_read("Old.")) == "unchanged"
    assert library.put(_read("New.")) == "updated"
    made = library.find(id_)
    assert (made.text, made.record.title, made.record.doi) == ("New.", "Mine", None)
    assert library.fingerprints() == [(id_, made.content_hash, made.record.to_json())]


def test_an_edit_of_no_document_is_refused(library):
    with pytest.raises(DocumentNotFound, match="eurag list"):
        library.edit("0123456789abcdef", [Field("title", "Mine", "edit")])


def test_a_removed_document_takes_its_edits_with_it(library):
    library.put(_read("Old."))
    (id_,) = library.ids()
    library.edit(id_, [Field("title", "Mine", "edit")])
    library.remove(id_)
    library.put(_read("Old."))
    assert library.find(id_).record.title == "Read"
