import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from corpus.errors import UnreadableFile
from corpus.isolation import Isolated, Limits
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


def test_one_process_reads_one_file_after_another_and_it_is_not_this_one(isolated):
    assert _pid(isolated) == _pid(isolated) != os.getpid()


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
    before = _pid(isolated)
    with pytest.raises(UnreadableFile, match=reason) as caught:
        _read(isolated, data)
    assert "\n" not in str(caught.value)
    assert _pid(isolated) != before


def test_a_reader_that_hangs_is_stopped():
    isolated = Isolated(Limits(wall_s=1))
    with pytest.raises(UnreadableFile, match="took more than"):
        _read(isolated, b"hang")
    assert _read(isolated, b"a file").text
    isolated.close()


def test_a_worker_that_somebody_killed_meanwhile_is_replaced(isolated):
    before = _pid(isolated)
    os.kill(before, getattr(signal, "SIGKILL", signal.SIGTERM))
    time.sleep(0.2)
    assert _pid(isolated) != before


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
    pid = _pid(isolated)
    isolated.close()
    isolated.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_process_that_ends_leaves_no_worker_and_no_warning():
    code = f"from corpus.isolation import isolated\nprint(isolated.read({_READER!r}, b'a file', 'a').text.split()[0])"
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
