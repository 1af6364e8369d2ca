"""What the author wrote in matrix notation, with a sign of its own for what acts component by component."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.equation import Equation
from derive.formula import (
    Call,
    Elementwise,
    ElementwiseCall,
    ElementwisePower,
    Formula,
    Indexed,
    MatrixProduct,
    Name,
    Power,
    Product,
    Quotient,
    Reduction,
    Sum,
    Transpose,
    replace,
    rewrite,
    times,
    walk,
)
from derive.losses import Loss, loss
from derive.matrix.algebra import chain, transposed
from derive.walkthrough.tree import Line

# Functions of whole arrays: they keep their name and need no sign.
_WHOLE = frozenset(("softmax", "dot", "outer", "norm", "trace", "diag"))


def as_written(equation: Equation, ranks: Mapping[str, int]) -> Line:
    """An equation as the author wrote it."""
    if equation.written is not None:
        return Line(Name(equation.target), in_signs(equation.written, ranks))
    return Line(equation.left, equation.formula)


def in_signs(formula: Formula, ranks: Mapping[str, int]) -> Formula:
    """The formula with ⊙ between arrays, powers and functions of arrays as such, and losses written out."""

    def change(node: Formula) -> Formula:
        match node:
            case Call(function, arguments, 0) if (row := loss(function)) is not None:
                return in_signs(_defined(row, arguments), ranks)
            case Product(factors):
                arrays = tuple(each for each in factors if rank(each, ranks))
                if len(arrays) < 2:
                    return node
                numbers = tuple(each for each in factors if not rank(each, ranks))
                return times(*numbers, Elementwise(arrays))
            case Transpose(operand) if rank(operand, ranks) == 1:
                return operand
            case MatrixProduct(factors):
                return with_columns(factors, [rank(each, ranks) for each in factors])
            case Power(base, exponent) if rank(base, ranks):
                return ElementwisePower(base, exponent)
            case Call(function, arguments, primes) if (
                type(node) is Call and function not in _WHOLE and len(arguments) == 1
            ):
                return ElementwiseCall(function, arguments, primes) if rank(arguments[0], ranks) else node
        return node

    return rewrite(formula, change)


def with_columns(factors: Sequence[Formula], ranks: Sequence[int]) -> Formula:
    """A product as NumPy reads it, its vectors columns: x @ A @ x is xᵀAx, and x @ A is Aᵀx."""
    if 1 not in ranks or not set(ranks) <= {1, 2}:
        return MatrixProduct(tuple(factors))
    after = ranks.index(1) + 1
    vector, rest = chain(*factors[:after]), factors[after:]
    if 1 in ranks[after:]:
        return chain(transposed(vector), *rest)
    return chain(*map(transposed, reversed(rest)), vector)


def _defined(row: Loss, arguments: tuple[Formula, ...]) -> Formula:
    """What a call of a loss stands for."""
    given = row.function.complete(arguments)
    return replace(row.whole(), dict(zip(map(Name, row.parameters), given, strict=True)))


def rank(formula: Formula, ranks: Mapping[str, int]) -> int:
    """How many axes what the author wrote has; broadcasting is by the last axes."""
    match formula:
        case Name(name):
            return ranks.get(name, 0)
        case Indexed() | Reduction(axis=None):
            return 0
        case Reduction(body=body, axis=axis):
            return max(rank(body, ranks) - len(axis or ()), 0)
        case MatrixProduct(factors):
            return max(sum(rank(each, ranks) for each in factors) - 2 * (len(factors) - 1), 0)
        case Call(function="outer"):
            return 2
        case Call(function=function) if function in ("dot", "norm", "trace"):
            return 0
        case Transpose(operand):
            return rank(operand, ranks)
    return max((rank(each, ranks) for each in formula.children), default=0)


def broadcasts(formula: Formula, ranks: Mapping[str, int]) -> bool:
    """Whether a vector stands where a matrix does: beside it in a sum, a product or a fraction."""
    return any(
        {1, 2} <= {rank(each, ranks) for each in node.children}
        for node in walk(formula)
        if isinstance(node, Sum | Elementwise | Quotient)
    )
