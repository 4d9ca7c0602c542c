import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import pytest

from corpus.errors import UnreadableFile
from corpus.isolation import Isolated, Limits
from corpus.sandbox import protections
from tests.corpus.bad_readers import WHOLE

_READER = "tests.corpus.bad_readers"


@pytest.fixture(scope="module")
def isolated():
    isolated = Isolated(Limits(memory_bytes=2**30, processor_s=1, wall_s=20))
    yield isolated
    isolated.close()


def _read(isolated, data):
    return isolated.read(_READER, data, "a.bin")


def _pid(isolated):
    return int(_read(isolated, b"a file").text.split()[0])


def test_all_that_a_reader_gives_comes_back(isolated):
    assert _read(isolated, b"whole") == WHOLE


def test_each_file_is_read_in_a_process_of_its_own(isolated):
    pids = {os.getpid(), _pid(isolated), _pid(isolated), isolated._worker.pid}
    assert len(pids) == 4


def test_a_large_file_goes_through(isolated):
    assert _read(isolated, b"x" * 5_000_000).text.endswith(" 5000000")


def test_a_refusal_is_the_reader_s_own(isolated):
    with pytest.raises(UnreadableFile, match=r"^a\.bin is refused$"):
        _read(isolated, b"refuse")


def test_an_error_of_the_reader_is_a_refusal_in_one_line(isolated):
    with pytest.raises(UnreadableFile, match=r"^the reader failed on it \(LookupError: two lines\)$"):
        _read(isolated, b"fail")


def test_what_a_library_prints_disturbs_nothing(isolated, capfd):
    assert _read(isolated, b"print").text.endswith(" 5")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"crash", r"crashed on it \(exit code -?\d+\)"),
        (b"exit", r"crashed on it \(exit code 3\)"),
        pytest.param(
            b"eat", "more than 1024 MB of memory", marks=pytest.mark.skipif(sys.platform != "linux", reason="unbounded")
        ),
        pytest.param(
            b"work", "more than 1 s of processor time", marks=pytest.mark.skipif(os.name == "nt", reason="unbounded")
        ),
    ],
)
def test_a_reader_that_dies_costs_its_file_alone(isolated, data, reason):
    _pid(isolated)
    before = isolated._worker.pid
    with pytest.raises(UnreadableFile, match=reason) as caught:
        _read(isolated, data)
    assert "\n" not in str(caught.value)
    assert _read(isolated, b"a file").text
    assert isolated._worker.pid == before


def test_a_reader_that_hangs_is_stopped():
    isolated = Isolated(Limits(wall_s=1))
    with pytest.raises(UnreadableFile, match="took more than"):
        _read(isolated, b"hang")
    assert _read(isolated, b"a file").text
    isolated.close()


def test_a_worker_that_somebody_killed_meanwhile_is_replaced(isolated):
    _pid(isolated)
    before = isolated._worker.pid
    os.kill(before, getattr(signal, "SIGKILL", signal.SIGTERM))
    time.sleep(0.2)
    assert _read(isolated, b"a file").text
    assert isolated._worker.pid != before


def test_the_processor_time_is_that_of_each_file():
    isolated = Isolated(Limits(processor_s=2))
    for _ in range(3):
        assert _read(isolated, b"a file").text
    isolated.close()


def test_many_threads_may_read(isolated):
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda n: _read(isolated, b"x" * n).text.split()[1], range(1, 40)))
    assert found == [str(n) for n in range(1, 40)]


def test_closing_ends_the_worker_and_twice_is_no_harm():
    isolated = Isolated()
    _pid(isolated)
    pid = isolated._worker.pid
    isolated.close()
    isolated.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_process_that_ends_leaves_no_worker_and_no_warning():
    read = f"isolated.read({_READER!r}, b'a file', 'a')"
    code = f"from corpus.isolation import isolated\n{read}\nprint(isolated._worker.pid)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stderr == ""
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)


def test_a_module_in_the_current_folder_is_not_taken_for_ours(tmp_path, monkeypatch):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    isolated = Isolated()
    assert _read(isolated, b"a file").text
    isolated.close()


