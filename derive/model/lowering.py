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
    Quotient,
    Reduction,
    Transpose,
    Vector,
    plus,
    replace,
    rewrite,
    walk,
)
from derive.indices import fresh_letters
from derive.losses import loss
from derive.model.arrays import ARRAY_FUNCTIONS, Components, rows
from derive.model.definitions import Definitions, component_parameters, moved, with_parts
from derive.model.parsing import Assignment

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
                raise FormulaError("a derivative is no part of a model: it is what is derived from it", 0)
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
        parts = tuple(self.element(part, at[len(at) - self.rank(part) :], scope) for part in formula.children)
        return with_parts(formula, parts)

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
        return rank - len(_axes(formula, rank))

    def _reduction(self, formula: Reduction, at: At, scope: frozenset[str]) -> Formula:
        rank = self.rank(formula.body)
        if formula.bounds:
            inside = scope | {bound.name for bound in formula.bounds}
            return formula.with_children((self.element(formula.body, (), inside),))
        axes = _axes(formula, rank)
        fresh = self._fresh(len(axes), scope)
        letters = dict(zip(axes, map(Name, fresh), strict=True))
        kept = iter(at)
        inner = tuple(letters[axis] if axis in letters else next(kept) for axis in range(rank))
        body = self.element(formula.body, inner, scope | set(fresh))
        return Reduction(formula.kind, body, tuple(map(Bound, fresh)), at=formula.at)

    def _entry(self, elements: tuple[Formula, ...], at: At, scope: frozenset[str]) -> Formula:
        first, *rest = at
        if not isinstance(first, Number):
            place = next((node.at for each in elements for node in walk(each) if isinstance(node, Name)), 0)
            raise FormulaError(
                "a list of components can only be multiplied, with @ or dot",
                place or 0,
                suggestion="Give the components names of their own, or values.",
            )
        return self.element(elements[int(first.value)], tuple(rest), scope)

    def _paired(self, formula: MatrixProduct) -> MatrixProduct:
        """A chain of factors as products of two: from the right where a vector ends it."""
        *before, last = formula.factors
        if len(formula.factors) > LONGEST_CHAIN:
            raise FormulaError(f"a chain of more than {LONGEST_CHAIN} matrices", _parts(formula)[2])
        if self.rank(last) == 1:
            inner = MatrixProduct((before[-1], last))
            return MatrixProduct((*before[:-1], inner))
        first, second, *rest = formula.factors
        return MatrixProduct((MatrixProduct((first, second)), *rest))

    def _operation(self, formula: MatrixProduct | Call) -> tuple[Components, int]:
        """The row that fits the ranks of the arguments, and how many axes they have in front of it."""
        name, arguments, at = _parts(formula)
        candidates = self._candidates(formula)
        self._suppose(formula, arguments, candidates)
        ranks = tuple(map(self.rank, arguments))
        for row in candidates:
            if row.ranks == ranks:
                return row, 0
            extra = max(ranks) - max(row.ranks, default=0)
            if row.batched and extra > 0 and ranks == tuple(rank + extra for rank in row.ranks):
                return row, extra
        raise _unfit(name, arguments, ranks, candidates, at)

    def _candidates(self, formula: MatrixProduct | Call) -> tuple[Components, ...]:
        if isinstance(formula, MatrixProduct):
            return rows("@")
        own = self.definitions.functions.get(formula.function)
        row = loss(formula.function)
        if own is not None:
            return (_by_components(own.parameters, own.body(), component_parameters(own)),)
        if row is not None:
            complete = _by_components(row.parameters, row.body(), frozenset(row.vectors))
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
        _, arguments, place = _parts(formula)
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
        parts = tuple(self._put_in(part, given, front, scope, place) for part in node.children)
        return moved(with_parts(node, parts), place) if parts else node

    def _with_letters(
        self, row: Components, at: At, scope: frozenset[str], given: Mapping[str, Formula]
    ) -> Formula:
        """The definition at the given indices, its bound letters fresh; sums over lists written out."""
        reductions = [node for node in walk(row.definition) if isinstance(node, Reduction)]
        bound = tuple(dict.fromkeys(each.name for node in reductions for each in node.bounds))
        fresh = self._fresh_for(bound, scope | set(_letters(at)))
        values: dict[Formula, Formula] = {Name(old): Name(new) for old, new in fresh.items()}
        values |= dict(zip(map(Name, row.letters), at, strict=True))
        lengths = {fresh[letter]: count for letter, count in _counts(row, given).items() if letter in fresh}

        def change(node: Formula) -> Formula:
            if not isinstance(node, Reduction):
                return node
            bounds = tuple(Bound(fresh[each.name]) for each in node.bounds)
            if len(bounds) == 1 and bounds[0].name in lengths and node.kind in ("sum", "mean"):
                return _spread(node, bounds[0].name, lengths[bounds[0].name])
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


