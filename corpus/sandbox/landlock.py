"""Landlock (Linux 5.13): a process gives up every file but those below some folders, and the network with them.

After kernel.org/doc/html/latest/userspace-api/landlock.html; the numbers are those of `linux/landlock.h`.
"""

import ctypes
import os
from collections.abc import Iterable

from corpus.sandbox.system import call

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
#: Version -> how many rights on files the kernel knows from it on.
_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
_TCP, _TCP_FROM = 0b11, 4
#: Sockets without a file, and signals to processes outside.
_SCOPES, _SCOPES_FROM = 0b11, 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """Which version the kernel has. Raises `OSError` when it has none."""
    return call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))


def allow_reading(folders: Iterable[str]) -> None:
    """Give up everything but reading below these folders; the process must have forgone privileges.

    Raises `OSError` when the kernel cannot hold it.
    """
    known = version()
    size = 8 * (1 + (known >= _TCP_FROM) + (known >= _SCOPES_FROM))
    ruleset = _Ruleset((1 << max(n for since, n in _RIGHTS.items() if since <= known)) - 1, _TCP, _SCOPES)
    rules = call(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), ctypes.c_uint32(0))
    try:
        for folder in folders:
            _allow(rules, folder)
        call(_RESTRICT_SELF, ctypes.c_int(rules), ctypes.c_uint32(0))
    finally:
        os.close(rules)


def _allow(rules: int, folder: str) -> None:
    place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _Beneath(_READ_FILE | _READ_DIR, place)
        call(_ADD_RULE, ctypes.c_int(rules), ctypes.c_int(_PATH_BENEATH), ctypes.byref(rule), ctypes.c_uint32(0))
    finally:
        os.close(place)