_HELD = " ".join(protections())
linux = pytest.mark.skipif("no new privileges" not in _HELD, reason="the sandbox is Linux's")
landlock = pytest.mark.skipif("Landlock" not in _HELD, reason="the kernel has no Landlock")
seccomp = pytest.mark.skipif("seccomp" not in _HELD, reason="no filter for this processor")


def test_nothing_of_the_environment_is_there(isolated, monkeypatch):
    monkeypatch.setenv("EURAG_LLM_KEY", "the key")
    isolated.close()  # the next worker would inherit it
    told = _read(isolated, b"environment").text
    assert "the key" not in told
    assert "HOME" not in told


@landlock
def test_no_other_file_can_be_read_or_written(isolated, tmp_path):
    (tmp_path / "library.db").write_text("secret")
    assert _read(isolated, f"open {tmp_path / 'library.db'}".encode()).text == "no Permission denied"
    assert _read(isolated, f"open /proc/{os.getpid()}/environ".encode()).text == "no Permission denied"
    assert _read(isolated, f"write {tmp_path / 'new'}".encode()).text == "no Permission denied"
    assert not (tmp_path / "new").exists()


@seccomp
def test_nothing_can_be_connected_to(isolated):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert _read(isolated, f"connect {port}".encode()).text == "no Operation not permitted"


@seccomp
@pytest.mark.parametrize("command", ["fork", "run", "kill 1"])
def test_no_process_can_be_begun_or_touched(isolated, command):
    assert _read(isolated, command.encode()).text == "no Operation not permitted"


def test_a_file_that_replaces_its_reader_does_not_reach_the_next(isolated):
    assert _read(isolated, b"replace").text == "replaced"
    assert _read(isolated, b"a file").text != "replaced"


_WHOLE = {"text": "a text", "statements": [], "headings": [], "spans": [], "pages": [], "notes": []}
_PLACE = {"start": 0, "end": 3}


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        json.dumps(_WHOLE) * 2,
        json.dumps(_WHOLE | {"text": 5}),
        json.dumps(_WHOLE | {"notes": ["a", 5]}),
        json.dumps(_WHOLE | {"headings": [{**_PLACE, "end": 7, "label": "x", "level": 1}]}),
        json.dumps(_WHOLE | {"headings": [{**_PLACE, "start": -1, "label": "x", "level": 1}]}),
        json.dumps(_WHOLE | {"spans": [{**_PLACE, "part": "cover"}]}),
        json.dumps(_WHOLE | {"pages": [{"start": 99, "label": "1"}]}),
        json.dumps(_WHOLE | {"statements": [{"name": "also", "value": "x", "origin": "text"}]}),
        json.dumps(_WHOLE | {"statements": [{"name": "title", "value": "x", "origin": "edit by me"}]}),
        "[" * 100_000,
    ],
)
def test_a_forged_reply_costs_its_file_alone(isolated, forged):
    with pytest.raises(UnreadableFile, match="not what a reader answers"):
        _read(isolated, b"forge " + forged.encode())
    assert _read(isolated, b"a file").text


def test_a_reply_without_end_is_cut_off():
    command = [sys.executable, "-c", "import corpus.isolation as i; i.MAX_REPLY_BYTES = 1000; i.main()"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    order = {"module": _READER, "name": "a", "bytes": 6 + 10**6, "limits": asdict(Limits())}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as worker:
        worker.stdin.write(json.dumps(order).encode() + b"\n" + b"forge " + b" " * 10**6)
        worker.stdin.flush()
        assert json.loads(worker.stdout.readline())["code"] == -signal.SIGKILL
        worker.kill()


@linux
def test_what_reads_a_file_ends_with_the_process_that_asked(tmp_path):
    code = f"from corpus.isolation import isolated\nisolated.read({_READER!r}, b'hang', 'a')"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    asking = subprocess.Popen([sys.executable, "-c", code], env=environment)
    processes = _wait_for(lambda: (found := _descendants(asking.pid)) and len(found) == 2 and found)
    asking.kill()
    asking.wait()
    assert _wait_for(lambda: not any(map(_runs, processes)))


def _descendants(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [child for one in children for child in (int(one), *_descendants(int(one)))]


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def _wait_for(condition):
    until = time.monotonic() + 30
    while not (found := condition()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return found
