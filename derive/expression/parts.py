"""The distinct parts of an expression: a part that occurs many times is visited once."""

from __future__ import annotations

from collections.abc import KeysView

from sympy import Basic, Symbol

from derive.effort import spend

# The parts of small expressions are kept, of so many at once: the same one is asked about again and again.
_SMALL, _MOST_KEPT = 200, 5_000
_kept: dict[Basic, dict[Basic, None]] = {}
_symbols_kept: dict[Basic, KeysView[Symbol]] = {}


def parts(expression: Basic) -> dict[Basic, None]:
    """All distinct parts, in a fixed order. SymPy's own walks take time exponential in nested repetition."""
    found = _kept.get(expression)
    if found is None:
        found = _parts(expression)
        if len(found) <= _SMALL:
            if len(_kept) >= _MOST_KEPT:
                _kept.clear()
                _symbols_kept.clear()
            _kept[expression] = found
    spend(len(found))
    return found


def _parts(expression: Basic) -> dict[Basic, None]:
    found: dict[Basic, None] = {}
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if part not in found:
            found[part] = None
            waiting.extend(part.args)
    return found


def symbols(expression: Basic) -> KeysView[Symbol]:
    """The symbols that occur, index letters among them, in a fixed order."""
    inside = parts(expression)
    found = _symbols_kept.get(expression)
    if found is None:
        found = dict.fromkeys(part for part in inside if part.is_Symbol).keys()
        if expression in _kept:
            _symbols_kept[expression] = found
    return found


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


def written_out(expression: Basic, most: int) -> int:
    """How many parts stand there where all are written out, each as often as it occurs; `most` is enough.

    SymPy compares expressions part by part: what is short only because its parts are shared takes for ever.
    """
    sizes: dict[Basic, int] = {}
    waiting: list[tuple[Basic, bool]] = [(expression, False)]
    while waiting:
        part, counted = waiting.pop()
        if counted:
            sizes[part] = min(most, 1 + sum(sizes[each] for each in part.args))
        elif part not in sizes:
            waiting.append((part, True))
            waiting.extend((each, False) for each in part.args if each not in sizes)
    spend(len(sizes))
    return sizes[expression]
