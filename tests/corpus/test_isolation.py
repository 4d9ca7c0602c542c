import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from corpus.errors import UnreadableFile
from corpus.isolation import Isolated, protections
from corpus.replies import written
from corpus.sandbox import PROTECTIONS, Limits
from tests.corpus import bad_readers
from tests.corpus.bad_readers import WHOLE, a_reading, attempt, attempt_in_the_open, read

_linux = pytest.mark.skipif(sys.platform != "linux", reason="what holds a process is Linux's")
_closed = pytest.mark.skipif(
    protections() != PROTECTIONS, reason=f"this machine has only: {', '.join(protections()) or 'nothing'}"
)
_FORGED = "^the process that read it sent a forged or damaged reply$"


@pytest.fixture(scope="module")
def isolated():
    with closing(Isolated(Limits(memory_bytes=2**30, processor_s=1, wall_s=20))) as isolated:
        yield isolated


@pytest.fixture
def session(isolated):
    with isolated.session() as session:
        yield session


def _pid(session):
    return int(session.call(read, b"a file", "a.bin").text.split()[0])


def _is_gone(process):
    """Whether a process has ended, or does within two seconds."""
    for _ in range(200):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def test_all_that_a_function_gives_comes_back(session):
    assert session.call(read, b"whole", "a.bin") == WHOLE


def test_items_come_one_by_one(session):
    assert list(session.stream(bad_readers.count, b"3")) == [0, 1, 2]


def test_items_that_came_before_an_error_are_kept_and_the_session_goes_on(session):
    before, found = _pid(session), []
    with pytest.raises(UnreadableFile, match=r"^too many$"):
        found.extend(session.stream(bad_readers.count, b"2000"))
    assert len(found) == 1000
    assert _pid(session) == before


def test_items_that_nobody_wants_end_the_process(session):
    before = _pid(session)
    assert next(session.stream(bad_readers.count, b"900")) == 0
    assert _pid(session) != before


def test_one_session_is_one_process_and_another_one_another(isolated, session):
    with isolated.session() as other:
        assert len({_pid(session), _pid(session), _pid(other), os.getpid()}) == 3


def test_a_large_file_goes_through(session):
    assert session.call(read, b"x" * 5_000_000, "a.bin").text.endswith(" 5000000")


def test_a_refusal_is_the_reader_s_own(session):
    with pytest.raises(UnreadableFile, match=r"^a\.bin is refused$"):
        session.call(read, b"refuse", "a.bin")


def test_an_error_of_the_reader_is_a_refusal_in_one_line(session):
    with pytest.raises(UnreadableFile, match=r"^the reader failed on it \(LookupError: two lines\)$"):
        session.call(read, b"fail", "a.bin")


def test_what_is_not_unicode_is_refused(session):
    with pytest.raises(UnreadableFile, match="not Unicode"):
        session.call(read, b"surrogate", "a.bin")


def test_what_a_library_prints_disturbs_nothing(session, capfd):
    assert session.call(read, b"print", "a.bin").text.endswith(" 5")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"crash", r"crashed on it \(exit code -?\d+\)"),
        (b"exit", r"crashed on it \(exit code 3\)"),
        pytest.param(b"eat", "more than 1024 MB of memory", marks=_linux),
        (b"work", "more than 1 s of processor time"),
    ],
)
def test_a_reader_that_dies_costs_its_file_alone(session, data, reason):
    before = _pid(session)
    with pytest.raises(UnreadableFile, match=reason) as caught:
        session.call(read, data, "a.bin")
    assert "\n" not in str(caught.value)
    assert _pid(session) != before


def test_a_reader_that_hangs_is_stopped():
    with closing(Isolated(Limits(wall_s=4))) as isolated, isolated.session() as session:
        before = _pid(session)
        with pytest.raises(UnreadableFile, match="took more than"):
            session.call(read, b"hang", "a.bin")
        assert _is_gone(before)
        assert _pid(session)


