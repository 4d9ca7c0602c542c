"""What is measured: a function and how it is called with a text."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """A call of functions with a text; `heads` are what the text may begin with before it repeats something.

    A `quick` case is measured by `make test` too, the others by `make test-all`.
    """

    name: str
    run: Callable[[str], object]
    heads: tuple[str, ...] = ("",)
    quick: bool = False


def case(
    *functions: Any, run: Callable[[str], object] | None = None, heads: Iterable[str] = ("",), quick: bool = False
) -> Case:
    """A case of functions, by default of the only one called with the text alone."""
    names = ", ".join(f"{function.__module__}.{function.__qualname__}" for function in functions)
    return Case(names, run or functions[0], tuple(heads), quick)
