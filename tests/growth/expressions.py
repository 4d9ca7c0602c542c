"""Every regular expression of the packages, how it is used, and texts that it is at its worst on."""

import ast
import random
import re
import re._constants as ops  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.growth.measuring import modules
from tests.growth.units import Make, repeated

_MATCHING = {"match", "fullmatch"}
_SEARCHING = {"search", "sub", "subn", "split", "findall", "finditer"}
_METHODS = _MATCHING | _SEARCHING
_SAMPLES, _PUMPS = 8, 40
_CATEGORIES = {
    ops.CATEGORY_WORD: "aЯ7",
    ops.CATEGORY_DIGIT: "1",
    ops.CATEGORY_SPACE: " \n",
    ops.CATEGORY_NOT_WORD: " .-",
    ops.CATEGORY_NOT_SPACE: "a.@",
    ops.CATEGORY_NOT_DIGIT: "a.",
}
_ANYTHING = 'aЯ.1 -"(@'
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)


@dataclass(frozen=True, slots=True)
class Expression:
    """A regular expression, where it stands, and the methods of it that are called."""

    name: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]

    def runs(self) -> dict[str, Callable[[str], object]]:
        """{a way it is used: the work over a text}; searching goes on behind what is found."""
        as_given = str.encode if isinstance(self.pattern.pattern, bytes) else str
        found: dict[str, Callable[[str], object]] = {}
        if self.methods & _SEARCHING:
            found["search"] = lambda text: sum(1 for _ in self.pattern.finditer(as_given(text)))
        for name in self.methods & _MATCHING:
            found[name] = lambda text, name=name: getattr(self.pattern, name)(as_given(text))
        return found


def expressions() -> list[Expression]:
    """Those that modules hold, alone or in containers, and those that functions write out."""
    found: dict[object, Expression] = {}
    for module in modules():
        tree = ast.parse(Path(module.__file__).read_text("utf-8"))
        direct, loose = _used(tree)
        for name, value in vars(module).items():
            for label, pattern in _patterns(name, value):
                methods = direct.get(name, set()) if value is pattern else set()
                before = found.get(id(pattern), Expression(f"{module.__name__}.{label}", pattern, frozenset()))
                methods = before.methods | (methods or (loose or {"search"} if _is_own(module, before) else set()))
                found[id(pattern)] = Expression(before.name, pattern, frozenset(methods))
        for place, pattern, method in _written_out(module, tree):
            found[place] = Expression(place, pattern, frozenset({method}))
    return list(found.values())


def _is_own(module: Any, expression: Expression) -> bool:
    return expression.name.startswith(f"{module.__name__}.")


def _patterns(label: str, value: Any, depth: int = 0) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield label, value
    elif isinstance(value, dict | list | tuple) and depth < 3:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _patterns(f"{label}[{key!r}]", inner, depth + 1)


def _used(tree: ast.AST) -> tuple[dict[str, set[str]], set[str]]:
    """{name in capitals: methods called of it}, and the methods called of other names: loop variables, parameters."""
    direct: dict[str, set[str]] = {}
    loose: set[str] = set()
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and node.attr in _METHODS):
            continue
        owner = node.value.value if isinstance(node.value, ast.Subscript) else node.value
        if isinstance(owner, ast.Name) and owner.id.isupper():
            direct.setdefault(owner.id, set()).add(node.attr)
        elif isinstance(owner, ast.Name) and owner.id != "re" and node.attr != "split":  # strings have it, too
            loose.add(node.attr)
    return direct, loose


def _written_out(module: Any, tree: ast.AST) -> Iterator[tuple[str, re.Pattern[Any], str]]:
    """(place, pattern, method) of every `re.sub(r"...", ...)` whose expression does not depend on a text."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re"):
            continue
        flags = 0
        for given in [*node.args[1:], *(keyword.value for keyword in node.keywords)]:
            if isinstance(given, ast.Attribute) and isinstance(given.value, ast.Name) and given.value.id == "re":
                flags |= getattr(re, given.attr)
        try:
            written = eval(compile(ast.Expression(node.args[0]), module.__name__, "eval"), vars(module))
        except NameError:  # made of a local variable: the function that makes it is measured
            continue
        yield f"{module.__name__}:{node.lineno}", re.compile(written, flags), node.func.attr


def own_texts(pattern: re.Pattern[Any]) -> dict[str, Make]:
    """Texts made of the expression itself: what it matches, cut short and repeated, and what it repeats, repeated."""
    chance = random.Random(1)
    flags = pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
    tree = parser.parse(pattern.pattern, flags)
    made: dict[str, Make] = {}
    for _ in range(_SAMPLES):
        sample = _sample(tree, chance)
        for unit in (sample, sample[: chance.randint(1, max(len(sample), 1))]):
            if unit:
                made[repr(unit)] = repeated(unit)
    for _, (head, pump) in zip(range(_PUMPS), _pumps(tree, chance, ""), strict=False):
        if pump:
            made[f"{head!r} then {pump!r}"] = repeated(pump, head, "\0")
            made[repr(head + pump * 3)] = repeated(head + pump * 3, tail="\0")
    return made


def _sample(tree: Sequence[Any], chance: random.Random) -> str:
    """Something that the parts of an expression match one after another, as far as that can be told."""
    return "".join(_part(op, given, chance) for op, given in tree)


def _part(op: Any, given: Any, chance: random.Random) -> str:
    if op is ops.LITERAL:
        return chr(given)
    if op is ops.NOT_LITERAL:
        return "b" if chr(given) == "a" else "a"
    if op is ops.ANY:
        return chance.choice("a. ")
    if op is ops.IN:
        return chance.choice(_members(given))
    if op is ops.BRANCH:
        return _sample(chance.choice(given[1]), chance)
    if op in _REPEATS:
        least, most, tree = given
        return "".join(_sample(tree, chance) for _ in range(chance.randint(least, max(least, min(int(most), least + 2)))))
    tree = _inside(op, given)
    return _sample(tree, chance) if tree is not None else ""


def _inside(op: Any, given: Any) -> Sequence[Any] | None:
    """What a group or a look ahead holds."""
    if op is ops.SUBPATTERN:
        return given[3]
    if op is ops.ATOMIC_GROUP:
        return given
    return given[1] if op is ops.ASSERT and given[0] > 0 else None


def _members(items: Sequence[Any]) -> str:
    """Characters of a class in brackets."""
    if any(op is ops.NEGATE for op, _ in items):
        return _ANYTHING
    found = [chr(given) for op, given in items if op is ops.LITERAL]
    found += [chr(given[0]) + chr(sum(given) // 2) for op, given in items if op is ops.RANGE]
    found += [_CATEGORIES.get(given, "a") for op, given in items if op is ops.CATEGORY]
    return "".join(found) or "a"


def _pumps(tree: Sequence[Any], chance: random.Random, head: str) -> Iterator[tuple[str, str]]:
    """(what stands before, what is repeated) for every part that may repeat often."""
    for op, given in tree:
        if op in _REPEATS:
            least, most, inside = given
            if most >= 8:
                yield from {(head, _sample(inside, chance)) for _ in range(4)}
            yield from _pumps(inside, chance, head)
            head += "".join(_sample(inside, chance) for _ in range(max(least, 1)))
        elif op is ops.BRANCH:
            for branch in given[1]:
                yield from _pumps(branch, chance, head)
            head += _sample(chance.choice(given[1]), chance)
        elif (inside := _inside(op, given)) is not None:
            yield from _pumps(inside, chance, head)
            head += _sample(inside, chance)
        else:
            head += _part(op, given, chance)
