"""Sees, and may fail, the system calls on files below a folder that a forked process and its children make.

The child puts a seccomp filter on itself (Linux 5.5 and later, `SECCOMP_RET_USER_NOTIF`); each call on files then waits
for this process, which lets it through or answers it with an error. So what SQLite, FAISS, NumPy and the C library do
by themselves is seen too, which a preloaded library would miss, and nothing has to be compiled.
"""

import array
import ctypes
import errno
import fcntl
import os
import platform
import select
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: Name -> (number on x86-64, number on AArch64, where the call says which file: "fd", or "path 0" for an argument's
#: index, "at 1" where the argument before it is the folder).
_CALLS: dict[str, tuple[int | None, int | None, str]] = {
    "open": (2, None, "path 0"),
    "openat": (257, 56, "at 1"),
    "creat": (85, None, "path 0"),
    "read": (0, 63, "fd"),
    "pread64": (17, 67, "fd"),
    "readv": (19, 65, "fd"),
    "write": (1, 64, "fd"),
    "pwrite64": (18, 68, "fd"),
    "writev": (20, 66, "fd"),
    "sendfile": (40, 71, "fd"),
    "copy_file_range": (326, 285, "fd 2"),
    "fallocate": (285, 47, "fd"),
    "fsync": (74, 82, "fd"),
    "fdatasync": (75, 83, "fd"),
    "truncate": (76, 45, "path 0"),
    "ftruncate": (77, 46, "fd"),
    "mmap": (9, 222, "fd 4"),
    "getdents64": (217, 61, "fd"),
    "rename": (82, None, "path 0"),
    "renameat": (264, 38, "at 1"),
    "renameat2": (316, 276, "at 1"),
    "unlink": (87, None, "path 0"),
    "unlinkat": (263, 35, "at 1"),
    "rmdir": (84, None, "path 0"),
    "mkdir": (83, None, "path 0"),
    "mkdirat": (258, 34, "at 1"),
}
_MACHINES = {"x86_64": (0, 0xC000003E, 317), "aarch64": (1, 0xC00000B7, 277)}
_AT_FDCWD = -100
_PR_SET_NO_NEW_PRIVS = 38
_SET_FILTER, _NEW_LISTENER = 1, 8
_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000
_RECEIVE, _SEND, _CONTINUE = 0xC0502100, 0xC0182101, 1
_MAP_ANONYMOUS = 0x20
_LONGEST_PATH = 4096

#: What writes bytes.
WRITES = frozenset("write pwrite64 writev sendfile".split())
#: What changes a disk, for faults that only writers meet.
WRITING = frozenset(
    "creat write pwrite64 writev sendfile copy_file_range fallocate truncate ftruncate rename renameat renameat2 "
    "unlink unlinkat rmdir mkdir mkdirat".split()
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of process `pid` that waits to be let through: its `path` is that of the file, `arguments` are raw."""

    name: str
    path: str
    arguments: tuple[int, ...]
    pid: int

    @property
    def writes(self) -> bool:
        """Whether it would change the disk."""
        flags = self.arguments[1 if self.name == "open" else 2]
        opened = self.name in ("open", "openat") and flags & (os.O_ACCMODE | os.O_CREAT | os.O_TRUNC)
        return self.name in WRITING or bool(opened)

    def path_at(self, position: int) -> str:
        """The path that an argument names, against the folder in the argument before where the call takes one."""
        at = self.name.endswith(("at", "at2"))
        folder = self.arguments[position - 1] if at else _AT_FDCWD
        return _named(self.pid, self.arguments[position], folder)

    @property
    def data(self) -> bytes:
        """What a call of `WRITES` is about to write."""
        _, address, count, *_ = self.arguments
        if self.name == "writev":
            vectors = struct.iter_unpack("QQ", _memory(self.pid, address, 16 * count))
            return b"".join(_memory(self.pid, start, length) for start, length in vectors)
        if self.name == "sendfile":
            position = self.state(address)[0]
            with Path(f"/proc/{self.pid}/fd/{_signed(address)}").open("rb") as source:
                source.seek(position)
                return source.read(self.arguments[3])
        return _memory(self.pid, address, count)

    def state(self, file: int) -> tuple[int, int]:
        """The position and the flags of an open file."""
        lines = Path(f"/proc/{self.pid}/fdinfo/{_signed(file)}").read_text().splitlines()
        told = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        return int(told["pos"]), int(told["flags"], 8)


#: Says which error a call ends with, 0 to let it through.
Verdict = Callable[[Call], int]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a watched process ended: its exit code, negative for a signal, and what it wrote."""

    code: int
    out: str
    err: str


@cache
def unsupported() -> str | None:
    """Why calls cannot be seen here, or None."""
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        return f"system calls are seen on Linux on {' and '.join(_MACHINES)} only"
    try:
        ended = watched(lambda: 0, Path("/nowhere"), lambda _: 0)
    except OSError as exc:
        return f"the kernel lets no process watch another's system calls ({exc})"
    return None if ended.code == 0 else f"the kernel lets no process watch another's system calls ({ended.err})"


def watched(
    work: Callable[[], int], folder: Path | None = None, verdict: Verdict | None = None, timeout_s: float = 120
) -> Ended:
    """Do `work` in a forked process; the verdict is asked about its every call on files below `folder`.

    What it returns is the exit code; a bug's traceback goes to its stderr, with the code 70. After the time it is
    killed.
    """
    files = [os.memfd_create(name) for name in ("out", "err")]
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        _be_watched(work, theirs if verdict else None, files)
    theirs.close()
    with ours:
        try:
            listener = _received(ours) if verdict else None
            if verdict and listener is not None:
                _serve(listener, child, f"{folder}", verdict, time.monotonic() + timeout_s)
        except BaseException:
            os.kill(child, signal.SIGKILL)
            raise
        finally:
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    out, err = (_content(file) for file in files)
    return Ended(code, out, err)


def _be_watched(work: Callable[[], int], supervisor: socket.socket | None, files: list[int]) -> None:
    """The child: it never returns."""
    code = 70
    try:
        for number, file in enumerate(files, 1):
            os.dup2(file, number)
        sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
        if supervisor:
            listener = _filter()
            socket.send_fds(supervisor, [b"x"], [listener])
            os.close(listener)
        code = work()
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _filter() -> int:
    """Put the filter on this process; returns the listener. Raises `OSError`."""
    column, architecture, seccomp = _MACHINES[platform.machine()]
    numbers = {name: call[column] for name, call in _CALLS.items() if call[column] is not None}
    others = [number for name, number in numbers.items() if name != "mmap"]
    program = [(0x20, 0, 0, 4), (0x15, 1, 0, architecture), (0x06, 0, 0, _ALLOW), (0x20, 0, 0, 0)]
    # of mmap, those of memory that is no file's pass: offset 40 is the fourth argument's lower half
    program += [(0x15, 0, 3, numbers["mmap"]), (0x20, 0, 0, 40), (0x45, 0, len(others) + 2, _MAP_ANONYMOUS)]
    program += [(0x06, 0, 0, _ALLOW)]
    program += [(0x15, len(others) - index, 0, number) for index, number in enumerate(others)]
    program += [(0x06, 0, 0, _ALLOW), (0x06, 0, 0, _NOTIFY)]
    packed = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(packed)
    whole = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    listener: int = libc.syscall(seccomp, _SET_FILTER, _NEW_LISTENER, whole)
    if listener < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return listener


def _received(channel: socket.socket) -> int | None:
    """The listener that the child sends, None where it could not make one."""
    message, files, *_ = socket.recv_fds(channel, 1, 1)
    return files[0] if message else None


def _serve(listener: int, child: int, folder: str, verdict: Verdict, until: float) -> None:
    """Answer the calls until nobody makes any more."""
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    try:
        while True:
            events = poll.poll(max(0, until - time.monotonic()) * 1000)
            if not events:
                os.kill(child, signal.SIGKILL)
                until += 60
            elif events[0][1] & select.POLLIN:
                _answer(listener, folder, verdict)
            else:  # POLLHUP: the last watched process has ended
                return
    finally:
        os.close(listener)


def _answer(listener: int, folder: str, verdict: Verdict) -> None:
    request = array.array("B", bytes(80))
    try:
        fcntl.ioctl(listener, _RECEIVE, request, True)
    except OSError as exc:
        if exc.errno in (errno.ENOENT, errno.EINTR):  # the process was killed meanwhile
            return
        raise
    id_, pid, _, number, _, _, *arguments = struct.unpack("QIIiIQ6Q", request.tobytes())
    call = _call(pid, number, tuple(arguments))
    error = verdict(call) if call and (call.path == folder or call.path.startswith(f"{folder}/")) else 0
    reply = struct.pack("QqiI", id_, 0, -error, 0 if error else _CONTINUE)
    try:
        fcntl.ioctl(listener, _SEND, reply)
    except OSError as exc:
        if exc.errno != errno.ENOENT:
            raise


@cache
def _names() -> dict[int, tuple[str, str]]:
    column = _MACHINES[platform.machine()][0]
    return {call[column]: (name, call[2]) for name, call in _CALLS.items() if call[column] is not None}


def _call(pid: int, number: int, arguments: tuple[int, ...]) -> Call | None:
    """The call, None where its file cannot be told."""
    name, (kind, _, position) = _names()[number][0], _names()[number][1].partition(" ")
    try:
        if kind == "fd":
            path = str(Path(f"/proc/{pid}/fd/{_signed(arguments[int(position or 0)])}").readlink())
        else:
            folder = arguments[int(position) - 1] if kind == "at" else _AT_FDCWD
            path = _named(pid, arguments[int(position)], folder)
    except OSError:
        return None
    return Call(name, path, arguments, pid)


def _named(pid: int, address: int, folder: int) -> str:
    """The absolute path at an address."""
    name = os.fsdecode(_string(pid, address))
    if name.startswith("/"):
        return os.path.normpath(name)
    where = "cwd" if _signed(folder) == _AT_FDCWD else f"fd/{_signed(folder)}"
    return os.path.normpath(Path(f"/proc/{pid}/{where}").readlink() / name)


def _signed(value: int) -> int:
    """A file descriptor as it was meant."""
    return value - 2**32 if (value := value & 0xFFFFFFFF) >= 2**31 else value


def _string(pid: int, address: int) -> bytes:
    page = 4096 - address % 4096  # a string may end where nothing is mapped any more
    found = _memory(pid, address, page)
    while b"\0" not in found and len(found) < _LONGEST_PATH:
        found += _memory(pid, address + len(found), 4096)
    return found.partition(b"\0")[0]


def _memory(pid: int, address: int, count: int) -> bytes:
    handle = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    try:
        return os.pread(handle, count, address)
    finally:
        os.close(handle)


def _content(file: int) -> str:
    with os.fdopen(file, "rb") as opened:
        opened.seek(0)
        return opened.read().decode("utf-8", "replace")
