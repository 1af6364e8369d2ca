"""Reductions nested inside an expression become lines of their own, named and shown to the reader.

`p[i] = exp(z[i])/sum(exp(z[j]), j)` reads `e_z[i] = exp(z[i])`, `s = sum(e_z[i], i)`, `p[i] = e_z[i]/s`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain, count

from derive.equation import Equation, component, equation, terms_of, with_formula
from derive.formula import (
    Bound,
    Call,
    Formula,
    Indexed,
    Name,
    Number,
    Reduction,
    operands,
    replace,
    walk,
)
from derive.indices import fresh_letters, letters_in, renamed

# What a lifted line is called, by the kind of reduction.
NAMES = {"sum": "s", "max": "m", "min": "m", "prod": "p"}
# And what, where its usual letter is an array of which s[1] is read.
OTHER_NAMES = ("r", "q", "t", "u", "v", "line")


def lifted(equations: Sequence[Equation], taken: Collection[str]) -> tuple[Equation, ...]:
    """The equations, each preceded by the lines that its nested reductions need.

    `taken` are names that new lines must not use.
    """
    used = {*taken, *(each.target for each in equations)}
    used.update(name for each in equations for name in each.reads)
    numbered = _numbered(equations)
    found: list[Equation] = []
    for each in equations:
        if any(isinstance(node, Reduction) for node in walk(each.formula)):
            found.extend(_Lifting(used, numbered).lines(each))
        else:
            found.append(each)
    return tuple(found)


def _numbered(equations: Sequence[Equation]) -> frozenset[str]:
    """The arrays of which components are read by their numbers, s[1]: a name s1 would look like one."""
    nodes = (node for each in equations for node in walk(each.formula) if isinstance(node, Indexed))
    return frozenset(each.name for each in nodes if any(isinstance(index, Number) for index in each.indices))


class _Lifting:
    """The lines made for one equation; `used` collects the names given, `numbered` get no numbers."""

    def __init__(self, used: set[str], numbered: frozenset[str]) -> None:
        self.used = used
        self.numbered = numbered
        self.made: list[Equation] = []

    def lines(self, each: Equation) -> list[Equation]:
        formula = with_distinct_bounds(each.formula, each.indices)
        formula = self._named_elements(formula, each)
        top = {id(node) for node in _linear(formula)}
        formula = self._without_nested(formula, top, each.indices)
        line = with_formula(each, formula)
        return [*self.made, line]

    def _without_nested(self, formula: Formula, kept: Collection[int], letters: tuple[str, ...]) -> Formula:
        """The formula with its reductions named, innermost first, but for those in `kept`."""
        if isinstance(formula, Reduction):
            inside = (*letters, *(bound.name for bound in formula.bounds))
            body = self._without_nested(formula.body, (), inside)
            whole = Reduction(formula.kind, body, formula.bounds, formula.axis, formula.at)
            return whole if id(formula) in kept else self._name(whole, letters)
        children = tuple(self._without_nested(child, kept, letters) for child in formula.children)
        return formula.with_children(children) if children else formula

    def _name(self, reduction: Reduction, letters: tuple[str, ...]) -> Formula:
        indices = letters_in(reduction, letters)
        for line in self.made:
            if line.formula == reduction and line.indices == indices:
                return component(line.target, indices)
        name = self._fresh(NAMES.get(reduction.kind, "r"))
        self.made.append(equation(name, reduction, indices=indices))
        return component(name, indices)

    def _named_elements(self, formula: Formula, each: Equation) -> Formula:
        """The formula with function calls named that stand both inside a reduction and outside."""
        reductions = [node for node in walk(formula) if isinstance(node, Reduction)]
        letters = (*each.indices, *(bound.name for node in reductions for bound in node.bounds))
        for reduction in reductions:
            body, bounds = reduction.body, tuple(bound.name for bound in reduction.bounds)
            if not isinstance(body, Call) or reduction.kind != "sum" or len(bounds) != 1:
                continue
            # Of exp(A[k,i]) summed over k, exp(A[i,i]) is an element, but not one that tells the others.
            own = letters_in(body, letters)
            for letter in (each for each in letters if each not in own):
                element = renamed(body, {bounds[0]: Name(letter)})
                if any(node == element for node in walk(formula)):
                    return self._with_element(formula, body, bounds[0], letter, letters)
        return formula

    def _with_element(
        self, formula: Formula, body: Call, bound: str, letter: str, letters: tuple[str, ...]
    ) -> Formula:
        source = operands(body)
        name = self._fresh(f"e_{source[0].name}" if body.function == "exp" and source else "e")
        definition = renamed(body, {bound: Name(letter)})
        indices = letters_in(definition, letters)
        self.made.append(equation(name, definition, indices=indices))
        inner = component(name, tuple(bound if i == letter else i for i in indices))
        return replace(formula, {body: inner, definition: component(name, indices)})

    def _fresh(self, stem: str) -> str:
        numbered = next(each for each in (stem, *OTHER_NAMES) if each not in self.numbered)
        candidates = chain((stem,), (f"{numbered}{number}" for number in count(1)))
        name = next(each for each in candidates if each not in self.used)
        self.used.add(name)
        return name


def with_distinct_bounds(formula: Formula, letters: Collection[str]) -> Formula:
    """The formula with no bound letter that is also free, or bound again further inside."""
    taken = {*letters, *(node.name for node in walk(formula) if isinstance(node, Name))}

    def apart(node: Formula, scope: frozenset[str]) -> Formula:
        if isinstance(node, Reduction):
            for bound in node.bounds:
                if bound.name in scope:
                    node = _rebound(node, bound.name, next(fresh_letters(taken)))
            taken.update(bound.name for bound in node.bounds)
            scope = scope | {bound.name for bound in node.bounds}
        if not node.children:
            return node
        return node.with_children(tuple(apart(child, scope) for child in node.children))

    return apart(formula, frozenset(letters))


def _rebound(reduction: Reduction, old: str, new: str) -> Reduction:
    bounds = tuple(
        Bound(new, bound.low, bound.high, bound.at) if bound.name == old else bound
        for bound in reduction.bounds
    )
    body = renamed(reduction.body, {old: Name(new)})
    return Reduction(reduction.kind, body, bounds, reduction.axis, reduction.at)


def _linear(formula: Formula) -> Iterator[Formula]:
    """The reductions that the terms of the equation open by themselves."""
    inside = {id(node) for term in terms_of(formula) for node in walk(term.body)}
    if isinstance(formula, Reduction):
        yield formula
    for node in walk(formula):
        if isinstance(node, Reduction) and id(node) not in inside:
            yield node
