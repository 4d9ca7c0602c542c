"""What is measured: a function and how it is called with a text."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.growth.measuring import LONG


@dataclass(frozen=True, slots=True)
class Case:
    """A call of functions with a text; `heads` are what the text may begin with before it repeats something.

    `functions` are their full names. `size` is smaller than usual where the function looks at no more.
    """

    functions: tuple[str, ...]
    run: Callable[[str], object]
    heads: tuple[str, ...] = ("",)
    size: int = LONG

    @property
    def name(self) -> str:
        """The functions, and the beginnings where there are any."""
        return ", ".join(self.functions) + (f" after {self.heads}" if self.heads != ("",) else "")


def case(*functions: Any, run: Callable[[str], object] | None = None, heads: Iterable[str] = ("",), size: int = LONG) -> Case:
    """A case of functions, by default of the only one called with the text alone."""
    names = tuple(f"{function.__module__}.{function.__qualname__}" for function in functions)
    return Case(names, run or functions[0], tuple(heads), size)
