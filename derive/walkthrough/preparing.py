"""Pairs of forms rewritten before they are compared: what the proof engine would not see by itself."""

from __future__ import annotations

from collections.abc import Iterator

from derive.formula import (
    Bound,
    Branch,
    Call,
    Cases,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Relation,
    Sum,
    replace,
    rewrite,
    walk,
)
from derive.indices import letters_in, renamed
from derive.tidy import is_number, rational

Pair = tuple[Formula, Formula]


def with_calls_named(left: Formula, right: Formula) -> Pair:
    """The pair with a quantity in place of each call, the same for the same call: what holds for any holds.

    A call is named with the index letters that it holds, so that it still depends on those of a sum.
    """
    letters = {letter.name for side in (left, right) for node in walk(side) for letter in _letters(node)}
    calls: dict[Formula, Formula] = {}

    def named(node: Formula) -> Formula:
        if isinstance(node, Call) and node not in calls:
            own = letters_in(node, letters)
            name = f"call {len(calls)}"
            calls[node] = Indexed(name, tuple(map(Name, own))) if own else Name(name)
        if isinstance(node, Call):
            return calls[node]
        return node.with_children(tuple(map(named, node.children))) if node.children else node

    if any(isinstance(node, Derivative) for side in (left, right) for node in walk(side)):
        return left, right
    return named(left), named(right)


def _letters(node: Formula) -> Iterator[Name]:
    """The index letters at a node: those of a component, and those that a sum runs over."""
    if isinstance(node, Indexed):
        yield from (each for index in node.indices for each in walk(index) if isinstance(each, Name))
    if isinstance(node, Reduction):
        yield from (Name(bound.name) for bound in node.bounds)


def _with_exponent_split(node: Formula) -> Formula:
    """A power with a symbolic sum as its exponent as a product: b**(y - 1) is b**y/b."""
    if not (isinstance(node, Power) and isinstance(node.exponent, Sum)):
        return node
    if all(rational(term) is not None for term in node.exponent.terms):
        return node
    return Product(tuple(Power(node.base, term) for term in node.exponent.terms))


def _as_exponential(node: Formula) -> Formula:
    """A power with a symbolic exponent as an exponential: it has a meaning where its base is positive."""
    if not isinstance(node, Power) or not any(isinstance(n, Name | Indexed) for n in walk(node.exponent)):
        # x^{2 - 1} has a meaning where x is 0, too.
        return node
    if isinstance(node.base, Name | Number):
        return node
    return Call("exp", (Product((node.exponent, Call("log", (node.base,)))),))


def prepared(side: Formula) -> Formula:
    """A form with its powers and signs where the engine compares them."""
    return rewrite(rewrite(rewrite(side, _with_exponent_split), _as_exponential), _with_sign_inside)


def with_delta_contracted(node: Formula) -> Formula:
    """A sum over i of what is there for i = j alone as its one term: Σ_i δ_ij g(i) is g(j)."""
    match node:
        case Reduction(kind="sum", body=body, bounds=(Bound(name, None, None),)):
            found = _delta(body, name)
            if found is not None:
                whole, value, index = found
                return renamed(replace(body, {whole: value}), {name: index})
    return node


def _delta(body: Formula, letter: str) -> tuple[Formula, Formula, Formula] | None:
    """A factor that is zero but for one value of a letter: itself, what it is there, and that value."""
    match body:
        case Cases((Branch(value, Relation((one, other), ("=",))), Branch(rest, None))):
            if not is_number(rest, 0):
                return None
            for index, fixed in ((one, other), (other, one)):
                if index == Name(letter) and index not in walk(fixed):
                    return body, value, fixed
            return None
        case Quotient(numerator):
            return _delta(numerator, letter)
        case Product(factors):
            found = (_delta(each, letter) for each in factors)
            return next((each for each in found if each is not None), None)
        case Negation(operand) | Grouping(operand):
            return _delta(operand, letter)
    return None


def _with_sign_inside(node: Formula) -> Formula:
    """A sign before a sum over an index moved into it, so that sums can be compared term by term."""
    match node:
        case Negation(Reduction(kind="sum", body=body, bounds=bounds)):
            return Reduction("sum", Negation(body), bounds)
    return node


def _pending(left: Formula, right: Formula) -> frozenset[Formula]:
    """What the derivatives still to be found in a pair are taken by."""
    nodes = (node for side in (left, right) for node in walk(side))
    return frozenset(node.wrt for node in nodes if isinstance(node, Derivative) and node.applied)


def with_others_apart(left: Formula, right: Formula) -> Pair:
    """The pair with other components of what a derivative is taken by as quantities of their own.

    A local partial holds G[i,k] fixed beside G[k,k], though they are the same number where i = k.
    """
    pending = _pending(left, right)
    components = [each for each in pending if isinstance(each, Indexed)]
    others: dict[Formula, Formula] = {}
    for side in (left, right) if components else ():
        for node in walk(side):
            same = isinstance(node, Indexed) and any(node.name == each.name for each in components)
            if isinstance(node, Indexed) and same and node not in pending:
                others.setdefault(node, Indexed(f"{node.name} {len(others)}", node.indices))
    return replace(left, others), replace(right, others)


def with_constant_sums_named(left: Formula, right: Formula) -> Pair:
    """The pair with those sums named that a derivative has to differentiate but that do not move."""
    pending = _pending(left, right)
    named: dict[Formula, Formula] = {}
    for side in (left, right):
        for derivative in walk(side):
            if isinstance(derivative, Derivative) and derivative.applied:
                for node in walk(derivative.of):
                    if isinstance(node, Reduction) and pending.isdisjoint(walk(node)):
                        named.setdefault(node, Name(f"sum {len(named)}"))
    return replace(left, named), replace(right, named)
