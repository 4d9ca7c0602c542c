import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import partial

import pytest

from corpus import CorpusError, Library
from corpus.errors import HarvestFailed
from corpus.harvest import HarvestOptions, HarvestReport, harvest
from corpus.harvest.days import day_before
from corpus.harvest.protocol import MetadataFormat
from corpus.harvest.runs import choose_format
from corpus.records import Field
from tests.corpus.harvest.repository import Item, Reply, article, deleted, now
from tests.corpus.harvest.test_descriptions import BODY, JATS
from tests.corpus.harvest.test_fulltext import HTML
from tests.corpus.harvest.test_protocol import changes, cuts, says

FIVE = tuple(article(number, abstract=number != 3) for number in range(1, 6))
GONE = Reply(status=503, headers={"Retry-After": "86400"})
ENDS = lambda _: GONE  # noqa: E731 (a fault like the others)


@pytest.fixture
def run(library: Library, repository, pace) -> Callable[..., HarvestReport]:
    """Harvests the repository into the library, options by name."""
    repository.items = list(FIVE)

    def go(**options) -> HarvestReport:
        return harvest(library, repository.url, HarvestOptions(**options), pace)

    return go


def counts(report: HarvestReport) -> dict[str, int]:
    """Those that are not 0."""
    return {name: value for name, value in asdict(report).items() if type(value) is int and value}


def sources(library: Library) -> list[str]:
    return [entry.source.rpartition("/")[2] for entry in library.entries()]


def lists(repository) -> list[str]:
    """What each request for a list asked for: its first day, or its token."""
    asked = [query for query in repository.queries if query["verb"] == "ListRecords"]
    return ["token" if "resumptionToken" in query else query.get("from", "all") for query in asked]


def test_every_record_becomes_a_document(run, library):
    report = run()
    assert counts(report) == {"records": 5, "added": 5, "without_abstract": 1}
    assert (report.stopped, report.problems, report.format, report.collection) == (None, (), "oai_dc", "127.0.0.1")
    found = library.find("oai:example.org:article/1")
    assert found.record.title == "On duty number 1"
    assert found.record.url == "http://journal.example.org/article/view/1"
    assert (found.record.kind, found.record.also) == ("article", {})
    assert "Article 1 shows that duty 1 was shared" in found.text


def test_a_record_without_title_keeps_what_stands_for_one(run, repository, library):
    metadata = FIVE[0].metadata["oai_dc"].replace("On duty number 1", "")
    repository.items = [replace(FIVE[0], metadata={"oai_dc": metadata})]
    run()
    (entry,) = library.entries()
    assert entry.record.title
    assert entry.record.origins["title"] == "guess"


def test_the_next_run_asks_only_for_what_changed_and_passes_over_what_it_has(run, repository, library):
    repository.items[0] = article(1, now())
    run()
    repository.items[1] = article(2, now(), ["subject trade"])
    repository.items[2] = deleted(3, now())
    report = run()
    assert report.since is not None
    assert report.since < now()
    assert lists(repository)[3:] == [report.since, "token"]
    assert counts(report) == {"records": 3, "seen": 1, "updated": 1, "removed": 1}
    assert sources(library) == ["1", "2", "4", "5"]


def test_a_deletion_of_what_never_came_is_nothing(run, repository):
    repository.items = [deleted(9, "2024-01-01")]
    assert counts(run()) == {"records": 1}


def test_a_document_that_was_removed_by_hand_does_not_come_back_unless_changed(run, repository, library):
    repository.items = [article(1, now())]
    run()
    library.remove(library.find("oai:example.org:article/1").id)
    assert counts(run()) == {"records": 1, "seen": 1}
    assert sources(library) == []
    repository.items = [article(1, now() + "T01:02:03")]
    assert counts(run()) == {"records": 1, "added": 1}


def test_edits_of_a_record_outlive_its_next_harvest(run, repository, library):
    run()
    id_ = library.find("oai:example.org:article/1").id
    library.edit(id_, [Field("title", "Mine", "edit")])
    repository.items[0] = article(1, now(), ["subject trade"])
    assert run().updated == 1
    found = library.find(id_).record
    assert (found.title, found.keywords["en"]) == ("Mine", ("customs union", "trade"))


