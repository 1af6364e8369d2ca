"""Heavy parts of two forms under names: what holds whatever they are holds for them.

A function of index letters becomes a component of a quantity with those letters, the same quantity for
functions that differ in their letters only. A part that a pending derivative moves keeps its form.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from derive.formula import (
    Call,
    Cases,
    Derivative,
    Formula,
    Indexed,
    Name,
    Power,
    Reduction,
    walk,
)
from derive.indices import renamed
from derive.tidy import rational

Pair = tuple[Formula, Formula]


def with_heavy_parts_named(left: Formula, right: Formula, own: Collection[str] = ()) -> Pair:
    """The pair with functions, case distinctions and powers under names, where no derivative moves them.

    The model's `own` functions may read more than their arguments, so a derivative may move any of them.
    """
    moved = frozenset(
        wrt.name
        for side in (left, right)
        for node in walk(side)
        if isinstance(node, Derivative) and node.applied and isinstance(wrt := node.wrt, Name | Indexed)
    )
    naming = _Naming(frozenset(_letters(left, right)), moved, own if moved else ())
    return naming.named(left), naming.named(right)


def _letters(*sides: Formula) -> Iterator[str]:
    """The index letters of the forms."""
    for side in sides:
        for node in walk(side):
            if isinstance(node, Indexed):
                yield from (each.name for at in node.indices for each in walk(at) if isinstance(each, Name))
            elif isinstance(node, Reduction):
                yield from (bound.name for bound in node.bounds)


class _Naming:
    """Names for parts, the same for parts that are alike but for their letters."""

    def __init__(self, letters: Collection[str], moved: Collection[str], own: Collection[str]) -> None:
        self.letters = letters
        self.moved = moved
        self.own = own
        self.names: dict[Formula, str] = {}

    def named(self, formula: Formula) -> Formula:
        """The formula with its outermost heavy parts named."""
        if self._is_heavy(formula) and not self._moves(formula):
            return self._name(formula)
        children = formula.children
        if not children or isinstance(formula, Indexed):
            return formula
        if isinstance(formula, Derivative) and not formula.applied:
            return formula
        if isinstance(formula, Derivative):
            return Derivative(self.named(formula.of), formula.wrt, formula.total, formula.applied)
        return formula.with_children(tuple(map(self.named, children)))

    def _is_heavy(self, node: Formula) -> bool:
        match node:
            case Call() | Cases():
                return True
            case Power(exponent=exponent):
                return rational(exponent) is None
            case Reduction(kind=kind):
                return kind != "sum"
        return False

    def _moves(self, part: Formula) -> bool:
        return any(
            (isinstance(node, Name | Indexed) and node.name in self.moved)
            or (isinstance(node, Call) and node.function in self.own)
            or isinstance(node, Derivative)
            for node in walk(part)
        )

    def _name(self, part: Formula) -> Formula:
        own = tuple(dict.fromkeys(_free(part, frozenset(), self.letters)))
        form = renamed(part, {letter: Name(f"{at}") for at, letter in enumerate(own)})
        name = self.names.setdefault(form, f"part {len(self.names)}")
        return Indexed(name, tuple(map(Name, own))) if own else Name(name)


def _free(node: Formula, bound: frozenset[str], letters: Collection[str]) -> Iterator[str]:
    """The index letters that a part reads from outside, in reading order."""
    if isinstance(node, Name):
        if node.name in letters and node.name not in bound:
            yield node.name
        return
    if isinstance(node, Reduction):
        bound = bound | {each.name for each in node.bounds}
    for child in node.children:
        yield from _free(child, bound, letters)
