"""A function or its prime that is left out, or too much."""

from __future__ import annotations

from collections.abc import Iterator

from derive.check.repairs.places import Repair, Setting, everywhere
from derive.formula import Call, Formula, Grouping

ORDER = 15
HINT = "Look at the functions: where should a derivative stand, and where the function itself?"


def repaired(formula: Formula, setting: Setting) -> Iterator[Repair]:
    """The formula with a prime or a function more or less."""
    yield from everywhere(formula, _primed)
    for name in setting.functions:
        inner = formula.inner if isinstance(formula, Grouping) else formula
        yield Repair(Call(name, (inner,)), f"the function {_word(name)} is missing")
    yield from everywhere(formula, _unwrapped)


def _primed(node: Formula) -> Iterator[tuple[Formula, str]]:
    if isinstance(node, Call) and len(node.arguments) == 1:
        name, word = node.function, _word(node.function)
        if node.primes:
            yield Call(name, node.arguments, node.primes - 1), f"a prime of {word} is too much"
        else:
            yield Call(name, node.arguments, 1), f"{word} stands where its derivative {word}' should"


def _unwrapped(node: Formula) -> Iterator[tuple[Formula, str]]:
    if isinstance(node, Call) and len(node.arguments) == 1 and not node.primes:
        yield Grouping(node.arguments[0]), f"the function {_word(node.function)} is too much"


def _word(name: str) -> str:
    """How people write a function."""
    return "σ" if name == "sigmoid" else name