def test_a_record_that_changes_twice_on_a_day_comes_twice_where_datestamps_are_days(run, repository, library):
    def in_days(reply):
        return replace(reply, data=re.sub(rb"T[\d:]{8}Z(?=</datestamp>)", b"", reply.data))

    repository.breaks(2, *[in_days] * 9)
    repository.items = [article(1, now()), article(2, "2024-03-01")]
    run()
    repository.items = [article(1, now(), ["subject trade"]), article(2, now())]
    assert counts(run()) == {"records": 2, "updated": 1, "unchanged": 1}
    assert library.find("oai:example.org:article/1").record.keywords["en"] == ("customs union", "trade")


def test_what_has_the_day_only_is_passed_over_once_that_is_over(run, repository):
    in_days = changes(b"T00:00:00Z</datestamp>", b"</datestamp>")
    repository.breaks(2, in_days, says('<error code="badResumptionToken"/>'), *[in_days] * 3)
    assert counts(run()) == {"records": 7, "seen": 2, "added": 5, "without_abstract": 1}


def test_since_asks_for_everything_from_then_on_again(run, repository):
    run()
    repository.items = [article(1, "2024-02-29"), *FIVE[1:]]
    assert counts(run(since="2024-03")) == {"records": 4, "unchanged": 4, "without_abstract": 1}
    assert lists(repository)[3] == "2024-03-01"


def test_until_is_the_last_day_of_what_it_names(run, repository):
    repository.items = [article(1, "2023-12-31T23:59:59"), article(2, "2024-01-01")]
    report = run(until="2023")
    assert (report.until, counts(report)) == ("2023-12-31", {"records": 1, "added": 1})
    assert run().since == "2023-12-30"


@pytest.mark.parametrize(
    ("first", "then", "since"),
    [
        ({"until": "2023-06-30"}, {"since": "2024-01-01"}, "2023-06-29"),  # what lies between is still to come
        ({"until": "2023-06-30"}, {"since": "2023-05-01", "until": "2023-05-31"}, "2023-06-29"),
        ({"until": "2023-06-30"}, {"since": "2023-05-01", "until": "2023-08-31"}, "2023-08-30"),
        ({"since": "2023-01-01", "until": "2023-06-30"}, {}, "2023-06-29"),
    ],
)
def test_the_next_run_leaves_no_gap(run, first, then, since):
    run(**first)
    if then:
        run(**then)
    assert run().since == since


def test_a_repository_that_does_not_say_the_day_is_listed_from_the_beginning_each_time(run, repository):
    undated = changes(b"<responseDate>2", b"<responseDate>x")
    repository.breaks(1, undated, undated)
    run()
    assert run().since is None


def test_a_repository_whose_clock_is_fast_or_unset_leaves_no_gap(run, repository):
    repository.breaks(2, *[changes(b"<responseDate>2", b"<responseDate>9")] * 3)
    run()
    assert run().since == day_before(now())
    repository.breaks(2, *[changes(b"<responseDate>2", b"<responseDate>0")] * 3)
    run(collection="other")
    assert run(collection="other").since is None


def test_other_options_are_another_harvest(run, repository):
    repository.items = [replace(item, sets=("law",)) for item in FIVE]
    run()
    for options in ({"set_spec": "law"}, {"collection": "other"}, {"full_text": True}):
        report = run(**options)
        assert (report.since, report.records, report.seen) == (None, 5, 0)
    assert "law" in [query.get("set") for query in repository.queries]


def test_two_journals_of_a_host_share_its_collection(run, library, repository, pace):
    run()
    other = harvest(library, f"{repository.url}/second", pace=pace)
    assert (other.collection, other.since, other.unchanged) == ("127.0.0.1", None, 5)


def test_the_collection_of_a_folder_is_not_mixed_with_a_harvest(run, library, tmp_path):
    library.remember_folder("texts", tmp_path)
    with pytest.raises(CorpusError, match="'texts' was added from a folder"):
        run(collection="texts")


def test_what_is_wrong_with_one_record_does_not_stop_the_others(run, repository, library):
    repository.items[0] = replace(FIVE[0], metadata={"oai_dc": "<mods/>"})
    repository.breaks(3, changes(b"Article 4 shows", b"Article 4 <shows"))
    report = run()
    assert [(problem.identifier[-1], problem.reason) for problem in report.problems] == [
        ("1", "its metadata is <mods>, expected Dublin Core or JATS"),
        ("4", "its XML is broken"),
    ]
    assert (counts(report)["records"], report.stopped) == (5, None)
    assert sources(library) == ["2", "3", "5"]


