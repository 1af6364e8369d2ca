"""Evaluation of equations in order: exact while values are rational, then known to any precision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from types import MappingProxyType
from typing import TypeAlias

from derive.equation import Equation
from derive.errors import DeriveError, ModelError, printable
from derive.evaluate.extents import extent
from derive.evaluate.primitives import CONSTANTS
from derive.evaluate.quantities import Array, axes_of, lengths, name_of, quantities
from derive.evaluate.real import Real, ValueFault, exact
from derive.evaluate.scope import Scope
from derive.formula import read
from derive.model.model import Size
from derive.rules import NO_FUNCTIONS, Functions

# What may be given as a value; decimals, floats among them, are the rationals that they spell.
Given: TypeAlias = "Real | Fraction | Decimal | int | float | Sequence[Given]"
Shapes: TypeAlias = Mapping[str, tuple[Size, ...]]

# Values are known to so many significant digits.
DIGITS = 50
NO_SHAPES: Shapes = MappingProxyType({})


def evaluate(
    equations: Sequence[Equation],
    values: Mapping[str, Given],
    *,
    functions: Functions = NO_FUNCTIONS,
    shapes: Shapes = NO_SHAPES,
    digits: int = DIGITS,
) -> dict[str, Array]:
    """The values of the inputs and of every equation's target, known to `digits` digits, more on demand.

    Numbers are Reals, arrays nested tuples of them. `shapes` tells the sizes that have a name. The value of
    a derivative of quantities stands under its key, `∂L/∂w`. Raises ModelError, with the place of the
    equation and the reason, where one cannot be evaluated.
    """
    scope = Scope({name: array(value, name) for name, value in values.items()}, functions)
    _name_sizes(scope, shapes)
    _check_inputs(equations, scope, shapes)
    for each in equations:
        try:
            scope.values[each.target] = _target(each, scope, shapes, digits)
        except ModelError:
            raise
        except DeriveError as fault:
            raise _refusal(each, (), fault) from None
        _name_sizes(scope, shapes)
    return scope.values


def array(value: Given, name: str) -> Array:
    """A given value as numbers to reckon with; raises ModelError for anything else."""
    if isinstance(value, Real | Fraction | int):
        return exact(value)
    if isinstance(value, float | Decimal) and isfinite(value):
        return exact(Fraction(str(value)))
    tolist = getattr(value, "tolist", None)  # an array of NumPy, or a number of its
    if tolist is not None:
        return array(tolist(), name)
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ModelError(f"the value of {printable(name)} is no number: {printable(str(value))}")
    parts = tuple(array(part, name) for part in value)
    if len({lengths(part) for part in parts}) > 1:
        raise ModelError(f"the rows of {printable(name)} have different lengths")
    return parts


def _name_sizes(scope: Scope, shapes: Shapes) -> None:
    """Give the sizes that have a name the lengths of the arrays at hand."""
    for name, sizes in shapes.items():
        for size, length in zip(sizes, axes_of(name, scope.values) or (), strict=False):
            if isinstance(size, str) and size.isidentifier():
                scope.values.setdefault(size, exact(length))


def _check_inputs(equations: Sequence[Equation], scope: Scope, shapes: Shapes) -> None:
    """Refuse at once, and all together, the names that have no value."""
    known = {*scope.values, *CONSTANTS, *(size for sizes in shapes.values() for size in sizes)}
    known.update(each.target for each in equations)
    read_by = (name_of(node) for each in equations for node in quantities(each.formula) if _free(node, each))
    missing = [name for name in dict.fromkeys(read_by) if name not in known]
    if missing:
        raise ModelError(f"there is no value for {', '.join(map(printable, missing))}")


def _free(node: object, equation: Equation) -> bool:
    return getattr(node, "name", None) not in equation.indices


def _target(equation: Equation, scope: Scope, shapes: Shapes, digits: int) -> Array:
    """The value of the right side, nested by the indices of the equation."""
    sizes = [_size(equation, axis, scope, shapes) for axis in range(len(equation.indices))]
    return _nested(equation, sizes, {}, scope, digits)


def _nested(
    equation: Equation, sizes: Sequence[int], letters: dict[str, int], scope: Scope, digits: int
) -> Array:
    depth = len(letters)
    if depth < len(sizes):
        letter = equation.indices[depth]
        return tuple(
            _nested(equation, sizes, {**letters, letter: at}, scope, digits) for at in range(sizes[depth])
        )
    try:
        value = scope.value(equation.formula, letters)
        value.check()
        value.known(digits)
    except ValueFault as fault:
        raise _refusal(equation, tuple(letters.values()), fault) from None
    return value


def _refusal(equation: Equation, at: tuple[int, ...], fault: DeriveError) -> ModelError:
    where = f"[{','.join(map(str, at))}]" if at else ""
    return ModelError(f"{printable(equation.target)}{where} cannot be evaluated: {fault}", equation.place)


def _size(equation: Equation, axis: int, scope: Scope, shapes: Shapes) -> int:
    """The number of values of an index of the target: as declared, or read off what it runs over."""
    letter = equation.indices[axis]
    declared = _declared(equation.target, axis, scope, shapes)
    found = extent(letter, equation.formula, scope.values, fit=declared is None)
    if declared is not None and found is not None and found != declared:
        raise ValueFault(f"its index {letter} takes {declared} values and runs over {found}")
    size = found if declared is None else declared
    if size is None:
        raise ValueFault(f"the size of its index {letter} is not known")
    return size


def _declared(target: str, axis: int, scope: Scope, shapes: Shapes) -> int | None:
    """The size of an axis as declared; of a derivative that of its quantity; None where nothing tells."""
    axes = shapes.get(target) or axes_of(target, scope.values)
    if axes is None or axis >= len(axes):
        return None
    size = axes[axis]
    if isinstance(size, int):
        return size
    try:
        value = scope.value(read(size)).rational
    except DeriveError:
        return None  # made of sizes that are not known yet
    return int(value.p) if value is not None and value.q == 1 else None
