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
    Vector,
    plus,
    replace,
    walk,
)
from derive.model.arrays import Components
from derive.model.parsing import first_place
from derive.notation import plain


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
        if isinstance(node, Indexed) and isinstance(given.get(node.name), Vector | Grouping):
            listed = given[node.name]
            listed = listed.inner if isinstance(listed, Grouping) else listed
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


def axes(formula: Reduction, rank: int) -> tuple[int, ...]:
    """The axes that a reduction without index letters runs over."""
    if formula.axis is None:
        return tuple(range(rank))
    found = tuple(axis + rank if axis < 0 else axis for axis in formula.axis)
    for axis, written in zip(found, formula.axis, strict=True):
        if not 0 <= axis < rank or found.count(axis) > 1:
            many = "1 axis" if rank == 1 else f"{rank} axes"
            twice = found.count(axis) > 1
            there = f"there is no axis {written}: what stands here has {many}"
            reason = f"axis {written} stands twice" if twice else there
            raise FormulaError(reason, formula.at or 0, len(formula.kind), "The first axis is 0.")
    return found


_KINDS = ("a number", "a vector", "a matrix")


def _kind(rank: int) -> str:
    return _KINDS[rank] if rank < len(_KINDS) else f"an array of {rank} axes"


def unfit(
    name: str, arguments: tuple[Formula, ...], ranks: tuple[int, ...], rows: tuple[Components, ...], at: int
) -> FormulaError:
    """Why no row of an operation fits its arguments."""
    spelled = [text if len(text := plain(argument)) <= 40 else "this" for argument in arguments]
    told = [f"{word} is {_kind(rank)}" for word, rank in zip(spelled, ranks, strict=True)]
    suggestion = None
    numbers = [a.name for a, rank in zip(arguments, ranks, strict=True) if isinstance(a, Name) and rank == 0]
    if len(rows) and len(rows[0].parameters) != len(arguments):
        word = "argument" if len(rows[0].parameters) == 1 else "arguments"
        reason = f"{name} takes {len(rows[0].parameters)} {word}, not {len(arguments)}"
    elif numbers:
        shape = '["m", "n"]' if name == "@" and len(numbers) > 1 else '["n"]'
        suggestion = f"If {numbers[0]} is no number, declare its shape: shapes = {{{numbers[0]} = {shape}}}."
        reason = f"{name} takes no numbers: {', '.join(told)}"
    else:
        reason = f"{name} does not fit: {', '.join(told)}"
    word_length = 1 if name == "@" else len(name)
    return FormulaError(reason, at, word_length, suggestion)
