"""What a whole text shows of the layout of its derivatives by matrices, before the first one is judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from derive.check.assertions import Assertion
from derive.check.axes import ShapeError, Shapes, is_gradient
from derive.check.gradient_names import GradientNames
from derive.check.layouts import Layout
from derive.check.passages import Passage
from derive.check.ranks import COLUMN, MATRIX, SCALAR, Ranks
from derive.expression import MeaningError
from derive.formula import Derivative, Formula, Indexed, Name, Sum, Transpose, walk

Said = Sequence[tuple[Passage, Sequence[Assertion]]]

_COLUMNS = "writes the derivative by a vector as a column"
_ERRORS = "has the error of a layer as a column"
_STEPS = "adds the derivative by a matrix to that matrix"
_NAMES = "calls the derivative by W dW, which has the shape of W"
_ERROR = "delta"


@dataclass(frozen=True, slots=True)
class _Shown:
    """What one formula shows: in words, whether that speaks for gradients of the shape of their matrix."""

    line: int
    words: str
    speaks_for: bool = True


def show(said: Said, ranks: Mapping[int, Ranks | None], layout: Layout, gradients: GradientNames) -> None:
    """Settle that the derivative by a matrix has its shape, where all that the text shows speaks for it.

    Where derivatives by vectors are columns, so are the rows and columns of those by matrices kept: a text
    that has one of them turned round has it wrong.
    """
    if layout.flat is not None or layout.varies:
        return
    found = [*_all(said, ranks), *_names(said, gradients)]
    if found and all(each.speaks_for for each in found):
        layout.flat = False
        layout.settled["flat"] = found[0].line
        layout.words["flat"] = found[0].words


def _names(said: Said, gradients: GradientNames) -> Iterator[_Shown]:
    for passage, found in said:
        heads = (each.sides[0].formula for each in found if each.sides)
        if any(isinstance(each, Name | Indexed) and gradients.is_one(each.name) for each in heads):
            yield _Shown(passage.line, _NAMES)


def _all(said: Said, ranks: Mapping[int, Ranks | None]) -> Iterator[_Shown]:
    for passage, found in said:
        known = ranks.get(passage.section)
        if known is None or known.unclear:
            continue
        for each in found:
            sides = [side.formula for side in each.sides]
            yield from (_Shown(passage.line, *shown) for shown in _by_sides(sides, known))


def _by_sides(sides: Sequence[Formula], known: Ranks) -> Iterator[tuple[str, bool]]:
    column, row = Shapes(known), Shapes(known, rows=True)
    if any(_is_turned(node, column) for side in sides for node in walk(side)):
        yield _COLUMNS, False
    if any(_is_step(node, column) for side in sides for node in walk(side)):
        yield _STEPS, True
    for pair in pairwise(sides):
        if any(_is_slope(each, column) for each in pair):
            fits = _fit(pair, column), _fit(pair, row)
            if fits[0] != fits[1] and not any(isinstance(each, Name | Indexed) for each in pair):
                yield _COLUMNS, fits[0]
        elif _is_error(pair, column):
            yield _ERRORS, True


def _axes(formula: Formula, shapes: Shapes) -> tuple[bool, bool] | None:
    try:
        return shapes.axes(formula)
    except (MeaningError, ShapeError):
        return None


def _is_slope(formula: Formula, shapes: Shapes) -> bool:
    """Whether it is the derivative of a number by a vector, without ∇, which is a column everywhere."""
    if not isinstance(formula, Derivative) or is_gradient(formula):
        return False
    return _axes(formula.of, shapes) == SCALAR and _axes(formula.wrt, shapes) == COLUMN


def _fit(pair: Iterable[Formula], shapes: Shapes) -> bool:
    one, other = (_axes(each, shapes) for each in pair)
    return one is not None and one == other


def _is_turned(node: Formula, shapes: Shapes) -> bool:
    """Whether a text turns derivatives round, as one must whose derivatives by vectors are rows."""
    return isinstance(node, Transpose) and _is_slope(node.operand, shapes)


def _is_step(node: Formula, shapes: Shapes) -> bool:
    """Whether a step is taken from a matrix: W - η ∂L/∂W."""
    if not isinstance(node, Sum):
        return False
    matrices = [
        each for each in node.terms if isinstance(each, Name | Indexed) and _axes(each, shapes) == MATRIX
    ]
    turned = any(isinstance(each, Transpose) for each in walk(node))
    slopes = [each for each in walk(node) if isinstance(each, Derivative) and not is_gradient(each)]
    return not turned and any(each.wrt in matrices for each in slopes)


def _is_error(pair: tuple[Formula, Formula], shapes: Shapes) -> bool:
    """Whether the text says how an error δ of a layer is worked out, and that is a column."""
    head, body = pair
    if not isinstance(head, Name | Indexed) or not head.name.startswith(_ERROR):
        return False
    plain = not any(isinstance(each, Derivative) for each in walk(body))
    return plain and not isinstance(body, Name | Indexed) and _axes(body, shapes) == COLUMN
