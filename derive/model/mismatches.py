"""Why arrays do not fit: the operation, the shapes, and the two sizes that differ."""

from __future__ import annotations

from collections.abc import Collection

from derive.errors import FormulaError
from derive.formula import (
    Along,
    Call,
    Elementwise,
    Formula,
    MatrixProduct,
    Name,
    Product,
    Reduction,
    Sum,
    Transpose,
)
from derive.model.arrays import Components
from derive.model.operations import parts
from derive.model.parsing import first_place
from derive.model.shape import KEPT, Axis, Shape, same, told
from derive.model.statements import Statement
from derive.model.wording import KINDS, Wording, unsigned

Operand = tuple[Formula, Shape]


class Mismatches:
    """Refusals in one equation."""

    def __init__(self, statement: Statement) -> None:
        self.words = Wording(statement)

    def elementwise(self, formula: Formula, one: Operand, other: Operand) -> FormulaError:
        """Two parts that meet component by component have axes that differ."""
        (left, left_shape), (right, right_shape) = one, other
        pairs = zip(left_shape[::-1], right_shape[::-1], strict=False)
        differing = next(pair for pair in pairs if KEPT not in pair and not same(*pair))
        at, length = self.words.sign(formula, left, right)
        chain = isinstance(formula, Sum | Product | Elementwise)
        pair = formula.with_children((left, right)) if chain else formula
        reason = self._differ(pair, (one, other), differing)
        return FormulaError(reason, at, length, self._meeting(formula, one, other))

    def _differ(self, formula: Formula, operands: tuple[Operand, ...], differing: tuple[Axis, Axis]) -> str:
        having = " and ".join(self.words.has(*operand) for operand in operands)
        return f"{self.words.whole(formula)}: {having}: {differing[0]} and {differing[1]} differ"

    def _meeting(self, formula: Formula, one: Operand, other: Operand) -> str | None:
        """What to write where arrays were to meet along other axes than the last."""
        for (part, shape), (whole, axes) in ((one, other), (other, one)):
            part = unsigned(part)
            if isinstance(part, Reduction | Along) and len(shape) < len(axes):
                return f"Write {self.words.spelled(part).removesuffix(')')}, keepdims=True)."
            rows = len(shape) == 1 and len(axes) == 2 and _known(shape[0], axes[0])
            if rows and isinstance(part, Name):
                hint = f"{part.name} meets the last axis. For a value in each row, write components:"
                return f"{hint} {_element(whole)} and {part.name}[i]."
            bare = part.operand if isinstance(part, Transpose) else part
            if isinstance(bare, Name) and 1 in shape[-2:] and len(shape) >= max(len(axes), 2):
                if bare is part and len(axes) == 2 and shape[1] == 1 and not _known(shape[0], axes[1]):
                    size = f'"{shape[0]}"' if isinstance(shape[0], str) else shape[0]
                    hint = f"Declare {bare.name} = [{size}], and for a value in each row write components:"
                    return f"{hint} {_element(whole)} and {bare.name}[i]."
                return f"Declare {bare.name} without the axis of size 1."
        left, right = one[1], other[1]
        if (
            isinstance(formula, Product)
            and self.words.statement.form == "plain"
            and left
            and right
            and _known(left[-1], right[0])
        ):
            return "* multiplies number by number: write @ for a product of matrices."
        if len(left) == len(right) == 2 and left == right[::-1]:
            return f"Did you mean {self.words.transposed(other[0])}?"
        return self._needed(one, other) or self._needed(other, one)

    def _needed(self, named: Operand, whole: Operand) -> str | None:
        """The shape that a quantity needs beside what is computed, or beside what has more axes."""
        (part, shape), (other, axes) = named, whole
        part, other = unsigned(part), unsigned(other)
        if not isinstance(part, Name) or len(shape) > len(axes) or None in axes:
            return None
        if isinstance(other, Name) and len(shape) == len(axes):
            return None
        needed = told(axes[len(axes) - len(shape) :])
        meeting = "the last axis" if len(shape) == 1 < len(axes) else self.words.spelled(other)
        return f"{part.name} meets {meeting}, and so needs the shape {needed}."

    def operation(
        self, formula: MatrixProduct | Call, shapes: tuple[Shape, ...], differing: tuple[Axis, Axis] | None
    ) -> FormulaError:
        """The axes along which an operation works differ in size; None: those in front of them do."""
        name, arguments, at = parts(formula)
        length = len(name)
        operands = tuple(zip(arguments, shapes, strict=False))
        if len(operands) == 1:
            having = self.words.has(*operands[0])
            reason = f"{self.words.whole(formula)}: {having}, which is not square"
            return FormulaError(reason, at, length)
        if isinstance(formula, MatrixProduct):
            at, length = self.words.sign(formula, *arguments[:2])
        reason = self._differ(formula, operands, differing or _first_difference(shapes))
        return FormulaError(reason, at, length, self._fitting(formula, shapes))

    def _fitting(self, formula: MatrixProduct | Call, shapes: tuple[Shape, ...]) -> str | None:
        """The product that fits: with a matrix transposed, or with the factors exchanged."""
        if not isinstance(formula, MatrixProduct) or any(not 0 < len(shape) < 3 for shape in shapes):
            return None
        (one, other), (left, right) = formula.factors, shapes
        factors = None
        if _known(left[-1], right[-1]) and len(right) == 2:
            factors = self.words.operand(one), self.words.transposed(other)
        elif _known(left[0], right[0]) and len(left) == 2:
            factors = self.words.transposed(one), self.words.operand(other)
        elif _known(left[0], right[-1]):
            factors = self.words.operand(other), self.words.operand(one)
        return f"Did you mean {self.words.product(*factors)}?" if factors else None

    def unfit(
        self,
        formula: MatrixProduct | Call,
        shapes: tuple[Shape, ...],
        rows: tuple[Components, ...],
        known: Collection[str],
    ) -> FormulaError:
        """Arguments that no row of an operation takes; `known` are names whose shape something tells."""
        name, arguments, at = parts(formula)
        length = len(name)
        if len(rows[0].parameters) != len(arguments):
            count = len(rows[0].parameters)
            word = "argument" if count == 1 else "arguments"
            return FormulaError(f"{name} takes {count} {word}, not {len(arguments)}", at, length)
        if isinstance(formula, MatrixProduct):
            at, length = self.words.sign(formula, *arguments[:2])
        having = " and ".join(map(self.words.has, arguments, shapes))
        wanted = "no numbers" if name == "@" else _wanted(rows)
        reason = f"{self.words.whole(formula)}: {having}; {name} takes {wanted}"
        undeclared = [each.name for each in arguments if isinstance(each, Name) and each.name not in known]
        return FormulaError(reason, at, length, _declaring(undeclared, rows))

    def transposed(self, formula: Transpose, shape: Shape) -> FormulaError:
        """.T of an array of three axes or more, of which NumPy reverses all."""
        operand = formula.operand
        reason = f"{self.words.has(operand, shape)}: .T takes a matrix"
        suggestion = "Write components with indices instead, such as K[n,j,i]."
        return FormulaError(reason, first_place(operand) or 0, len(self.words.operand(operand)), suggestion)


