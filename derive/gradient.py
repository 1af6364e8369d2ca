"""Backpropagation on indexed equations: one sweep, last to first, gives the adjoint of every name.

For each occurrence u[φ] in a term of the equation for v[i], with local partial ∂v/∂u,

    ū[k] += sum over all indices of equation and term of  v̄[i] · ∂v/∂u · δ(k, φ),

where δ is eliminated by substitution wherever an index can be solved for, and kept as a guard where
not. Source: A. Griewank and A. Walther, Evaluating Derivatives (2008), chapter 3, with indices.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replace_fields
from functools import cached_property

from derive import tidy
from derive.equation import Equation, Term, component, formula_of
from derive.formula import (
    ONE,
    ZERO,
    Branch,
    Cases,
    Derivative,
    Formula,
    Name,
    Number,
    Reduction,
    Relation,
    operands,
    walk,
)
from derive.indices import contracted, fresh_letters, letters_in, renamed, subscripts
from derive.rules import NO_FUNCTIONS, Functions, Operand, depends, differentiate
from derive.steps import Step, derivation


@dataclass(frozen=True)
class LocalPartial:
    """The edge ∂of/∂wrt of the computation graph, the other inputs of the equation held fixed.

    `wrt` is an operand as it occurs in the equation; `terms` are the terms that hold it.
    """

    equation: Equation
    wrt: Operand
    terms: tuple[Term, ...]
    functions: Functions = field(default_factory=lambda: NO_FUNCTIONS, repr=False)

    @property
    def of(self) -> Operand:
        """The left side of the equation."""
        return self.equation.left

    @property
    def derivative(self) -> Derivative:
        """∂of/∂wrt as a symbol."""
        return Derivative(self.of, self.wrt)

    @cached_property
    def slopes(self) -> tuple[Term, ...]:
        """Each term differentiated, summed over what the occurrence does not fix."""
        fixed = {letter for index in subscripts(self.wrt) for letter in _letters(index)}
        slopes = (differentiated(term, self.wrt, self.functions) for term in self.terms)
        return tuple(Term(each.body, _without(each.summed, fixed), each.guards) for each in slopes)

    @cached_property
    def value(self) -> Formula:
        """The partial derivative in the shape that a textbook prints."""
        return tidy.total(_written(each) for each in self.slopes if not tidy.is_number(each.body, 0))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The derivation of the value, line by line, from the equation's right side."""
        return derivation(self.told, self.wrt, self.functions)

    @cached_property
    def is_one_of_several(self) -> bool:
        """Whether the equation reads components of the quantity in other places too, x_i and x_j.

        Then ∂of/∂wrt does not say that the other places are held fixed. x_0 and x_1 are never the same.
        """
        others = {each for term in self.equation.terms for each in _read(term.body, self.functions)}
        return any(each != self.wrt and _may_meet(each, self.wrt) for each in others)

    @property
    def told(self) -> Formula:
        """What the steps differentiate: the right side, or of sums over the operand's index one element."""
        if not self.is_one_of_several and not any(term_letters(term) for term in self.terms):
            return self.equation.formula
        fixed = {letter for index in subscripts(self.wrt) for letter in _letters(index)}
        return formula_of(
            with_cases(Term(term.body, _without(term.summed, fixed), term.guards)) for term in self.terms
        )


@dataclass(frozen=True)
class Contribution:
    """What one reader adds to an adjoint: the reader's adjoint times the local partial.

    `terms` hold the partial written out, `structure` the same chain rule in names; both are indexed by
    `wanted`, the letters of the adjoint. `sizes` are those of the reader's letters, `within` those of the
    wanted ones. `names` are the quantities' names: no index letter gets one.
    """

    partial: LocalPartial
    loss: str
    wanted: tuple[str, ...]
    sizes: Mapping[str, Formula] = field(repr=False)
    within: Mapping[str, Formula] = field(repr=False)
    names: frozenset[str] = field(repr=False)

    @property
    def reader(self) -> str:
        """The name of the reader."""
        return self.partial.equation.target

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """Reader's adjoint × local partial, a term for each set of letters that is summed over."""
        slopes = _slopes_by_letters(self.partial)
        return tuple(self._contracted(body, letters, guards) for letters, guards, body in slopes)

    @cached_property
    def structure(self) -> Term:
        """Reader's adjoint × ∂reader/∂node, as symbols."""
        return self._contracted(self.partial.derivative, _occurring(self.partial), ())

    def named(self, local: Formula) -> Formula:
        """Reader's adjoint × local partial, written as `local`."""
        return _written(self._contracted(local, _occurring(self.partial), ()))

    def _contracted(self, slope: Formula, letters: tuple[str, ...], guards: tuple[Relation, ...]) -> Term:
        reader = self.partial.equation
        adjoint = () if reader.target == self.loss else (Derivative(Name(self.loss), self.partial.of),)
        return contracted(
            tidy.product((*adjoint, slope)),
            letters=(*reader.indices, *letters),
            at=subscripts(self.partial.wrt),
            wanted=self.wanted,
            sizes=self.sizes,
            taken=self.names,
            guards=guards,
            within=self.within,
        )


