"""Components collected: the whole array in matrix notation, where there is such a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.equation import Term
from derive.formula import (
    ONE,
    Call,
    Derivative,
    Elementwise,
    ElementwiseCall,
    ElementwisePower,
    Formula,
    Grouping,
    Indexed,
    Ones,
    Product,
    Quotient,
    rewrite,
    times,
    walk,
)
from derive.matrix import matrix_form
from derive.walkthrough.story import Story
from derive.walkthrough.symbols import KRONECKER

# The matrix of Kronecker's δ.
IDENTITY = "I"


def collected(
    terms: Sequence[Term], indices: tuple[str, ...], story: Story, front: Formula = ONE
) -> Formula | None:
    """The array whose component at the indices is the sum of the terms, times the `front`.

    None where it stays in index form: a scalar has no components to be collected, a model written with
    indices stays so, and some arrays have no matrix form, or none that is easier to read.
    """
    if not story.in_matrices or not indices or any(term.guards for term in terms):
        return None
    if any(isinstance(node, Indexed) for node in walk(front)):
        return None
    if IDENTITY in story.graph.shapes:
        return None
    unit = tuple(replace(term, body=rewrite(term.body, _with_identity)) for term in terms)
    found = matrix_form(unit, indices, {**story.ranks, IDENTITY: 2})
    if found is None or not is_readable(found):
        return None
    found = rewrite(rewrite(found, _with_adjoints_first), _with_low_fractions)
    return found if front == ONE else times(front, found)


def _with_identity(node: Formula) -> Formula:
    """Kronecker's δ as a component of a matrix; what is proved of any matrix holds for it."""
    return replace(node, name=IDENTITY) if isinstance(node, Indexed) and node.name == KRONECKER else node


def is_readable(form: Formula) -> bool:
    """Whether a matrix form is as easy to read as its components.

    It is not where diagonals stand within diagonals, or where vectors of ones fill up the matrix that a
    function is taken of.
    """
    pointwise = [node for node in walk(form) if isinstance(node, ElementwiseCall | ElementwisePower)]
    if any(isinstance(inner, Ones) for node in pointwise for inner in walk(node)):
        return False
    diagonals = [node for node in walk(form) if isinstance(node, Call) and node.function == "diag"]
    return all(inner is outer or inner not in walk(outer) for outer in diagonals for inner in diagonals)


def _with_adjoints_first(node: Formula) -> Formula:
    """A product component by component with what comes from the loss before the rest."""
    if not isinstance(node, Elementwise):
        return node
    return Elementwise(tuple(sorted(node.factors, key=lambda factor: not _has_derivative(factor))))


def _with_low_fractions(node: Formula) -> Formula:
    """A number with a derivative in it times the fraction before it: no fraction stands in a fraction."""
    match node:
        case Product((Quotient(numerator, denominator), *others)) if _has_derivative(numerator):
            return times(Quotient(ONE, denominator), Grouping(numerator), *others)
    return node


def _has_derivative(formula: Formula) -> bool:
    return any(isinstance(node, Derivative) for node in walk(formula))
