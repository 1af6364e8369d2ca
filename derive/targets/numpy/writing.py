"""Statements as lines of text; a derivative that only one other needs is multiplied in place.

This is for arrays of two axes and more: of smaller ones no pass over memory counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from derive import tidy
from derive.equation import component
from derive.formula import (
    Call,
    Cases,
    Derivative,
    Formula,
    Indexed,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    names,
    times,
    walk,
)
from derive.targets.module import called, comment, wrapped
from derive.targets.numpy.statements import Statement
from derive.targets.numpy.vocabulary import OF_ANY_KIND


def written(made: Sequence[Statement], returned: Collection[str]) -> Iterator[str]:
    """The lines of text; arrays in `returned` keep their values."""
    continued = _continued(made, returned)
    begun = {first.line.target for first in continued.values()}
    for each in made:
        if each.line.target in continued:
            yield from _in_place(each, continued[each.line.target])
        elif each.line.target not in begun:
            yield from _statement(each)


def _statement(each: Statement) -> Iterator[str]:
    lines = [*wrapped(f"{each.name} = {each.text}", comment(each.line)), *_additions(each)]
    if each.takes_chances:
        yield 'with np.errstate(all="ignore"):  # every case is computed, one is taken'
        lines = ["    " + line for line in lines]
    yield from lines


def _additions(each: Statement) -> Iterator[str]:
    """What is added to the array at places, and then to the whole of it."""
    for scatter in each.scatters:
        slots = ", ".join(scatter.slots)
        if scatter.apart:
            yield from wrapped(f"{each.name}[{slots}] += {scatter.value}")
            continue
        several = f"np.s_[{slots}]" if ":" in scatter.slots else f"({slots})"
        at = several if len(scatter.slots) > 1 else slots
        yield from called("np.add.at", (each.name, at, scatter.value))
    if each.rest is not None:
        yield from wrapped(f"{each.name} += {each.rest.text}")


def _in_place(each: Statement, first: Statement) -> Iterator[str]:
    """A derivative, and what it is multiplied by to become the next."""
    found = _change(each, first)
    assert found is not None
    sign, factor = found
    yield from wrapped(f"{each.name} = {first.text}", _meaning(first))
    factors = _apart(factor, each.line.indices) if sign == "*=" else (factor,)
    *changes, last = map(each.part, factors)
    for code in changes:
        yield from wrapped(f"{each.name} {sign} {code.text}")
    yield from wrapped(f"{each.name} {sign} {last.text}", comment(each.line))


def _apart(factor: Formula, indices: Sequence[str]) -> Sequence[Formula]:
    """The factors of a product of two arrays that have all axes: their product would be one more array."""
    match factor:
        case Product((one, other)) if all(_has_axes(each, indices) for each in (one, other)):
            return one, other
    return (factor,)


def _has_axes(formula: Formula, indices: Sequence[str]) -> bool:
    return any(isinstance(node, Indexed) and component(node.name, indices) == node for node in walk(formula))


def _meaning(each: Statement) -> str:
    """The derivative that an array is before it is changed."""
    match each.line.of:
        case Derivative(wrt=Name(name) | Indexed(name)):
            return f"∂{each.context.program.loss}/∂{name}"
    return comment(each.line)


def _continued(made: Sequence[Statement], returned: Collection[str]) -> Mapping[str, Statement]:
    """The statements that can be made by changing an array in place, with the one that makes the array."""
    readers = Counter(name for each in made for name in set(each.line.reads))
    floating = _floating(made)
    free = {
        each.line.target: each
        for each in made
        if each.line.target in floating
        and readers[each.line.target] == 1
        and each.line.target not in returned
    }
    found: dict[str, Statement] = {}
    for each in made:
        firsts = (free[name] for name in dict.fromkeys(each.line.reads) if name in free)
        for first in firsts:
            if first.line.target not in found and _change(each, first) is not None:
                found[each.line.target] = first
                break
    return found


def _change(each: Statement, first: Statement) -> tuple[str, Formula] | None:
    """What an array is multiplied or divided by to become another; None if that is not how it does."""
    line, before = each.line, first.line
    alike = len(line.indices) == len(before.indices) > 1 and len(line.terms) == 1
    if not alike or line.of is None or before.of is None or len(first.letters) != len(each.letters):
        return None
    (term,) = line.terms
    if term.summed or term.guards or not _is_free(each, first):
        return None
    found = _parted(term.body, component(before.target, line.indices))
    return None if found is None or before.target in names(found[1]) else found


def _is_free(each: Statement, first: Statement) -> bool:
    """Whether both are arrays of their own, without cases that need care."""
    chances = each.takes_chances or first.takes_chances
    return first.is_new and first.is_whole and each.is_whole and not chances


def _parted(body: Formula, own: Formula) -> tuple[str, Formula] | None:
    """The sign and the rest of a product or a fraction of `own`."""
    match body:
        case Product(factors) if factors.count(own) == 1:
            return "*=", times(*(factor for factor in factors if factor != own))
        case Quotient(top, bottom) if top == own:
            return "/=", bottom
        case Quotient(top, bottom) if (inner := _parted(top, own)) is not None and inner[0] == "*=":
            return "*=", Quotient(inner[1], bottom)
        case Negation(operand) if (inner := _parted(operand, own)) is not None and inner[0] == "*=":
            return "*=", tidy.negative(inner[1])
    return None


def _floating(made: Sequence[Statement]) -> set[str]:
    """The arrays of floating-point numbers whatever the arguments are: those in which something is one."""
    found: set[str] = set()
    for each in made:
        if any(_is_floating(term.body, found) for term in each.line.terms):
            found.add(each.line.target)
    return found


def _is_floating(formula: Formula, known: Collection[str]) -> bool:
    match formula:
        case Name(name) | Indexed(name):
            return name in known
        case Number(text):
            return not text.isdigit()
        case Quotient():
            return True
        case Call(function, arguments):
            return function not in OF_ANY_KIND or any(_is_floating(each, known) for each in arguments)
        case Power(base, _):
            return _is_floating(base, known)
        case Cases():
            return False
    return any(_is_floating(each, known) for each in formula.children)
