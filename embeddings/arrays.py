"""Arrays in NumPy's files, written so that a disk that refuses a single byte is noticed.

NumPy hands a real file to the C library, and does not look whether what that held back reached the disk at the end; a
file of zeros or none would get a checksum as a good one does. It writes to anything else by its own `write`.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


class _Writer:
    """A file of which NumPy sees only how to write to it."""

    def __init__(self, file: Any) -> None:
        self.write = file.write


def write_array(path: Path, array: npt.NDArray[Any]) -> None:
    """Write an array as `numpy.save` does. Raises `OSError`."""
    with path.open("wb") as file:
        np.save(_Writer(file), array, allow_pickle=False)


def write_rows(path: Path, shape: tuple[int, int], parts: Iterable[npt.NDArray[np.uint8]]) -> None:
    """Write (n, width) uint8 of this shape from parts that follow each other, never all in memory. Raises `OSError`."""
    with path.open("wb") as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        for part in parts:
            file.write(np.ascontiguousarray(part).data)
