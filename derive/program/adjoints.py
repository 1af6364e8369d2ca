"""The backward lines: names for adjoints, derivatives of functions written out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from derive import tidy
from derive.equation import Term, component
from derive.formula import (
    ZERO,
    Call,
    Derivative,
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
    rewrite,
    walk,
)
from derive.gradient import Adjoint, Contribution
from derive.indices import letters_in, multiplied
from derive.program.inlining import changed
from derive.program.naming import fresh
from derive.program.program import Line
from derive.program.stability import slope
from derive.rules import Functions


class Adjoints:
    """Adjoints with their names, `dL_dh1`, and the lines that compute them.

    The adjoint of an array that is the same number everywhere, such as the 1/N of a mean, has no line of
    its own; those of `wanted` quantities always have one, of zeros where the loss does not depend on them.
    """

    def __init__(
        self, loss: str, found: Mapping[str, Adjoint], wanted: Mapping[str, tuple[str, ...]], taken: set[str]
    ) -> None:
        self._found = [each for each in found.values() if each.node != each.loss]
        self._constants: dict[str, Formula] = {}
        for each in self._found:
            value = None if each.node in wanted else self._constant(each)
            if value is not None and (each.indices or tidy.rational(value) is not None):
                self._constants[each.node] = value
        self._missing = {node: letters for node, letters in wanted.items() if node not in found}
        nodes = (*(each.node for each in self._found), *self._missing)
        self.names = {node: fresh(f"d{loss}_d{node}", taken) for node in nodes if node not in self._constants}
        self._loss = loss

    def lines(self, functions: Functions) -> Iterator[Line]:
        """A line for each adjoint, last to first."""
        for each in self._found:
            if each.node not in self._constants:
                terms = tuple(
                    self._term(term, contribution, functions)
                    for contribution in each.contributions
                    for term in contribution.terms
                )
                # The derivative of sign is 0 and shows only now that it is written out.
                terms = tuple(term for term in terms if not tidy.is_number(term.body, 0))
                terms = tuple(_collected(terms)) or (Term(ZERO),)
                yield Line(self.names[each.node], each.indices, terms, each.derivative)
        for node, letters in self._missing.items():
            of = Derivative(Name(self._loss), component(node, letters))
            yield Line(self.names[node], letters, (Term(ZERO),), of)

    def _constant(self, adjoint: Adjoint) -> Formula | None:
        """The number that an array's adjoint is everywhere; None if it is none."""
        bodies = []
        for term in adjoint.terms:
            body = rewrite(term.body, self._with_constants)
            if term.summed or term.guards or any(map(_varies, walk(body))):
                return None
            bodies.append(body)
        return tidy.total(bodies)

    def _with_constants(self, node: Formula) -> Formula:
        match node:
            case Derivative(wrt=Name(wrt) | Indexed(wrt)) if wrt in self._constants:
                return self._constants[wrt]
            case Product(factors):
                return tidy.product(factors)
        return node

    def _term(self, term: Term, contribution: Contribution, functions: Functions) -> Term:
        body = self._named(term.body, functions)
        if not term.summed or term.guards or not self._constants:
            return Term(body, term.summed, term.guards)
        # A constant adjoint that was put in may have been all that had the index.
        body, summed = multiplied(body, term.summed, contribution.sizes)
        return Term(body, tuple(summed))

    def _named(self, body: Formula, functions: Functions) -> Formula:
        match body:
            # What most terms of a network are, without the detour.
            case Product((Derivative(wrt=Name(wrt) | Indexed(wrt)) as adjoint, Name() | Indexed() as factor)):
                if wrt not in self._constants:
                    return Product((self._name(adjoint), factor))

        def name(node: Formula) -> Formula:
            match node:
                case Derivative(wrt=Name(wrt) | Indexed(wrt)) if wrt in self._constants:
                    return self._constants[wrt]
                case Negation(Sum(terms)) if all(isinstance(term, Negation) for term in terms):
                    return Sum(tuple(map(tidy.negative, terms)))
                case Derivative():
                    return self._name(node)
                case Call(primes=primes) if primes:
                    return slope(node, functions)
                case Product(factors):
                    return tidy.product(factors)
                case Negation(operand) if tidy.is_number(operand, 0):
                    return ZERO
                case Quotient(top, _) if tidy.is_number(top, 0):
                    return ZERO
                case Sum(terms) if any(tidy.is_number(term, 0) for term in terms):
                    return tidy.total(terms)
                case Grouping(inner) if not inner.children or isinstance(inner, Indexed):
                    return inner
            return node

        return rewrite(body, name)

    def _name(self, adjoint: Derivative) -> Name | Indexed:
        wrt = adjoint.wrt
        assert isinstance(wrt, (Name, Indexed))
        own = self.names[wrt.name]
        return Indexed(own, wrt.indices) if isinstance(wrt, Indexed) else Name(own)


def _collected(terms: Sequence[Term]) -> Iterator[Term]:
    """The terms with those that are equal as a multiple of one: what reads a quantity twice gives two."""
    for term, many in Counter(terms).items():
        body = term.body if many == 1 else tidy.product((Number(str(many)), term.body))
        yield Term(body, term.summed, term.guards)


def _varies(node: Formula) -> bool:
    return isinstance(node, (Indexed, Derivative, Call))


def with_places(lines: Sequence[Line], taken: set[str]) -> list[Line]:
    """The lines with the place of each maximum found once, in a line before its first reader."""
    names: dict[Formula, Formula] = {}
    found: list[Line] = []
    if not any(isinstance(term.body, Reduction) for line in lines for term in line.terms):
        return list(lines)
    for line in lines:
        for node in _places(line):
            if node not in names:
                bound = {each.name for each in node.bounds}
                every = (*line.indices, *(letter for term in line.terms for letter in term.summed))
                letters = letters_in(node, [each for each in every if each not in bound])
                stem = f"{node.kind}_{_first(node.body)}"
                made = Line(fresh(stem, taken), letters, (Term(node),))
                names[node] = made.left
                found.append(made)
        found.append(changed(line, lambda node: names.get(node, node), _read(line)) if names else line)
    return found


def _places(line: Line) -> Iterator[Reduction]:
    for term in line.terms:
        for node in walk(term.body):
            if isinstance(node, Reduction) and node.kind in ("argmax", "argmin") and node is not term.body:
                yield node


def _read(line: Line) -> Collection[str]:
    return {node.name for term in line.terms for node in walk(term.body) if isinstance(node, (Name, Indexed))}


def _first(body: Formula) -> str:
    return next(node.name for node in walk(body) if isinstance(node, (Name, Indexed)))
