"""The protections of this process: which it takes on, and which of them hold."""

import os
import signal
import sys
import sysconfig
from pathlib import Path

from corpus.sandbox import landlock, limits, seccomp, system

#: What `close` takes on where the machine has it, in this order.
PROTECTIONS = ("limits", "no new privileges", "files (Landlock)", "system calls (seccomp)")

_held: list[str] = []


def close(most: limits.Limits) -> None:
    """Give up everything but computing and reading modules, for good, as far as this machine can hold it.

    Where files cannot be kept closed by Landlock, none can be opened at all.
    """
    limits.bound(most)
    limits.allow_time(most)
    _held.append("limits")
    for name, take_on in (
        ("no new privileges", system.forgo_privileges),
        ("files (Landlock)", lambda: landlock.allow_reading(_own_folders())),
        ("system calls (seccomp)", lambda: seccomp.refuse_calls(opening="files (Landlock)" in _held)),
    ):
        try:
            take_on()
        except OSError:
            continue
        _held.append(name)


def held() -> tuple[str, ...]:
    """Those of `PROTECTIONS` that this process has taken on."""
    return tuple(_held)


def end_with_parent(parent: int) -> None:
    """End this process when the one of this id that forked it does, where the system can do that."""
    try:
        system.die_with_parent(signal.SIGKILL)
    except OSError:
        return
    if os.getppid() != parent:
        os._exit(0)


def _own_folders() -> list[str]:
    """Where Python, the packages and this program are: not the current folder, nor another that was put on the path."""
    own = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    own |= {entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")}
    return [folder for folder in (*sorted(own), str(Path(__file__).parents[1])) if Path(folder).is_dir()]
