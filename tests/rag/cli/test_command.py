import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer

from rag.cli import app, main
from rag.errors import ReaderUnavailable
from rag.home import maintenance as maintenance_module
from rag.home import open as open_module
from tests.fakes import FakeEncoder, WordReader
from tests.rag.conftest import TEXTS, note

COMMANDS = "add harvest build search ask cite list show edit remove status generations rollback verify eval".split()
COMMANDS += ["backup", "restore", "audit", "keys add", "keys list", "keys revoke"]
ALL = [*COMMANDS, "serve"]  # which prints a log, no result
README = Path(__file__).parents[3] / "README.md"
LATE = [
    "torch",
    "sentence_transformers",
    "onnxruntime",
    "faiss",
    "fastapi",
    "citeproc",
    "numpy",
    "pydantic",
    "ir_measures",
]


@dataclass
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def eurag(monkeypatch, capfd):
    """Runs the command in this process, with the fake encoder and reader in place of every other."""
    for module in (open_module, maintenance_module):
        monkeypatch.setattr(module, "open_encoder", lambda name, model_directory: FakeEncoder())
    monkeypatch.setattr(open_module, "open_reader", lambda name, model_directory: WordReader())

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["eurag", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capfd.readouterr()
        return Outcome(exit_.value.code or 0, out, err)

    return run


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty home, named by the environment."""
    monkeypatch.setenv("EURAG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def filled(home, fake_home):
    """A home of its own with `TEXTS`, indexed."""
    return shutil.copytree(fake_home, home)


@pytest.fixture
def folder(tmp_path, write_texts):
    return write_texts(tmp_path / "more", {"tea.txt": "Tea is taxed at the border.", "empty.txt": ""})


def is_one_line(text):
    return text.startswith("eurag: ") and text.count("\n") == 1


def test_the_commands_are_these():
    assert set(typer.main.get_command(app).commands) == {command.split()[0] for command in ALL}


@pytest.mark.parametrize("command", ALL)
def test_the_help_of_each_command_has_an_example_that_calls_it(eurag, command):
    shown = eurag(*command.split(), "--help")
    assert shown.code == 0
    assert f"Example: eurag {command}" in " ".join(shown.out.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_json_and_home(eurag, command):
    shown = eurag(*command.split(), "--help").out
    assert "--json" in shown
    assert "--home" in shown


@pytest.mark.parametrize("command", ALL)
def test_each_command_is_in_the_readme(command):
    assert f"eurag {command}" in README.read_text("utf-8")


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom rag.cli import main\n"
        f"for command in {['', *ALL]!r}:\n"
        "    sys.argv = ['eurag', *command.split(), '--help']\n"
        "    try: main()\n"
        "    except SystemExit as exc: assert not exc.code\n"
        f"print('LOADED', sorted(set({LATE!r}) & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED []"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["add"],
        ["search"],
        ["ask"],
        ["ask", " "],
        ["ask", "Where?", "--file", "questions.jsonl"],
        ["search", "court", "-k", "0"],
        ["search", "court", "-k", "many"],
        ["ask", "Where?", "--since", "yesterday"],
        ["ask", "Where?", "--since", "2014-13"],
        ["ask", "Where?", "--until", "20"],
        ["show"],
        ["edit", "court.md"],
        ["status", "--unknown"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_two(eurag, filled, arguments):
    outcome = eurag(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("arguments", [["ask"], ["ask", ""], ["search", "court", "--until", "yesterday"]], ids=" ".join)
def test_wrong_usage_does_nothing_to_an_empty_home(eurag, home, arguments):
    assert eurag(*arguments).code == 2
    assert not home.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "no-such-folder"],
        ["build"],
        ["show", "nothing.txt"],
        ["remove", "nothing.txt"],
        ["edit", "nothing.txt", "title=A"],
        ["ask", "--file", "no-such-file.jsonl"],
    ],
    ids=" ".join,
)
def test_a_known_error_is_one_line_on_stderr_and_exits_with_one(eurag, arguments):
    outcome = eurag(*arguments)
    assert outcome.code == 1
    assert outcome.out == ""
    assert is_one_line(outcome.err.splitlines(keepends=True)[-1])
    assert "Traceback" not in outcome.err


def test_a_damaged_index_is_one_line_on_stderr(eurag, filled):
    next((filled / "index").glob("g*/texts.db")).write_bytes(b"")
    outcome = eurag("search", "court")
    assert outcome.code == 1
    assert is_one_line(outcome.err)
    assert "eurag build" in outcome.err


def test_a_pointer_to_nothing_falls_back_and_says_so(eurag, filled):
    (filled / "index" / "CURRENT").write_text("g999999\n", "utf-8")
    outcome = eurag("search", "court", "--json")
    assert outcome.json["results"]
    assert "g000001" in outcome.err


def test_an_earlier_generation_can_be_made_current_and_is_listed(eurag, filled, folder):
    eurag("add", folder)
    eurag("build")
    listed = eurag("generations", "--json").json["generations"]
    assert [(g["generation"], g["current"]) for g in listed] == [("g000002", True), ("g000001", False)]
    assert eurag("rollback", "--json").json == {"generation": "g000001"}
    assert "tea.txt" not in eurag("search", "tea", "--json").out
    assert "build" in eurag("search", "tea").err
    assert eurag("build", "--json").json["embedded"] == 0
    assert "tea.txt" in eurag("search", "tea", "--json").out


def test_rollback_without_an_earlier_generation_is_a_known_error(eurag, filled):
    outcome = eurag("rollback")
    assert outcome.code == 1
    assert is_one_line(outcome.err)


def test_verify_finds_a_changed_byte(eurag, filled):
    assert eurag("verify").code == 0
    path = next((filled / "index").glob("g*/passages.faiss"))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    outcome = eurag("verify", "--json")
    assert outcome.code == 1
    assert "passages.faiss" in outcome.json["problems"][0]


def test_purge_erases_the_words_everywhere(eurag, filled):
    eurag("remove", "court.md", "--purge")
    kept = [path for path in filled.rglob("*") if path.is_file() and b"Its judges serve" in path.read_bytes()]
    assert [path for path in kept if path.parent.name != "texts"] == []
    assert eurag("verify").code == 0


def test_a_dry_run_counts_and_changes_nothing(eurag, filled, folder):
    eurag("add", folder)
    plan = eurag("build", "--dry-run", "--json").json
    assert (plan["embedded"], plan["kept"], plan["removed"], plan["up_to_date"]) == (1, len(TEXTS), 0, False)
    assert len(eurag("generations", "--json").json["generations"]) == 1


def test_build_from_a_folder_adds_and_prunes(eurag, filled, folder):
    report = eurag("build", "--from", folder, "--prune", "--json").json
    assert report["embedded"] == 1
    (folder / "tea.txt").unlink()
    report = eurag("build", "--from", folder, "--prune", "--json").json
    assert report["removed"] == 1
    assert eurag("build", "--from", folder, "--prune", "--if-changed").out == ""


def test_a_dry_run_from_a_folder_says_what_it_would_add(eurag, filled, folder):
    outcome = eurag("build", "--from", folder, "--dry-run")
    assert "1 to add, 0 to update, 0 to prune; 1 passages to embed" in outcome.out
    assert len(eurag("list", "--json").json["documents"]) == len(TEXTS)


def test_if_changed_speaks_of_a_new_generation_even_when_nothing_was_embedded(eurag, filled):
    assert eurag("build", "--if-changed").out == ""
    assert "generation g000002" in eurag("build", "--if-changed", "--full").out


def test_a_bug_keeps_its_traceback(monkeypatch):
    monkeypatch.setattr("rag.home.catalogue.status", lambda settings: 1 / 0)
    monkeypatch.setattr(sys, "argv", ["eurag", "status"])
    with pytest.raises(ZeroDivisionError):
        main()


def test_add_reports_each_file(eurag, folder):
    files = eurag("add", folder, "--json").json["files"]
    assert {file["source"]: file["status"] for file in files} == {"empty.txt": "rejected", "tea.txt": "added"}
    assert eurag("add", folder, "--json").json["files"][1]["status"] == "unchanged"


def test_add_for_people_counts_and_names_what_was_rejected(eurag, folder):
    outcome = eurag("add", folder)
    assert outcome.code == 0
    assert "1 added, 1 rejected" in outcome.out
    assert "empty.txt" in outcome.err


def test_names_are_shown_on_one_line_and_what_a_reader_decided_is_said(eurag, folder):
    (folder / "two\nlines.txt").write_text("Смоленск и Витебск торгуют друг с другом давно.", "koi8-r")
    (folder / "bad\nname.txt").write_bytes(b"\xff")
    added = eurag("add", folder)
    assert "two\\nlines.txt: read as KOI8-R\n" in added.out
    assert "'bad\\nname.txt'" in added.err
    assert len(eurag("list").out.splitlines()) == 3
    assert "two\\nlines.txt" in eurag("show", "two\nlines.txt").out


_STEERING = "\x1b[2J\x1b]0;title\x07 \u202egnirts\n"


def test_no_name_or_text_steers_the_terminal(eurag, home, fill_home, tmp_path):
    source = f"odd{_STEERING}.md"
    text = f"The council\x1b[31m meets in Brest. {'The council meets every year in the spring, as it ever did. ' * 9}"
    fill_home(home, {source: note("'A title'", "en", "note", "2001", text)})
    eurag("edit", source, f"title=Title{_STEERING}")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / source).write_bytes(b"")
    for arguments in (
        ("list",),
        ("show", source),
        ("search", "council"),
        ("ask", "Where does the council meet?"),
        ("ask", "Where does the council meet?", "--style", "bibtex"),
        ("cite", source, "--style", "bibtex"),
        ("add", tmp_path / "bad"),
        ("show", f"no{_STEERING}"),
        ("remove", source),
    ):
        outcome = eurag(*arguments)
        assert outcome.out + outcome.err
        assert not {"\x1b", "\x07", "\u202e"} & set(outcome.out + outcome.err), arguments


def test_add_of_nothing_but_rejected_files_exits_with_one(eurag, folder):
    assert eurag("add", folder / "empty.txt").code == 1


def test_add_library_adds_the_built_in_texts(eurag):
    files = eurag("add", "--library", "--json").json["files"]
    assert len(files) >= 12
    assert {file["status"] for file in files} == {"added"}


def test_build_reports_what_it_did(eurag, filled, folder):
    eurag("add", folder)
    report = eurag("build", "--json").json
    assert (report["embedded"], report["kept"], report["documents"]) == (1, len(TEXTS), len(TEXTS) + 1)
    assert f"{len(TEXTS) + 1} passages" in eurag("build").out


def test_what_was_added_is_found_after_a_build(eurag, filled, folder):
    eurag("add", folder)
    assert "tea.txt" not in eurag("search", "tea", "--json").out
    eurag("build")
    assert eurag("search", "tea", "--json").json["results"][0]["source"] == "tea.txt"


def test_search_prints_json(eurag, filled):
    data = eurag("search", "Where is the court?", "-k", "3", "--json").json
    assert data["query"] == "Where is the court?"
    assert data["language"] == "en"
    assert [result["rank"] for result in data["results"]] == [1, 2, 3]
    assert data["results"][0]["source"] == "court.md"


def test_search_gives_ten_by_default(eurag, home, fill_home):
    fill_home(home, {f"{n}.txt": f"The court number {n}." for n in range(12)})
    assert len(eurag("search", "court", "--json").json["results"]) == 10


def test_search_for_people_shows_title_and_text(eurag, filled):
    shown = eurag("search", "Where is the court?", "-k", "1").out
    assert shown.startswith("1. The Court")
    assert "sits in Minsk" in shown


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["--language", "ru"], {"sud.md", "pensii.md", "energetika.md"}),
        (["--kind", "article"], {"court.md"}),
        (["--since", "2020"], {"pensii.md", "energetika.md"}),
        (["--until", "2011-06"], {"border.md"}),
        (["--since", "2012", "--until", "2015", "--language", "en"], {"budget.md", "commission.md"}),
    ],
    ids=str,
)
def test_search_keeps_to_the_filters(eurag, filled, flags, expected):
    results = eurag("search", "court", "--json", *flags).json["results"]
    assert {result["source"] for result in results} == expected


def test_ask_prints_json(eurag, filled):
    data = eurag("ask", "Where does the Court of the Union sit?", "--json").json
    assert data["answerable"] is True
    assert "Minsk" in data["sentences"][0]["text"]
    assert "court.md" in {citation["source"] for citation in data["citations"]}


def test_ask_reads_with_the_reader_that_is_named(eurag, filled, monkeypatch):
    named = []
    monkeypatch.setattr(open_module, "open_reader", lambda name, model_directory: named.append((name, model_directory)))
    question = "Where does the Court of the Union sit?"
    refused = eurag("ask", question, "--reader", "none")
    assert named == [("none", filled / "model")]
    assert refused.code == 0
    assert "No reader is set (reader = none)" in refused.out
    eurag("ask", question)
    monkeypatch.setenv("EURAG_READER", "some/model")
    eurag("ask", question)
    assert [name for name, _ in named] == ["none", None, "some/model"]


def test_a_reader_that_cannot_be_used_is_one_line_on_stderr(eurag, filled, monkeypatch):
    def refuse(name, model_directory):
        raise ReaderUnavailable(f"the reader {name} cannot be loaded")

    monkeypatch.setattr(open_module, "open_reader", refuse)
    outcome = eurag("ask", "Where does the Court sit?", "--reader", "some/model")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "eurag: the reader some/model cannot be loaded\n"


def test_ask_for_people_shows_sentences_and_sources(eurag, filled):
    shown = eurag("ask", "Where does the Court of the Union sit?").out
    assert "The Court of the Union sits in Minsk. [1]" in shown
    assert "Sources\n[1] The Court" in shown


def test_ask_shows_sources_in_the_style_asked_for(eurag, filled):
    shown = eurag("ask", "Where does the Court of the Union sit?", "--style", "apa").out
    assert "Sources\n[1] The Court. (2016, May 1)." in shown


def test_ask_with_a_style_for_programs_shows_the_entries_ready_to_copy(eurag, filled):
    shown = eurag("ask", "Where does the Court of the Union sit?", "--style", "bibtex").out
    assert "Sources\n@misc{court2016,\n  title = {{The Court}}," in shown


def test_ask_prints_all_references_as_json_in_the_style_asked_for(eurag, filled):
    data = eurag("ask", "Where does the Court of the Union sit?", "--style", "gost", "--json").json
    assert data["citations"][0]["reference"] == "The Court. 2016."
    assert data["references"].startswith("The Court. 2016.")


def test_an_unknown_style_is_refused_before_any_work(eurag, home):
    outcome = eurag("ask", "Where?", "--style", "mla")
    assert (outcome.code, home.exists()) == (1, False)
    assert is_one_line(outcome.err)
    assert "'mla'" in outcome.err


@pytest.mark.parametrize(("question", "words"), [("Кто пел?", "ответа на этот вопрос нет"), ("Who sang?", "not hold")])
def test_a_refusal_is_an_answer_and_no_error(eurag, filled, question, words):
    outcome = eurag("ask", question)
    assert outcome.code == 0
    assert words in outcome.out


def test_ask_on_an_empty_home_adds_the_library_says_so_on_stderr_and_goes_on(eurag, monkeypatch):
    monkeypatch.setattr("rag.output.terminal.LOG_EVERY_S", float("inf"))  # a busy machine would tell of progress
    outcome = eurag("ask", "Где находится Суд ЕАЭС?", "--json")
    assert outcome.code == 0
    assert len(outcome.json["passages"]) == 10
    assert is_one_line(outcome.err)
    assert "built-in library" in outcome.err
    assert eurag("ask", "Где находится Суд ЕАЭС?", "--json").err == ""


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.jsonl"
    lines = [{"id": 7, "question": "Где суд?"}, {"id": "b", "question": "Where is the budget?"}, {"question": "Tea?"}]
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    return path


@pytest.mark.parametrize(("command", "key"), [("ask", "question"), ("search", "query")])
def test_a_file_of_questions_gives_a_json_line_for_each_in_order_with_its_id(eurag, filled, questions, command, key):
    lines = eurag(command, "--file", questions).lines
    assert [line["id"] for line in lines] == [7, "b", None]
    assert [line[key] for line in lines] == ["Где суд?", "Where is the budget?", "Tea?"]
    assert [line["language"] for line in lines] == ["ru", "en", "en"]
    single = eurag(command, "Where is the budget?", "--json").json
    assert lines[1] == {"id": "b"} | single


def test_a_bad_line_of_a_file_is_named(eurag, filled, questions):
    questions.write_text(questions.read_text("utf-8") + "\nnot JSON\n", "utf-8")
    outcome = eurag("ask", "--file", questions)
    assert outcome.code == 1
    assert is_one_line(outcome.err)
    assert "line 4" in outcome.err


def test_list_shows_every_document(eurag, filled):
    assert {d["source"] for d in eurag("list", "--json").json["documents"]} == set(TEXTS)
    shown = eurag("list").out
    assert all(name.split(".")[0] in shown for name in TEXTS)


def test_list_names_collections_and_what_is_contained_in_another_document(eurag, folder):
    words = "The council meets in Brest in the spring, and its decisions bind both states of the union. " * 3
    (folder / "tea.md").write_text(f"# Tea\n\n{words}")
    (folder / "more-tea.md").write_text(f"# Tea\n\n{words}\n\nMore on tea follows here.")
    eurag("add", folder, "--collection", "drinks")
    fuller = eurag("show", "more-tea.md", "--json").json["document"]
    rows = {row[5]: row[1] for row in (line.split("\t") for line in eurag("list").out.splitlines())}
    assert rows == {
        "collection/source": "same as",
        "drinks/more-tea.md": "",
        "drinks/tea.md": fuller[:8],
        "drinks/tea.txt": "",
    }


def test_list_keeps_to_kind_and_language(eurag, filled):
    assert [d["source"] for d in eurag("list", "--kind", "article", "--json").json["documents"]] == ["court.md"]
    assert len(eurag("list", "--language", "ru", "--json").json["documents"]) == 3


def test_list_shows_titles_with_brackets_as_they_are(eurag, home, fill_home):
    fill_home(home, {"odd.md": note("'Union [/] and [red]border'", "en", "note", "2001", "Text.")})
    outcome = eurag("list")
    assert outcome.code == 0
    assert "Union [/] and [red]border" in " ".join(outcome.out.split())


def test_show_prints_the_record_and_where_it_comes_from(eurag, filled):
    data = eurag("show", "court.md", "--json").json
    assert data["record"]["title"] == "The Court"
    assert data["record"]["origins"]["title"] == "front matter"
    assert "The Court  (front matter)" in eurag("show", "court.md").out


def test_cite_prints_the_reference_of_a_document(eurag, filled):
    assert eurag("cite", "court.md").out == "The Court. 2016.\n"
    assert eurag("cite", "court.md", "--style", "apa").out == "The Court. (2016, May 1).\n"
    assert eurag("cite", "sud.md", "--page", "7").out == "О суде. 2019. С. 7.\n"


def test_cite_refuses_a_section_that_is_not_there(eurag, filled):
    outcome = eurag("cite", "court.md", "--section", "Article 999")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "eurag: court.md has no section 'Article 999'; it has none\n"


def test_cite_prints_json(eurag, filled):
    data = eurag("cite", "court.md", "--style", "ris", "--json").json
    assert (data["source"], data["style"]) == ("court.md", "ris")
    assert data["reference"].startswith("TY  - ")


def test_show_text_prints_exactly_the_text_that_offsets_count_in(eurag, filled):
    assert eurag("show", "sud.md", "--text").out == TEXTS["sud.md"]
    (result,) = eurag("search", "суд", "-k", "1", "--json").json["results"]
    assert TEXTS["sud.md"][result["start"] : result["end"]] == result["text"]


def test_a_document_is_found_by_the_beginning_of_its_id(eurag, filled):
    full = eurag("show", "court.md", "--json").json["document"]
    assert eurag("show", full[:6], "--json").json["document"] == full


def test_remove_hides_at_once_and_leaves_the_index_with_the_next_build(eurag, filled):
    removed = eurag("remove", "court.md", "--json").json
    assert removed["source"] == "court.md"
    assert "court.md" not in eurag("search", "Where is the court?", "--json").out
    assert eurag("status", "--json").json["up_to_date"] is False
    assert eurag("build", "--json").json["documents"] == len(TEXTS) - 1


def test_status_tells_what_the_home_holds(eurag, filled):
    data = eurag("status", "--json").json
    assert data["documents"] == data["passages"] == len(TEXTS)
    assert data["up_to_date"] is True
    assert f"documents    {len(TEXTS)}" in eurag("status").out


def test_status_of_an_empty_home_is_no_error(eurag):
    outcome = eurag("status", "--json")
    assert outcome.code == 0
    assert outcome.json["documents"] == 0


def test_the_flag_comes_before_the_environment(eurag, filled, tmp_path):
    assert eurag("status", "--home", tmp_path / "other", "--json").json["documents"] == 0
    assert eurag("status", "--json").json["documents"] == len(TEXTS)


@pytest.mark.parametrize("question", ["Where is the court\udce4?", "суд\0", "[/]", "🙂" * 50, "a" * 5000])
def test_odd_questions_are_answered(eurag, filled, question):
    outcome = eurag("ask", question)
    assert outcome.code == 0
    assert eurag("ask", question, "--json").json["passages"]


def test_a_key_is_shown_once_listed_without_its_secret_and_revoked(eurag):
    key = eurag("keys", "add", "--name", "laptop", "--scope", "admin").out.strip()
    _, id_, secret = key.split("-")
    (listed,) = eurag("keys", "list", "--json").json["keys"]
    assert (listed["id"], listed["name"], listed["scope"]) == (id_, "laptop", "admin")
    assert secret not in eurag("keys", "list").out + json.dumps(listed)
    assert eurag("keys", "revoke", id_).out == f"revoked {id_}\n"
    assert eurag("keys", "list", "--json").json == {"keys": []}
    again = eurag("keys", "revoke", id_)
    assert again.code == 1
    assert is_one_line(again.err)


def test_a_key_of_a_collection_is_listed_with_it(eurag):
    eurag("keys", "add", "--name", "guest", "--collection", "treaties", "--collection", "notes")
    assert eurag("keys", "list", "--json").json["keys"][0]["collections"] == ["treaties", "notes"]
    assert "treaties, notes" in eurag("keys", "list").out
    refused = eurag("keys", "add", "--name", "me", "--scope", "admin", "--collection", "notes")
    assert (refused.code, is_one_line(refused.err)) == (1, True)


def test_a_scope_is_one_of_two(eurag):
    assert eurag("keys", "add", "--name", "laptop", "--scope", "root").code == 2


def test_serving_a_public_address_without_keys_is_refused_in_one_line(eurag):
    refused = eurag("serve", "--host", "0.0.0.0")
    assert refused.code == 1
    assert is_one_line(refused.err)
    assert "eurag keys add" in refused.err


def test_show_record_prints_what_is_known_and_where_from(eurag, filled):
    shown = eurag("show", "court.md", "--record").out
    assert "title          The Court  (front matter)" in shown
    assert "characters" not in shown
    data = eurag("show", "court.md", "--record", "--json").json
    assert set(data) == {"document", "source", "record", "sections"}
    assert data["record"]["origins"]["title"] == "front matter"


def test_edit_says_what_it_changed_and_what_the_next_build_does(eurag, filled):
    outcome = eurag("edit", "court.md", "title=The Court {of} the Union", "publisher=Press")
    assert outcome.out == "edited court.md: title, publisher; 'eurag build' embeds its passages anew\n"
    data = eurag("edit", "court.md", "publisher=", "--json").json
    assert data["changes"] == {"publisher": {"before": "Press", "after": None}}
    assert (data["source"], data["embeds_anew"]) == ("court.md", False)
    assert eurag("show", "court.md", "--json").json["record"]["title"] == "The Court {of} the Union"
    assert not eurag("status", "--json").json["up_to_date"]


def test_the_home_may_be_named_before_the_command_and_after_it_wins(eurag, monkeypatch, tmp_path):
    monkeypatch.setenv("EURAG_HOME", str(tmp_path / "environment"))
    before, after = tmp_path / "before", tmp_path / "after"
    assert str(before) in eurag("--home", before, "status").out
    assert str(after) in eurag("--home", before, "status", "--home", after).out


def test_a_home_is_backed_up_restored_and_answers_as_before(eurag, filled, tmp_path):
    file = tmp_path / "home.tar"
    assert "documents and the index g" in eurag("backup", file).out
    assert is_one_line(eurag("backup", file).err)  # it is there already
    again = tmp_path / "again"
    assert json.loads(eurag("restore", file, "--home", again, "--json").out)["home"] == str(again)
    first, second = (eurag("ask", "Where is the court?", "--json", *more).out for more in ((), ("--home", again)))
    assert first == second
    assert is_one_line(eurag("restore", file, "--home", again).err)


def test_who_changed_what_is_shown(eurag, filled):
    before = len(json.loads(eurag("audit", "--json").out)["changes"])
    eurag("edit", "court.md", "title=The Court")
    eurag("keys", "add", "--name", "laptop", "--days", "3")
    changes = json.loads(eurag("audit", "--json").out)["changes"][before:]
    assert [(change["action"], change["where"]) for change in changes] == [
        ("edit", "command line"),
        ("add key", "command line"),
    ]
    last = json.loads(eurag("audit", "--last", "1", "--json").out)["changes"]
    assert last == changes[-1:]
    assert "add key" in eurag("audit").out


def test_what_is_made_in_a_home_is_its_owners(eurag, home, folder):
    eurag("add", folder)
    eurag("build")
    assert home.stat().st_mode & 0o077 == 0
    assert [path for path in home.rglob("*") if path.stat().st_mode & 0o077] == []
