"""The worked example of the lesson: a network in numbers, each rounded, and worked on as it was printed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import NamedTuple

from mpmath import mpf

from tests.variants.names import Names
from tests.variants.page import Page
from tests.variants.rounding import logistic, plain, printed, real, significant, slope, unit, verdict

PROVED, ROUNDED, DRIFTED, DEFINED = "proved", "rounded", "drifted", "definition"


@dataclass(frozen=True, slots=True)
class Example:
    """Weights, biases and inputs of a 2-2-1 network."""

    weights: tuple[Decimal, ...]
    biases: tuple[Decimal, ...]
    inputs: tuple[Decimal, ...]

    def terms(self, at: int, read: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
        """What neuron 1, 2 or 3 adds up."""
        one, other = self.weights[2 * at - 2 : 2 * at]
        return one * read[0], other * read[1], self.biases[at - 1]

    def hidden(self, at: int) -> mpf:
        return logistic(real(sum(self.terms(at, self.inputs))))

    @property
    def before_output(self) -> mpf:
        one, other = (real(each) for each in self.weights[4:])
        return one * self.hidden(1) + other * self.hidden(2) + real(self.biases[2])


def drawn(random: Random) -> Example:
    """An example whose neurons are not saturated; in many, all weights are 1 and all biases 0."""
    while True:
        inputs = tuple(Decimal(random.choice([-3, -2, -1, 1, 2, 3])) for _ in range(2))
        if random.random() < 0.5:
            found = Example((Decimal(1),) * 6, (Decimal(0),) * 3, inputs)
        else:
            sizes = [Decimal(each) for each in ("-2", "-1", "-0.5", "0.5", "1", "1.5", "2")]
            weights = tuple(random.choice(sizes) for _ in range(6))
            biases = tuple(random.choice(sizes) for _ in range(3))
            found = Example(weights, biases, inputs)
        sums = [abs(sum(found.terms(at, inputs))) for at in (1, 2)]
        if max(sums) < 4 and abs(found.before_output) < 3 and min(sums) > 0:
            return found


def _added(terms: tuple[Decimal, ...]) -> str:
    return " + ".join(plain(each) for each in terms)


def _off(value: Decimal) -> str:
    """A number that is plainly another one: its last digits are not what rounding leaves open."""
    return printed(value + 37 * unit(value))


def worked(page: Page, names: Names, random: Random) -> None:
    """Forward, then the derivative by the first weight, then by the first bias."""
    known, since = drawn(random), page.here
    w, b, x, h, f = names.weight, names.bias, names.input, names.hidden, names.value
    page.heading("The Network in Numbers")
    if set(known.weights) == {Decimal(1)}:
        page.prose("All weights are 1 and all biases 0.")
        given = [f"{names.spoken(w)}1..{names.spoken(w)}6 = 1", f"{names.spoken(b)}1..{names.spoken(b)}3 = 0"]
    else:
        pairs = [(f"{w}_{at}", each) for at, each in enumerate(known.weights, 1)]
        pairs += [(f"{b}_{at}", each) for at, each in enumerate(known.biases, 1)]
        said = [page.say(f"{name} = {plain(value)}", DEFINED) for name, value in pairs]
        page.prose("Let " + ", ".join("{}" for _ in said) + ".", *said)
        given = []
    given.append(f"{names.spoken(x)} = [{', '.join(map(plain, known.inputs))}]")

    exact = [known.hidden(1), known.hidden(2)]
    near = tuple(significant(each, 3) for each in exact)
    terms = [known.terms(at, known.inputs) for at in (1, 2)]
    page.aligned(
        [f"{h}_1 &= {f(names.sum(1))}", f"&= {f(_added(terms[0]))}", f"&= {printed(near[0])}"],
        ROUNDED,
        DEFINED,
        PROVED,
        ROUNDED,
        slip=(printed(near[0]), _off(near[0])),
    )
    page.display(
        f"{h}_2 = {f(names.sum(2))} = {printed(near[1])}",
        ROUNDED,
        DEFINED,
        ROUNDED,
        slip=(printed(near[1]), _off(near[1])),
    )
    total = known.before_output
    added = known.terms(3, near)
    result = significant(logistic(real(sum(added))), 3)
    told = verdict(result, logistic(total))
    page.aligned(
        [
            f"{names.output}_1 &= {f(names.sum(3))}",
            f"&= {f(_terms(known, near, names))}",
            f"&= {printed(result)}",
        ],
        told,
        DEFINED,
        _put_in(known, near),
        ROUNDED,
        slip=(f"&= {printed(result)}", f"&= {_off(result)}"),
    )
    page.prose("So the network says {}.", page.say(f"{names.predicted} = {printed(result)}", told))
    _backward(page, names, known, near, result)
    page.given(since, ", ".join(given))


def _terms(known: Example, near: tuple[Decimal, ...], names: Names) -> str:
    """The sum of the output neuron with the hidden values as they were printed."""
    if set(known.weights) == {Decimal(1)}:
        return f"{printed(near[0])} + {printed(near[1])} + {plain(known.biases[2])}"
    one, other = known.weights[4:]
    first, second = (f"{plain(a)} {names.times} {printed(b)}" for a, b in ((one, near[0]), (other, near[1])))
    return f"{first} + {second} + {plain(known.biases[2])}"


def _put_in(known: Example, near: tuple[Decimal, ...]) -> str:
    """The verdict on hidden values replaced by their roundings: those may add up to the exact sum."""
    exact = abs(real(sum(known.terms(3, near))) - known.before_output) < 1e-30
    return PROVED if exact else ROUNDED


def _backward(page: Page, names: Names, known: Example, near: tuple[Decimal, ...], result: Decimal) -> None:
    by_output = _by_output(page, names, known, result)
    by_hidden = _by_hidden(page, names, known, near)
    by_weight = _by_weight(page, names, known)
    factors = (by_output, by_hidden, by_weight)
    _product(page, names, factors)
    page.prose("For the bias:")
    of, y, h, b = names.loss, names.predicted, f"{names.hidden}_1", f"{names.bias}_1"
    page.display(f"{names.by(of, b)} = {names.along(of, y, h, b)}", PROVED)
    page.display(f"{names.by(of, y)} = {printed(by_output.near)}", by_output.told, slip=("= ", "= 3"))
    page.display(f"{names.by(y, h)} = {printed(by_hidden.near)}", by_hidden.told)
    _by_bias(page, names, known)


class Factor(NamedTuple):
    """A factor of the chain rule: exact, and as it was printed."""

    exact: mpf
    near: Decimal

    @property
    def told(self) -> str:
        return verdict(self.near, self.exact)


def _by_output(page: Page, names: Names, known: Example, result: Decimal) -> Factor:
    """-2 (1 - y), worked out from the printed y."""
    of, y, by = names.loss, names.predicted, names.by
    w, output = f"{names.weight}_1", logistic(known.before_output)
    found = Factor(-2 * (1 - output), -2 * (1 - result))
    page.aligned(
        [
            rf"{by(of, w)} &= {names.along(of, y, f'{names.hidden}_1', w)}",
            f"{by(of, y)} &= -2(1 - {y})",
            f"&= -2(1 - {printed(result)})",
            f"&= {printed(found.near)}",
        ],
        found.told,
        PROVED,
        PROVED,
        verdict(result, output),
        PROVED,
        slip=(f"&= -2(1 - {printed(result)})", f"&= 2(1 - {printed(result)})"),
    )
    return found


def _by_hidden(page: Page, names: Names, known: Example, near: tuple[Decimal, ...]) -> Factor:
    """w_5 f'(…), worked out from the printed h."""
    weight, argument = known.weights[4], sum(known.terms(3, near))
    exact = real(weight) * slope(known.before_output)
    found = Factor(exact, significant(real(weight) * slope(real(argument)), 3))
    factor = "" if weight == 1 else f"{plain(weight)} {names.times} "
    value = names.value(plain(argument))
    page.aligned(
        [
            (
                f"{names.by(names.predicted, f'{names.hidden}_1')} &= {names.weight}_5 {names.times}"
                f" {names.slope(names.sum(3))}"
            ),
            f"&= {plain(weight)} {names.times} {names.slope(_terms(known, near, names))}",
            f"&= {factor}{value} {names.times} (1 - {value})",
            f"&= {printed(found.near)}",
        ],
        found.told,
        PROVED,
        _put_in(known, near),
        PROVED,
        ROUNDED,
        slip=(f"(1 - {value})", f"(2 - {value})"),
    )
    return found


