"""Products over an index: exponentials become that of a sum, what is free of the index a power."""

from __future__ import annotations

from derive.agreement.field import Ratio
from derive.agreement.forms import Forms
from derive.agreement.powers import exponential, general_power
from derive.agreement.signs import known_sign
from derive.agreement.sums import size, summed, unopened


def multiplied(forms: Forms, name: str, body: Ratio) -> Ratio:
    """The product of a ratio over a letter.

    A factor that is free of it is a power of the number of factors where it is known to be positive.
    """
    if body.num.is_zero():
        return unopened(forms, "prod", (name,), body)
    number, factors = forms.all_factors(body)
    side = 1 if number > 0 else -1
    free, parts = forms.field.constant(abs(number)), list[Ratio]()
    for factor, power in factors:
        ratio = Ratio(factor, forms.field.unit)
        known = None if name in forms.letters(ratio) else known_sign(forms, factor)
        argument = _argument(forms, ratio) if name in forms.letters(ratio) else None
        if known is not None:
            side *= known ** (power % 2)
            free = forms.field.multiply(free, forms.field.power(forms.field.scaled(ratio, known), power))
        elif argument is not None:
            parts.append(exponential(forms, summed(forms, (name,), forms.field.scaled(argument, power))))
        else:
            parts.append(forms.field.power(unopened(forms, "prod", (name,), ratio), power))
    if free != forms.field.one:
        parts.append(general_power(forms, free, size(forms, name)))
    if side < 0:
        parts.append(unopened(forms, "prod", (name,), forms.field.constant(-1)))
    return forms.field.product(parts)


def _argument(forms: Forms, factor: Ratio) -> Ratio | None:
    """What a factor is the exponential of."""
    if len(factor.num) != 1:
        return None
    each = forms.generators[next(forms.field.used(factor.num))]
    return each.arguments[0] if each.kind == "exp" else None
