"""What an operation on arrays is made of: its arguments, the axes it runs over, and why none fits."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from derive.errors import FormulaError
from derive.formula import (
    Call,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Number,
    Quotient,
    Reduction,
    Transpose,
    Vector,
    plus,
    replace,
    walk,
)
from derive.model.arrays import Components
from derive.model.parsing import first_place


def parts(formula: MatrixProduct | Call) -> tuple[str, tuple[Formula, ...], int]:
    """What an operation is called, its arguments, and where it stands."""
    if isinstance(formula, Call):
        return formula.function, formula.arguments, formula.at or 0
    return "@", formula.factors, first_place(formula) or 0


def by_components(parameters: tuple[str, ...], body: Formula | None, vectors: Collection[str]) -> Components:
    """A function as an operation: the ranks are those of the components in its definition."""
    assert body is not None
    ranks = {node.name: len(node.indices) for node in walk(body) if isinstance(node, Indexed)}
    wanted = tuple(ranks.get(each, 0) if each in vectors else 0 for each in parameters)
    return Components(parameters, wanted, (), body)


def counts(row: Components, given: Mapping[str, Formula]) -> dict[str, int]:
    """The lengths of lists of components, by the letter of the definition that runs over them."""
    found: dict[str, int] = {}
    for node in walk(row.definition):
        if isinstance(node, Indexed) and node.name in given:
            listed = given[node.name]
            while isinstance(listed, Grouping | Transpose):
                (listed,) = listed.children
            first = node.indices[0]
            if isinstance(listed, Vector) and isinstance(first, Name):
                count = len(listed.elements)
                if found.setdefault(first.name, count) != count:
                    reason = f"lists of {found[first.name]} and {count} components"
                    raise FormulaError(reason, first_place(listed) or 0)
    return found


def spread(node: Reduction, letter: str, count: int) -> Formula:
    """A sum over a list, term by term."""
    terms = (replace(node.body, {Name(letter): Number(str(at))}) for at in range(count))
    total = plus(*terms)
    return Quotient(total, Number(str(count))) if node.kind == "mean" else total


def axes(name: str, written: tuple[int, ...] | None, rank: int, at: int | None) -> tuple[int, ...]:
    """The axes that a reduction, or a function of arrays, runs over: all of them where none is named."""
    if written is None:
        return tuple(range(rank))
    found = tuple(axis + rank if axis < 0 else axis for axis in written)
    for axis, spelled in zip(found, written, strict=True):
        if not 0 <= axis < rank or found.count(axis) > 1:
            many = "1 axis" if rank == 1 else f"{rank} axes"
            twice = found.count(axis) > 1
            there = f"there is no axis {spelled}: what stands here has {many}"
            reason = f"axis {axis} stands twice" if twice else there
            raise FormulaError(reason, at or 0, len(name), None if twice else "The first axis is 0.")
    return found
