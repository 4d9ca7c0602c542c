import json
from pathlib import Path

import pytest

from corpus.errors import UnreadableFile
from corpus.exports import Entry, Export, join, read_export
from corpus.records import Record, build_record

_BIBTEX = r"""
@comment{nobody}
@article{ivanov_2020,
  title = {The {Union} State: na{\"\i}ve \& \'Etude},
  author = {Ivanov, Ivan I. and M{\"u}ller, Hans and {World Bank and Co}},
  journal = {Вестник}, year = 2020, month = may, volume = {12}, number = 3, pages = {5--20},
  doi = {https://doi.org/10.5555/x_1}, url = {https://example.org/a_b%20c}, langid = {russian},
  abstract = {Five \% of trade and a cost of \$3.},
  keywords = {trade, union},
  file = {Full Text:files/12/Ivanov\; State.pdf:application/pdf;Snapshot:files/13/page.html:text/html},
}
"""
_RIS = """TY  - JOUR
TI  - The Union State
AU  - Ivanov, I.
AU  - Петров, П.
PY  - 2020
DA  - 2020/05/01/
T2  - Journal of Unions
SP  - 5
EP  - 20
DO  - 10.5555/x
AB  - On trade.
KW  - trade
KW  - союз
LA  - ru-RU
L1  - files/12/a b.pdf
L1  - https://example.org/a.pdf
ID  - key
ER  -
"""
_CSL = {
    "id": "key",
    "type": "chapter",
    "title": "The Union State",
    "author": [{"family": "Berg", "given": "A.", "non-dropping-particle": "van"}, {"literal": "World Bank"}],
    "issued": {"date-parts": [["2020", 5]]},
    "container-title": "Handbook",
    "page": "5-20",
    "DOI": "10.5555/x",
    "language": "en-GB",
    "abstract": "On trade.",
}


def _entry(text: str, name: str) -> tuple[Record, Entry]:
    (entry,) = read_export(text.encode(), name).entries
    return build_record(entry.statements), entry


def test_bibtex_is_read_without_its_latex():
    record, entry = _entry(_BIBTEX, "refs.bib")
    assert record.title == "The Union State: naïve & Étude"
    assert record.authors == ("Ivanov, Ivan I.", "Müller, Hans", "World Bank and Co")
    assert (record.journal, record.date, record.volume, record.issue) == ("Вестник", "2020-05", "12", "3")
    assert (record.pages, record.doi, record.languages, record.kind) == ("5-20", "10.5555/x_1", ("ru",), "article")
    assert record.abstracts == {"en": "Five % of trade and a cost of $3."}
    assert (record.keywords, record.url) == ({"en": ("trade", "union")}, "https://example.org/a_b%20c")
    assert set(record.origins.values()) == {"sidecar"}
    assert (entry.key, entry.files) == ("ivanov_2020", ("files/12/Ivanov; State.pdf", "files/13/page.html"))


@pytest.mark.parametrize(
    ("value", "files"),
    [("files/1/a.pdf", ("files/1/a.pdf",)), (r":C\:\\papers\\a.pdf:PDF", (r"C:\papers\a.pdf",)), ("", ())],
)
def test_the_file_field_of_bibtex_has_several_forms(value, files):
    assert _entry(f"@misc{{a, title = {{A}}, file = {{{value}}}}}", "refs.bib")[1].files == files


def test_ris_is_read_with_all_its_authors_keywords_and_files():
    record, entry = _entry(_RIS, "refs.ris")
    assert (record.title, record.authors) == ("The Union State", ("Ivanov, I.", "Петров, П."))
    assert (record.date, record.journal, record.pages, record.doi) == (
        "2020-05-01",
        "Journal of Unions",
        "5-20",
        "10.5555/x",
    )
    assert record.keywords == {"en": ("trade",), "ru": ("союз",)}
    assert (record.languages, record.abstracts, record.kind) == (("ru",), {"en": "On trade."}, "article")
    assert (entry.key, entry.files) == ("key", ("files/12/a b.pdf",))


