"""Vectors and matrices of a document by components: what matrix notation means, with its two layouts."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count

from sympy import Expr
from sympy.core.symbol import Str

from derive.check.axes import ShapeError, Shapes, is_gradient, whole_exponent
from derive.check.inverses import Inverses
from derive.check.ranks import COLUMN, MATRIX, SCALAR, SOFTMAX_OF_ROWS, Axes, Ranks, family
from derive.check.vectors import Vectors
from derive.check.verdict import Judgement
from derive.expression import IndexedReduction, MeaningError, symbol
from derive.formula import (
    ONE,
    ZERO,
    Bound,
    Branch,
    Call,
    Cases,
    Component,
    Derivative,
    Elementwise,
    ElementwisePower,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Number,
    Ones,
    Power,
    Product,
    Quotient,
    Reduction,
    Relation,
    Sum,
    Transpose,
    times,
    walk,
)
from derive.indices import renamed

# The letters of the component that a formula is compared at.
ROW_LETTER, COLUMN_LETTER = Name("ι"), Name("ϰ")
_Place = Formula | None
# Ends the name of what tells the components of an unknown function apart: no document speaks of it.
UNNAMED = "°"


class _Letters:
    """Letters for sums that no formula has: those of a side begin anew, those of equations never do.

    Sides that are alike then have parts that are the same, and are worked out once.
    """

    def __init__(self) -> None:
        self._of_equations = self._now = count(1)

    def new(self) -> Name:
        """A letter that the formula at hand does not have yet."""
        return Name(f"κ{next(self._now)}{'' if self._now is self._of_equations else 'κ'}")

    @contextmanager
    def of_side(self) -> Iterator[None]:
        """Letters from the first one on, for the whole side of a claim."""
        self._now = count(1)
        try:
            yield
        finally:
            self._now = self._of_equations


@dataclass(frozen=True)
class Arrays(Vectors):
    """One reading of the arrays of a document, in one layout.

    `across` adds vectors to the rows of matrices, `down` takes the softmax of columns, `elementwise` squares
    a matrix component by component.
    """

    ranks: Ranks = field(default_factory=Ranks)
    rows: bool = False
    flat: bool = False
    turned: bool = False
    across: bool = False
    down: bool = False
    elementwise: bool = False
    fresh: _Letters = field(default_factory=lambda: _Letters())

    @property
    def kind(self) -> Hashable:
        """What tells one reading of a document's arrays from another."""
        return "arrays", self.rows, self.flat, self.turned, self.across, self.down, self.elementwise

    @cached_property
    def shapes(self) -> Shapes:
        """The axes of formulas in this layout."""
        return Shapes(self.ranks, self.rows, self.flat)

    @cached_property
    def inverses(self) -> Inverses:
        """The inverses and determinants of its matrices."""
        return Inverses(self.shapes)

    @cached_property
    def counts(self) -> Mapping[str, Expr]:
        """What the sizes of arrays are, by their names: how many values the letter of an axis has."""
        found: dict[str, Expr] = {}
        for at, (name, sizes) in enumerate(self.ranks.sizes.items()):
            # Numbered: a name like x^(i) cannot be a part of a letter.
            letters = [f"κ{at}_{axis}" for axis in range(len(sizes))]
            component = symbol(f"{name}[{','.join(letters)}]")
            for size, letter in zip(sizes, letters, strict=True):
                found.setdefault(size, IndexedReduction(Str("size"), component, symbol(letter)))
        return found

    def is_array(self, name: str) -> bool:
        """Whether a name has components."""
        return self.ranks.is_array(name)

    def is_size(self, count: str, name: str, axis: int) -> bool:
        """Whether a name is declared to be how many components an array has along an axis."""
        return self.ranks.is_size(count, name, axis)

    def axes(self, formula: Formula) -> Axes:
        """Which axes a formula has; raises ShapeError."""
        return self.shapes.axes(formula)

    def components(self, formula: Formula) -> tuple[Formula, ...]:
        """The component at the letters of comparison."""
        formula = self.inverses.named(formula)
        row, column = self.axes(formula)
        return (self.at(formula, ROW_LETTER if row else None, COLUMN_LETTER if column else None),)

    def of_side(self, formula: Formula) -> tuple[Formula, ...]:
        with self.fresh.of_side():
            return self.components(formula)

    def instance(self, formula: Formula, indices: tuple[Formula, ...]) -> Formula:
        """The component of the right side of an equation, at the indices of its left side."""
        formula = self.inverses.named(formula)
        row, column = self.axes(formula)
        if len(indices) > 2 or (row, column) != (SCALAR, COLUMN, MATRIX)[len(indices)]:
            raise ShapeError("the sides of a definition have different shapes")
        places = (*indices, None, None)
        return self.at(formula, places[0], places[1])

    def finished(self, value: Expr) -> Expr:
        """A component with what is known of symmetric matrices put in."""
        return self.inverses.symmetrized(value)

    def supposed(self, *formulas: Formula) -> tuple[str, ...]:
        """What is taken for granted of the matrices in formulas, in words."""
        known = self.ranks
        nodes = (node for each in formulas for node in walk(each))
        names = {node.name for node in nodes if isinstance(node, Name | Indexed)} - known.inverses.keys()
        return tuple(f"{name} is symmetric" for name in sorted(names) if family(name) in known.symmetric)

    def with_symmetric(self, names: Collection[str]) -> Arrays:
        """The reading in which some more matrices are symmetric."""
        known = self.ranks.symmetric.union(map(family, names))
        return replace(self, ranks=replace(self.ranks, symmetric=known))

    def ties(self, *formulas: Formula) -> bool:
        """Whether a matrix stands beside its inverse or determinant, so that no point is free."""
        return self.inverses.ties(*formulas)

    def at(self, formula: Formula, row: _Place, column: _Place) -> Formula:
        """The component in a row and a column, where the formula has those axes."""
        match formula:
            case Number():
                return formula
            case Ones():
                return ONE
            case Name() | Indexed() if self.ranks.is_identity(formula.name):
                condition = Relation((row or ZERO, column or ZERO), ("=",))
                return Cases((Branch(ONE, condition), Branch(ZERO, None)))
            case Name() | Indexed():
                has = self.shapes.of_quantity(formula)
                return self._quantity(formula, tuple(_placed((row, column), has)))
            case Component(array, letters):
                return self._component_of(array, letters)
            case Transpose(operand):
                return self.at(operand, column, row)
            case Product(factors) | MatrixProduct(factors):
                return self._product(factors, row, column)
            case Elementwise(factors):
                return times(*(_closed(self._part(factor, row, column)) for factor in factors))
            case ElementwisePower(base, exponent):
                return Power(_closed(self._part(base, row, column)), self.at(exponent, None, None))
            case Power(base, exponent) if self.axes(base) == MATRIX and not self.elementwise:
                times_itself = whole_exponent(exponent)
                if times_itself is None:
                    raise MeaningError("a power of a matrix")
                return self._product((base,) * times_itself, row, column)
            case Sum(terms) if self.axes(formula) == MATRIX:
                return Sum(tuple(self._term(each, row, column) for each in terms))
            case Reduction(kind, body, bounds=()) if self.axes(body) != SCALAR:
                return self._over_all(kind, body)
            case Call():
                return self._call(formula, row, column)
            case Derivative():
                return self._derivative(formula, row, column)
            case Cases(branches):
                return Cases(tuple(self._branch(each, row, column) for each in branches))
        if not formula.children:
            return formula
        return formula.with_children(tuple(self._part(each, row, column) for each in formula.children))

    def _component_of(self, array: Formula, letters: tuple[str | None, ...]) -> Formula:
        has = self.axes(array)
        if None in letters or sum(has) != len(letters):
            raise MeaningError("indices that are not one for each axis")
        places = iter([Name(each) for each in letters if each is not None])
        return Grouping(self.at(array, *(next(places) if each else None for each in has)))

    def _term(self, term: Formula, row: _Place, column: _Place) -> Formula:
        """A term of a sum of matrices: a vector among them stands in each column, or in each row."""
        if self.axes(term) == COLUMN and self.shapes.is_bias(term):
            return self.at(term, column if self.across else row, None)
        return self._part(term, row, column)

    def _branch(self, branch: Branch, row: _Place, column: _Place) -> Branch:
        condition = branch.condition
        if condition is not None:
            parts = tuple(self._part(each, row, column) for each in condition.children)
            condition = condition.with_children(parts)
        return Branch(self._part(branch.value, row, column), condition)

    def _part(self, formula: Formula, row: _Place, column: _Place) -> Formula:
        """The component of a part; of a number among arrays, itself."""
        has = self.axes(formula)
        return self.at(formula, row if has[0] else None, column if has[1] else None)

    def _quantity(self, formula: Name | Indexed, places: tuple[Formula, ...]) -> Formula:
        indices = (*formula.children, *places)
        return Indexed(formula.name, indices, formula.at) if indices else formula

    def _product(self, factors: tuple[Formula, ...], row: _Place, column: _Place) -> Formula:
        """From left to right; where an axis lies between two factors, the product is summed over it."""
        numbers = [_closed(self.at(each, None, None)) for each in factors if self.axes(each) == SCALAR]
        arrays = [each for each in factors if self.axes(each) != SCALAR]
        if not arrays:
            return times(*numbers)
        total = self.shapes.of_product(factors)
        groups: list[list[Formula]] = [[]]
        whole: Axes = SCALAR
        for each in arrays:
            if whole == SCALAR and groups[-1]:
                groups.append([])
            groups[-1].append(each)
            axes = self.axes(each)
            whole = axes if whole == SCALAR else (whole[0], axes[1])
        parts: list[Formula] = []
        for group in groups:
            outer = self.shapes.of_product(group) == total != SCALAR
            parts.append(self._contracted(group, row if outer else None, column if outer else None))
        return times(*numbers, *parts)

    def _contracted(self, factors: list[Formula], row: _Place, column: _Place) -> Formula:
        place, bounds, parts = row, [], []
        for at, factor in enumerate(factors):
            has_row, has_column = self.axes(factor)
            following: _Place = None
            if at == len(factors) - 1:
                following = column if has_column else None
            elif has_column:
                following = self._letter()
                bounds.append(Bound(following.name))
            parts.append(_closed(self.at(factor, place if has_row else None, following)))
            place = following
        body = times(*parts)
        return Grouping(Reduction("sum", body, tuple(bounds))) if bounds else body

    def _letter(self) -> Name:
        return self.fresh.new()

    def _over_all(self, kind: str, body: Formula) -> Formula:
        """The sum or the mean of all components."""
        found = [self._letter() for has in self.axes(body) if has]
        places = iter(found)
        inner = self.at(body, *(next(places) if has else None for has in self.axes(body)))
        bounds = tuple(Bound(each.name) for each in found)
        sizes = self._sizes(body) if kind == "mean" else None
        if sizes is None:
            return Reduction(kind, inner, bounds)
        return Quotient(Grouping(Reduction("sum", inner, bounds)), times(*map(Name, sizes)))

    def _sizes(self, body: Formula) -> tuple[str, ...] | None:
        """The names of the sizes of an array, as the text declares one that stands in it."""
        rank = sum(self.axes(body))
        named = (self.ranks.sizes.get(each.name, ()) for each in walk(body) if isinstance(each, Name))
        return next((sizes for sizes in named if len(sizes) == rank), None)

    def _call(self, call: Call, row: _Place, column: _Place) -> Formula:
        match call.function, call.arguments:
            case "dot", (left, right):
                return self._scalar_product(left, right)
            case "norm" | "frobenius norm", (inner,):
                return Call("sqrt", (self._scalar_product(inner, inner),))
            case "trace", (inner,):
                letter = self._letter()
                return Reduction("sum", self.at(inner, letter, letter), (Bound(letter.name),))
            case "diag", (inner,):
                condition = Relation((row or ZERO, column or ZERO), ("=",))
                if (letter_of := self.shapes.letter_of_entries(inner)) is not None:
                    entry = renamed(inner, {letter_of: row or ZERO})
                    value = self.at(entry, None, None)
                    return Cases((Branch(value, condition), Branch(ZERO, None)))
                is_row = self.axes(inner)[1]
                value = self.at(inner, None if is_row else row, row if is_row else None)
                return Cases((Branch(value, condition), Branch(ZERO, None)))
            case function, (inner,) if function in self.ranks.given and row is not None and not call.primes:
                return self.ranks.given[function].at(row, inner, lambda at: self.at(inner, at, None))
            case "softmax", (inner,):
                return self._softmax(inner, row, column)
            case function, (inner,) if function == SOFTMAX_OF_ROWS:
                letter = self._letter()
                above, below = (Call("exp", (self.at(inner, row, each),)) for each in (column, letter))
                return Quotient(above, Reduction("sum", below, (Bound(letter.name),)))
            case "det", _:
                raise MeaningError("a determinant of what is no matrix")
            case function, (inner,) if function in self.ranks.maps and self.axes(inner) != SCALAR:
                return self._mapped(call, inner, row)
        arguments = tuple(self._part(each, row, column) for each in call.arguments)
        return Call(call.function, arguments, call.primes, call.at)

    def _mapped(self, call: Call, inner: Formula, row: _Place) -> Formula:
        """A value that depends on every component of an argument, on each in a way of its own."""
        if call.primes or self.axes(inner) != COLUMN:
            raise MeaningError(f"what {call.function} makes of arrays is not said")
        letter = self._letter()
        own = Indexed(f"{call.function}{UNNAMED}", (letter,) if row is None else (row, letter))
        each = Call(call.function, (own, self.at(inner, letter, None)), at=call.at)
        total = Reduction("sum", each, (Bound(letter.name),))
        return Call(call.function, (total,), at=call.at) if row is None else Grouping(total)

    def _scalar_product(self, left: Formula, right: Formula) -> Formula:
        """The sum of the products of components, over all axes."""
        letters = [self._letter() for has in self.axes(left) if has]
        parts: list[Formula] = []
        for each in (left, right):
            places = iter(letters)
            parts.append(Grouping(self.at(each, *(next(places) if has else None for has in self.axes(each)))))
        body = Power(parts[0], Number("2")) if left == right else times(*parts)
        return Reduction("sum", body, tuple(Bound(each.name) for each in letters)) if letters else body

    def _softmax(self, inner: Formula, row: _Place, column: _Place) -> Formula:
        """Of a vector, or of each row or column of a matrix."""
        letter = self._letter()
        by_row = row is None or (column is not None and not self.down)
        other = (row, letter) if by_row else (letter, column)
        above, below = (Call("exp", (self.at(inner, *places),)) for places in ((row, column), other))
        return Quotient(above, Reduction("sum", below, (Bound(letter.name),)))

    def _derivative(self, node: Derivative, row: _Place, column: _Place) -> Formula:
        above, below = self.axes(node.of), self.axes(node.wrt)
        if above == SCALAR:
            if self.shapes.transposes(below) and not is_gradient(node):
                row, column = column, row
            of, wrt = self.at(node.of, None, None), self.at(node.wrt, row, column)
        elif below == SCALAR:
            of, wrt = self.at(node.of, row, column), self.at(node.wrt, None, None)
        else:
            ends = (column, row) if self.turned else (row, column)
            of, wrt = self.at(node.of, ends[0], None), self.at(node.wrt, ends[1], None)
        return self.inverses.derivative(Derivative(of, wrt, node.total, node.applied), self)

    def fits(self, left: Formula, right: Formula) -> bool:
        """Whether two sides have one shape."""
        try:
            return self.axes(left) == self.axes(right) or ZERO in (left, right)
        except ShapeError:
            return False
        except MeaningError:
            return True

    def misfit(self, left: Formula, right: Formula) -> Judgement | None:
        """The verdict on sides whose shapes do not fit: wrong only where the text says all ranks."""
        if Transpose(left) == right or left == Transpose(right):
            name = left if isinstance(left, Name) else right
            if isinstance(name, Name) and family(name.name) in self.ranks.symmetric:
                return Judgement("definition", f"this says that {name.name} is symmetric")
        reason = "the sides have different shapes"
        try:
            one, other = self.axes(left), self.axes(right)
            if one == other or ZERO in (left, right):
                return None
        except ShapeError as error:
            reason = str(error)
        except MeaningError as error:
            return Judgement("not understood", str(error))
        named = {
            node.name for each in (left, right) for node in walk(each) if isinstance(node, Name | Indexed)
        }
        if self.ranks.trusted and all(self.ranks.is_said(name) for name in named):
            return Judgement("wrong", reason)
        return Judgement("not understood", reason)


def _placed(places: tuple[_Place, _Place], axes: Axes) -> Iterator[Formula]:
    for place, has in zip(places, axes, strict=True):
        if has:
            if place is None:
                raise ShapeError("an array stands where a number should")
            yield place


def _closed(formula: Formula) -> Formula:
    return Grouping(formula) if isinstance(formula, Sum | Quotient | Cases | Reduction) else formula
