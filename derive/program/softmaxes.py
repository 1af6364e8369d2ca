"""The adjoint of a softmax in its closed form, where nothing else reads its exponentials and their sum.

With p = exp(z)/s and s the sum of the exponentials, ∂L/∂z = p·(∂L/∂p - m), m being the mean of ∂L/∂p with
the weights p: one line for the two adjoints ∂L/∂s and ∂L/∂exp(z) on the way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_fields

from derive.equation import Equation, Term, component
from derive.formula import (
    Bound,
    Call,
    Formula,
    Indexed,
    Name,
    Negation,
    Product,
    Quotient,
    Reduction,
    Sum,
    times,
    walk,
)
from derive.program.naming import fresh
from derive.program.program import Line


@dataclass(frozen=True, slots=True)
class Softmax:
    """p = e/s: the equation of p, the names of e and s, what p calls the indices of e, and the summed one."""

    share: Equation
    exponential: str
    total: str
    at: tuple[str, ...]
    letter: str


def with_softmaxes(
    lines: Sequence[Line], equations: Sequence[Equation], adjoints: Mapping[str, str], taken: set[str]
) -> list[Line]:
    """The lines with the adjoint of each softmax in closed form; `adjoints` gives the names of adjoints."""
    found = list(lines)
    for softmax in _softmaxes(equations):
        if {softmax.share.target, softmax.exponential, softmax.total} <= adjoints.keys():
            found = _closed(found, softmax, adjoints, taken)
    return found


def _softmaxes(equations: Sequence[Equation]) -> Iterator[Softmax]:
    by_target = {each.target: each for each in equations}
    readers = Counter(name for each in equations for name in each.reads)
    for each in equations:
        match each.formula:
            case Quotient(Indexed(top) as above, Name(bottom) | Indexed(bottom)):
                if readers[top] == 2 and readers[bottom] == 1 and top in by_target and bottom in by_target:
                    letter = _summed(by_target[top], by_target[bottom])
                    at = tuple(index.name for index in above.indices if isinstance(index, Name))
                    if letter is not None and set(at) == set(each.indices) and len(at) == len(above.indices):
                        yield Softmax(each, top, bottom, at, at[letter])


def _summed(exponential: Equation, total: Equation) -> int | None:
    """The axis of exponentials that their sum runs over; None if these are no such lines."""
    match exponential.formula, total.formula:
        case Call("exp"), Reduction("sum", Indexed(name, at), (Bound(letter),)) if name == exponential.target:
            return at.index(Name(letter)) if at.count(Name(letter)) == 1 else None
    return None


def _closed(lines: list[Line], softmax: Softmax, adjoints: Mapping[str, str], taken: set[str]) -> list[Line]:
    """The lines with the two adjoints on the way replaced; the same ones where their readers do not fit."""
    share, of_share = softmax.share, adjoints[softmax.share.target]
    dropped = {adjoints[softmax.exponential], adjoints[softmax.total]}
    own = adjoints[softmax.exponential]
    readers = [line for line in lines if line.target not in dropped and not dropped.isdisjoint(line.reads)]
    if not readers or of_share not in {line.target for line in lines}:
        return lines
    mean = fresh(f"mean_{of_share}", taken)
    changed = {line.target: _with_share(line, own, softmax, of_share, mean) for line in readers}
    if any(each is None for each in changed.values()):
        return lines
    letters = tuple(letter for letter in share.indices if letter != softmax.letter)
    body = Product((component(of_share, share.indices), share.left))
    before = Line(mean, letters, (Term(body, (softmax.letter,)),))
    found: list[Line] = []
    for line in lines:
        if line.target not in dropped:
            found.append(changed.get(line.target) or line)
        elif before not in found:
            found.append(before)
    return found


def _with_share(line: Line, own: str, softmax: Softmax, of_share: str, mean: str) -> Line | None:
    """A reader of the exponential's adjoint with p·(∂L/∂p - m) for ∂L/∂e·e; None where they are apart."""
    terms: list[Term] = []
    for term in line.terms:
        body = term.body
        if any(isinstance(node, (Name, Indexed)) and node.name == own for node in walk(body)):
            put = _put(body, own, softmax, of_share, mean)
            if put is None:
                return None
            body = put
        terms.append(Term(body, term.summed, term.guards))
    return with_fields(line, terms=tuple(terms))


def _put(body: Formula, own: str, softmax: Softmax, of_share: str, mean: str) -> Formula | None:
    match body:
        case Negation(operand):
            inner = _put(operand, own, softmax, of_share, mean)
            return None if inner is None else Negation(inner)
        case Quotient(top, bottom):
            inner = _put(top, own, softmax, of_share, mean)
            return None if inner is None else Quotient(inner, bottom)
        case Product(factors):
            return _put_in_product(factors, own, softmax, of_share, mean)
    return None


def _put_in_product(
    factors: Sequence[Formula], own: str, softmax: Softmax, of_share: str, mean: str
) -> Formula | None:
    held = [each for each in factors if isinstance(each, Indexed) and each.name == own]
    if len(held) != 1 or Indexed(softmax.exponential, held[0].indices) not in factors:
        return None
    places = dict(zip(softmax.at, held[0].indices, strict=True))
    rest = [*factors]
    rest.remove(held[0])
    rest.remove(Indexed(softmax.exponential, held[0].indices))
    letters = softmax.share.indices
    apart = Indexed(of_share, tuple(places[letter] for letter in letters))
    at = tuple(places[letter] for letter in letters if letter != softmax.letter)
    middle = Indexed(mean, at) if at else Name(mean)
    share = Indexed(softmax.share.target, tuple(places[letter] for letter in letters))
    return times(share, *rest, Sum((apart, Negation(middle))))
