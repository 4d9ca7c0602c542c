"""The process that files are read in, and the template that it is forked from.

The template has a bare environment, imports what readers need and reads no file. For every session it forks a child
that gives up everything (`sandbox`), takes orders from its connection and replies on it. A session that its owner
leaves is killed; all end when the owner does, since his connections then do.
"""

import gc
import os
import pickle
import selectors
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from corpus import sandbox
from corpus.errors import UnreadableFile
from corpus.replies import adapter_of, written

OUT_OF_MEMORY = 70  # exit code of a child
LENGTH_BYTES = 8
#: How a line of a reply begins: with a value of the function, the reason why there is none, or nothing, at the end.
VALUE, REFUSED, END = b"=", b"!", b"."

Order = tuple[Callable[..., Any], tuple[Any, ...]]


class Template:
    """Forks a child for each session that is asked for on a connection, and says on the session's how it ended."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._selector = selectors.DefaultSelector()
        self._owners: dict[int, socket.socket] = {}  # by the child's id

    def serve(self) -> None:
        """Serve until the owner is gone; then the children are, too."""
        ended, wake = socket.socketpair()
        for end in (ended, wake):
            end.setblocking(False)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(self._control, selectors.EVENT_READ, self._begin)
        self._selector.register(ended, selectors.EVENT_READ, lambda: self._reap(ended))
        try:
            while True:
                for key, _ in self._selector.select():
                    key.data()
        except EOFError:
            for child in self._owners:
                os.kill(child, signal.SIGKILL)

    def _begin(self) -> None:
        """Fork a child for a session. Raises `EOFError` when the owner is gone."""
        header, descriptors, _, _ = socket.recv_fds(self._control, LENGTH_BYTES, 2)
        if not header:
            raise EOFError
        prepare, function, limits = pickle.loads(received(self._control, int.from_bytes(header)))  # noqa: S301 - own
        adapter_of(function)
        with suppress(ImportError):  # the child misses it too, and says so
            prepare()
        gc.collect()
        gc.freeze()  # the child need not copy what it never collects
        connection, owner = (socket.socket(fileno=descriptor) for descriptor in descriptors)
        template = os.getpid()
        child = os.fork()
        if not child:
            self._become_child(template, connection, limits)
        connection.close()
        self._owners[child] = owner
        self._selector.register(owner, selectors.EVENT_READ, lambda: self._abandon(child))

    def _become_child(self, template: int, connection: socket.socket, limits: sandbox.Limits) -> None:
        """Keep the session's connection alone, serve it and end."""
        code = 1
        try:
            sandbox.end_with_parent(template)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(1, 0)  # the control connection is the template's; 1 and 2 go nowhere
            kept = os.dup2(connection.detach(), 3, inheritable=False)
            os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
            _serve(kept, limits)
            code = 0
        finally:
            os._exit(code)

    def _abandon(self, child: int) -> None:
        """The owner left the session: nobody waits for the child any more."""
        if child in self._owners:
            self._selector.unregister(self._owners[child])
            os.kill(child, signal.SIGKILL)

    def _reap(self, ended: socket.socket) -> None:
        with suppress(BlockingIOError):
            while ended.recv(4096):
                pass
        while self._owners:
            child, status = os.waitpid(-1, os.WNOHANG)
            if not child:
                return
            owner = self._owners.pop(child)
            with suppress(KeyError):
                self._selector.unregister(owner)
            with owner, suppress(OSError):
                owner.sendall(str(os.waitstatus_to_exitcode(status)).encode())


def received(connection: socket.socket, length: int) -> bytes:
    """So many bytes of a connection. Raises `EOFError` when it ends before."""
    data = bytearray()
    while len(data) < length:
        piece = connection.recv(length - len(data))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


def _serve(descriptor: int, limits: sandbox.Limits) -> None:
    """In the child: an order after the other, until no more come."""
    with open(descriptor, "rb") as orders, open(descriptor, "wb", closefd=False) as replies:
        sandbox.close(limits)
        while header := orders.read(LENGTH_BYTES):
            order = pickle.loads(orders.read(int.from_bytes(header)))  # noqa: S301 - of the process that forked this one
            sandbox.allow_time(limits)
            for line in _reply(order):
                replies.write(line + b"\n")
            replies.flush()


def _reply(order: Order) -> Iterator[bytes]:
    """The lines that answer an order. A library may raise anything on a hostile file, which must cost it alone."""
    function, arguments = order
    try:
        result = function(*arguments)
        for value in result if isinstance(result, Iterator) else (result,):
            yield VALUE + written(value, function)
    except UnreadableFile as exc:
        yield REFUSED + _encoded(str(exc))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as exc:
        said = " ".join(str(exc).split())[:200]
        yield REFUSED + _encoded(f"the reader failed on it ({type(exc).__name__}: {said})")
    yield END


def _encoded(reason: str) -> bytes:
    return reason.encode("utf-8", "replace").replace(b"\n", b" ")


def main() -> None:
    """The template: its control connection is standard input, the places of modules are its arguments."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # at the terminal it is meant for the owner
    Template(socket.socket(fileno=os.dup(0))).serve()


if __name__ == "__main__":
    main()