def _by_weight(page: Page, names: Names, known: Example) -> Factor:
    """x_1 f'(…), with nothing rounded on the way."""
    sign, terms, read = names.times, known.terms(1, known.inputs), known.inputs[0]
    exact = real(read) * slope(real(sum(terms)))
    found = Factor(exact, significant(exact, 3))
    value = names.value(plain(sum(terms, Decimal(0))))
    page.aligned(
        [
            (
                f"{names.by(f'{names.hidden}_1', f'{names.weight}_1')} &= {names.input}_1 {sign}"
                f" {names.slope(names.sum(1))}"
            ),
            f"&= {plain(read)} {sign} {names.slope(_added(terms))}",
            f"&= {plain(read)} {sign} {value} {sign} (1 - {value})",
            f"&= {printed(found.near)}",
        ],
        ROUNDED,
        PROVED,
        PROVED,
        PROVED,
        ROUNDED,
        slip=(f"{sign} (1 - {value})", f"{sign} {value}"),
    )
    return found


def _product(page: Page, names: Names, factors: tuple[Factor, ...]) -> None:
    """All three, multiplied as they were printed."""
    near, exact = Decimal(1), mpf(1)
    for each in factors:
        near, exact = near * each.near, exact * each.exact
    last = significant(real(near), 3)
    spelled = f" {names.times} ".join(printed(each.near) for each in factors)
    page.aligned(
        [f"{names.by(names.loss, f'{names.weight}_1')} &= {spelled}", rf"&= \boxed{{{printed(last)}}}"],
        verdict(last, exact),
        DRIFTED if any(each.told == DRIFTED for each in factors) else ROUNDED,
        ROUNDED,
        slip=(printed(last), _off(last)),
    )


