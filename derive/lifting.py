"""Reductions nested inside an expression become lines of their own, named and shown to the reader.

`p[i] = exp(z[i])/sum(exp(z[j]), j)` reads `e_z[i] = exp(z[i])`, `s = sum(e_z[i], i)`, `p[i] = e_z[i]/s`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, count

from derive.equation import Equation, component, equation, terms_of, with_formula
from derive.formula import (
    Bound,
    Call,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Product,
    Quotient,
    Reduction,
    Sum,
    operands,
    walk,
)
from derive.indices import fresh_letters, letters_in, renamed

# What a lifted line is called, by the kind of reduction.
NAMES = {"sum": "s", "max": "m", "min": "m", "prod": "p"}
# And what, where its usual letter is an array of which s[1] is read.
OTHER_NAMES = ("r", "q", "t", "u", "v", "line")

Letters = tuple[str, ...]


def lifted(equations: Sequence[Equation], taken: Collection[str]) -> tuple[Equation, ...]:
    """The equations, each preceded by the lines that its nested reductions need.

    `taken` are names that new lines must not use, as they use none of an index letter.
    """
    used = {*taken, *(each.target for each in equations)}
    used.update(name for each in equations for name in _names_in(each))
    lifting = _Lifting(used, _numbered(equations))
    found: list[Equation] = []
    for each in equations:
        if any(isinstance(node, Reduction) for node in walk(each.formula)):
            found.extend(lifting.lines(each))
        else:
            found.append(each)
    return tuple(found)


def _names_in(each: Equation) -> Iterator[str]:
    """The quantities that an equation reads, and its index letters."""
    yield from each.indices
    for node in walk(each.formula):
        if isinstance(node, Name | Indexed):
            yield node.name
        elif isinstance(node, Reduction):
            yield from (bound.name for bound in node.bounds)


def _numbered(equations: Sequence[Equation]) -> frozenset[str]:
    """The arrays of which components are read by their numbers, s[1]: a name s1 would look like one."""
    nodes = (node for each in equations for node in walk(each.formula) if isinstance(node, Indexed))
    return frozenset(each.name for each in nodes if any(isinstance(index, Number) for index in each.indices))


class _Lifting:
    """The lines made for the equations; `used` collects the names given, `numbered` get no numbers.

    `known` are the lines made so far, by what they compute whatever the letters; those that only one
    equation may read, since its letters tell their sizes, are its `own`.
    """

    def __init__(self, used: set[str], numbered: frozenset[str]) -> None:
        self.used = used
        self.numbered = numbered
        self.known: dict[Formula, str] = {}
        self.own: set[Formula] = set()
        self.made: list[Equation] = []

    def lines(self, each: Equation) -> list[Equation]:
        self.made = []
        for key in self.own:
            del self.known[key]
        self.own.clear()
        formula = self._lifted(with_distinct_bounds(each.formula, each.indices), each.indices, each.target)
        return [*self.made, with_formula(each, formula)]

    def _lifted(self, formula: Formula, letters: Letters, target: str) -> Formula:
        formula = self._with_arguments(formula, letters, target)
        before: Formula | None = None
        while formula is not before:
            before = formula
            formula = self._named_elements(self._merged(formula, letters), letters)
            formula = self._with_shares(formula, letters)
        return self._without_nested(formula, _standing(formula, letters), letters)

    def _with_arguments(self, formula: Formula, letters: Letters, target: str) -> Formula:
        """The formula with what a softmax or a log-sum-exp is of on a line of its own, unless that is plain.

        The largest of such arguments is taken off all of them, and that wants a name.
        """
        standing = _standing(formula, letters)
        for total, scope in _reductions(formula, letters):
            argument = _exponent(total)
            if argument is None or id(total) in standing or _is_plain(argument):
                continue
            inside = (*scope, *(bound.name for bound in total.bounds))
            key = _key(argument, inside)
            if key not in self.known:
                indices = letters_in(argument, inside)
                name = self._fresh(f"z_{target}")
                self._make(name, self._lifted(argument, indices, target), indices, key)
            formula = self._with_line(formula, letters, key)
            return self._with_arguments(formula, letters, target)
        return formula

    def _with_line(self, formula: Formula, letters: Letters, key: Formula) -> Formula:
        """The formula with what a line computes read from it."""
        if type(formula) is type(key) and _key(formula, letters) == key:
            return component(self.known[key], letters_in(formula, letters))
        if isinstance(formula, Sum) and isinstance(key, Sum):
            formula = self._with_terms(formula, letters, key)
        if not formula.children or isinstance(formula, Indexed):
            return formula
        inside = _inside(formula, letters)
        return formula.with_children(tuple(self._with_line(child, inside, key) for child in formula.children))

    def _with_terms(self, formula: Sum, letters: Letters, key: Sum) -> Formula:
        """The sum with terms that are together what a line computes read from it."""
        many = len(key.terms)
        for at in range(len(formula.terms) - many + 1):
            part = Sum(formula.terms[at : at + many])
            if _key(part, letters) == key:
                line = component(self.known[key], letters_in(part, letters))
                return Sum((*formula.terms[:at], line, *formula.terms[at + many :]))
        return formula

    def _merged(self, formula: Formula, letters: Letters) -> Formula:
        """The formula with every innermost reduction named that it has twice, whatever the letters.

        Not those that only stand by themselves.
        """
        standing = _standing(formula, letters)
        inner = [each for each in _reductions(formula, letters) if not _has_sums(each[0].body)]
        found = [(_key(node, scope), id(node) in standing) for node, scope in inner]
        counts = Counter(key for key, _ in found)
        again = {key for key, stands in found if not stands and counts[key] > 1}

        def named(node: Formula, scope: Letters) -> Formula:
            if not node.children or isinstance(node, Indexed):
                return node
            inside = _inside(node, scope)
            whole = node.with_children(tuple(named(child, inside) for child in node.children))
            if isinstance(whole, Reduction) and _key(node, scope) in again:
                return self._name(whole, scope)
            return whole

        return named(formula, letters) if again else formula

    def _without_nested(self, formula: Formula, kept: Collection[int], letters: Letters) -> Formula:
        """The formula with its reductions named, innermost first, but for those in `kept`."""
        if isinstance(formula, Reduction):
            body = self._without_nested(formula.body, (), _inside(formula, letters))
            whole = Reduction(formula.kind, body, formula.bounds, formula.axis, formula.at)
            return whole if id(formula) in kept else self._name(whole, letters)
        children = tuple(self._without_nested(child, kept, letters) for child in formula.children)
        return formula.with_children(children) if children else formula

    def _name(self, reduction: Reduction, letters: Letters) -> Formula:
        indices, key = letters_in(reduction, letters), _key(reduction, letters)
        if key not in self.known:
            self._make(self._fresh(NAMES.get(reduction.kind, "r")), reduction, indices, key)
        return component(self.known[key], indices)

    def _named_elements(self, formula: Formula, outer: Letters) -> Formula:
        """The formula with function calls named that stand both inside a reduction and outside."""
        reductions = [node for node in walk(formula) if isinstance(node, Reduction)]
        letters = (*outer, *(bound.name for node in reductions for bound in node.bounds))
        for reduction in reductions:
            body, bounds = reduction.body, tuple(bound.name for bound in reduction.bounds)
            if not isinstance(body, Call) or reduction.kind != "sum" or len(bounds) != 1:
                continue
            # Of exp(A[k,i]) summed over k, exp(A[i,i]) is an element, but not one that tells the others.
            own = letters_in(body, letters)
            for letter in (each for each in letters if each not in own):
                element = renamed(body, {bounds[0]: Name(letter)})
                if isinstance(element, Call) and any(node == element for node in walk(formula)):
                    return self._with_element(formula, element, outer, letters)
        return formula

    def _with_element(self, formula: Formula, definition: Call, outer: Letters, letters: Letters) -> Formula:
        source = operands(definition)
        name = self._fresh(f"e_{source[0].name}" if definition.function == "exp" and source else "e")
        # A letter that is bound inside is none of the element's.
        within = {each.name for node in walk(definition) for each in _bounds(node)}
        indices = letters_in(definition, [each for each in letters if each not in within])
        key = _key(definition, indices)
        self._make(name, definition, indices, key)
        return self._with_line(formula, outer, key)

    def _make(self, name: str, formula: Formula, indices: Letters, key: Formula) -> None:
        """A line, which everything with this key reads from now on."""
        self.made.append(equation(name, formula, indices=indices))
        self.known[key] = name
        if not _has_sizes(formula, indices):
            self.own.add(key)

    def _with_shares(self, formula: Formula, letters: Letters) -> Formula:
        """The formula with each softmax in it on a line of its own: its adjoint is a short one then."""
        for share, scope in _shares(formula, letters):
            (top, total), made = share.children, {line.target: line for line in self.made}
            if isinstance(total, (Name, Indexed)) and total.name in made:
                total = made[total.name].formula
            match top, total:
                case Indexed(name), Reduction(kind="sum", body=Indexed(summed)) if (
                    name == summed and name in made and isinstance(made[name].formula, Call)
                ):
                    key, indices = _key(share, scope), letters_in(share, scope)
                    whole = self._without_nested(share, (), scope)
                    self._make(self._fresh(f"softmax_{name.removeprefix('e_')}"), whole, indices, key)
                    return self._with_line(formula, letters, key)
        return formula

    def _fresh(self, stem: str) -> str:
        numbered = next(each for each in (stem, *OTHER_NAMES) if each not in self.numbered)
        candidates = chain((stem,), (f"{numbered}{number}" for number in count(1)))
        name = next(each for each in candidates if each not in self.used)
        self.used.add(name)
        return name


def _has_sizes(formula: Formula, free: Letters) -> bool:
    """Whether each letter is an index of some array by itself, and no index runs over a part of its axis."""
    nodes = tuple(walk(formula))
    bounds = [bound for node in nodes for bound in _bounds(node)]
    plain = {index for node in nodes if isinstance(node, Indexed) for index in node.indices}
    whole = all(bound.low is bound.high is None for bound in bounds)
    return whole and plain.issuperset(map(Name, (*free, *(bound.name for bound in bounds))))


def _exponent(formula: Reduction) -> Formula | None:
    """The argument of the exponential that a sum is of; None if it is of none."""
    match formula:
        case Reduction(kind="sum", body=Call("exp", (argument,), primes=0)):
            return argument.inner if isinstance(argument, Grouping) else argument
    return None


def _is_plain(formula: Formula) -> bool:
    """Whether a formula is a quantity, or a sum that gets a line anyway."""
    return isinstance(formula, (Name, Indexed, Number, Reduction))


def _has_sums(formula: Formula) -> bool:
    return any(isinstance(node, Reduction) for node in walk(formula))


def _bounds(node: Formula) -> tuple[Bound, ...]:
    return node.bounds if isinstance(node, Reduction) else ()


def _inside(node: Formula, letters: Letters) -> Letters:
    """The letters that are known inside of a node."""
    return (*letters, *(bound.name for bound in _bounds(node)))


def _reductions(formula: Formula, letters: Letters) -> Iterator[tuple[Reduction, Letters]]:
    """The reductions in a formula, outermost first, each with the letters that are known where it stands."""
    if isinstance(formula, Reduction):
        yield formula, letters
    for child in formula.children:
        yield from _reductions(child, _inside(formula, letters))


def _shares(formula: Formula, letters: Letters) -> Iterator[tuple[Quotient, Letters]]:
    """The fractions that an exponential may be divided in, inside of a formula, with the letters known there.

    None that a logarithm is taken of: that has a form of its own.
    """
    if isinstance(formula, Call) and formula.function == "log":
        return
    for child in formula.children:
        if isinstance(child, Quotient):
            yield child, _inside(formula, letters)
        yield from _shares(child, _inside(formula, letters))


def _key(formula: Formula, letters: Letters) -> Formula:
    """The formula with its letters numbered, free ones and bound ones: the same array under any letters.

    Where an array does not tell the sizes of all letters, x[i + k], they stay as they are.
    """
    if not _has_sizes(formula, letters_in(formula, letters)):
        return formula
    numbers: dict[str, Formula] = {
        letter: Name(f"#{at}") for at, letter in enumerate(letters_in(formula, letters))
    }
    places = count()

    def apart(node: Formula) -> Formula:
        if isinstance(node, Reduction):
            for bound in node.bounds:
                node = _rebound(node, bound.name, f"@{next(places)}")
        if not node.children or isinstance(node, Indexed):
            return node
        return node.with_children(tuple(map(apart, node.children)))

    return apart(renamed(formula, numbers) if numbers else formula)


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


def _standing(formula: Formula, letters: Letters) -> set[int]:
    """The reductions, by identity, that need no name: the terms of the equation open by themselves."""
    apart = {id(node) for node in _in_brackets(formula, letters)}
    return {id(node) for node in _linear(formula)} - apart


def _in_brackets(formula: Formula, letters: Letters, *, scaled: bool = False) -> Iterator[Formula]:
    """The reductions in a sum that an array's equation multiplies or divides: (x[i] - mean(x))/s.

    Opened, the terms of that sum would be apart, and cancel only in the end.
    """
    match formula:
        case Sum(terms) if scaled:
            nodes = (node for term in terms for node in walk(term))
            for node in nodes:
                if isinstance(node, Reduction) and letters:
                    yield node
        case Sum(parts) | Product(parts):
            scaled = scaled or isinstance(formula, Product)
            for part in parts:
                yield from _in_brackets(part, letters, scaled=scaled)
        case Grouping(inner) | Negation(inner):
            yield from _in_brackets(inner, letters, scaled=scaled)
        case Quotient(top, _):
            yield from _in_brackets(top, letters, scaled=True)


def _linear(formula: Formula) -> Iterator[Formula]:
    """The reductions that the terms of the equation open by themselves."""
    inside = {id(node) for term in terms_of(formula) for node in walk(term.body)}
    if isinstance(formula, Reduction):
        yield formula
    for node in walk(formula):
        if isinstance(node, Reduction) and id(node) not in inside:
            yield node