def test_a_template_that_somebody_killed_is_replaced(isolated):
    template, child = map(int, isolated.call(bad_readers.parent_and_child).split())
    assert _is_gone(child)
    os.kill(template, signal.SIGKILL)
    time.sleep(0.2)
    assert int(isolated.call(bad_readers.parent_and_child).split()[0]) != template


def test_the_processor_time_is_that_of_each_file():
    with closing(Isolated(Limits(processor_s=2))) as isolated, isolated.session() as session:
        for _ in range(3):
            assert session.call(_work_a_second)


def _work_a_second() -> bool:
    end = time.process_time() + 1
    while time.process_time() < end:
        pass
    return True


def test_many_threads_may_read(isolated):
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda n: isolated.call(read, b"x" * n, "a.bin").text.split()[1], range(1, 40)))
    assert found == [str(n) for n in range(1, 40)]


def test_closing_ends_the_processes_and_twice_is_no_harm():
    isolated = Isolated()
    with isolated.session() as session:
        processes = [int(process) for process in session.call(bad_readers.parent_and_child).split()]
        isolated.close()
        isolated.close()
        assert all(_is_gone(process) for process in processes)


_PROGRAM = """from corpus.isolation import isolated
from tests.corpus import bad_readers
session = isolated.session()
print(session.call(bad_readers.parent_and_child), flush=True)
"""


def _program(then):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", _PROGRAM + then],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def test_a_process_that_ends_leaves_no_other_and_no_warning():
    said, warned = _program("session.close()").communicate()
    assert warned == ""
    assert all(_is_gone(int(process)) for process in said.split())


@pytest.mark.parametrize("deed", ["hang", "work"])
def test_a_process_that_is_killed_takes_what_works_for_it_along(deed):
    with _program(f"session.call(bad_readers.read, {deed.encode()!r}, 'a')") as program:
        processes = [int(process) for process in program.stdout.readline().split()]
        time.sleep(0.2)
        program.kill()
    assert all(_is_gone(process) for process in processes)


@_linux
def test_a_child_ends_with_its_template(isolated, session):
    template, child = map(int, session.call(bad_readers.parent_and_child).split())
    os.kill(template, signal.SIGKILL)
    assert _is_gone(child)


def test_a_module_in_the_current_folder_is_not_taken_for_ours(tmp_path, monkeypatch):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    with closing(Isolated()) as isolated:
        assert isolated.call(read, b"a file", "a.bin").text


def test_a_key_in_the_environment_is_not_readable(monkeypatch):
    monkeypatch.setenv("EURAG_LLM_API_KEY", "a-secret-key")
    assert "a-secret-key" in attempt("see the environment")
    with closing(Isolated()) as isolated:
        seen = isolated.call(attempt, "see the environment")
    assert "a-secret-key" not in seen
    assert "PATH=" not in seen.replace("LIBRARY_PATH=", "")


@_closed
def test_the_network_is_refused(session):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        assert attempt("connect", port) == "connected"
        assert session.call(attempt, "connect", port) == "PermissionError"
    assert attempt("listen") == "listening"
    assert session.call(attempt, "listen") == "PermissionError"


@_closed
def test_writing_is_refused(session, tmp_path):
    path = str(tmp_path / "a.txt")
    assert session.call(attempt, "write", path) == "PermissionError"
    assert attempt("write", path) == "written"
    assert session.call(attempt, "write", path) == "PermissionError"
    assert session.call(attempt, "remove", path) == "PermissionError"
    assert attempt("remove", path) == "removed"


@_closed
def test_files_are_not_readable_but_the_program_s_own(session, tmp_path):
    (tmp_path / "a.txt").write_text("a secret")
    assert attempt("read", str(tmp_path / "a.txt")) == "a secret"
    assert session.call(attempt, "read", str(tmp_path / "a.txt")) == "PermissionError"
    assert session.call(attempt, "list", "/") == "PermissionError"
    assert session.call(attempt, "read", "/proc/self/environ") == "PermissionError"
    assert session.call(attempt, "read", bad_readers.corpus.__file__).startswith('"""')


