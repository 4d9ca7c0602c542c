import errno
import resource
import signal
from contextlib import contextmanager

import numpy as np
import pytest

from embeddings.arrays import write_array, write_rows


@contextmanager
def small_files():
    """No file grows beyond 200 bytes: the header of an array fits, what is held back until the end does not.

    No longer than the writing takes: the tests' own output may go to a file.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


@pytest.mark.parametrize("array", [np.arange(12, dtype=np.uint16), np.ones((3, 4), np.float32), np.zeros(0)])
def test_an_array_is_read_as_it_was_written(tmp_path, array):
    write_array(tmp_path / "a.npy", array)
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), array)
    np.save(tmp_path / "b.npy", array)
    assert (tmp_path / "a.npy").read_bytes() == (tmp_path / "b.npy").read_bytes()


def test_rows_are_read_as_they_were_written_part_by_part(tmp_path):
    whole = np.arange(40, dtype=np.uint8).reshape(10, 4)
    write_rows(tmp_path / "a.npy", whole.shape, [whole[:3], whole[3:3], whole[3:]])
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy", mmap_mode="r"), whole)


@pytest.mark.parametrize("write", [write_array, lambda path, array: write_rows(path, array.shape, [array])])
def test_a_disk_that_refuses_the_last_bytes_is_noticed(tmp_path, write):
    with small_files(), pytest.raises(OSError, match=str(errno.EFBIG)):
        write(tmp_path / "a.npy", np.zeros((25, 4), np.uint8))