@dataclass(frozen=True)
class Adjoint:
    """∂loss/∂node, as a sum over the readers of the node: the structure of the chain rule is kept."""

    loss: str
    node: str
    indices: tuple[str, ...]
    contributions: tuple[Contribution, ...]

    @property
    def derivative(self) -> Derivative:
        """∂loss/∂node as a symbol."""
        return Derivative(Name(self.loss), component(self.node, self.indices))

    @property
    def terms(self) -> tuple[Term, ...]:
        """All contributions written out; empty where the derivative is zero, 1 for the loss itself."""
        if self.node == self.loss:
            return (Term(ONE),)
        return tuple(term for each in self.contributions for term in each.terms)

    @property
    def formula(self) -> Formula:
        """The right side: reader's adjoint × local partial, summed."""
        return tidy.total(map(_written, self.terms))

    @property
    def structure(self) -> Formula:
        """The chain rule in names."""
        return tidy.total(_written(each.structure) for each in self.contributions)


def sweep(
    equations: Sequence[Equation],
    loss: str,
    *,
    functions: Functions = NO_FUNCTIONS,
    wrt: Collection[str] | None = None,
    sizes: Mapping[str, Mapping[str, Formula]] | None = None,
) -> Mapping[str, Adjoint]:
    """The adjoint of every name that the loss depends on, the loss first.

    With `wrt`, only of names that lead from one of those to the loss. `sizes` gives, per equation, the
    number of values of its letters; they bound what is solved from an affine index.
    """
    active = None if wrt is None else _leading_from(equations, wrt)
    names = frozenset(name for each in equations for name in (each.target, *each.reads))
    every_size = (size for known in (sizes or {}).values() for size in known.values())
    names |= {each.name for size in every_size for each in operands(size)}
    letters = _adjoint_letters(equations, names)
    within = _adjoint_sizes(equations, letters, sizes or {})
    found: dict[str, list[Contribution]] = {loss: []}
    for each in reversed(equations):
        if each.target not in found:
            continue
        for partial in local_partials(each, functions):
            name = partial.wrt.name
            if active is None or name in active:
                known = (sizes or {}).get(each.target, {})
                contribution = Contribution(partial, loss, letters[name], known, within.get(name, {}), names)
                found.setdefault(name, []).append(contribution)
    # Readers before what they read: an input may have been met before a quantity that reads it.
    computed = [each.target for each in reversed(equations) if each.target in found]
    order = dict.fromkeys((*computed, *found))
    return {name: Adjoint(loss, name, letters.get(name, ()), tuple(reversed(found[name]))) for name in order}


def local_partials(equation: Equation, functions: Functions = NO_FUNCTIONS) -> Iterator[LocalPartial]:
    """The local partials of an equation, one for each distinct operand, in reading order."""
    holders: dict[Operand, list[Term]] = {}
    for term in equation.terms:
        bound = {*equation.indices, *term_letters(term)}
        for operand in _read(term.body, functions):
            if operand.name not in bound:
                holders.setdefault(operand, []).append(term)
    for operand, terms in holders.items():
        yield LocalPartial(equation, operand, tuple(terms), functions)


def slope(term: Term, wrt: Operand, functions: Functions = NO_FUNCTIONS) -> Formula:
    """The derivative of a term's body; of a maximum, that of the first element that attains it."""
    return differentiated(term, wrt, functions).body


def differentiated(term: Term, wrt: Operand, functions: Functions = NO_FUNCTIONS) -> Term:
    """The derivative of a term, summed over its letters; of a maximum, that of the first that attains it."""
    body = term.body
    if isinstance(body, Reduction) and body.kind in ("argmax", "argmin"):
        return Term(ZERO, term.summed, term.guards)  # a place moves by leaps
    if not isinstance(body, Reduction) or body.kind not in ("max", "min"):
        return Term(differentiate(body, wrt, functions), term.summed, term.guards)
    letter = body.bounds[0].name
    inner = differentiate(body.body, wrt, functions)
    if not any(letters_in(part, (letter,)) for part in (inner, *subscripts(wrt))):
        return Term(inner, term.summed, term.guards)  # the same, whichever attains it
    # The place has a letter of its own: "i = arg max_i" would say two things by one letter.
    own = next(fresh_letters({node.name for node in walk(body) if isinstance(node, Name)}))
    elements = renamed(body.body, {letter: Name(own)})
    first = Reduction(f"arg{body.kind}", elements, (replace_fields(body.bounds[0], name=own),))
    chosen = Relation((Name(letter), first), ("=",))
    return Term(Cases((Branch(inner, chosen), Branch(ZERO, None))), term_letters(term), term.guards)