@_closed
@pytest.mark.parametrize(("deed", "in_the_open"), [("fork", "forked"), ("raise limits", "raised"), ("trace", "0")])
def test_what_would_outlive_or_undo_the_sandbox_is_refused(session, deed, in_the_open):
    if attempt_in_the_open(deed) != in_the_open:
        pytest.skip("this user may not do that in the open either")
    assert session.call(attempt, deed) in ("PermissionError", "ValueError", "-1")


@_closed
def test_no_program_is_run_and_no_process_signalled(session):
    assert session.call(attempt, "run", sys.executable) == "PermissionError"
    assert attempt("signal", str(os.getpid())) == "signalled"
    assert session.call(attempt, "signal", str(os.getpid())) == "PermissionError"


def test_a_reader_that_a_file_replaced_reads_no_other_file(isolated, session):
    assert session.call(bad_readers.replace_reader, b"first") == "what the last file wanted"
    assert isolated.call(bad_readers.read_plain, b"second") == "second"


def _reply(**changed):
    """A reply that is as it must be, but for some fields."""
    (reading,) = json.loads(written(a_reading(), bad_readers.forge))
    record = reading["record"] | {name: changed.pop(name) for name in list(changed) if name in reading["record"]}
    return b"=" + json.dumps([reading | {"record": record} | changed]).encode() + b"\n.\n"


def test_a_reply_that_is_as_it_must_be_is_taken(session):
    assert session.call(bad_readers.forge, _reply()) == a_reading()


_BLOCK = {"start": 0, "end": 6, "part": "body", "section": None, "language": "en"}


@pytest.mark.parametrize(
    "line",
    [
        b"=[]\n",
        b"=[1]\n",
        b"=[" + b"[" * 100_000 + b"\n",
        b"=\xff\n",
        b"nothing of it\n",
        b".\n",
        b"\n",
        _reply(text=5),
        _reply(text=None),
        _reply(text="Word"),
        _reply(blocks=[_BLOCK | {"start": -1}]),
        _reply(blocks=[_BLOCK | {"end": 7}]),
        _reply(blocks=[_BLOCK | {"start": 6}]),
        _reply(blocks=[_BLOCK | {"start": "0"}]),
        _reply(blocks=[_BLOCK | {"part": "answer"}]),
        _reply(blocks=[_BLOCK | {"language": "../x"}]),
        _reply(blocks=[_BLOCK, _BLOCK]),
        _reply(pages=[{"start": 1, "label": "1"}]),
        _reply(pages=[{"start": 0, "label": "1"}, {"start": 99, "label": "2"}]),
        _reply(title=["Words"]),
        _reply(date="soon"),
        _reply(date="2014-13-01"),
        _reply(authors="A"),
        _reply(titles=["en"]),
        _reply(origins={"title": "edit"}),
        _reply(origins={"title": "stranger"}),
        _reply(origins={"to_json": "text"}),
        _reply(also={"__class__": "x"}),
        _reply(replaced={"title": ["x", "text"]}),
        _reply().replace(b"Words.", b"Word\\ud800"),
        _reply().replace(b"\n.\n", b"\n") + _reply(),
    ],
)
def test_a_forged_reply_costs_its_file_alone(session, line):
    with pytest.raises(UnreadableFile, match=_FORGED):
        session.call(bad_readers.forge, line)
    assert session.call(read, b"a file", "a.bin").text


def test_a_forged_refusal_is_short_and_on_one_line(session):
    with pytest.raises(UnreadableFile) as caught:
        session.call(bad_readers.forge, b"!" + b"no\rno " * 1000 + b"\n.\n")
    assert len(str(caught.value)) <= 1000 and "\r" not in str(caught.value)


def test_a_reply_without_an_end_is_not_kept(isolated, monkeypatch):
    monkeypatch.setattr("corpus.isolation.MAX_REPLY_BYTES", 2**20)
    with pytest.raises(UnreadableFile, match="more than 1 MB"):
        isolated.call(bad_readers.flood, b"x" * 2**16)
