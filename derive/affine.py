"""Affine indices, t + k - 1, as letters and sizes with whole multiples: what cancels, which always exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from derive import tidy
from derive.formula import ZERO, Formula, Grouping, Name, Negation, Number, Product, Relation, Sum, rewrite

# How often each letter or size occurs, numbers under no name, what is none of these under its own form.
Multiples = Counter["str | Formula"]


def multiples(index: Formula, times: int = 1) -> Multiples:
    """An index, `times` as often, as the sum that it is."""
    match index:
        case Number(text) if text.isdigit():
            return Counter({"": times * int(text)})
        case Name(name):
            return Counter({name: times})
        case Negation(operand):
            return multiples(operand, -times)
        case Grouping(inner):
            return multiples(inner, times)
        case Product((Number(text), factor)) if text.isdigit():
            return multiples(factor, times * int(text))
        case Sum(terms):
            found: Multiples = Counter()
            for term in terms:
                found.update(multiples(term, times))
            return found
    return Counter({index: times})


def shortened(formula: Formula) -> Formula:
    """The formula with sums as one sum, without what takes itself away: t + k - k is t."""
    return rewrite(formula, _without_opposites)


def _without_opposites(node: Formula) -> Formula:
    if not isinstance(node, Sum):
        return node
    terms = [term for each in node.terms for term in _opened(each) if not tidy.is_number(term, 0)]
    for term in terms:
        opposite = tidy.negative(term)
        if opposite in terms:
            terms.remove(term)
            terms.remove(opposite)
            return _without_opposites(tidy.total(terms))
    return tidy.total(_numbers_as_one(terms))


def _numbers_as_one(terms: list[Formula]) -> list[Formula]:
    """The terms with whole numbers added up behind the others: i - 1 + 2 is i + 1."""
    rest = [term for term in terms if set(multiples(term)) != {""}]
    if len(terms) - len(rest) < 2:
        return terms
    whole = sum(multiples(term)[""] for term in terms if term not in rest)
    number: Formula = Number(str(abs(whole)))
    return [*rest, *([number if whole > 0 else Negation(number)] if whole else [])]


def _opened(term: Formula) -> tuple[Formula, ...]:
    match term:
        case Sum(terms):
            return terms
        case Negation(Sum(terms)):
            return tuple(map(tidy.negative, terms))
    return (term,)


def always(guard: Relation, sizes: Mapping[str, Formula]) -> bool:
    """Whether every value of the letters, whose sizes are given, keeps an index within its axis."""
    match guard:
        case Relation((zero, index, size), ("<=", "<")) if zero == ZERO:
            room = multiples(size)
            room.subtract(end(index, sizes, 1))
            room[""] -= 1
            return is_never_negative(room) and is_never_negative(end(index, sizes, -1))
        case Relation((zero, index), ("<=",)) if zero == ZERO:
            return is_never_negative(end(index, sizes, -1))
    return False


def end(index: Formula, sizes: Mapping[str, Formula], sign: int) -> Multiples:
    """The largest value of an index with sign 1, the smallest with -1."""
    found: Multiples = Counter()
    for name, times in multiples(index).items():
        if not isinstance(name, str) or name not in sizes:
            found[name] += times
        elif times * sign > 0:
            found.update(multiples(sizes[name], times))
            found[""] -= times
    return found


def spelled(sums: Multiples) -> str:
    """A sum of letters and sizes as text, T - K + 1."""
    names = sorted((name for name in sums if isinstance(name, str) and name), key=lambda n: -sums[n])
    parts = [_spelled(name, sums[name]) for name in names if sums[name]]
    parts += [f"{'-' if sums[''] < 0 else '+'} {abs(sums[''])}"] if sums[""] or not parts else []
    text = " ".join(parts)
    return text[2:] if text.startswith("+") else text.replace("- ", "-", 1) if text.startswith("-") else text


def _spelled(name: str, times: int) -> str:
    return f"{'-' if times < 0 else '+'} {name if abs(times) == 1 else f'{abs(times)}*{name}'}"


def negative(sums: Multiples) -> Multiples:
    """The sum with its sign turned."""
    return Multiples({name: -times for name, times in sums.items()})


def is_never_negative(sum_of_counts: Multiples) -> bool:
    """Whether a sum of letters and sizes, none of which is negative, cannot be."""
    return all(isinstance(name, str) and times >= 0 for name, times in sum_of_counts.items() if times)
