"""One slip in a formula: a sign, a factor, an index, a function, a prime, a path, a transpose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from derive.formula import (
    Call,
    Cases,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Sum,
    Transpose,
)

_NUMBERED = re.compile(r"(?P<stem>.*\D)(?P<number>\d+)")


@dataclass(frozen=True, slots=True)
class Words:
    """The names and index letters of a page, how many axes its names have, and what its sizes are called."""

    names: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    ranks: Mapping[str, int] = field(default_factory=dict)
    sizes: frozenset[str] = frozenset()


Slips = Callable[[Formula, Words], Iterator[Formula]]


def slips(formula: Formula, kind: str, words: Words) -> Iterator[Formula]:
    """The formula with one slip of a kind, at each place where there can be one."""
    yield from KINDS[kind](formula, words)
    if isinstance(formula, Cases):
        return
    parts = formula.children
    for at, part in enumerate(parts):
        if isinstance(formula, Indexed | Derivative) and kind != "index":
            continue
        for changed in slips(part, kind, words):
            yield formula.with_children((*parts[:at], _seated(formula, changed), *parts[at + 1 :]))


def _seated(parent: Formula, part: Formula) -> Formula:
    """A changed part in parentheses where the tree would take it for parts of the parent."""
    loose = isinstance(part, Sum | Negation) or (isinstance(part, Product) and isinstance(parent, Power))
    closed = isinstance(parent, Grouping | Call) or (isinstance(parent, Sum) and isinstance(part, Negation))
    return Grouping(part) if loose and not closed else part


def _signs(formula: Formula, words: Words) -> Iterator[Formula]:
    match formula:
        case Sum(terms):
            for at, term in enumerate(terms):
                yield Sum((*terms[:at], _opposite(term), *terms[at + 1 :]))
        case Negation(operand):
            yield operand
        case Call(function="exp", arguments=(argument,)) if not isinstance(argument, Negation | Grouping):
            yield formula.with_children((Negation(Grouping(argument)),))


def _opposite(term: Formula) -> Formula:
    return term.operand if isinstance(term, Negation) else Negation(term)


def _factors(formula: Formula, words: Words) -> Iterator[Formula]:
    match formula:
        case Product(factors):
            for at in range(len(factors)):
                rest = (*factors[:at], *factors[at + 1 :])
                yield rest[0] if len(rest) == 1 else Product(rest)
        case Power(base, Number(text)) if text.isdigit():
            yield Power(base, Number(str(int(text) + 1)))
        case Number(text) if text.isdigit() and text != "0":
            yield Number(str(2 * int(text)))


def _indices(formula: Formula, words: Words) -> Iterator[Formula]:
    match formula:
        case Name(name) if (parts := _NUMBERED.fullmatch(name)) is not None:
            for number in (int(parts["number"]) + 1, int(parts["number"]) - 1):
                if f"{parts['stem']}{number}" in words.names:
                    yield Name(f"{parts['stem']}{number}")
        case Indexed(name, indices):
            for at, index in enumerate(indices):
                for letter in sorted(words.letters):
                    if isinstance(index, Name) and index.name != letter:
                        yield Indexed(name, (*indices[:at], Name(letter), *indices[at + 1 :]))
            if len(indices) == 2 and indices[0] != indices[1]:
                yield Indexed(name, (indices[1], indices[0]))


def _functions(formula: Formula, words: Words) -> Iterator[Formula]:
    match formula:
        case Call(arguments=(argument,), primes=0):
            yield Grouping(argument) if argument.children else argument


def _primes(formula: Formula, words: Words) -> Iterator[Formula]:
    match formula:
        case Call(function, arguments, primes) if primes:
            yield Call(function, arguments, primes - 1)


def _paths(formula: Formula, words: Words) -> Iterator[Formula]:
    match formula:
        case Sum(terms) if any(_is_path(each) for each in terms):
            for at, term in enumerate(terms):
                rest = (*terms[:at], *terms[at + 1 :])
                if _is_path(term):
                    yield rest[0] if len(rest) == 1 else Sum(rest)
        case Product(factors) if sum(isinstance(each, Derivative) for each in factors) > 1:
            for at, factor in enumerate(factors):
                rest = (*factors[:at], *factors[at + 1 :])
                if isinstance(factor, Derivative):
                    yield rest[0] if len(rest) == 1 else Product(rest)


def _is_path(term: Formula) -> bool:
    """Whether a term of a sum is a product, as what comes along one path is."""
    bare = term.operand if isinstance(term, Negation) else term
    return isinstance(bare, Product | MatrixProduct)


def _transposes(formula: Formula, words: Words) -> Iterator[Formula]:
    match formula:
        case Transpose(operand):
            yield operand
        case MatrixProduct(factors) | Product(factors):
            arrays = [at for at, each in enumerate(factors) if _is_array(each, words)]
            for at in arrays:
                if isinstance(factors[at], Name) and words.ranks.get(_name(factors[at])) == 2:
                    yield formula.with_children((*factors[:at], Transpose(factors[at]), *factors[at + 1 :]))
            for at, following in pairwise(arrays):
                swapped = list(factors)
                swapped[at], swapped[following] = factors[following], factors[at]
                yield formula.with_children(tuple(swapped))


def _is_array(formula: Formula, words: Words) -> bool:
    bare = formula.operand if isinstance(formula, Transpose) else formula
    if isinstance(bare, Derivative):
        bare = bare.wrt
    return isinstance(bare, Name) and words.ranks.get(bare.name, 0) > 0


def _name(formula: Formula) -> str:
    return formula.name if isinstance(formula, Name) else ""


KINDS: Mapping[str, Slips] = {
    "sign": _signs,
    "factor": _factors,
    "index": _indices,
    "function dropped": _functions,
    "prime dropped": _primes,
    "path dropped": _paths,
    "transposition": _transposes,
}
