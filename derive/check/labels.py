"""Which names a text uses as the labels of a loss: y before a logarithm, -y z under an exponential."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from derive.formula import (
    Call,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Sum,
    walk,
)

_ENDING = re.compile(r"[0-9\[^_({⟦⟨].*$", re.DOTALL)
# A label stands before the score in these: log(1 + e^{-yz}), log σ(yz), max(0, 1 - yz).
_LOSSES = frozenset({"log", "softplus", "max"})
_OF_SCORES = frozenset({"exp", "sigmoid"})


@dataclass(frozen=True, slots=True)
class Labels:
    """The names that stand where labels of a loss do, without numbers and indices, and what is derived by."""

    named: frozenset[str] = frozenset()
    by: frozenset[str] = frozenset()

    @classmethod
    def of(cls, formulas: Iterable[Formula]) -> Labels:
        """The labels that formulas speak of."""
        nodes = [node for each in formulas for node in walk(each)]
        named = {stem(name) for node in nodes for name in _labels(node)}
        slopes = [node.wrt for node in nodes if isinstance(node, Derivative)]
        by = {stem(each.name) for each in slopes if isinstance(each, Name | Indexed)}
        return cls(frozenset(named), frozenset(by))

    def and_of(self, *formulas: Formula) -> frozenset[str]:
        """The labels of these formulas, too: nothing is derived by a label."""
        other = Labels.of(formulas)
        return (self.named | other.named) - self.by - other.by


def stem(name: str) -> str:
    """The letter that a name begins with: y of y1, of y[i], of y_true."""
    return _ENDING.sub("", name)


def _labels(node: Formula) -> Iterator[str]:
    match node:
        case Product(factors) if any(_is_logarithm(each) for each in factors):
            yield from (name for each in factors for name in _chosen(each))
        case Power(exponent=exponent):
            yield from _complement(exponent)
        case Sum(terms):
            yield from _signed(terms)
        case Call(function, arguments) if function in _LOSSES:
            for each in arguments:
                yield from _of_scores(each, function)


def _is_logarithm(formula: Formula) -> bool:
    return isinstance(formula, Call) and formula.function == "log"


def _chosen(factor: Formula) -> Iterator[str]:
    """y of the factors y and 1 - y."""
    if isinstance(factor, Name | Indexed):
        yield factor.name
    yield from _complement(factor)


def _complement(formula: Formula) -> Iterator[str]:
    """y of 1 - y."""
    match formula.inner if isinstance(formula, Grouping) else formula:
        case Sum((Number("1"), Negation(Name(name) | Indexed(name)))):
            yield name


def _signed(terms: tuple[Formula, ...]) -> Iterator[str]:
    """y of 2y - 1 and 1 - 2y."""
    for each in terms if len(terms) == 2 and any(_is_one(term) for term in terms) else ():
        match each.operand if isinstance(each, Negation) else each:
            case Product((Number("2"), Name(name) | Indexed(name))):
                yield name


def _is_one(formula: Formula) -> bool:
    return (formula.operand if isinstance(formula, Negation) else formula) == Number("1")


def _of_scores(formula: Formula, function: str) -> Iterator[str]:
    """The factors of a score in a loss: under the exponential of a logarithm, anywhere in a maximum."""
    inside = [formula]
    if function == "log":
        inside = [each for each in walk(formula) if isinstance(each, Call) and each.function in _OF_SCORES]
    for each in inside:
        for node in walk(each):
            if isinstance(node, Product):
                yield from (part.name for part in node.factors if isinstance(part, Name | Indexed))
