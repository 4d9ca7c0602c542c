import threading

import pytest
from filelock import FileLock

from corpus import Library, SplitterSettings, add_paths
from embeddings import BuildInProgress, EmbeddingsError, build_index, open_index, plan_build
from embeddings.generation import generations
from tests.fakes import FakeEncoder

TEXTS = {
    "court.txt": "The Court of the Union sits in Minsk.",
    "sud.txt": "Суд Союза находится в Минске.",
    "budget.txt": "The budget of the Union is adopted each year.",
}


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def rebuild(home, encoder=None, **options):
    with Library(home / "library.db") as library:
        return build_index(home, library, encoder or FakeEncoder(), "fake", **options)


def test_the_report_says_what_was_done(home, fill_home):
    report = fill_home(home, TEXTS)
    assert (report.documents, report.passages, report.embedded, report.kept) == (3, 3, 3, 0)
    assert report.generation == open_index(home).manifest.generation
    assert report.snapshot == open_index(home).manifest.snapshot


def test_a_second_build_embeds_only_what_is_new(home, fill_home):
    fill_home(home, TEXTS)
    encoder = FakeEncoder()
    report = fill_home(home, {"border.txt": "Borders are open since 2010."}, encoder)
    assert (report.embedded, report.kept, report.passages) == (1, 3, 4)
    assert len(encoder.seen) == 1


def test_the_index_holds_a_vector_for_each_passage(home, fill_home):
    report = fill_home(home, TEXTS)
    index = open_index(home)
    assert len(index) == report.passages == index.manifest.passages
    assert {index.passage(row).text for row in range(len(index))} == set(TEXTS.values())


def test_the_snapshot_is_the_same_for_the_same_texts_in_another_home(home, tmp_path, fill_home):
    one, other = fill_home(home, TEXTS), fill_home(tmp_path / "other", dict(reversed(TEXTS.items())))
    assert one.snapshot == other.snapshot


@pytest.mark.parametrize(
    "change",
    [{"court.txt": "The Court of the Union sits in Moscow."}, {"new.txt": "More."}],
    ids=["a text changes", "a text is added"],
)
def test_the_snapshot_differs_when(home, fill_home, change):
    assert fill_home(home, TEXTS).snapshot != fill_home(home, change).snapshot


def test_the_snapshot_differs_with_the_splitter_and_the_encoder(home, fill_home):
    first = fill_home(home, TEXTS).snapshot
    small = rebuild(home, settings=SplitterSettings(max_chars=100)).snapshot
    assert len({first, small, rebuild(home, FakeEncoder(name="other")).snapshot}) == 3


def test_the_snapshot_does_not_change_by_building_again(home, fill_home):
    assert fill_home(home, TEXTS).snapshot == rebuild(home).snapshot


def test_a_removed_document_leaves_the_index(home, fill_home):
    fill_home(home, TEXTS)
    with Library(home / "library.db") as library:
        library.remove(library.find("court.txt").id)
    assert rebuild(home).documents == 2
    assert "court" not in " ".join(open_index(home).passage(row).text.lower() for row in range(2))


def test_text_that_a_fuller_document_holds_is_indexed_once_and_names_the_copy(home, fill_home):
    title = "---\ntitle: On the Court of the Union\nlanguage: en\n---\n"
    shared = "The Court of the Union sits in Minsk. Its judges serve nine years and may be appointed again.\n"
    more = "The Court was opened in 2015. It took over the cases of the court that stood before it.\n"
    fill_home(home, {"short.md": title + shared, "full.md": f"{title}{shared}\n{more}"})
    index = open_index(home)
    passages = [index.passage(row) for row in range(len(index))]
    assert [p.document.source for p in passages if "sits in Minsk" in p.text] == ["full.md"]
    assert passages[0].document.also_in == ("short.md",)


def test_identical_embedded_strings_are_embedded_once(home, fill_home):
    encoder = FakeEncoder()
    report = fill_home(home, {"one.txt": TEXTS["court.txt"], "other.txt": TEXTS["court.txt"]}, encoder)
    assert len(encoder.seen) == report.embedded == 1


def test_an_empty_library_is_refused_with_advice(home):
    with pytest.raises(EmbeddingsError, match="eurag add"):
        rebuild(home)
    assert not (home / "index").exists()


def test_a_second_builder_is_refused_while_one_is_at_work(home, fill_home):
    fill_home(home, TEXTS)
    with FileLock(home / "build.lock"), pytest.raises(BuildInProgress, match="another process"):
        _in_another_thread(lambda: rebuild(home))
    assert rebuild(home).passages == 3


def test_an_encoder_that_fails_leaves_the_index_before_it(home, fill_home):
    class Failing(FakeEncoder):
        def encode_passage_tokens(self, texts):
            raise RuntimeError("out of memory")

    before = fill_home(home, TEXTS).generation
    with pytest.raises(RuntimeError):
        fill_home(home, {"new.txt": "Another text."}, Failing())
    assert open_index(home).manifest.generation == before


