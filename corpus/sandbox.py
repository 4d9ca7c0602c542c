"""What a process gives up before it reads a stranger's file: other files, the network, other processes.

On Linux Landlock closes files and network, and a seccomp filter refuses the calls that no reader needs; elsewhere the
limits of `corpus.isolation` hold alone. Nothing that was given up can be taken back. The packages that bind these
(`landlock`, a development release; `pyseccomp`, which needs a library of the system) are none to rely on, so the calls
are made here: https://docs.kernel.org/userspace-api/landlock.html, https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

import ctypes
import errno
import os
import platform
import signal
import struct
import sys
import sysconfig
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PARENT_DEATH_SIGNAL, _GET_SECCOMP, _SET_SECCOMP, _NO_NEW_PRIVILEGES = 1, 21, 22, 38
_FILTER_MODE = 2

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1
_READ_FOLDER = 1 << 3
_READING = (1 << 0) | (1 << 2) | _READ_FOLDER  # execute (map a library), read a file
#: From which version of Landlock on how many rights to files are known, the newest first.
_RIGHTS = ((5, 16), (3, 15), (2, 14), (1, 13))
_NETWORK_SINCE, _SCOPES_SINCE = 4, 6
_TCP, _SCOPES = 0b11, 0b11  # bind and connect; abstract sockets and signals


@dataclass(frozen=True, slots=True)
class _Calls:
    """A kind of processor as the kernel numbers it, and its numbers of calls: `clone`, and those that are refused."""

    audit: int
    clone: int
    refused: tuple[int, ...]


#: Refused, in this order: socket, connect, accept, sendto, bind, listen, socketpair; fork, vfork, execve, execveat;
#: kill, tkill, tgkill; ptrace, process_vm_readv, process_vm_writev, kcmp, pidfd_open, pidfd_getfd; mount, umount2,
#: unshare, setns; bpf, userfaultfd, perf_event_open, io_uring_setup, add_key, request_key, keyctl.
_CALLS = {
    "x86_64": _Calls(
        0xC000003E,
        56,
        (
            *(41, 42, 43, 44, 49, 50, 53, 57, 58, 59, 322, 62, 200, 234),
            *(101, 310, 311, 312, 434, 438, 165, 166, 272, 308, 321, 323, 298, 425, 248, 249, 250),
        ),
    ),
    "aarch64": _Calls(
        0xC00000B7,
        220,
        (
            *(198, 203, 202, 206, 200, 201, 199, 221, 281, 129, 130, 131),
            *(117, 270, 271, 272, 434, 438, 40, 39, 97, 268, 280, 282, 241, 425, 217, 218, 219),
        ),
    ),
}
_CLONE3, _THREAD, _OTHER_INTERFACE = 435, 0x10000, 0x40000000
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_CALL_AT, _AUDIT_AT, _ARGUMENT_AT, _STEP_BYTES = 0, 4, 16, 8
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000


def die_with_parent() -> None:
    """Let the system kill this process when the thread that began it ends (Linux)."""
    if sys.platform == "linux":
        _libc().prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


class Sandbox:
    """What is given up, made ready once for all the children of a process: in a child, call `enter`."""

    def __init__(self) -> None:
        self._libc = _libc() if sys.platform == "linux" else None
        self._ruleset = self._filter = None
        if self._libc:
            with suppress(OSError):
                self._ruleset = _ruleset(self._libc, _module_folders())
            if platform.machine() in _CALLS:
                self._filter = _filter(_CALLS[platform.machine()])

    def enter(self) -> None:
        """Give up files but those that Python's modules are read from, the network, and other processes."""
        if self._libc is None:
            return
        self._libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        if self._ruleset is not None:
            _checked(self._libc.syscall(_RESTRICT_SELF, self._ruleset, 0))
            os.close(self._ruleset)
        if self._filter is not None:
            code = ctypes.create_string_buffer(self._filter, len(self._filter))
            program = struct.pack("@HP", len(self._filter) // _STEP_BYTES, ctypes.addressof(code))
            _checked(self._libc.prctl(_SET_SECCOMP, _FILTER_MODE, program, 0, 0))


def protections() -> tuple[str, ...]:
    """What holds on this machine beyond limits of resources, a few words each."""
    if sys.platform != "linux":
        return ()
    libc = _libc()
    version = _landlock_version(libc)
    found = [f"files closed (Landlock {version})"] if version > 0 else []
    if platform.machine() in _CALLS and libc.prctl(_GET_SECCOMP, 0, 0, 0, 0) >= 0:
        found += ["network and processes refused (seccomp)"]
    return (*found, "no new privileges")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _landlock_version(libc: ctypes.CDLL) -> int:
    return int(libc.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION))


def _module_folders() -> list[Path]:
    """Where modules and the libraries that they need are read from; no folder of a user's."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = [Path(sysconfig.get_path(name)) for name in names]
    system = [Path("/lib"), Path("/lib64"), Path("/usr/lib"), Path("/usr/lib64"), Path("/etc/ld.so.cache")]
    return [path for path in (*folders, Path(__file__).parent, *system) if path.exists()]


def _ruleset(libc: ctypes.CDLL, readable: Iterable[Path]) -> int:
    """Rules that let only what lies below these paths be opened, for reading. Raises `OSError` without Landlock."""
    version = _landlock_version(libc)
    if version < 1:
        raise OSError(errno.ENOSYS, "no Landlock")
    handled = [next((1 << count) - 1 for since, count in _RIGHTS if version >= since)]
    if version >= _NETWORK_SINCE:
        handled.append(_TCP)
    if version >= _SCOPES_SINCE:
        handled.append(_SCOPES)
    attributes = struct.pack(f"={len(handled)}Q", *handled)
    ruleset = _checked(libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0))
    for path in readable:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        allowed = _READING if path.is_dir() else _READING & ~_READ_FOLDER
        _checked(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", allowed, handle), 0))
        os.close(handle)
    return ruleset


def _filter(calls: _Calls) -> bytes:
    """A refused call fails with EPERM, one of another processor's kind ends the process."""
    program = [
        _step(_LOAD, _AUDIT_AT),
        _step(_IF_EQUAL, calls.audit, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _CALL_AT),
        _step(_IF_AT_LEAST, _OTHER_INTERFACE, 0, 1),
        _step(_RETURN, _KILL),
        _step(_IF_EQUAL, _CLONE3, 0, 1),
        _step(_RETURN, _REFUSE | errno.ENOSYS),  # its arguments cannot be looked at; callers fall back on clone
    ]
    for number in calls.refused:
        program += [_step(_IF_EQUAL, number, 0, 1), _step(_RETURN, _REFUSE | errno.EPERM)]
    program += [
        _step(_IF_EQUAL, calls.clone, 1, 0),
        _step(_RETURN, _ALLOW),
        _step(_LOAD, _ARGUMENT_AT),
        _step(_IF_ANY, _THREAD, 1, 0),
        _step(_RETURN, _REFUSE | errno.EPERM),
        _step(_RETURN, _ALLOW),
    ]
    return b"".join(program)


def _step(code: int, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
    """One instruction of a classic BPF program; the jumps count the instructions that are passed over."""
    return struct.pack("=HBBI", code, when_true, when_false, value)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