@pytest.mark.parametrize("data", [_CSL, [_CSL], {"items": [_CSL]}])
def test_csl_json_is_read_as_an_item_a_list_or_a_library(data):
    record, entry = _entry(json.dumps(data), "refs.json")
    assert (record.title, record.authors) == ("The Union State", ("van Berg, A.", "World Bank"))
    assert (record.date, record.journal, record.pages, record.kind) == ("2020-05", "Handbook", "5-20", "chapter")
    assert (record.doi, record.languages, record.abstracts) == ("10.5555/x", ("en",), {"en": "On trade."})
    assert entry.key == "key"


@pytest.mark.parametrize(
    ("text", "name", "problem"),
    [
        (
            "@article{broken, title = {No end\n@book{sound, title = {Sound}}",
            "refs.bib",
            "entry on line 1 cannot be read",
        ),
        ("@book{sound, title={Sound}}\n@book{sound, title={Again}}", "refs.bib", "line 2 cannot be read: Duplicate"),
        ("no tags here\nER  - \nTY  - BOOK\nTI  - Sound\nER  - ", "refs.ris", "entry 1 cannot be read"),
        ('[{"title": 1}, {"type": "book", "title": "Sound"}]', "refs.json", "entry 1 is no item of CSL-JSON"),
    ],
)
def test_a_broken_entry_is_one_problem_and_the_rest_is_read(text, name, problem):
    export = read_export(text.encode(), name)
    assert [build_record(entry.statements).title for entry in export.entries] == ["Sound"]
    assert len(export.problems) == 1
    assert problem in export.problems[0]
    assert "\n" not in export.problems[0]


def test_values_that_no_field_can_hold_are_left_out():
    record, _ = _entry("@misc{a, title = {A}, doi = {none}, year = {forthcoming}, langid = {klingon}}", "a.bib")
    assert (record.title, record.doi, record.date, record.languages) == ("A", None, None, ())


def test_an_export_may_be_in_another_encoding():
    export = read_export(_RIS.replace("On trade.", "О торговле в Союзе и о границах.").encode("cp1251"), "a.ris")
    assert build_record(export.entries[0].statements).abstracts == {"ru": "О торговле в Союзе и о границах."}


@pytest.mark.parametrize(
    ("data", "name"), [(b"{}", "a.json"), (b"[1", "a.json"), (b"[" * 100_000, "a.json"), (b"% no entries", "a.bib")]
)
def test_a_file_without_entries_is_no_export(data, name):
    with pytest.raises(UnreadableFile):
        read_export(data, name)


def _described(export: Export, *names: str) -> tuple[dict[str, int], list[tuple[str, tuple[str, ...]]]]:
    folder = Path("/texts").resolve()
    joined = join(export, folder / "refs.bib", [folder / name for name in names])
    return (
        {path.relative_to(folder).as_posix(): len(statements) for path, statements in joined.described.items()},
        [(entry.key, missing) for entry, missing in joined.alone],
    )


def test_an_entry_describes_the_files_it_names_that_are_there():
    export = read_export(_BIBTEX.encode(), "refs.bib")
    described, alone = _described(export, "files/12/Ivanov; State.pdf", "other.pdf")
    assert list(described) == ["files/12/Ivanov; State.pdf"]
    assert alone == []


def test_an_entry_whose_files_are_missing_is_told():
    export = read_export(_BIBTEX.encode(), "refs.bib")
    assert _described(export, "a.pdf") == ({}, [("ivanov_2020", ("files/12/Ivanov; State.pdf", "files/13/page.html"))])


@pytest.mark.parametrize("name", ["refs.pdf", "refs"])
def test_a_lone_entry_describes_the_file_of_the_export_s_own_name(name):
    export = Export((Entry("a", ()),))
    assert _described(export, name, "other.pdf") == ({name: 0}, [])
    assert _described(export, f"files/{name}") == ({}, [("a", ())])


def test_of_several_entries_none_describes_a_file_by_its_name():
    export = Export((Entry("a", ()), Entry("b", ())))
    assert _described(export, "refs.pdf") == ({}, [("a", ()), ("b", ())])


def test_json_of_endless_lists_is_refused_in_words_of_our_own():
    with pytest.raises(UnreadableFile, match="nested too deeply"):
        read_export(b"[" * 200_000, "deep.json")