def term_letters(term: Term) -> tuple[str, ...]:
    """The letters that a term sums over, or takes its maximum over."""
    if isinstance(term.body, Reduction) and term.body.kind in ("max", "min"):
        return term.summed + tuple(bound.name for bound in term.body.bounds)
    return term.summed


def _read(body: Formula, functions: Functions) -> tuple[Operand, ...]:
    """The operands of a term, among them the names that functions of the model read."""
    inner = body.body if isinstance(body, Reduction) else body
    found = operands(inner)
    if not functions:
        return found
    outside = (
        Name(name)
        for row in functions.values()
        if (definition := row.body()) is not None
        for name in dict.fromkeys(each.name for each in operands(definition))
        if name not in row.parameters
    )
    return tuple(dict.fromkeys((*found, *(n for n in outside if depends(inner, n, functions)))))


def _may_meet(one: Operand, other: Operand) -> bool:
    """Whether two operands may be one component: not x_0 and x_1."""
    pairs = zip(subscripts(one), subscripts(other), strict=False)
    told_apart = any(isinstance(a, Number) and isinstance(b, Number) and a != b for a, b in pairs)
    return one.name == other.name and not told_apart


def _slopes_by_letters(
    partial: LocalPartial,
) -> Iterator[tuple[tuple[str, ...], tuple[Relation, ...], Formula]]:
    """The derivatives of the terms, added up where they have the same letters and guards; no zeros."""
    groups: dict[tuple[tuple[str, ...], tuple[Relation, ...]], list[Formula]] = {}
    for term in partial.terms:
        found = differentiated(term, partial.wrt, partial.functions)
        groups.setdefault((found.summed, found.guards), []).append(found.body)
    for (letters, guards), bodies in groups.items():
        body = tidy.total(bodies)
        if not tidy.is_number(body, 0):
            yield letters, guards, body


def _occurring(partial: LocalPartial) -> tuple[str, ...]:
    """The letters of the occurrence that the terms sum over."""
    summed = {letter for term in partial.terms for letter in term_letters(term)}
    found = (letter for index in subscripts(partial.wrt) for letter in letters_in(index, summed))
    return tuple(dict.fromkeys(found))


def with_cases(term: Term) -> Term:
    """The term with its guards as cases in its body."""
    body = term.body
    for guard in term.guards:
        body = Cases((Branch(body, guard), Branch(ZERO, None)))
    return Term(body, term.summed)


def _written(term: Term) -> Formula:
    """A term as a reader sees it: what its guards exclude counts as zero."""
    return formula_of((with_cases(term),))


def _leading_from(equations: Sequence[Equation], wrt: Collection[str]) -> set[str]:
    active = set(wrt)
    for each in equations:
        if not active.isdisjoint(each.reads):
            active.add(each.target)
    return active


def _adjoint_letters(equations: Sequence[Equation], names: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The index letters of each name: those of its equation, or of its first plain occurrence."""
    letters = {each.target: each.indices for each in equations}
    later: dict[str, int] = {}
    for each in equations:
        for operand in each.operands:
            at = subscripts(operand)
            plain = tuple(index.name for index in at if isinstance(index, Name))
            if operand.name in letters:
                continue
            if len(plain) == len(at) == len(set(plain)):
                letters[operand.name] = plain
            else:
                later[operand.name] = len(at)
    for name, rank in later.items():
        if name not in letters:
            fresh = fresh_letters(names)
            letters[name] = tuple(next(fresh) for _ in range(rank))
    return letters


def _adjoint_sizes(
    equations: Sequence[Equation],
    letters: Mapping[str, tuple[str, ...]],
    sizes: Mapping[str, Mapping[str, Formula]],
) -> dict[str, dict[str, Formula]]:
    """The number of values of each adjoint's letters, where a letter alone runs over that axis."""
    found: dict[str, dict[str, Formula]] = {}
    for each in equations:
        known = sizes.get(each.target, {})
        for operand in (each.left, *each.operands) if known else ():
            own = found.setdefault(operand.name, {})
            for letter, index in zip(letters.get(operand.name, ()), subscripts(operand), strict=False):
                if isinstance(index, Name) and index.name in known:
                    own.setdefault(letter, known[index.name])
    return found


def _letters(index: Formula) -> tuple[str, ...]:
    return tuple(each.name for each in operands(index))


def _without(letters: tuple[str, ...], fixed: Collection[str]) -> tuple[str, ...]:
    return tuple(letter for letter in letters if letter not in fixed)
