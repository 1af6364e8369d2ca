"""Taylor polynomials of functions that are known, and of those of which only the letter is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from math import factorial

from sympy import Expr

from derive.agreement import agree
from derive.check.facts import Environment
from derive.check.limits import evaluated
from derive.check.meaning import CONSTANTS, Meaning
from derive.check.taylor_words import Taylor
from derive.check.verdict import Judgement
from derive.errors import FormulaError
from derive.expression import MeaningError, partial, symbol
from derive.formula import Call, Derivative, Evaluated, Formula, Name, Number, names, read, walk

HIGHEST = 6
SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class _Function:
    """What is developed, by its variable."""

    body: Formula
    variable: str


def judged(words: Taylor, left: Formula | None, right: Formula, known: Environment) -> Judgement | None:
    """Whether a right side is the Taylor polynomial that words speak of; None where that is open."""
    degree = _degree(words, left)
    function = _function(words.of, left, known)
    place = _read(words.at)
    if degree is None or function is None or place is None or degree > HIGHEST:
        return None
    if place == Name(function.variable) or known.values.keys() & set(_spoken(place)):
        return None
    if not _is_polynomial(left, right, function):
        return None
    if not _is_of(right, {function.variable, *_spoken(place), *_called(function.body)}):
        return None
    with suppress(MeaningError):
        return _compared(function, place, degree, right)
    return None


def _compared(function: _Function, place: Formula, degree: int, right: Formula) -> Judgement | None:
    """The verdict; what is the polynomial of another degree is left open, as some count the terms."""
    meaning = Meaning(Environment())
    (claimed,), polynomials = meaning.sides(right, "names"), _polynomials(function, place, meaning)
    found = [agree(each, claimed, assume=False, seconds=SECONDS) for each in polynomials]
    if found[degree].verdict == "proved":
        return Judgement("proved", f"it is the Taylor polynomial of degree {degree}")
    rounded = any(isinstance(node, Number) and "." in node.text for node in walk(right))
    if rounded or any(each.verdict != "refuted" for each in found):
        return None
    reason = f"it is not the Taylor polynomial of degree {degree}"
    return Judgement("wrong", reason, counterexample=found[degree].counterexample)


def _is_polynomial(left: Formula | None, right: Formula, function: _Function) -> bool:
    """Whether it is said what the polynomial is: T_2(x) = …, f(x) ≈ …, or the right side alone."""
    if function.variable not in _spoken(right):
        return False
    if left is None or left == function.body:
        return True
    return isinstance(left, Call) and left.arguments == (Name(function.variable),) and not left.primes


def _polynomials(function: _Function, place: Formula, meaning: Meaning) -> list[Expr]:
    """Those of all degrees, from 0."""
    (slope,), (at,) = meaning.sides(function.body, "names"), meaning.sides(place, "names")
    variable, found = symbol(function.variable), list[Expr]()
    for order in range(HIGHEST + 1):
        term = evaluated(slope, variable, at) * (variable - at) ** order / factorial(order)
        found.append(found[-1] + term if found else term)
        slope = partial(slope, variable)
    return found


def _degree(words: Taylor, left: Formula | None) -> int | None:
    """The degree by the words, and by the number of T_2: nothing where they differ."""
    name = left.function if isinstance(left, Call) else left.name if isinstance(left, Name) else ""
    digits = name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    told = {words.degree, int(digits) if digits.isdecimal() and len(digits) == 1 else None} - {None}
    return told.pop() if len(told) == 1 else None


def _function(text: str, left: Formula | None, known: Environment) -> _Function | None:
    of = _read(text)
    named = (
        of.function
        if isinstance(of, Call) and len(of.arguments) == 1
        else of.name
        if isinstance(of, Name)
        else ""
    )
    fact = known.functions.get(named)
    if fact is not None:
        lone = len(fact.parameters) == 1 and set(_spoken(fact.formula)) == set(fact.parameters)
        return _Function(fact.formula, fact.parameters[0]) if lone else None
    if isinstance(of, Name) and named not in known.names:
        match left:
            case Call(_, (Name(variable),)):
                return _Function(Call(named, (Name(variable),)), variable)
        return None
    spoken = [] if of is None else list(dict.fromkeys(_spoken(of)))
    return (
        _Function(of, spoken[0])
        if of is not None and len(spoken) == 1 and spoken[0] not in known.equations
        else None
    )


def _read(text: str) -> Formula | None:
    with suppress(FormulaError):
        return read(text, form="latex", arrays=True)
    return None


def _spoken(formula: Formula) -> Iterator[str]:
    return (name for name in names(formula) if name not in CONSTANTS)


def _called(formula: Formula) -> Iterator[str]:
    return (node.function for node in walk(formula) if isinstance(node, Call))


def _is_of(right: Formula, spoken: set[str]) -> bool:
    """Whether a side speaks of nothing but the variable, the place and the function at it."""
    plain = not any(isinstance(node, Derivative | Evaluated) for node in walk(right))
    return plain and set(_spoken(right)) <= spoken and set(_called(right)) <= spoken