def _element(whole: Formula) -> str:
    """The component of a matrix in row i and column j: sum(U[i,k]*V[j,k], k) of U @ V.T."""
    match whole:
        case MatrixProduct((one, other)) if (left := _at(one, "i", "k")) and (right := _at(other, "k", "j")):
            return f"sum({left}*{right}, k)"
    return _at(whole, "i", "j") or "Z[i,j]"


def _at(matrix: Formula, row: str, column: str) -> str | None:
    match matrix:
        case Name(name):
            return f"{name}[{row},{column}]"
        case Transpose(Name(name)):
            return f"{name}[{column},{row}]"
    return None


def _wanted(rows: tuple[Components, ...]) -> str:
    """What the arguments of an operation are."""
    ranks = sorted({rank for row in rows for rank in row.ranks})
    if len(rows[0].ranks) > 1 and len(ranks) == 1:
        return ("numbers", "vectors", "matrices")[ranks[0]]
    return " or ".join(KINDS[rank] for rank in ranks if rank < len(KINDS))


def _declaring(names: list[str], rows: tuple[Components, ...]) -> str | None:
    """How a name is declared that counts as a number, since nothing tells its shape."""
    if not names:
        return None
    matrix = all(row.ranks[0] > 1 for row in rows) or (len(names) > 1 and len(rows) > 1)
    shape = '["m", "n"]' if matrix else '["n"]'
    return f"If {names[0]} is no number, declare its shape: shapes = {{{names[0]} = {shape}}}."


def _known(one: Axis, other: Axis) -> bool:
    return one is not None and one == other


def _first_difference(shapes: tuple[Shape, ...]) -> tuple[Axis, Axis]:
    one, *others = shapes
    pairs = ((a, b) for other in others for a, b in zip(one, other, strict=False) if not same(a, b))
    return next(pairs)