def test_a_record_without_metadata_is_not_taken_for_deleted(run, repository, library):
    run()
    header = "<header><identifier>oai:example.org:article/1</identifier><datestamp>2030-01-01</datestamp></header>"
    repository.breaks(2, says(f"<ListRecords><record>{header}</record></ListRecords>"))
    assert [problem.reason for problem in run().problems] == ["it has no metadata"]
    assert len(sources(library)) == 5


def test_an_expired_token_begins_the_list_again_without_storing_twice(run, repository, library):
    expired = says('<error code="badResumptionToken">expired</error>')
    repository.breaks(3, expired)
    report = run()
    assert lists(repository) == ["all", "token", "all", "token", "token"]
    assert counts(report) == {"records": 7, "seen": 2, "added": 5, "without_abstract": 1}
    assert report.stopped is None


def test_a_token_that_always_expires_ends_the_run(run, repository):
    expired = says('<error code="badResumptionToken">expired</error>')
    repository.breaks(3, *[expired, None] * 3)
    report = run()
    assert "badResumptionToken" in report.stopped
    assert report.added == 2


def test_a_run_that_was_stopped_is_gone_on_with_where_it_was(run, repository, library):
    repository.breaks(3, ENDS)
    stopped = run()
    assert "asks for 86400 s of rest" in stopped.stopped
    assert counts(stopped) == {"records": 2, "added": 2}
    report = run()
    assert lists(repository) == ["all", "token", "token", "token"]
    assert counts(report) == {"records": 3, "added": 3, "without_abstract": 1}
    assert sources(library) == ["1", "2", "3", "4", "5"]
    assert run().since is not None


def test_a_run_that_went_on_counts_from_the_day_the_list_was_begun(run, repository):
    def long_ago(reply):
        return replace(reply, data=re.sub(rb"(?<=<responseDate>)[\d-]{10}", b"2020-02-03", reply.data))

    repository.breaks(2, long_ago, ENDS)
    run()
    run()
    assert run().since == "2020-02-02"


def test_a_list_that_was_begun_with_other_dates_is_not_gone_on_with(run, repository):
    repository.breaks(3, ENDS)
    run()
    assert run(since="2020").records == 5
    assert lists(repository)[2] == "2020-01-01"


def test_a_response_that_breaks_off_for_good_is_where_the_next_run_goes_on(run, repository, library):
    repository.breaks(3, *[cuts(b"Article 4 shows")] * 2)
    report = run()
    assert report.stopped is not None
    assert "breaks off" in report.stopped
    assert sources(library) == ["1", "2", "3"]
    assert run().stopped is None
    assert sources(library) == ["1", "2", "3", "4", "5"]


def test_a_killed_run_has_stored_whole_documents_and_the_next_goes_on(run, repository, library, monkeypatch):
    def put(document):
        if document.source.endswith("4"):
            raise KeyboardInterrupt
        return Library.put(library, document)

    with monkeypatch.context() as patched:
        patched.setattr(library, "put", put)
        with pytest.raises(KeyboardInterrupt):
            run()
    assert sources(library) == ["1", "2", "3"]
    assert counts(run()) == {"records": 3, "seen": 1, "added": 2}
    assert lists(repository) == ["all", "token", "token", "token"]


def test_a_list_that_repeats_itself_is_left(run, repository):
    repeated = "<ListRecords>{}<resumptionToken>same</resumptionToken></ListRecords>"
    record = "<record><header><identifier>oai:1</identifier><datestamp>2020-01-01</datestamp></header></record>"
    repository.breaks(2, *[says(repeated.format(record))] * 9)
    report = run()
    assert "repeats a part of its list" in report.stopped
    assert len(repository.faults) == 7


def test_a_failure_before_the_list_is_an_error(run, repository):
    repository.breaks(1, lambda _: Reply(status=403))
    with pytest.raises(HarvestFailed, match="HTTP 403 Forbidden"):
        run()


def test_waits_are_announced(run, repository, said):
    repository.breaks(2, lambda _: Reply(status=503, headers={"Retry-After": "7"}))
    assert run().stopped is None
    assert said == [f"{repository.url}: HTTP 503 Service Unavailable: waiting 7 s"]


def test_progress_counts_the_records(library, repository, pace):
    repository.items = list(FIVE[:3])
    told: list[tuple[int, int]] = []
    harvest(library, repository.url, pace=pace, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 1), (2, 2), (3, 3)]


