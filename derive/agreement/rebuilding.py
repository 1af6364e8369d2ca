"""A generator made anew with other indices or other arguments."""

from __future__ import annotations

from flint import fmpq

from derive.agreement import powers, quantities, sums
from derive.agreement.circular import cosine, sine
from derive.agreement.field import Ratio, Unsupported
from derive.agreement.forms import Forms
from derive.agreement.generators import Affine, Generator
from derive.agreement.signs import sign_of


def rebuild(forms: Forms, each: Generator, at: tuple[Affine, ...], arguments: tuple[Ratio, ...]) -> Ratio:
    """The generator's function of other arguments, or its quantity at other indices."""
    match each.kind:
        case "component":
            return quantities.component(forms, each.name, at)
        case "letter":
            return quantities.index(forms, at[0])
        case "indicator":
            return quantities.indicator(forms, each.name, at[0] if at else None, arguments)
        case "exp":
            return powers.exponential(forms, arguments[0])
        case "log":
            return powers.logarithm_of_magnitude(forms, arguments[0])
        case "root":
            return powers.rational_power(forms, arguments[0], fmpq(1, each.degree), known=True)
        case "sin":
            return sine(forms, arguments[0])
        case "cos":
            return cosine(forms, arguments[0])
        case "sign":
            return sign_of(forms, arguments[0])
        case "sum":
            return sums.summed(forms, each.bound, arguments[0])
        case "function" | "reduction":
            return _unopened(forms, each, arguments)
    raise Unsupported(each.kind)


def _unopened(forms: Forms, each: Generator, arguments: tuple[Ratio, ...]) -> Ratio:
    key = ", ".join(argument.key for argument in arguments)
    if each.kind == "reduction":
        return sums.unopened(forms, each.name, each.bound, arguments[0])
    if each.name in ("asin", "atan", "erf") and arguments[0].num.leading_coefficient() < 0:
        positive = _unopened(forms, each, (forms.field.negative(arguments[0]),))
        return forms.field.negative(positive)
    return forms.generator("function", f"{each.name}({key})", name=each.name, arguments=arguments)
