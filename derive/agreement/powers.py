"""Exponentials, logarithms, roots and powers of ratios."""

from __future__ import annotations

from flint import fmpq, fmpq_mpoly

from derive.agreement.field import Ratio, Unsupported
from derive.agreement.forms import Forms
from derive.agreement.lattice import Refine
from derive.agreement.signs import magnitude, require_positive, sign
from derive.agreement.sums import summed

# Numbers beyond this are not taken apart into primes.
LARGEST_TO_FACTOR = 10**18


def exponential(forms: Forms, argument: Ratio) -> Ratio:
    """exp(argument), with exp(c log u) = u**c."""
    argument = forms.canonical(argument)
    argument, powers = _without_logarithms(forms, argument)
    letters = bool(forms.letters(argument))
    for basis, times in forms.exponents.combination(argument, split=letters):
        variable = forms.generator("exp", basis.key, arguments=(basis,), positive=True)
        powers.append(forms.field.power(variable, times))
    return forms.field.product(powers)


def _without_logarithms(forms: Forms, argument: Ratio) -> tuple[Ratio, list[Ratio]]:
    """The argument less its terms c·log u with a number c, and the powers u**c: of (n - 1) log x, -log x."""
    powers: list[Ratio] = []
    for number in forms.used(argument):
        each = forms.generators[number]
        if each.kind != "log":
            continue
        slope = argument.num.derivative(forms.field.size - 1 - number)
        # Any number serves; this one leaves no logarithm alone in (log x + c)²/c.
        coefficient = divmod(slope, argument.den)[0][(0,) * forms.field.size]
        if coefficient == 0:
            continue
        powers.append(rational_power(forms, each.arguments[0], coefficient, known=True))
        rest = argument.num - argument.den * coefficient * forms.field.variables[number]
        argument = forms.field.ratio(rest, argument.den)
    return argument, powers


def logarithm(forms: Forms, argument: Ratio) -> Ratio:
    """log(argument), where the argument is positive: the sum over its factors f of log|f|."""
    argument = forms.canonical(argument)
    if argument.num.is_zero():
        raise Unsupported("the logarithm of zero")
    require_positive(forms, argument)
    number, factors = forms.all_factors(argument)
    parts = [forms.field.scaled(_logarithm_of_factor(forms, factor), power) for factor, power in factors]
    for prime, power in _primes(abs(number)):
        poly = forms.field.constant(prime)
        parts.append(forms.field.scaled(_log_generator(forms, poly), power))
    return forms.field.total(parts)


def _logarithm_of_factor(forms: Forms, factor: fmpq_mpoly) -> Ratio:
    """log|factor|: of an exponential its argument, of a root a fraction of the logarithm."""
    if len(factor) == 1:
        each = forms.generators[next(forms.field.used(factor))]
        if each.kind == "exp":
            return each.arguments[0]
        if each.kind == "reduction" and each.name == "prod":
            return summed(forms, each.bound, logarithm_of_magnitude(forms, each.arguments[0]))
        if each.kind == "root":
            whole = logarithm_of_magnitude(forms, each.arguments[0])
            return forms.field.scaled(whole, fmpq(1, each.degree))
    return _log_generator(forms, Ratio(factor, forms.field.unit))


def logarithm_of_magnitude(forms: Forms, argument: Ratio) -> Ratio:
    """log|argument|."""
    number, factors = forms.all_factors(argument)
    parts = [forms.field.scaled(_logarithm_of_factor(forms, factor), power) for factor, power in factors]
    for prime, power in _primes(abs(number)):
        parts.append(forms.field.scaled(_log_generator(forms, forms.field.constant(prime)), power))
    return forms.field.total(parts)


def _log_generator(forms: Forms, argument: Ratio) -> Ratio:
    return forms.generator("log", argument.key, arguments=(argument,))


def rational_power(forms: Forms, base: Ratio, exponent: fmpq, *, known: bool = False) -> Ratio:
    """base**exponent for a rational exponent; with a fraction, of a base that is not negative.

    `known` takes |base| and asks for no more.
    """
    if exponent.q == 1 and not known:
        return forms.field.power(base, int(exponent.p))
    base = forms.canonical(base)
    if base.num.is_zero():
        if exponent > 0:
            return forms.field.zero
        raise Unsupported("a division by zero")
    if not known:
        require_positive(forms, base)
    number, factors = forms.all_factors(base)
    parts = [_power_of_factor(forms, factor, exponent * power) for factor, power in factors]
    for prime, power in _primes(abs(number)):
        parts.append(_power_of_prime(forms, prime, exponent * power))
    return forms.field.product(parts)


def _power_of_factor(forms: Forms, factor: fmpq_mpoly, exponent: fmpq) -> Ratio:
    """|factor|**exponent."""
    ratio = Ratio(factor, forms.field.unit)
    if len(factor) == 1:
        each = forms.generators[next(forms.field.used(factor))]
        if each.kind == "exp":
            scaled = forms.field.scaled(each.arguments[0], exponent)
            return exponential(forms, scaled)
        if each.kind == "root":
            return rational_power(forms, each.arguments[0], exponent / each.degree, known=True)
    if exponent.q == 1:
        power = int(exponent.p)
        return forms.field.power(ratio if power % 2 == 0 else magnitude(forms, ratio), power)
    unsigned = forms.field.multiply(sign(forms, factor), ratio)
    return _root(forms, ratio, unsigned, exponent)


def _power_of_prime(forms: Forms, prime: int, exponent: fmpq) -> Ratio:
    ratio = forms.field.constant(prime)
    if exponent.q == 1:
        return forms.field.power(ratio, int(exponent.p))
    return _root(forms, ratio, ratio, exponent)


def _root(forms: Forms, base: Ratio, unsigned: Ratio, exponent: fmpq) -> Ratio:
    """A power of the root generator of a base; one degree of root serves all."""
    key = f"root {base.key}"
    degree = forms.question.degrees.get(key, int(exponent.q))
    if degree % int(exponent.q):
        raise Refine(key, degree * int(exponent.q))
    forms.question.degrees[key] = degree
    root = forms.generator(
        "root",
        f"{unsigned.key} {degree}",
        arguments=(base,),
        degree=degree,
        positive=True,
        relation=unsigned,
    )
    power = exponent * degree
    return forms.canonical(forms.field.power(root, int(power.p)))


def general_power(forms: Forms, base: Ratio, exponent: Ratio) -> Ratio:
    """base**exponent = exp(exponent · log base) for a positive base."""
    return exponential(forms, forms.field.multiply(exponent, logarithm(forms, base)))


def _primes(number: fmpq) -> list[tuple[int, int]]:
    """The prime powers of a positive rational; parts too large to be taken apart stay whole."""
    found: list[tuple[int, int]] = []
    for part, side in ((number.p, 1), (number.q, -1)):
        if part == 1:
            continue
        if part > LARGEST_TO_FACTOR:
            found.append((int(part), side))
        else:
            found += [(int(prime), side * int(power)) for prime, power in part.factor()]
    return found
