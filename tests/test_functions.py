"""The table of functions: everything that a row claims, against mpmath and by proof."""

from __future__ import annotations

import mpmath
import pytest
import sympy
from mpmath import mpf

from derive.agreement import agree
from derive.expression import expression, partial, put, symbol
from derive.formula import Call, Name, Number, read
from derive.functions import FUNCTIONS, Function, Kink, function
from tests.calculator import MEANINGS, holds, value

WANTED = (
    *("sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "silu", "swish", "gelu"),
    *("exp", "log", "sqrt", "sin", "cos", "tan", "arctan", "abs", "sign", "min", "max", "erf"),
)

# Values of further parameters; not the defaults, so that no row can lean on those.
FURTHER = {"slope": mpf("0.2"), "a": mpf("1.7"), "b": mpf("0.3")}
POINTS = [mpf(number) / 100 for number in (-900, -430, -190, -85, -40, -6, 7, 45, 90, 160, 320, 900)]

ROWS = pytest.mark.parametrize("row", FUNCTIONS, ids=[row.name for row in FUNCTIONS])
PARTIALS = [(row, index) for row in FUNCTIONS for index in range(len(row.parameters))]
EACH_PARTIAL = pytest.mark.parametrize(
    ("row", "index"), PARTIALS, ids=[f"{row.name}-{row.parameters[index]}" for row, index in PARTIALS]
)


@pytest.fixture(autouse=True)
def fifty_digits() -> None:
    mpmath.mp.dps = 50


def points(row: Function) -> list[dict[str, mpf]]:
    """Points of the domain, none a kink, with values for all parameters."""
    first, *others = row.parameters
    further = {name: FURTHER[name] for name in others}
    condition = row.condition()
    found = [{first: point, **further} for point in POINTS]
    return [at for at in found if condition is None or holds(condition, at)]


def meaning(row: Function, at: dict[str, mpf]) -> mpf:
    return MEANINGS[row.name](*(at[name] for name in row.parameters))


def slope(row: Function, index: int, at: dict[str, mpf]) -> mpf:
    """The row's derivative at a point."""
    derivative = row.derivative(index)
    assert derivative is not None
    return value(derivative, {**at, "f": meaning(row, at)})


def ends(row: Function) -> tuple[mpf, mpf]:
    """The ends of the domain of the first parameter; far out stands for infinity."""
    far = mpf(10) ** 11
    return {None: (-far, far), "x > 0": (1 / far**9, far), "x >= 0": (mpf(0), far)}.get(
        row.domain, (mpf(-1), mpf(1))
    )


def near(left: mpf, right: mpf, digits: int = 20) -> bool:
    return abs(left - right) <= mpf(10) ** -digits * max(1, abs(left), abs(right))


def test_every_function_that_networks_use_has_a_row() -> None:
    assert all(function(name) is not None for name in WANTED)


def test_no_name_or_alias_is_given_twice() -> None:
    names = [name for row in FUNCTIONS for name in (row.name, *row.aliases)]
    assert len(names) == len(set(names))


@ROWS
def test_a_definition_means_what_the_literature_means(row: Function) -> None:
    body = row.body()
    assert body is None or all(near(value(body, at), meaning(row, at)) for at in points(row))


@ROWS
def test_sympy_is_told_the_same_meaning(row: Function) -> None:
    meant = expression(Call(row.name, tuple(map(Name, row.parameters))))
    for at in points(row):
        numbers = {symbol(name): sympy.Rational(str(value)) for name, value in at.items()}
        assert near(mpf(put(meant, numbers).evalf(40)), meaning(row, at))


@EACH_PARTIAL
def test_a_derivative_is_the_slope_of_the_function(row: Function, index: int) -> None:
    for at in points(row):

        def along(number: mpf, at: dict[str, mpf] = at) -> mpf:
            return meaning(row, {**at, row.parameters[index]: number})

        assert near(slope(row, index, at), mpmath.diff(along, at[row.parameters[index]]), 15)


@EACH_PARTIAL
def test_a_derivative_is_proved(row: Function, index: int) -> None:
    parameters = tuple(map(Name, row.parameters))
    derivative = row.derivative_at(index, parameters)
    assert derivative is not None
    meant = expression(row.body() or Call(row.name, parameters))
    by_sympy = partial(meant, symbol(row.parameters[index]))
    found = agree(by_sympy, expression(derivative, constants=("pi",)))
    assert found.proved
    kinked = bool(row.kinks)
    assert bool(found.kinks) <= kinked, "a proof leaves out only places that the row declares"


@EACH_PARTIAL
def test_a_derivative_with_its_sign_flipped_is_refuted(row: Function, index: int) -> None:
    parameters = tuple(map(Name, row.parameters))
    derivative = row.derivative_at(index, parameters)
    assert derivative is not None
    stated = expression(derivative, constants=("pi",))
    if not stated.is_zero:
        assert agree(stated, -stated).verdict == "refuted"


KINKS = [(row, kink) for row in FUNCTIONS for kink in row.kinks]


@pytest.mark.parametrize(("row", "kink"), KINKS, ids=[row.name for row, _ in KINKS])
def test_at_a_kink_the_two_slopes_differ_and_the_stated_one_lies_between(row: Function, kink: Kink) -> None:
    first, *others = row.parameters
    at = {name: FURTHER[name] for name in others}
    place = value(read(kink.at), at)
    step = mpf(10) ** -25
    left, middle, right = (meaning(row, {**at, first: place + side * step}) for side in (-1, 0, 1))
    before, after = (middle - left) / step, (right - middle) / step
    jump = min(abs(before), abs(after)) > mpf(10) ** 20
    assert jump or not near(before, after, 3)
    assert len(kink.derivatives) == len(row.parameters)
    stated = value(read(kink.derivatives[0]), at)
    assert min(before, after, 0) - mpf(10) ** -20 <= stated <= max(before, after) + mpf(10) ** -20


@pytest.mark.parametrize(("row", "kink"), KINKS, ids=[row.name for row, _ in KINKS])
def test_the_derivative_has_the_stated_value_at_a_kink(row: Function, kink: Kink) -> None:
    first, *others = row.parameters
    at = {name: FURTHER[name] for name in others}
    at[first] = value(read(kink.at), at)
    for index, stated in enumerate(kink.derivatives):
        assert near(slope(row, index, at), value(read(stated), at))


@pytest.mark.parametrize("row", [row for row in FUNCTIONS if not row.kinks], ids=lambda row: row.name)
def test_a_row_without_kinks_has_one_slope_at_zero(row: Function) -> None:
    at = {row.parameters[0]: mpf(0)}
    condition = row.condition()
    if condition is not None and not holds(condition, at):
        return
    if row.name == "sqrt":
        return  # the end of its domain
    step = mpf(10) ** -25
    left, middle, right = (MEANINGS[row.name](side * step) for side in (-1, 0, 1))
    assert near((middle - left) / step, (right - middle) / step, 20)


@ROWS
def test_values_stay_in_the_stated_range(row: Function) -> None:
    low, high = row.range.low, row.range.high
    for at in points(row):
        found = meaning(row, at)
        margin = mpf("0.00005") if row.range.rounded else 0
        if low is not None:
            end = value(read(low), at) - margin
            assert found > end or (row.range.has_low and near(found, end))
        if high is not None:
            end = value(read(high), at) + margin
            assert found < end or (row.range.has_high and near(found, end))


def reached(row: Function) -> list[mpf]:
    """Values at the ends of the domain, at its middle, and at every stationary point between -8 and 8."""
    further = {name: FURTHER[name] for name in row.parameters[1:]}
    low, high = ends(row)
    places = [max(low, mpf(-10) ** 11), min(high, mpf(10) ** 11), mpf(0), mpf(1)]
    places += [mpmath.pi * turn / 2 for turn in (-1, 1, 2)]
    places += [mpf(step) / 1000 for step in range(-2000, 0)] if row.range.rounded else []
    condition = row.condition()
    at = [{row.parameters[0]: place, **further} for place in places]
    return [meaning(row, each) for each in at if condition is None or holds(condition, each)]


@ROWS
def test_the_range_is_no_wider_than_it_must_be(row: Function) -> None:
    if row.name in ("tan", "max", "min"):
        return
    found = reached(row)
    for end, extreme in ((row.range.low, min(found)), (row.range.high, max(found))):
        if end is None:
            assert abs(extreme) > 10
        else:
            stated = value(read(end), FURTHER)
            assert abs(stated - extreme) <= (mpf("0.00005") if row.range.rounded else mpf(10) ** -8)


@ROWS
def test_the_limits_at_the_ends_of_the_domain(row: Function) -> None:
    further = {name: FURTHER[name] for name in row.parameters[1:]}
    for end, stated in zip(ends(row), row.limits, strict=True):
        found = meaning(row, {row.parameters[0]: end, **further})
        if stated is None:
            beyond = meaning(row, {row.parameters[0]: end * 3, **further})
            assert not near(found, beyond, 3)
        elif stated in ("inf", "-inf"):
            assert mpmath.sign(found) == (-1 if stated == "-inf" else 1)
            assert abs(found) > 25
        else:
            assert near(found, value(read(stated), further), 11)


def test_further_arguments_of_a_maximum_are_nested() -> None:
    row = function("max")
    assert row is not None
    a, b, c = map(Name, "abc")
    assert row.complete((a, b, c)) == (a, Call("max", (b, c)))
    assert row.accepts(5)
    assert not row.accepts(1)


def test_left_out_arguments_take_their_defaults() -> None:
    row = function("leaky_relu")
    assert row is not None
    assert row.complete((Name("z"),)) == (Name("z"), Number("0.01"))
    assert row.accepts(2)
    assert not row.accepts(3)


def test_a_derivative_uses_the_value_that_has_a_name() -> None:
    row = function("sigmoid")
    assert row is not None
    assert row.derivative_at(0, (Name("z"),), Name("h")) == read("h*(1 - h)")
    assert row.derivative_at(0, (Name("z"),)) == read("sigmoid(z)*(1 - sigmoid(z))")


def test_a_function_of_a_model_is_the_same_type() -> None:
    own = Function("f", ("t",), read("t*sigmoid(beta*t)"))
    assert own.body() == read("t*sigmoid(beta*t)")
    assert own.derivative() is None
    assert own.value_at((Name("u"),)) == read("u*sigmoid(beta*u)")
