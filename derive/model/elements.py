"""Components of formulas in matrix notation: the one of W @ x at i is sum(W[i,j]*x[j], j)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from derive.errors import FormulaError
from derive.formula import (
    ONE,
    TWO,
    Along,
    Bound,
    Call,
    Elementwise,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Number,
    Ones,
    Power,
    Product,
    Reduction,
    Transpose,
    Vector,
    replace,
    rewrite,
    times,
    walk,
)
from derive.indices import fresh_letters
from derive.model.arrays import Components
from derive.model.definitions import Definitions
from derive.model.operations import axes, counts, parts, spread
from derive.model.shape import KEPT
from derive.model.shaping import Shapes
from derive.model.written import moved, with_parts

At = tuple[Formula, ...]


class Elements:
    """The components of formulas in one equation; `taken` are names that no index letter may take."""

    def __init__(self, shapes: Shapes, definitions: Definitions, taken: Collection[str]) -> None:
        self.shapes = shapes
        self.definitions = definitions
        self.taken = frozenset(taken)

    def element(self, formula: Formula, at: At, scope: frozenset[str]) -> Formula:
        """The component of the formula at indices, one for each of its axes; `scope` are letters in use."""
        match formula:
            case Number():
                return formula
            case Indexed(name, indices, place):
                return Indexed(name, (*indices, *at), place) if at else formula
            case Ones():
                return ONE
            case Name(name, place):
                known = self.shapes.known.get(name, ())
                if KEPT in known:
                    at = tuple(index for index, size in zip(at, known, strict=True) if size != KEPT)
                return Indexed(name, at, place) if at else formula
            case Reduction():
                return self._reduction(formula, at, scope)
            case Along():
                return self._along(formula, at, scope)
            case Power(Call("norm") | Along(Call("norm")) as length, exponent) if (
                exponent == TWO and self._is_known("norm")
            ):
                # The square of a norm has no root, so that it has a derivative at 0 too.
                root = self.element(length, at, scope)
                return root.arguments[0] if isinstance(root, Call) else Power(root, exponent)
            case Vector(elements):
                return self._entry(elements, at, scope)
            case Transpose(operand) if len(at) < 2:
                return self.element(operand, at, scope)
            case Transpose(operand):
                return self.element(operand, (*at[:-2], at[-1], at[-2]), scope)
            case MatrixProduct(factors) if len(factors) > 2:
                return self.element(self.shapes.paired(formula), at, scope)
            case MatrixProduct((Call("diag", (vector,)), right)) if self._is_diagonal(vector):
                return times(self.element(vector, at[-2:][:1], scope), self.element(right, at, scope))
            case MatrixProduct((left, Call("diag", (vector,)))) if self._is_diagonal(vector):
                return times(self.element(left, at, scope), self.element(vector, at[-1:], scope))
            case MatrixProduct():
                return self._written(formula, at, scope)
            case Call("diag", (vector,), at=place) if self._is_diagonal(vector):
                reason = "diag of a vector is a matrix of mostly zeros: it stands only beside @"
                raise FormulaError(
                    reason, place or 0, len("diag"), "Write diag(v) @ A, or components v[i]*A[i,j]."
                )
            case Call("ones") if self.shapes.is_operation(formula):
                return ONE
            case Call() if self.shapes.is_operation(formula):
                return self._written(formula, at, scope)
        if isinstance(formula, Elementwise):
            formula = Product(formula.factors)
        ranks = map(self.shapes.rank, formula.children)
        components = (
            self.element(each, at[len(at) - rank :], scope)
            for each, rank in zip(formula.children, ranks, strict=True)
        )
        return with_parts(formula, tuple(components))

    def _is_known(self, name: str) -> bool:
        """Whether a name is that of the table's operation, and of no function of the model."""
        return name not in self.definitions.functions

    def _is_diagonal(self, argument: Formula) -> bool:
        """Whether diag makes a matrix of its argument."""
        return self._is_known("diag") and self.shapes.rank(argument) == 1

    def _reduction(self, formula: Reduction, at: At, scope: frozenset[str]) -> Formula:
        rank = self.shapes.rank(formula.body)
        if formula.bounds:
            inside = scope | {bound.name for bound in formula.bounds}
            return formula.with_children((self.element(formula.body, at, inside),))
        over = axes(formula.kind, formula.axis, rank, formula.at)
        fresh = self.fresh(len(over), scope)
        letters = dict(zip(over, map(Name, fresh), strict=True))
        kept = iter(at)
        inner = tuple(letters[axis] if axis in letters else next(kept) for axis in range(rank))
        body = self.element(formula.body, inner, scope | set(fresh))
        # An axis with one value is summed over as it stands.
        shape = self.shapes.shape(formula.body)
        bounds = tuple(Bound(letter) for axis, letter in zip(over, fresh, strict=True) if shape[axis] != KEPT)
        return Reduction(formula.kind, body, bounds, at=formula.at) if bounds else body

    def _along(self, formula: Along, at: At, scope: frozenset[str]) -> Formula:
        """A function or a reduction along named axes; where it keeps them, their letter says nothing."""
        operand = formula.operand
        if isinstance(operand, Reduction):
            shape = self.shapes.shape(operand.body)
            over = axes(operand.kind, operand.axis, len(shape), operand.at)
            return self.element(operand, tuple(i for axis, i in enumerate(at) if axis not in over), scope)
        assert isinstance(operand, Call)
        shape = self.shapes.shape(operand.arguments[0])
        over = axes(operand.function, formula.axis, len(shape), operand.at)
        if len(over) > 1:
            return self.element(operand, (), scope)
        row, axis = self.shapes.row_along(operand, shape), over[0]
        after = at[axis + 1 :] if row.letters or formula.keeps else at[axis:]
        own = at[axis : axis + 1] if row.letters else ()
        return self._with_arguments(row, operand, at[:axis], own, after, scope)

    def _entry(self, elements: tuple[Formula, ...], at: At, scope: frozenset[str]) -> Formula:
        first, *rest = at
        if not isinstance(first, Number) or first.value >= len(elements):
            raise FormulaError(
                "a list of components can only be multiplied, with @ or dot",
                self.shapes.statement.text.find("["),
                suggestion="Give the components names of their own, or values.",
            )
        return self.element(elements[int(first.value)], tuple(rest), scope)

    def _written(self, formula: MatrixProduct | Call, at: At, scope: frozenset[str]) -> Formula:
        """The operation's definition with components of the arguments put in."""
        row, extra = self.shapes.operation(formula)
        return self._with_arguments(row, formula, at[:extra], at[extra:], (), scope)

    def _with_arguments(
        self,
        row: Components,
        formula: MatrixProduct | Call,
        before: At,
        at: At,
        after: At,
        scope: frozenset[str],
    ) -> Formula:
        """A definition at indices; `before` and `after` are the arguments' axes around those it works on."""
        _, arguments, place = parts(formula)
        if isinstance(formula, Call) and (known := self.definitions.row(formula.function)) is not None:
            arguments = known.complete(arguments)
        given = dict(zip(row.parameters, arguments, strict=True))
        definition = self._with_letters(row, at, scope | set(letters_of((*before, *after))), given)

        def put(node: Formula, scope: frozenset[str]) -> Formula:
            match node:
                case Indexed(name, indices) if name in given:
                    return self.element(given[name], (*before, *indices, *after), scope)
                case Name(name) if name in given:
                    return self.element(given[name], (), scope)
                case Indexed() | Name():
                    return node
                case Reduction(kind, body, bounds, axis):
                    inside = scope | {bound.name for bound in bounds}
                    return Reduction(kind, put(body, inside), bounds, axis, place)
            filled = tuple(put(each, scope) for each in node.children)
            if isinstance(node, Product) and any(each is ONE for each in filled):
                return times(*(each for each in filled if each is not ONE))
            if isinstance(node, Product) and len(filled) == 2 and filled[0] == filled[1]:
                # u·u of a vector: the sum of the squares of its components.
                return Power(filled[0], TWO)
            return moved(with_parts(node, filled), place) if filled else node

        found = put(definition, scope)
        return found.inner if isinstance(found, Grouping) else found

    def _with_letters(
        self, row: Components, at: At, scope: frozenset[str], given: Mapping[str, Formula]
    ) -> Formula:
        """The definition at the given indices, its bound letters fresh; sums over lists written out."""
        reductions = [node for node in walk(row.definition) if isinstance(node, Reduction)]
        bound = tuple(dict.fromkeys(each.name for node in reductions for each in node.bounds))
        fresh = self._fresh_for(bound, scope | set(letters_of(at)))
        values: dict[Formula, Formula] = {Name(old): Name(new) for old, new in fresh.items()}
        values |= dict(zip(map(Name, row.letters), at, strict=True))
        lengths = {fresh[letter]: count for letter, count in counts(row, given).items() if letter in fresh}

        def change(node: Formula) -> Formula:
            if not isinstance(node, Reduction):
                return node
            bounds = tuple(Bound(fresh[each.name]) for each in node.bounds)
            if len(bounds) == 1 and bounds[0].name in lengths and node.kind in ("sum", "mean"):
                return spread(node, bounds[0].name, lengths[bounds[0].name])
            return Reduction(node.kind, node.body, bounds, node.axis, node.at)

        return rewrite(replace(row.definition, values), change)

    def _fresh_for(self, letters: tuple[str, ...], scope: Collection[str]) -> dict[str, str]:
        """For each letter of a definition itself, or one that is free where it is taken."""
        taken = self.taken | set(scope)
        kept = {letter for letter in letters if letter not in taken}
        others = fresh_letters(taken | kept)
        return {letter: letter if letter in kept else next(others) for letter in letters}

    def fresh(self, count: int, scope: Collection[str]) -> tuple[str, ...]:
        """Index letters that are free here."""
        letters = fresh_letters(self.taken | set(scope))
        return tuple(next(letters) for _ in range(count))


def letters_of(at: At) -> tuple[str, ...]:
    """The letters among indices."""
    return tuple(index.name for index in at if isinstance(index, Name))