def _by_bias(page: Page, names: Names, known: Example) -> None:
    """The last factor once more, with a number rounded so much that few digits of the result are right."""
    sign, f, terms = names.times, names.function, known.terms(1, known.inputs)
    inside = sum(terms, Decimal(0))
    value, short = names.value(plain(inside)), significant(logistic(real(inside)), 2)
    page.display(f"{names.by(f'{names.hidden}_1', f'{names.bias}_1')} = {names.slope(names.sum(1))}", PROVED)
    page.display(f"= {names.slope(_signed_sum(terms))}", PROVED)
    where = rf"\text{{ where }} {f}'(x) = {f}(x) {sign} (1 - {f}(x))"
    page.display(f"= {value} {sign} (1 - {value}) {where}", PROVED)
    squared = short * (1 - short)
    page.display(
        f"= {printed(short)} {sign} (1 - {printed(short)}) = {plain(squared)}",
        verdict(squared, slope(real(inside))),
        ROUNDED,
        PROVED,
        slip=(f"= {plain(squared)}", f"= {plain(squared * 2)}"),
    )


def _signed_sum(terms: tuple[Decimal, ...]) -> str:
    text = plain(terms[0])
    for each in terms[1:]:
        text += f" - {plain(-each)}" if each < 0 else f" + {plain(each)}"
    return text