def _jats(number: int, body: str = "") -> Item:
    return Item(f"oai:example.org:article/{number}", metadata={"jats": JATS.format(links="", body=body)})


def test_jats_is_preferred_and_its_body_kept_for_full_texts(run, repository, library):
    repository.formats, repository.items = ["oai_dc", "jats"], [_jats(1, BODY)]
    report = run()
    assert (report.format, counts(report)) == ("jats", {"records": 1, "added": 1})
    assert "Весь текст статьи." not in library.find("oai:example.org:article/1").text
    report = run(full_text=True)
    assert counts(report) == {"records": 1, "updated": 1, "full_texts": 1}
    assert "Весь текст статьи." in library.find("oai:example.org:article/1").text


@pytest.fixture
def with_files(repository) -> Iterator[list[Item]]:
    """Three articles, each with the address of an HTML file, of which that of the second is missing."""
    base = repository.url.removesuffix("/oai")
    repository.items = [article(n, now(), [f"relation {base}/article/view/{n}/7"]) for n in range(1, 4)]
    for number in (1, 3):
        repository.files[f"/article/download/{number}/7"] = Reply(HTML.encode(), headers={"Content-Type": "text/html"})
    return repository.items


def files(repository) -> list[str]:
    return [path for path in repository.requests if "download" in path]


def test_full_texts_come_only_when_asked_for(library, repository, pace, with_files):
    report = harvest(library, repository.url, pace=pace)
    assert (report.full_texts, files(repository)) == (0, [])


def test_a_full_text_stands_under_the_record_and_a_missing_one_leaves_the_abstract(
    library, repository, pace, with_files
):
    report = harvest(library, repository.url, HarvestOptions(full_text=True), pace)
    assert counts(report) == {"records": 3, "added": 3, "full_texts": 2}
    ((identifier, reason),) = [(problem.identifier, problem.reason) for problem in report.problems]
    assert identifier == "oai:example.org:article/2"
    assert "/article/download/2/7: HTTP 404" in reason
    one, two = (library.find(f"oai:example.org:article/{number}") for number in (1, 2))
    assert "five members of the union" in one.text
    assert (one.record.title, one.record.doi) == ("On duty number 1", "10.5555/made.1")
    assert "Article 2 shows" in two.text


def test_what_has_its_full_text_is_not_fetched_again_and_what_has_none_is(library, repository, pace, with_files):
    again = partial(harvest, library, repository.url, HarvestOptions(full_text=True), pace)
    again()
    repository.requests.clear()
    repository.files["/article/download/2/7"] = Reply(HTML.encode(), headers={"Content-Type": "text/html"})
    assert counts(again()) == {"records": 3, "seen": 2, "updated": 1, "full_texts": 1}
    assert files(repository) == ["/article/download/2/7"]


def test_an_abstract_and_the_fuller_text_of_one_article_are_one_work(library, repository, pace):
    said = article(1).metadata["oai_dc"]
    repository.items = [Item("oai:a:1", metadata={"oai_dc": said}), Item("oai:b:1", metadata={"oai_dc": said})]
    harvest(library, repository.url, pace=pace)
    assert sum(entry.duplicate_of is not None for entry in library.entries()) == 1


@pytest.mark.parametrize(
    ("offered", "wanted", "chosen"),
    [
        (["oai_dc", "jats"], "auto", "jats"),
        (["oai_dc", "oai_openaire_jats", "jats"], "jats", "oai_openaire_jats"),
        (["oai_dc", "nlm"], "auto", "nlm"),
        (["oai_dc", "marc21"], "auto", "oai_dc"),
        (["oai_dc", "jats"], "oai_dc", "oai_dc"),
    ],
)
def test_the_format_is_the_one_asked_for(offered, wanted, chosen):
    namespaces = {"nlm": "http://dtd.nlm.nih.gov/publishing/2.3"}
    formats = [MetadataFormat(prefix, "", namespaces.get(prefix, "")) for prefix in offered]
    assert choose_format(formats, wanted) == chosen


@pytest.mark.parametrize(("offered", "wanted"), [(["oai_dc"], "jats"), (["marc21"], "auto"), ([], "oai_dc")])
def test_a_format_that_is_not_offered_is_an_error(offered, wanted):
    with pytest.raises(HarvestFailed, match=f"does not offer {wanted}, only"):
        choose_format([MetadataFormat(prefix, "", "") for prefix in offered], wanted)
