"""Products put in order: one fraction instead of fractions of fractions, roots as powers of what they hold.

((x - m)/(2·√u))/(√u)² becomes (x - m)/(2·u^(3/2)), and a factor that a sum does not need goes before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from derive import tidy
from derive.equation import Term, formula_of, terms_of
from derive.formula import (
    ONE,
    ZERO,
    Call,
    Derivative,
    Formula,
    Grouping,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    times,
    walk,
)
from derive.indices import letters_in

HALF = Fraction(1, 2)


@dataclass
class Monomial:
    """A number times powers of factors, in the order in which they were met."""

    number: Fraction = Fraction(1)
    powers: dict[Formula, Fraction] = field(default_factory=dict)

    def take(self, formula: Formula, exponent: Fraction) -> None:
        """Multiply by a power of the formula; a root or a fraction is opened where that is exact."""
        match formula:
            case Grouping(inner):
                self.take(inner, exponent)
            case Call(function="sqrt", arguments=(inner,), primes=0) if exponent.denominator == 1:
                self._power(_bare(inner), exponent * HALF)
            case _:
                if exponent.denominator > 1 or not self._open(formula, exponent):
                    self._power(formula, exponent)

    def _open(self, formula: Formula, exponent: Fraction) -> bool:
        """Take the parts of a product, a fraction, a whole power, a number; False where there are none."""
        value = tidy.rational(formula)
        if value:
            self.number *= value ** int(exponent)
            return True
        match formula:
            case Negation(operand):
                self.number *= (-1) ** abs(int(exponent))
                self.take(operand, exponent)
            case Product(factors):
                for each in factors:
                    self.take(each, exponent)
            case Quotient(numerator, denominator):
                self.take(numerator, exponent)
                self.take(denominator, -exponent)
            case Power(base, Number() | Quotient() as above) if tidy.rational(above) is not None:
                self.take(base, exponent * (tidy.rational(above) or 1))
            case _:
                return False
        return True

    def _power(self, base: Formula, exponent: Fraction) -> None:
        if isinstance(base, Sum):
            terms = [each.body for each in gathered(arranged_term(Term(each)) for each in base.terms)]
            if len(terms) == 1:
                self.take(terms[0], exponent)
                return
            base = positive_first(Sum(tuple(terms)))
        self.powers[base] = self.powers.get(base, Fraction()) + exponent
        if not self.powers[base]:
            del self.powers[base]


def _bare(formula: Formula) -> Formula:
    return _bare(formula.inner) if isinstance(formula, Grouping) else formula


def monomial(formula: Formula) -> Monomial:
    """The formula as a number times powers."""
    found = Monomial()
    found.take(formula, Fraction(1))
    return found


def arranged(formula: Formula) -> Formula:
    """The formula with each of its terms in order; other formulas stay as they are."""
    return formula_of(map(arranged_term, terms_of(formula)))


def opened(terms: Iterable[Term]) -> Iterator[Term]:
    """The terms, one that is a sum, or a negated sum, of several as these."""
    for term in terms:
        body = _bare(term.body)
        inner = _bare(body.operand) if isinstance(body, Negation) else body
        if isinstance(inner, Sum):
            parts = inner.terms if inner is body else map(tidy.negative, inner.terms)
            yield from opened(Term(each, term.summed, term.guards) for each in parts)
        else:
            yield term


def positive_first(formula: Formula) -> Formula:
    """A sum that begins with a minus, with its negated terms after the others."""
    if not isinstance(formula, Sum) or not isinstance(formula.terms[0], Negation):
        return formula
    return Sum(tuple(sorted(formula.terms, key=lambda term: isinstance(term, Negation))))


def gathered(terms: Iterable[Term]) -> tuple[Term, ...]:
    """The terms, those that differ in a number only as one: r + r is 2r."""
    groups: dict[object, list[Term]] = {}
    for each in terms:
        own = monomial(each.body)
        groups.setdefault((frozenset(own.powers.items()), each.summed, each.guards), []).append(each)
    return tuple(_together(group) for group in groups.values())


def _together(terms: Sequence[Term]) -> Term:
    first = terms[0]
    if len(terms) == 1:
        return first
    found = monomial(first.body)
    found.number = sum((monomial(each.body).number for each in terms), Fraction())
    return Term(in_order(found) if found.number else ZERO, first.summed, first.guards)


def arranged_term(term: Term) -> Term:
    """A term in order: what its sum does not need goes before the sum, which then is a factor."""
    found = monomial(term.body)
    if term.guards:
        return Term(in_order(found), term.summed, term.guards)
    inside = {base for base in found.powers if letters_in(base, term.summed)}
    if not term.summed:
        return Term(_spelled(found.number, list(found.powers.items()), ()))
    outer = [(base, power) for base, power in found.powers.items() if base not in inside]
    inner = [(base, power) for base, power in found.powers.items() if base in inside]
    summed = formula_of((Term(_spelled(Fraction(1), inner, ()), term.summed),))
    return Term(_spelled(found.number, outer, (summed,)))


def in_order(found: Monomial) -> Formula:
    """A number and powers as one formula."""
    return _spelled(found.number, list(found.powers.items()), ())


Powers = Sequence[tuple[Formula, Fraction]]


def _spelled(number: Fraction, powers: Powers, last: tuple[Formula, ...]) -> Formula:
    """Sign, fraction of plain factors, derivatives of the loss, the others as one fraction, the rest."""
    plain = [each for each in powers if _is_plain(each[0])]
    adjoints = [each for each in powers if isinstance(each[0], Derivative)]
    others = [each for each in powers if each not in plain and each not in adjoints]
    if any(power < 0 for _, power in others):
        if any(power > 0 for _, power in others):
            plain, others = [], [*plain, *others]
            front: tuple[Formula, ...] = ()
            back = _fraction(abs(number), others)
        else:
            front, back = _fraction(abs(number), [*plain, *others]), ()
    elif any(power < 0 for _, power in plain) or number.denominator > 1:
        front, back = _fraction(abs(number), plain), tuple(_powered(*each) for each in others)
    else:
        rest = [each for each in powers if each not in adjoints]
        front, back = _fraction(abs(number), ()), tuple(_powered(*each) for each in rest)
    body = times(*front, *(_powered(*each) for each in adjoints), *back, *last)
    return Negation(body) if number < 0 else body


def _is_plain(base: Formula) -> bool:
    """Whether a factor may stand in a fraction before the others: a name, or a root of names."""
    return isinstance(base, Name)


def _fraction(number: Fraction, powers: Powers) -> tuple[Formula, ...]:
    above = [_powered(base, power) for base, power in powers if power > 0]
    below = [_powered(base, -power) for base, power in powers if power < 0]
    over, under = number.numerator, number.denominator
    top = times(*([Number(str(over))] if over != 1 else []), *above)
    bottom = times(*([Number(str(under))] if under != 1 else []), *below)
    if bottom == ONE:
        return () if top == ONE else (top,)
    return (Quotient(top, bottom),)


def _powered(base: Formula, power: Fraction) -> Formula:
    if power == 1:
        return base
    if power == HALF:
        return Call("sqrt", (base,))
    return Power(base, tidy.numeral(power) or Number(str(power)))


def simpler(formula: Formula) -> Formula | None:
    """The formula put in order, if that opens a fraction within a fraction or takes a factor out of a sum."""
    found = arranged(formula)
    return None if found == formula or _weight(found) > _weight(formula) else found


def _weight(formula: Formula) -> tuple[int, int]:
    nested = sum(1 for node in _fractions(formula) for part in _below(node) if isinstance(part, Quotient))
    return nested, sum(1 for _ in walk(formula))


def _fractions(formula: Formula) -> Iterator[Quotient]:
    return (node for node in walk(formula) if isinstance(node, Quotient))


def _below(quotient: Quotient) -> Collection[Formula]:
    return [part for child in quotient.children for part in walk(child)]