def test_a_disk_that_refuses_is_a_known_error_and_leaves_the_index_before_it(home, fill_home, monkeypatch):
    before = fill_home(home, TEXTS).generation

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("embeddings.build.write_texts", full)
    with pytest.raises(EmbeddingsError, match=r"the disk is full; .* still serves"):
        rebuild(home, full=True)
    assert open_index(home).manifest.generation == before


def test_progress_is_told_in_tokens(home, fill_home):
    fill_home(home, TEXTS)
    told = []
    rebuild(home, FakeEncoder(name="other"), progress=lambda done, total: told.append((done, total)))
    tokens = sum(map(FakeEncoder().count_tokens, TEXTS.values()))
    assert told == [(tokens, tokens)]


def test_passages_keep_to_the_limits_of_the_encoder(home, write_texts):
    class Short(FakeEncoder):
        max_tokens = 20

    encoder = Short()
    folder = write_texts(home / "texts", {"long.txt": " ".join(f"Sentence {n} is about the union." for n in range(50))})
    with Library(home / "library.db") as library:
        add_paths(library, [folder])
        build_index(home, library, encoder, "fake")
    assert len(encoder.seen) > 10
    assert max(encoder.count_tokens(text) for text in encoder.seen) <= 20


def _in_another_thread(work):
    """Runs `work` where a lock that this thread holds is another's; raises what it raised."""
    raised = []

    def target():
        try:
            work()
        except Exception as exc:  # handed over to the caller
            raised.append(exc)

    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
    for exc in raised:
        raise exc


PAGE = "\n\n".join(
    f"## Part {n}\n\nThe judge of case {n} reads page {n} and page {n + 1} of the old book." for n in range(30)
)
SHORTER = f"---\ntitle: Cases\n---\n{PAGE}\n\n## Part 30\n\nThe judge sleeps.\n"
FULLER = (
    f"---\ntitle: Cases\n---\n{PAGE}\n\n## Part 31\n\nThe commission of the Union pays for the energy of the court.\n"
)


def texts_of(home):
    index = open_index(home)
    return sorted(index.passage(row).text for row in range(len(index)))


def test_a_build_after_an_addition_that_was_killed_finds_the_duplicates(home, tmp_path, fill_home, monkeypatch):
    fill_home(tmp_path / "other", {"a.md": SHORTER, "b.md": FULLER})
    monkeypatch.setattr(Library, "link_duplicates", lambda _: {})
    monkeypatch.setattr("corpus.intake._with_duplicates", lambda _, reports: reports)
    fill_home(home, {"a.md": SHORTER, "b.md": FULLER})
    assert texts_of(home) == texts_of(tmp_path / "other")


def test_a_shorter_copy_is_whole_again_when_the_fuller_one_is_gone(home, tmp_path, fill_home):
    fill_home(home, {"a.md": SHORTER, "b.md": FULLER})
    with Library(home / "library.db") as library:
        library.remove(library.find("b.md").id)
        library.link_duplicates()
    rebuild(home)
    fill_home(tmp_path / "other", {"a.md": SHORTER})
    assert texts_of(home) == texts_of(tmp_path / "other")


def test_a_half_erased_generation_is_deleted_even_when_nothing_changed(home, fill_home):
    fill_home(home, TEXTS)
    leftover = home / "index" / "g000000"
    leftover.mkdir()
    (leftover / "texts.db").touch()
    rebuild(home)
    assert not leftover.exists()


def test_only_a_build_that_changed_something_publishes(home, fill_home):
    assert fill_home(home, TEXTS).published
    again = rebuild(home)
    assert not again.published
    assert again.generation == "g000001"
    full = rebuild(home, full=True)
    assert full.published
    assert full.generation == "g000002"


def test_generations_beyond_those_kept_are_dropped_even_when_nothing_changed(home, fill_home):
    for text in ("One.", "Two.", "Three."):
        fill_home(home, {"a.txt": text})
    assert not rebuild(home, keep=1).published
    assert [folder.name for folder in generations(home)] == ["g000003"]


def test_without_a_pointer_a_build_goes_on_from_the_newest_generation(home, fill_home):
    fill_home(home, TEXTS)
    (home / "index" / "CURRENT").unlink()
    report = rebuild(home)
    assert (report.published, report.embedded, report.generation) == (True, 0, "g000002")
    assert open_index(home).manifest.parent == "g000001"


def test_planning_changes_nothing(home, fill_home):
    fill_home(home, TEXTS)
    (home / "texts" / "new.txt").write_text("A new text.", "utf-8")
    before = contents_of(home)
    with Library(home / "library.db", read_only=True) as library:
        assert plan_build(home, library, FakeEncoder()).embedded == 0
    assert contents_of(home) == before


def contents_of(home):
    return {path: path.read_bytes() for path in home.rglob("*") if path.is_file() and path.suffix not in SIDE_FILES}


SIDE_FILES = {".db-shm", ".db-wal"}
