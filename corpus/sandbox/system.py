"""System calls that Python does not offer, made through the C library; on Linux only."""

import ctypes
import os
import sys
from functools import cache

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def call(number: int, *arguments: object) -> int:
    """The result of a system call. Raises `OSError` when it fails or this is not Linux."""
    return _checked(_library().syscall(ctypes.c_long(number), *arguments)) if is_linux() else _missing()


def control_process(option: int, *arguments: object) -> int:
    """The result of prctl(2). Raises `OSError` when it fails or this is not Linux."""
    if not is_linux():
        return _missing()
    filled = [*arguments, *[ctypes.c_ulong(0)] * (4 - len(arguments))]
    return _checked(_library().prctl(ctypes.c_int(option), *filled))


def die_with_parent(signal: int) -> None:
    """Have a signal sent to this process when the thread that forked it ends. Raises `OSError`."""
    control_process(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal))


def forgo_privileges() -> None:
    """Gain none by any program that is run from now on. Raises `OSError`."""
    control_process(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1))


def is_linux() -> bool:
    """Whether the kernel is Linux."""
    return sys.platform == "linux"


def _missing() -> int:
    raise OSError("only Linux has it")


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
