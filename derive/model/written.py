"""Calls written out: the definition of a function with the arguments put in."""

from __future__ import annotations

from derive.errors import FormulaError
from derive.formula import (
    ONE,
    Bound,
    Call,
    Formula,
    Grouping,
    Indexed,
    Name,
    Product,
    Reduction,
    Sum,
    times,
    walk,
)
from derive.functions import Function
from derive.indices import fresh_letters, renamed

# A formula of more nodes is refused: functions of functions grow by doubling.
LARGEST = 10_000


def written(row: Function, call: Call) -> Formula:
    """The definition of a function with the arguments of a call put in, every word at the call's place."""
    body = row.body()
    assert body is not None
    arguments = row.complete(call.arguments)
    body = _with_other_letters(body, arguments)
    values = dict(zip(row.parameters, arguments, strict=True))
    filled = set(row.parameters[len(call.arguments) :])

    def put(node: Formula) -> Formula:
        match node:
            case Name(name):
                return values.get(name, Name(name, call.at))
            case Product(factors) if filled and ONE in map(put, factors):
                # A constant left out by the author, like Huber's d = 1, is not spelled either.
                return times(*(factor for factor in map(put, factors) if factor != ONE))
        if not node.children:
            return node
        return moved(with_parts(node, tuple(map(put, node.children))), call.at)

    formula = put(body)
    return formula.inner if isinstance(formula, Grouping) else formula


def moved(node: Formula, at: int | None) -> Formula:
    """The node with its place in the text."""
    match node:
        case Indexed(name, indices):
            return Indexed(name, indices, at)
        case Reduction(kind, body, bounds, axis):
            return Reduction(kind, body, bounds, axis, at)
        case Call(function, arguments, primes):
            return Call(function, arguments, primes, at)
    return node


def with_parts(node: Formula, parts: tuple[Formula, ...]) -> Formula:
    """The node around new parts; what has become a sum among terms, or a product among factors, is opened."""
    kind = type(node)
    if kind not in (Sum, Product):
        return node.with_children(parts)
    whole = node.with_children(parts)
    opened: list[Formula] = []
    for old, new in zip(node.children, parts, strict=True):
        opened.extend(new.children if type(new) is kind and type(old) is not kind else (new,))
    return whole if len(opened) == len(parts) else whole.with_children(tuple(opened))


def _with_other_letters(body: Formula, arguments: tuple[Formula, ...]) -> Formula:
    """The definition with bound letters that mean nothing in the arguments, so that none is captured."""
    bound = {each.name for node in walk(body) if isinstance(node, Reduction) for each in node.bounds}
    if not bound:
        return body
    meant = {node.name for each in arguments for node in walk(each) if isinstance(node, Name)}
    if bound.isdisjoint(meant):
        return body
    fresh = fresh_letters(bound | meant | {node.name for node in walk(body) if isinstance(node, Name)})
    letters: dict[str, str] = {letter: next(fresh) for letter in sorted(bound & meant)}

    def put(node: Formula) -> Formula:
        if not node.children:
            return node
        node = node.with_children(tuple(map(put, node.children)))
        if not isinstance(node, Reduction):
            return node
        own = {each.name: Name(letters[each.name]) for each in node.bounds if each.name in letters}
        bounds = tuple(Bound(letters.get(each.name, each.name), each.low, each.high) for each in node.bounds)
        return Reduction(node.kind, renamed(node.body, own), bounds, node.axis, node.at)

    return put(body)


def bounded(formula: Formula, call: Call) -> Formula:
    """The formula, unless it has grown out of all proportion."""
    for count, _ in enumerate(walk(formula)):
        if count > LARGEST:
            raise FormulaError(f"{call.function}, written out, is too long", call.at or 0, len(call.function))
    return formula