def _parts(formula: MatrixProduct | Call) -> tuple[str, tuple[Formula, ...], int]:
    if isinstance(formula, Call):
        return formula.function, formula.arguments, formula.at or 0
    place = next((node.at for node in walk(formula) if isinstance(node, Name | Indexed | Call)), 0)
    return "@", formula.factors, place or 0


def _by_components(parameters: tuple[str, ...], body: Formula | None, vectors: Collection[str]) -> Components:
    """A function as an operation: the ranks are those of the components in its definition."""
    assert body is not None
    ranks = {node.name: len(node.indices) for node in walk(body) if isinstance(node, Indexed)}
    wanted = tuple(ranks.get(each, 0) if each in vectors else 0 for each in parameters)
    return Components(parameters, wanted, (), body)


def _counts(row: Components, given: Mapping[str, Formula]) -> dict[str, int]:
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
                    place = next((each.at for each in walk(listed) if isinstance(each, Name)), 0)
                    raise FormulaError(f"lists of {found[first.name]} and {count} components", place or 0)
    return found


def _spread(node: Reduction, letter: str, count: int) -> Formula:
    """A sum over a list, term by term."""
    terms = (replace(node.body, {Name(letter): Number(str(at))}) for at in range(count))
    total = plus(*terms)
    return Quotient(total, Number(str(count))) if node.kind == "mean" else total


def _axes(formula: Reduction, rank: int) -> tuple[int, ...]:
    if formula.axis is None:
        return tuple(range(rank))
    axes = tuple(axis + rank if axis < 0 else axis for axis in formula.axis)
    for axis, written in zip(axes, formula.axis, strict=True):
        if not 0 <= axis < rank or axes.count(axis) > 1:
            many = "1 axis" if rank == 1 else f"{rank} axes"
            twice = axes.count(axis) > 1
            reason = f"axis {written} twice" if twice else f"there is no axis {written} among {many}"
            raise FormulaError(reason, formula.at or 0, len(formula.kind), "The first axis is 0.")
    return axes


def _letters(at: At) -> tuple[str, ...]:
    return tuple(index.name for index in at if isinstance(index, Name))


def _component(target: Name | Indexed, at: At) -> Name | Indexed:
    return Indexed(target.name, at, target.at) if at else target


_KINDS = ("a number", "a vector", "a matrix")


def _kind(rank: int) -> str:
    return _KINDS[rank] if rank < len(_KINDS) else f"an array of {rank} axes"


def _unfit(
    name: str, arguments: tuple[Formula, ...], ranks: tuple[int, ...], rows: tuple[Components, ...], at: int
) -> FormulaError:
    told = [
        f"{argument.name} is {_kind(rank)}" if isinstance(argument, Name) else f"this is {_kind(rank)}"
        for argument, rank in zip(arguments, ranks, strict=True)
    ]
    suggestion = None
    numbers = [a.name for a, rank in zip(arguments, ranks, strict=True) if isinstance(a, Name) and rank == 0]
    if len(rows) and len(rows[0].parameters) != len(arguments):
        word = "argument" if len(rows[0].parameters) == 1 else "arguments"
        reason = f"{name} takes {len(rows[0].parameters)} {word}, not {len(arguments)}"
    elif numbers:
        suggestion = f'If {numbers[0]} is no number, declare its shape: shapes = {{{numbers[0]} = ["n"]}}.'
        reason = f"{name} takes no numbers: {', '.join(told)}"
    else:
        reason = f"{name} does not fit: {', '.join(told)}"
    word_length = 1 if name == "@" else len(name)
    return FormulaError(reason, at, word_length, suggestion)
