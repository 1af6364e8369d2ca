"""Shapes: the sizes of the axes that a formula in matrix notation has, found from those of its names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace as with_fields

from derive.errors import FormulaError, nearest
from derive.formula import (
    Along,
    Call,
    Derivative,
    Formula,
    Indexed,
    MatrixProduct,
    Name,
    Number,
    Ones,
    Reduction,
    Transpose,
    Vector,
    walk,
)
from derive.losses import loss
from derive.model.arrays import ARRAY_FUNCTIONS, Components, matrix_product, rows
from derive.model.definitions import Definitions, component_parameters
from derive.model.mismatches import Mismatches
from derive.model.operations import axes, by_components, parts
from derive.model.parsing import first_place
from derive.model.shape import KEPT, Axis, Shape, joined, same
from derive.model.statements import Statement
from derive.notation import plain

# Longer chains of matrices are nobody's model.
LONGEST_CHAIN = 40


class Shapes:
    """The shapes of names, as far as known, and of formulas of them.

    `statement` holds the equation at hand: faults stand under its signs.
    """

    def __init__(self, known: dict[str, Shape], definitions: Definitions) -> None:
        self.known = known
        self.definitions = definitions
        self.statement = Statement("", "", 1)

    def rank(self, formula: Formula) -> int:
        """The number of indices that the formula has as it stands."""
        return len(self.shape(formula))

    def shape(self, formula: Formula) -> Shape:
        """The sizes of the axes that the formula has as it stands."""
        match formula:
            case Number():
                return ()
            case Indexed(name, indices):
                # X[n] is a row where a shape says so; else an index too few is a slip.
                known = self.known.get(name, ())
                return () if None in known else known[len(indices) :]
            case Ones():
                return (None,)
            case Name(name):
                return self.known.get(name, ())
            case Reduction():
                return self._of_reduction(formula)
            case Along():
                return self._along(formula)
            case Vector(elements):
                return (len(elements), *self._of_elements(elements))
            case Transpose(operand):
                return self._transposed(formula, self.shape(operand))
            case MatrixProduct(factors) if len(factors) > 2:
                return self.shape(self.paired(formula))
            case MatrixProduct():
                return self._of_operation(formula)
            case Call("diag", (vector,)) if self.is_operation(formula) and self.rank(vector) == 1:
                return (*self.shape(vector), *self.shape(vector))
            case Call("ones", sizes) if self.is_operation(formula):
                return tuple(map(_size, sizes))
            case Call() if self.is_operation(formula):
                return self._of_operation(formula)
            case Derivative():
                reason = "a derivative is no part of a model: it is what is derived from it"
                raise FormulaError(reason, first_place(formula) or 0)
        return self._elementwise(formula)

    def _elementwise(self, formula: Formula) -> Shape:
        """The shape of parts that meet component by component, the last axes first."""
        found: Shape = ()
        passed: list[tuple[Formula, Shape]] = []
        for child in formula.children:
            shape = self.shape(child)
            meeting = joined(found, shape)
            if meeting is None:
                other = next(each for each in passed if joined(each[1], shape) is None)
                raise Mismatches(self.statement).elementwise(formula, other, (child, shape))
            found = meeting
            passed.append((child, shape))
        return found

    def _of_elements(self, elements: tuple[Formula, ...]) -> Shape:
        shapes = tuple(map(self.shape, elements))
        if len({len(each) for each in shapes}) > 1:
            raise FormulaError("a list of numbers and of vectors", first_place(elements[0]) or 0)
        return shapes[0]

    def _of_reduction(self, formula: Reduction) -> Shape:
        shape = self.shape(formula.body)
        if formula.bounds:
            if shape and not self.reads_rows(formula.body, {bound.name for bound in formula.bounds}):
                self._refuse_too_few(formula.body)
                bare = self.bare_array(formula.body)
                word = bare.name if bare else formula.kind
                raise FormulaError(
                    f"{word} stands without indices in a {formula.kind} over {formula.bounds[0].name}",
                    (bare.at if bare else formula.at) or 0,
                    len(word),
                    f"Write {word}[…] with the letters.",
                )
            return shape
        if not shape:
            raise self._of_number(formula)
        over = axes(formula.kind, formula.axis, len(shape), formula.at)
        return tuple(size for axis, size in enumerate(shape) if axis not in over)

    def _refuse_too_few(self, body: Formula) -> None:
        """Refuse a component with fewer indices than its array has axes."""
        for node in walk(body):
            if isinstance(node, Indexed):
                here, axes_of = len(node.indices), len(self.known.get(node.name, ()))
                if here < axes_of:
                    word = "index" if here == 1 else "indices"
                    reason = f"{node.name} has {here} {word} here and {axes_of} in shapes"
                    raise FormulaError(reason, node.at or 0, len(node.name))

    def _slip(self, body: Formula) -> tuple[Name, str] | None:
        """A number in the formula that is probably a slip of an array's name, and that name."""
        arrays = [name for name, shape in self.known.items() if shape]
        for node in walk(body):
            if isinstance(node, Name) and arrays:
                alike = (each for each in arrays if set(each) == set(node.name))
                found = nearest(node.name, arrays) or next(alike, None)
                if found is not None:
                    return node, found
        return None

    def _of_number(self, formula: Reduction) -> FormulaError:
        """A reduction of what has no axis: of arrays that a product made a number, or of no arrays at all."""
        body, place = formula.body, (formula.at or 0, len(formula.kind))
        if not any(isinstance(each, Name) and self.known.get(each.name) for each in walk(body)):
            reason, slip = f"{formula.kind} of a number: nothing here has an index", self._slip(body)
            if slip is not None:
                return FormulaError(reason, slip[0].at or 0, len(slip[0].name), f"Did you mean {slip[1]}?")
            return FormulaError(
                reason, *place, 'Declare the shape: shapes = {x = ["n"]}, or write sum(x[i], i).'
            )
        words = Mismatches(self.statement).words
        factors = body.factors if isinstance(body, MatrixProduct) else ()
        hint = f"Leave {formula.kind} out."
        if len(factors) == 2 and all(self.rank(each) == 1 for each in factors):
            bare = (words.spelled(each.operand if isinstance(each, Transpose) else each) for each in factors)
            hint = (
                f"Leave {formula.kind} out, or write outer({', '.join(bare)}) for the matrix of all products."
            )
        return FormulaError(f"{formula.kind} of a number: {words.has(body, ())}", *place, hint)

    def _along(self, formula: Along) -> Shape:
        """The shape of what runs along named axes: they vanish, or stay with one value each."""
        operand = formula.operand
        if isinstance(operand, Reduction):
            shape, result = self.shape(operand.body), self.shape(operand)
            over: Sequence[int] = axes(operand.kind, operand.axis, len(shape), operand.at)
        else:
            assert isinstance(operand, Call)
            shape = self.shape(operand.arguments[0]) if operand.arguments else ()
            row = self.row_along(operand, shape)
            over = axes(operand.function, formula.axis, len(shape), operand.at)
            if row.letters:
                return shape
            result = tuple(size for axis, size in enumerate(shape) if axis not in over)
        if not formula.keeps:
            return result
        return tuple(KEPT if axis in over else size for axis, size in enumerate(shape))

    def row_along(self, call: Call, shape: Shape) -> Components:
        """What a function does with one axis of an array."""
        row = next((row for row in rows(call.function) if row.ranks == (1,)), None)
        own = call.function in self.definitions.functions
        if row is None or own or len(call.arguments) != 1:
            reason = f"{call.function} takes one array and an axis"
            raise FormulaError(reason, call.at or 0, len(call.function))
        if not shape:
            raise Mismatches(self.statement).unfit(call, (shape,), rows(call.function), self.known)
        return row

    def _transposed(self, formula: Transpose, shape: Shape) -> Shape:
        if len(shape) > 2:
            raise Mismatches(self.statement).transposed(formula, shape)
        return shape[::-1]

    def reads_rows(self, formula: Formula, letters: Collection[str]) -> bool:
        """Whether the formula reads rows by one of the letters: the x[t] of W @ x[t]."""
        return any(
            isinstance(node, Indexed)
            and self.rank(node)
            and any(isinstance(index, Name) and index.name in letters for index in node.indices)
            for node in walk(formula)
        )

    def bare_array(self, formula: Formula) -> Name | None:
        """The first vector or matrix that stands without indices."""
        names = (node for node in walk(formula) if isinstance(node, Name))
        return next((name for name in names if self.known.get(name.name)), None)

    def is_operation(self, call: Call) -> bool:
        """Whether a function takes whole arrays, and is written by components."""
        if call.function in self.definitions.functions:
            return call.function in self.definitions.written_out
        row = loss(call.function)
        return call.function in ARRAY_FUNCTIONS or (row is not None and bool(row.vectors))

    def paired(self, formula: MatrixProduct) -> MatrixProduct:
        """A chain of factors as products of two: from the right where a vector ends it."""
        *before, last = formula.factors
        if len(formula.factors) > LONGEST_CHAIN:
            raise FormulaError(f"a chain of more than {LONGEST_CHAIN} matrices", parts(formula)[2])
        if self.rank(last) == 1:
            inner = MatrixProduct((before[-1], last))
            return MatrixProduct((*before[:-1], inner))
        first, second, *rest = formula.factors
        return MatrixProduct((MatrixProduct((first, second)), *rest))

    def _of_operation(self, formula: MatrixProduct | Call) -> Shape:
        """The axes in front of an operation's, and those of its result."""
        row, extra = self.operation(formula)
        shapes = tuple(map(self.shape, parts(formula)[1]))
        sizes = self._sizes_of_letters(formula, row, tuple(shape[extra:] for shape in shapes))
        front: Shape = ()
        for shape in shapes:
            ahead = shape[:extra]
            meeting = joined(front, ahead)
            if meeting is None:
                raise Mismatches(self.statement).operation(formula, shapes, None)
            front = meeting
        return (*front, *(sizes.get(letter) for letter in row.letters))

    def _sizes_of_letters(
        self, formula: MatrixProduct | Call, row: Components, shapes: tuple[Shape, ...]
    ) -> Mapping[str, Axis]:
        """How many values the letters of an operation's definition take; refused where two axes differ."""
        given = dict(zip(row.parameters, shapes, strict=False))
        found: dict[str, Axis] = {}
        for node in walk(row.definition):
            if not isinstance(node, Indexed) or node.name not in given:
                continue
            for index, size in zip(node.indices, given[node.name], strict=True):
                if isinstance(index, Name):
                    before = found.get(index.name)
                    if not same(before, size):
                        whole = tuple(map(self.shape, parts(formula)[1]))
                        raise Mismatches(self.statement).operation(formula, whole, (before, size))
                    found[index.name] = size if before is None else before
        return found

    def operation(self, formula: MatrixProduct | Call) -> tuple[Components, int]:
        """The row that fits the ranks of the arguments, and how many axes they have in front of it."""
        _, arguments, _ = parts(formula)
        candidates = self._candidates(formula)
        self._suppose(formula, arguments, candidates)
        shapes = tuple(map(self.shape, arguments))
        ranks = tuple(map(len, shapes))
        for row in candidates:
            if row.ranks == ranks:
                return row, 0
            extra = max(ranks, default=0) - max(row.ranks, default=0)
            if row.batched and extra > 0 and ranks == tuple(rank + extra for rank in row.ranks):
                return row, extra
        if isinstance(formula, MatrixProduct) and min(ranks) > 0:
            return matrix_product(*ranks), 0
        raise Mismatches(self.statement).unfit(formula, shapes, candidates, self.known)

    def _candidates(self, formula: MatrixProduct | Call) -> tuple[Components, ...]:
        if isinstance(formula, MatrixProduct):
            return rows("@")
        own = self.definitions.functions.get(formula.function)
        row = loss(formula.function)
        if own is not None:
            return (by_components(own.parameters, own.body(), component_parameters(own)),)
        if row is not None:
            complete = by_components(row.parameters, row.body(), frozenset(row.vectors))
            return (with_fields(complete, batched=True),)
        return rows(formula.function)

    def _suppose(
        self, formula: MatrixProduct | Call, arguments: tuple[Formula, ...], rows: tuple[Components, ...]
    ) -> None:
        """Names whose rank nothing tells are vectors where only vectors fit: dot(w, x), w.T @ x."""
        transposed = any(isinstance(argument, Transpose) for argument in arguments)
        if isinstance(formula, MatrixProduct) and not transposed:
            return
        for argument, rank in zip(arguments, rows[0].ranks, strict=False):
            bare = argument.operand if isinstance(argument, Transpose) else argument
            if isinstance(bare, Name) and rank:
                self.known.setdefault(bare.name, (None,) * rank)


def _size(argument: Formula) -> Axis:
    """The size that an argument of ones spells."""
    is_number = isinstance(argument, Number) and argument.text.isdecimal()
    return int(plain(argument)) if is_number else plain(argument)
