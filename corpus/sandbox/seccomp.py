"""Seccomp (Linux 3.5): a process gives up every system call but those by which Python computes and reads modules.

No socket, connection, process, program, signal, trace or mount is among them, and files are opened to be read only. A
refused call fails with EPERM, so that a library that tries one says so and goes on.
"""

import ctypes
import errno
import os
import platform
import struct

from corpus.sandbox.system import control_process

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD, _EQUAL, _ANY_OF, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_REFUSE = 0x00050000 | errno.EPERM
#: Where `struct seccomp_data` has the number, the architecture and the low half of the n-th argument.
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
#: Machine -> its number in a filter, and the column of the table below.
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
#: System call -> its number on x86_64 and aarch64, which lacks some of the old ones.
_CALLS: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "stat": (4, None),
    "fstat": (5, 80),
    "lstat": (6, None),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "pread64": (17, 67),
    "readv": (19, 65),
    "writev": (20, 66),
    "access": (21, None),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "nanosleep": (35, 101),
    "getpid": (39, 172),
    "exit": (60, 93),
    "uname": (63, 160),
    "getcwd": (79, 17),
    "readlink": (89, None),
    "gettimeofday": (96, 169),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "times": (100, 153),
    "getuid": (102, 174),
    "getgid": (104, 176),
    "geteuid": (107, 175),
    "getegid": (108, 177),
    "getppid": (110, 173),
    "sigaltstack": (131, 132),
    "gettid": (186, 178),
    "futex": (202, 98),
    "sched_getaffinity": (204, 123),
    "getdents64": (217, 61),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "exit_group": (231, 94),
    "newfstatat": (262, 79),
    "readlinkat": (267, 78),
    "faccessat": (269, 48),
    "getrandom": (318, 278),
    "membarrier": (324, 283),
    "statx": (332, 291),
    "rseq": (334, 293),
    "faccessat2": (439, 439),
}
_OPENAT, _OPENAT_FLAGS = (257, 56), 2
_CHANGING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
#: It sets limits, of other processes too unless it is asked about this one, process 0.
_PRLIMIT64 = (302, 261)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def refuse_calls(*, opening: bool) -> None:
    """Give up all calls but the listed ones; with `opening` files may be opened to be read. For good.

    The process must have forgone privileges. Raises `OSError` where the kernel or this machine's kind has no filter.
    """
    program = _program(opening=opening)
    filled = _Program(len(program) // 8, program)
    control_process(_PR_SET_SECCOMP, ctypes.c_ulong(_MODE_FILTER), ctypes.byref(filled))


def _program(*, opening: bool) -> bytes:
    """The filter, in the language of the Berkeley packet filter: eight bytes an instruction."""
    machine = platform.machine()
    if machine not in _MACHINES:
        raise OSError(errno.ENOSYS, f"no list of system calls for {machine}")
    architecture, column = _MACHINES[machine]
    numbers = [number[column] for number in _CALLS.values()]
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, architecture, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
        *(step for number in numbers if number is not None for step in _allowed(number)),
        *_allowed(_PRLIMIT64[column], 0, _step(_EQUAL, 0, 0, 1)),
        *(_allowed(_OPENAT[column], _OPENAT_FLAGS, _step(_ANY_OF, _CHANGING, 1, 0)) if opening else ()),
        _step(_RETURN, _REFUSE),
    ]
    return b"".join(steps)


def _allowed(number: int, argument: int = 0, check: bytes | None = None) -> list[bytes]:
    """The steps that allow a call, where there is a check only if it lets the argument through to the next step."""
    if check is None:
        return [_step(_EQUAL, number, 0, 1), _step(_RETURN, _ALLOW)]
    load = _step(_LOAD, _ARGUMENTS + 8 * argument)
    return [_step(_EQUAL, number, 0, 4), load, check, _step(_RETURN, _ALLOW), _step(_RETURN, _REFUSE)]


def _step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)
