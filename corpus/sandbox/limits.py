"""Limits that the system sets to a process, hard ones: it cannot raise them again."""

import resource
from contextlib import suppress
from dataclasses import dataclass

#: What is open when a process closes stays open; beyond that it needs one file at a time, for a module.
_DESCRIPTORS = 32


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take; the memory is the process's address space, its libraries included."""

    memory_bytes: int = 2**30
    processor_s: int = 120
    wall_s: float = 300


def bound(limits: Limits) -> None:
    """Bound memory, open files and processes, and allow no bytes in any file; macOS bounds no address space."""
    bounds = {"CORE": 0, "FSIZE": 0, "NPROC": 0, "NOFILE": _DESCRIPTORS, "AS": limits.memory_bytes}
    for name, most in bounds.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


def allow_time(limits: Limits) -> None:
    """Allow so much processor time from now on: for each file again, within what the wall clock allows outside."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    most = int(spent.ru_utime + spent.ru_stime) + 1 + limits.processor_s
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))
