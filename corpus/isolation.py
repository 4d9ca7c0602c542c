"""Work on files from strangers, done in processes of its own that can do nothing else (`worker`, `sandbox`).

A function and its arguments go there and what it returns comes back, checked (`replies`), so that nothing a file does
reaches this process. A session is one such process: what belongs together may share it, and what kills it or takes too
long costs the file alone that did.
"""

import atexit
import os
import pickle
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from corpus.errors import UnreadableFile
from corpus.replies import read_reply
from corpus.sandbox import Limits, held
from corpus.worker import END, LENGTH_BYTES, OUT_OF_MEMORY, REFUSED, VALUE

MAX_REPLY_BYTES = 256 * 2**20

_OUT_OF_TIME = -24  # SIGXCPU
_PIECE_BYTES = 2**20
_PATIENCE_S = 2.0  # for word of how a process ended
_FORGED = "the process that read it sent a forged or damaged reply"
_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from corpus.worker import main; main()"
#: Of the environment nothing else: where libraries are. One thread, since a process with more cannot be forked safely.
_KEPT, _SET = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"), {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

T = TypeVar("T")
Prepare = Callable[[], object]
Connections = tuple[socket.socket, socket.socket]


class Isolated:
    """Opens sessions, all forked from one template, which starts with the first and again after it died.

    Safe for threads, each with a session of its own.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._one_at_a_time = Lock()
        self._template: tuple[subprocess.Popen[bytes], socket.socket] | None = None

    def session(self, prepare: Prepare = int) -> "Session":
        """A process to come, with the first call; `prepare` is called in the template first, to import and load."""
        return Session(self, prepare)

    def call(self, function: Callable[..., T], *arguments: object) -> T:
        """What a function gives in a process of its own. Raises as `Session.call` does."""
        with self.session() as session:
            return session.call(function, *arguments)

    def close(self) -> None:
        """End the template, if there is one, and with it every session."""
        with self._one_at_a_time:
            self._end()

    def fork(self, prepare: Prepare, function: Callable[..., object]) -> Connections:
        """A new child of the template: a connection to it, and one on which its exit code comes."""
        message = pickle.dumps((prepare, function, self.limits))
        with self._one_at_a_time:
            if self._template and self._template[0].poll() is not None:
                self._end()
            _, control = self._template = self._template or self._start()
            connection, child_s = socket.socketpair()
            ending, template_s = socket.socketpair()
            with child_s, template_s, suppress(OSError):  # of a template that dies now nothing will come
                ends = [child_s.fileno(), template_s.fileno()]
                socket.send_fds(control, [len(message).to_bytes(LENGTH_BYTES)], ends)
                control.sendall(message)
        return connection, ending

    def _start(self) -> tuple["subprocess.Popen[bytes]", socket.socket]:
        root = str(Path(__file__).parents[1])
        places = [root, *(entry for entry in sys.path if entry and entry != root)]
        control, its = socket.socketpair()
        with its:
            template = subprocess.Popen(  # noqa: S603 - this program by this interpreter
                [sys.executable, "-I", "-B", "-c", _PROGRAM, *places],
                stdin=its.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _KEPT if name in os.environ} | _SET,
                cwd="/",
            )
        return template, control

    def _end(self) -> None:
        """End the template, by force if it does not go."""
        if self._template is None:
            return
        (template, control), self._template = self._template, None
        control.close()
        with template:
            try:
                template.wait(timeout=1)
            except subprocess.TimeoutExpired:
                template.kill()


class Session:
    """A process that works on what belongs together; use it as a context manager, in one thread.

    After a call that killed it the next one gets a new process.
    """

    def __init__(self, isolated: Isolated, prepare: Prepare) -> None:
        self._isolated, self._prepare = isolated, prepare
        self._connections: Connections | None = None
        self._deadline = 0.0
        self._unread = bytearray()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, function: Callable[..., T], *arguments: object) -> T:
        """What a function of a module gives for these arguments, as plain data that its return type describes.

        Raises `UnreadableFile` as the function does, and when it fails, takes too much or gives something else.
        """
        values = list(self._answers(function, arguments))
        if len(values) != 1:
            self.close()
            raise UnreadableFile(_FORGED)
        value: T = values[0]
        return value

    def stream(self, function: Callable[..., Iterator[T]], *arguments: object) -> Iterator[T]:
        """The items of the iterator that a function gives, each as it comes. Raises as `call` does."""
        return self._answers(function, arguments)

    def close(self) -> None:
        """End the process, if there is one."""
        connections, self._connections = self._connections, None
        self._unread.clear()
        for connection in connections or ():
            connection.close()

    def _answers(self, function: Callable[..., object], arguments: tuple[object, ...]) -> Iterator[Any]:
        """The values of the reply. The process is given up unless the reply came to its end."""
        complete = False
        try:
            self._send(function, arguments)
            while (line := self._line())[:1] == VALUE:
                yield read_reply(line[1:], function)
            refused = line[:1] == REFUSED
            complete = (self._line() if refused else line) == END and not self._unread
            if refused:
                raise UnreadableFile(line[1:1000].decode("utf-8", "replace"))
            if not complete:
                raise UnreadableFile(_FORGED)
        except (TimeoutError, EOFError, OSError) as exc:
            raise UnreadableFile(self._why(late=isinstance(exc, TimeoutError))) from exc
        finally:
            if not complete:
                self.close()

    def _send(self, function: Callable[..., object], arguments: tuple[object, ...]) -> None:
        self._deadline = time.monotonic() + self._isolated.limits.wall_s
        if self._connections is None:
            self._connections = self._isolated.fork(self._prepare, function)
        order = pickle.dumps((function, arguments))
        connection = self._in_time()
        connection.sendall(len(order).to_bytes(LENGTH_BYTES))
        connection.sendall(order)

    def _in_time(self) -> socket.socket:
        """The connection to the process, waited for until the deadline. Raises `TimeoutError` after it."""
        if self._connections is None:
            raise EOFError
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connections[0].settimeout(left)
        return self._connections[0]

    def _line(self) -> bytes:
        """The next line of the reply. Raises `EOFError` where it breaks off, `UnreadableFile` where it never ends."""
        seen = 0
        while (end := self._unread.find(b"\n", seen)) < 0:
            seen = len(self._unread)
            if seen > MAX_REPLY_BYTES:
                raise UnreadableFile(f"what it holds takes more than {MAX_REPLY_BYTES // 2**20} MB")
            piece = self._in_time().recv(_PIECE_BYTES)
            if not piece:
                raise EOFError
            self._unread += piece
        line = bytes(self._unread[:end])
        del self._unread[: end + 1]
        return line

    def _why(self, *, late: bool) -> str:
        """Why no reply came."""
        limits, code = self._isolated.limits, None if late else self._exit_code()
        if late or code == _OUT_OF_TIME:
            return f"reading it took more than {limits.processor_s} s of processor time or {limits.wall_s} s"
        if code == OUT_OF_MEMORY:
            return f"reading it took more than {limits.memory_bytes / 2**20:.0f} MB of memory"
        return f"the library that reads such files crashed on it (exit code {code})"

    def _exit_code(self) -> int | None:
        """How the process ended, negative for a signal; None when it did not, or the template is gone too."""
        if self._connections is None:
            return None
        ending = self._connections[1]
        ending.settimeout(_PATIENCE_S)
        try:
            said = ending.recv(100)
        except OSError:
            return None
        return int(said) if said else None


def protections() -> tuple[str, ...]:
    """Which of `sandbox.PROTECTIONS` hold where files are read on this machine, asked of a process that reads them."""
    try:
        return isolated.call(held)
    except UnreadableFile:
        return ()


#: Shared by all of this process, so that a file seldom waits for a template to start.
isolated = Isolated()
atexit.register(isolated.close)
