"""Matrix notation as components: z = W @ x + b is z[i] = sum(W[i,j]*x[j], j) + b[i].

An array of lower rank meets one of higher rank along the last axes, as in NumPy.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace as with_fields

from derive.errors import FormulaError
from derive.formula import (
    Bound,
    Call,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Number,
    Reduction,
    Transpose,
    Vector,
    replace,
    rewrite,
    walk,
)
from derive.indices import fresh_letters
from derive.losses import loss
from derive.model.arrays import ARRAY_FUNCTIONS, Components, rows
from derive.model.definitions import Definitions, component_parameters
from derive.model.operations import axes, by_components, counts, parts, spread, unfit
from derive.model.parsing import Assignment, first_place
from derive.model.written import moved, with_parts

At = tuple[Formula, ...]
_NOTATIONS = (MatrixProduct, Transpose, Vector, Derivative)
# Longer chains of matrices are nobody's model.
LONGEST_CHAIN = 40


class Lowering:
    """Matrix notation written by components, equation by equation.

    `ranks` are the numbers of indices of the names, as far as known; equations add theirs. `quantities` are
    names that no index letter may take.
    """

    def __init__(self, ranks: dict[str, int], quantities: Collection[str], definitions: Definitions) -> None:
        self.ranks = ranks
        self.quantities = frozenset(quantities)
        self.definitions = definitions
        self.taken: frozenset[str] = frozenset()

    def lowered(self, each: Assignment) -> Assignment:
        """The equation by components; a target of arrays gets index letters."""
        if not self._is_matrix_notation(each):
            self.ranks[each.name] = len(each.indices)
            return each
        letters = {node.name for node in walk(each.formula) if isinstance(node, Name)}
        self.taken = self.quantities | letters | set(each.indices)
        try:
            rank = self.rank(each.formula)
            at = self._target(each, rank, letters)
            formula = self.element(each.formula, at[len(at) - rank :], frozenset(_letters(at)))
        except FormulaError as error:
            raise each.statement.fault(error) from None
        self.ranks[each.name] = len(at)
        targets = tuple(_component(target, at) for target in each.targets)
        return with_fields(each, targets=targets, formula=formula)

    def _target(self, each: Assignment, rank: int, letters: set[str]) -> At:
        """The indices of the target: those that the author wrote, or as many as the right side needs."""
        if not each.indices:
            return tuple(map(Name, self._fresh(rank, frozenset())))
        if rank not in (0, len(each.indices)) or (rank and letters & set(each.indices)):
            bare = self._bare_array(each.formula)
            word = bare.name if bare else each.name
            raise FormulaError(
                f"{word} stands without indices, and {each.name} left of = has them",
                (bare.at if bare else each.targets[0].at) or 0,
                len(word),
                f"Write {word}[…] with the letters, or {each.name} without.",
            )
        return tuple(map(Name, each.indices))

    def _bare_array(self, formula: Formula) -> Name | None:
        names = (node for node in walk(formula) if isinstance(node, Name))
        return next((name for name in names if self.ranks.get(name.name)), None)

    def _is_matrix_notation(self, each: Assignment) -> bool:
        if any(map(self.ranks.get, each.content.names)):
            bare = (node for node in walk(each.formula) if isinstance(node, Name))
            if any(self.ranks.get(node.name) for node in bare):
                return True
        if any(map(self._is_operation, each.content.calls)):
            return True
        if each.is_scalar:
            return False
        return any(
            isinstance(node, _NOTATIONS) or (isinstance(node, Reduction) and not node.bounds)
            for node in walk(each.formula)
        )

    def _is_operation(self, call: Call) -> bool:
        if call.function in self.definitions.functions:
            return call.function in self.definitions.written_out
        row = loss(call.function)
        return call.function in ARRAY_FUNCTIONS or (row is not None and bool(row.vectors))

    def rank(self, formula: Formula) -> int:
        """The number of indices that the formula has as it stands."""
        match formula:
            case Number() | Indexed():
                return 0
            case Name(name):
                return self.ranks.get(name, 0)
            case Reduction():
                return self._rank_of_reduction(formula)
            case Vector(elements):
                return 1 + max(map(self.rank, elements))
            case Transpose(operand):
                return self.rank(operand)
            case MatrixProduct(factors) if len(factors) > 2:
                return self.rank(self._paired(formula))
            case MatrixProduct():
                operation, extra = self._operation(formula)
                return extra + len(operation.letters)
            case Call() if self._is_operation(formula):
                operation, extra = self._operation(formula)
                return extra + len(operation.letters)
            case Derivative():
                reason = "a derivative is no part of a model: it is what is derived from it"
                raise FormulaError(reason, first_place(formula) or 0)
        return max(map(self.rank, formula.children))

    def element(self, formula: Formula, at: At, scope: frozenset[str]) -> Formula:
        """The component of the formula at indices, one for each of its axes; `scope` are letters in use."""
        match formula:
            case Number() | Indexed():
                return formula
            case Name(name, place):
                return Indexed(name, at, place) if at else formula
            case Reduction():
                return self._reduction(formula, at, scope)
            case Vector(elements):
                return self._entry(elements, at, scope)
            case Transpose(operand) if len(at) < 2:
                return self.element(operand, at, scope)
            case Transpose(operand):
                return self.element(operand, (*at[:-2], at[-1], at[-2]), scope)
            case MatrixProduct(factors) if len(factors) > 2:
                return self.element(self._paired(formula), at, scope)
            case MatrixProduct():
                return self._written(formula, at, scope)
            case Call() if self._is_operation(formula):
                return self._written(formula, at, scope)
        components = (self.element(each, at[len(at) - self.rank(each) :], scope) for each in formula.children)
        return with_parts(formula, tuple(components))

    def _rank_of_reduction(self, formula: Reduction) -> int:
        rank = self.rank(formula.body)
        if formula.bounds:
            if rank:
                bare = self._bare_array(formula.body)
                word = bare.name if bare else formula.kind
                raise FormulaError(
                    f"{word} stands without indices in a {formula.kind} over {formula.bounds[0].name}",
                    (bare.at if bare else formula.at) or 0,
                    len(word),
                    f"Write {word}[…] with the letters.",
                )
            return 0
        if rank == 0:
            raise FormulaError(
                f"{formula.kind} of a number: nothing here has an index",
                formula.at or 0,
                len(formula.kind),
                'Declare the shape: shapes = {x = ["n"]}, or write sum(x[i], i).',
            )
        return rank - len(axes(formula, rank))

    def _reduction(self, formula: Reduction, at: At, scope: frozenset[str]) -> Formula:
        rank = self.rank(formula.body)
        if formula.bounds:
            inside = scope | {bound.name for bound in formula.bounds}
            return formula.with_children((self.element(formula.body, (), inside),))
        over = axes(formula, rank)
        fresh = self._fresh(len(over), scope)
        letters = dict(zip(over, map(Name, fresh), strict=True))
        kept = iter(at)
        inner = tuple(letters[axis] if axis in letters else next(kept) for axis in range(rank))
        body = self.element(formula.body, inner, scope | set(fresh))
        return Reduction(formula.kind, body, tuple(map(Bound, fresh)), at=formula.at)

    def _entry(self, elements: tuple[Formula, ...], at: At, scope: frozenset[str]) -> Formula:
        first, *rest = at
        if not isinstance(first, Number):
            raise FormulaError(
                "a list of components can only be multiplied, with @ or dot",
                first_place(elements[0]) or 0,
                suggestion="Give the components names of their own, or values.",
            )
        return self.element(elements[int(first.value)], tuple(rest), scope)

    def _paired(self, formula: MatrixProduct) -> MatrixProduct:
        """A chain of factors as products of two: from the right where a vector ends it."""
        *before, last = formula.factors
        if len(formula.factors) > LONGEST_CHAIN:
            raise FormulaError(f"a chain of more than {LONGEST_CHAIN} matrices", parts(formula)[2])
        if self.rank(last) == 1:
            inner = MatrixProduct((before[-1], last))
            return MatrixProduct((*before[:-1], inner))
        first, second, *rest = formula.factors
        return MatrixProduct((MatrixProduct((first, second)), *rest))

    def _operation(self, formula: MatrixProduct | Call) -> tuple[Components, int]:
        """The row that fits the ranks of the arguments, and how many axes they have in front of it."""
        name, arguments, at = parts(formula)
        candidates = self._candidates(formula)
        self._suppose(formula, arguments, candidates)
        ranks = tuple(map(self.rank, arguments))
        for row in candidates:
            if row.ranks == ranks:
                return row, 0
            extra = max(ranks) - max(row.ranks, default=0)
            if row.batched and extra > 0 and ranks == tuple(rank + extra for rank in row.ranks):
                return row, extra
        raise unfit(name, arguments, ranks, candidates, at)

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
                self.ranks.setdefault(bare.name, rank)

    def _written(self, formula: MatrixProduct | Call, at: At, scope: frozenset[str]) -> Formula:
        """The operation's definition with components of the arguments put in."""
        row, extra = self._operation(formula)
        _, arguments, place = parts(formula)
        if isinstance(formula, Call) and (known := self.definitions.row(formula.function)) is not None:
            arguments = known.complete(arguments)
        given = dict(zip(row.parameters, arguments, strict=True))
        definition = self._with_letters(row, at[extra:], scope, given)
        found = self._put_in(definition, given, at[:extra], scope, place)
        return found.inner if isinstance(found, Grouping) else found

    def _put_in(
        self, node: Formula, given: Mapping[str, Formula], front: At, scope: frozenset[str], place: int
    ) -> Formula:
        """A definition with the arguments in place of the parameters; `front` are the axes in front of it."""
        match node:
            case Indexed(name, indices) if name in given:
                return self.element(given[name], (*front, *indices), scope)
            case Name(name) if name in given:
                return self.element(given[name], (), scope)
            case Indexed() | Name():
                return node
            case Reduction(kind, body, bounds, axis):
                inside = scope | {bound.name for bound in bounds}
                return Reduction(kind, self._put_in(body, given, front, inside, place), bounds, axis, place)
        filled = tuple(self._put_in(each, given, front, scope, place) for each in node.children)
        return moved(with_parts(node, filled), place) if filled else node

    def _with_letters(
        self, row: Components, at: At, scope: frozenset[str], given: Mapping[str, Formula]
    ) -> Formula:
        """The definition at the given indices, its bound letters fresh; sums over lists written out."""
        reductions = [node for node in walk(row.definition) if isinstance(node, Reduction)]
        bound = tuple(dict.fromkeys(each.name for node in reductions for each in node.bounds))
        fresh = self._fresh_for(bound, scope | set(_letters(at)))
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

    def _fresh(self, count: int, scope: Collection[str]) -> tuple[str, ...]:
        letters = fresh_letters(self.taken | set(scope))
        return tuple(next(letters) for _ in range(count))


def _letters(at: At) -> tuple[str, ...]:
    return tuple(index.name for index in at if isinstance(index, Name))


def _component(target: Name | Indexed, at: At) -> Name | Indexed:
    return Indexed(target.name, at, target.at) if at else target
