"""Sums over an index for all sizes: what is free of the index comes out, δ is contracted, letters renamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from flint import fmpq, fmpq_mpoly

from derive.agreement.field import Ratio
from derive.agreement.forms import Forms
from derive.agreement.generators import Affine, Generator
from derive.agreement.indices import difference, letter, replaced
from derive.agreement.orders import orders
from derive.agreement.quantities import quantity

Renaming = Mapping[str, Affine]


def size(forms: Forms, name: str) -> Ratio:
    """The number of values of a letter: of one from 1 to n, n."""
    axis = name.partition("#")[0]
    parts = forms.question.ranges[axis].as_coefficients_dict() if axis in forms.question.ranges else {}
    known = all(each.is_Symbol and each.name not in forms.question.letters for each in parts if each != 1)
    if not parts or not known:
        return forms.generator("size", axis, name=axis, positive=True)
    return forms.field.total(
        [
            forms.field.scaled(
                forms.field.one if each == 1 else quantity(forms, each), fmpq(int(times.p), int(times.q))
            )
            for each, times in parts.items()
        ]
    )


def unopened(forms: Forms, kind: str, names: tuple[str, ...], body: Ratio) -> Ratio:
    """A product or an extreme: a function of its body, whatever its letters are called."""
    bound, ratio = _renamed_canonically(forms, names, body)
    return forms.generator(
        "reduction", f"{kind} {bound} {ratio.key}", name=kind, arguments=(ratio,), bound=bound
    )


def summed(forms: Forms, names: Iterable[str], body: Ratio) -> Ratio:
    """The sum of a ratio over letters."""
    body = forms.canonical(body)
    letters = frozenset(names)
    outside, inside = _split_denominator(forms, body.den, letters)
    parts: list[Ratio] = []
    if inside.is_one():
        parts += _terms(forms, letters, body.num, inside)
    else:
        whole, rest = divmod(body.num, inside)
        parts += _terms(forms, letters, whole, forms.field.unit)
        parts += _terms(forms, letters, rest, inside)
    total = forms.field.total(parts)
    return forms.field.multiply(total, forms.field.ratio(forms.field.unit, outside))


def _split_denominator(
    forms: Forms, den: fmpq_mpoly, letters: frozenset[str]
) -> tuple[fmpq_mpoly, fmpq_mpoly]:
    """The factors of a denominator that are free of the letters, and the others."""
    outside, inside = forms.field.unit, forms.field.unit
    if not den.is_one():
        for factor, power in forms.factors(den)[1]:
            free = letters.isdisjoint(forms.letters(Ratio(factor, forms.field.unit)))
            outside, inside = (outside * factor**power, inside) if free else (outside, inside * factor**power)
    return outside, inside


def _terms(forms: Forms, letters: frozenset[str], num: fmpq_mpoly, inside: fmpq_mpoly) -> list[Ratio]:
    return [
        _summed_term(forms, letters, coefficient, powers, inside)
        for coefficient, powers in forms.field.terms(num)
    ]


def _summed_term(
    forms: Forms,
    letters: frozenset[str],
    coefficient: fmpq,
    powers: dict[int, int],
    inside: fmpq_mpoly,
) -> Ratio:
    """The sum of one monomial over `inside`: opened, contracted, taken apart into linked sums."""
    forms.field.check()
    opened = _open(forms, letters, powers, inside)
    if opened is not None:
        more, body = opened
        return forms.field.scaled(summed(forms, letters | more, body), coefficient)
    free = {n: p for n, p in powers.items() if letters.isdisjoint(forms.generators[n].letters)}
    bound = {n: p for n, p in powers.items() if n not in free}
    outside = Ratio(forms.field.monomial(free, coefficient), forms.field.unit)
    contracted = _contract(forms, letters, bound, inside)
    if contracted is None:
        return forms.field.multiply(outside, _linked(forms, letters, bound, inside))
    rest, body = contracted
    return forms.field.multiply(outside, summed(forms, rest, body) if rest else body)


def _open(
    forms: Forms, letters: frozenset[str], powers: dict[int, int], inside: fmpq_mpoly
) -> tuple[frozenset[str], Ratio] | None:
    """A sum among the factors that depends on the letters: its own letters join, freshly named."""
    for number, power in powers.items():
        each = forms.generators[number]
        if each.kind != "sum" or letters.isdisjoint(each.letters):
            continue
        rest = {n: p for n, p in powers.items() if n != number}
        body = forms.field.ratio(forms.field.monomial(rest), inside)
        more: set[str] = set()
        for _ in range(power):
            fresh = {name: _fresh(forms, name) for name in each.bound}
            more.update(fresh.values())
            copy = renamed(forms, each.arguments[0], {old: letter(new) for old, new in fresh.items()})
            body = forms.field.multiply(body, copy)
        return frozenset(more), body
    return None


def _fresh(forms: Forms, name: str) -> str:
    forms.fresh += 1
    return f"{name.partition('#')[0]}#{forms.fresh}"


def _contract(
    forms: Forms, letters: frozenset[str], powers: dict[int, int], inside: fmpq_mpoly
) -> tuple[frozenset[str], Ratio] | None:
    """The sum over a letter that an indicator fixes: the rest with that letter replaced."""
    for number in powers:
        each = forms.generators[number]
        if each.kind != "indicator" or each.name != "=" or not each.indices:
            continue
        solution = solved(each.indices[0], letters)
        if solution is not None:
            name, value = solution
            rest = {n: p for n, p in powers.items() if n != number}
            body = forms.field.ratio(forms.field.monomial(rest), inside)
            return letters - {name}, renamed(forms, body, {name: value})
    return None


def solved(gap: Affine, letters: frozenset[str]) -> tuple[str, Affine] | None:
    """The summed letter that is equal to another letter or to a number."""
    for name, times in gap[0]:
        if name in letters and abs(times) == 1:
            rest = replaced(gap, {name: ((), 0)})
            value = difference(((), 0), rest) if times == 1 else rest
            if not value[0] or (len(value[0]) == 1 and value[0][0][1] == 1 and value[1] == 0):
                return name, value
    return None


def _linked(forms: Forms, letters: frozenset[str], powers: dict[int, int], inside: fmpq_mpoly) -> Ratio:
    """The product of the sums over letters that have no factor in common."""
    groups = _groups(forms, letters, powers, inside)
    parts = []
    for names, numbers, with_den in groups:
        if not numbers and not with_den:
            parts += [size(forms, name) for name in names]
            continue
        num = forms.field.monomial({n: powers[n] for n in numbers})
        body = Ratio(num, inside if with_den else forms.field.unit)
        parts.append(_sum_generator(forms, names, body))
    return forms.field.product(parts)


# Letters, the generators that hold them, and whether the denominator does.
Group = tuple[tuple[str, ...], list[int], bool]


def _groups(forms: Forms, letters: frozenset[str], powers: dict[int, int], inside: fmpq_mpoly) -> list[Group]:
    below = letters & forms.letters(Ratio(inside, forms.field.unit))
    holders = [(letters & forms.generators[n].letters, n) for n in powers]
    groups: list[tuple[set[str], list[int], bool]] = [({name}, [], False) for name in sorted(letters)]
    for held, number in [*holders, *([(below, -1)] if below else [])]:
        touched = [group for group in groups if group[0] & held]
        names = set().union(*(group[0] for group in touched))
        numbers = [n for group in touched for n in group[1]] + ([number] if number >= 0 else [])
        with_den = number < 0 or any(group[2] for group in touched)
        groups = [group for group in groups if group not in touched] + [(names, numbers, with_den)]
    return [(tuple(sorted(names)), numbers, with_den) for names, numbers, with_den in groups]


def _sum_generator(forms: Forms, names: tuple[str, ...], body: Ratio) -> Ratio:
    bound, ratio = _renamed_canonically(forms, names, body)
    if len(bound) == 1 and _weight(forms, ratio, bound[0]):
        return forms.field.one
    # Under its new letters a sign may have turned: what it is multiplied by stands before the sum.
    number = ratio.num.leading_coefficient()
    ratio = forms.field.scaled(ratio, 1 / number)
    whole = forms.generator("sum", f"{bound} {ratio.key}", arguments=(ratio,), bound=bound)
    return forms.field.scaled(whole, number)


def _weight(forms: Forms, body: Ratio, name: str) -> bool:
    """Whether the body is an element of weights that sum to 1, by the index over which they do."""
    if not body.den.is_one() or len(body.num) != 1 or body.num.total_degree() != 1:
        return False
    each = forms.generators[next(forms.field.used(body.num))]
    domain = forms.question.domains.get(each.name)
    return (
        each.kind == "component"
        and domain is not None
        and domain.simplex
        and body.num.leading_coefficient() == 1
        and [index for index in each.indices if name in dict(index[0])] == [letter(name)]
        and each.indices[domain.axis] == letter(name)
    )


def _renamed_canonically(forms: Forms, names: tuple[str, ...], body: Ratio) -> tuple[tuple[str, ...], Ratio]:
    """The body with letters named by their axis and place, in the order whose text comes first.

    The names tell the height too, so that they never meet those that sums within the body bind.
    """
    height = forms.height(body)
    best: tuple[str, tuple[str, ...], Ratio] | None = None
    for order in orders(forms, names, body):
        new = [f"{name.partition('#')[0]}#c{height}.{at}" for at, name in enumerate(order)]
        ratio = renamed(forms, body, {o: letter(n) for o, n in zip(order, new, strict=True)})
        key = f"{new} {ratio.key}"
        if best is None or key < best[0]:
            best = key, tuple(new), ratio
    assert best is not None
    return best[1], best[2]


def renamed(forms: Forms, ratio: Ratio, letters: Renaming) -> Ratio:
    """The ratio with free index letters replaced, in arguments of functions too."""
    return rebuilt(forms, ratio, lambda each: _renamed_generator(forms, each, letters), set(letters))


def rebuilt(forms: Forms, ratio: Ratio, change: Callable[[Generator], Ratio], letters: set[str]) -> Ratio:
    """The ratio with the generators that hold any of the letters changed."""
    held = [n for n in forms.used(ratio) if forms.generators[n].letters & letters]
    if not held:
        return ratio
    values = {number: change(forms.generators[number]) for number in held}
    num, den = (_rebuilt_poly(forms, poly, values) for poly in (ratio.num, ratio.den))
    return forms.canonical(forms.field.multiply(num, forms.field.inverse(den)))


def _rebuilt_poly(forms: Forms, poly: fmpq_mpoly, values: Mapping[int, Ratio]) -> Ratio:
    terms = []
    for coefficient, powers in forms.field.terms(poly):
        kept = {n: p for n, p in powers.items() if n not in values}
        factors = [forms.field.power(values[n], p) for n, p in powers.items() if n in values]
        monomial = Ratio(forms.field.monomial(kept, coefficient), forms.field.unit)
        terms.append(forms.field.product([monomial, *factors]))
    return forms.field.total(terms)


def _renamed_generator(forms: Forms, each: Generator, letters: Renaming) -> Ratio:
    from derive.agreement.rebuilding import rebuild

    own = {old: new for old, new in letters.items() if old in each.letters}
    key = each.number, frozenset(own.items())
    if key not in forms.renamings:
        at = tuple(replaced(index, own) for index in each.indices)
        arguments = tuple(renamed(forms, argument, own) for argument in each.arguments)
        forms.renamings[key] = rebuild(forms, each, at, arguments)
    return forms.renamings[key]
