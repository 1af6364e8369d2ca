"""The distinct parts of an expression: a part that occurs many times is visited once."""

from __future__ import annotations

from sympy import Basic, Symbol


def parts(expression: Basic) -> dict[Basic, None]:
    """All distinct parts, in a fixed order. SymPy's own walks take time exponential in nested repetition."""
    found: dict[Basic, None] = {}
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if part not in found:
            found[part] = None
            waiting.extend(part.args)
    return found


def symbols(expression: Basic) -> set[Symbol]:
    """The symbols that occur, index letters among them."""
    return {part for part in parts(expression) if part.is_Symbol}


def is_constant(expression: Basic) -> bool:
    """Whether no symbol occurs."""
    found: set[Basic] = set()
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if part.is_Symbol:
            return False
        if part not in found:
            found.add(part)
            waiting.extend(part.args)
    return True


def contains(expression: Basic, *kinds: type) -> bool:
    """Whether a part of one of the kinds occurs."""
    return any(isinstance(part, kinds) for part in parts(expression))
