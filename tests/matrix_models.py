"""Random models in matrix notation, each with a meaning of its own: loops over nested lists of dual numbers.

Nothing here reads what derive makes of the text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, TypeAlias

from hypothesis import strategies as st

from tests.dual import Dual, Interpreter
from tests.models import Exact, Sample, arrays

# Nested lists of duals, or one.
Value: TypeAlias = Any
Shape = tuple[str, ...]
Meaning = Callable[[Mapping[str, Value]], Value]

SIZES: Mapping[str, int] = {"m": 2, "n": 3, "d": 2}
INPUTS: Mapping[str, Shape] = {
    "c": (),
    "b": ("m",),
    "x": ("n",),
    "v": ("d",),
    "W": ("m", "n"),
    "A": ("n", "n"),
    "B": ("n", "d"),
    "X": ("m", "n"),
    "Q": ("m", "n", "d"),
}

# Of the equations: numbers, vectors, matrices, a stack of matrices.
SHAPES: Sequence[Shape] = ((), ("m",), ("n",), ("m", "n"), ("n", "n"), ("n", "d"), ("m", "n", "d"))


@dataclass(frozen=True)
class Expression:
    """A formula as text, and what it means."""

    text: str
    meaning: Meaning
    atom: bool = False

    @property
    def operand(self) -> str:
        """The text as it stands beside a sign."""
        return self.text if self.atom else f"({self.text})"


_functions = Interpreter({}, Dual, {}, {})


def rank(value: Value) -> int:
    """The number of axes."""
    return 1 + rank(value[0]) if isinstance(value, list) else 0


def flat(value: Value) -> Iterator[Dual]:
    """The numbers, row by row."""
    if isinstance(value, list):
        for each in value:
            yield from flat(each)
    else:
        yield value


def mapped(function: Callable[..., Dual], *values: Value) -> Value:
    """The function number by number; an array of lower rank meets the last axes of the others."""
    most = max(map(rank, values))
    if most == 0:
        return function(*values)
    length = next(len(value) for value in values if rank(value) == most)
    return [
        mapped(function, *(value[at] if rank(value) == most else value for value in values))
        for at in range(length)
    ]


def call(name: str) -> Callable[..., Dual]:
    """A function of numbers by its name."""
    return lambda *arguments: _functions.call(name, arguments)


def total(values: Sequence[Value]) -> Value:
    """The sum of arrays of one shape."""
    return reduce(lambda one, other: mapped(add, one, other), values)


def moved_axis(value: Value, axis: int) -> Value:
    """The array with an axis brought to the front."""
    if axis == 0:
        return value
    inner = [moved_axis(each, axis - 1) for each in value]
    return [[row[at] for row in inner] for at in range(len(inner[0]))]


def put_back(value: Value, axis: int) -> Value:
    """The array with its first axis brought to a place further in."""
    if axis == 0:
        return value
    return [put_back([row[at] for row in value], axis - 1) for at in range(len(value[0]))]


def product(left: Value, right: Value) -> Value:
    """The matrix product of matrices and vectors, written as the loop that it is."""
    if rank(left) == rank(right) == 1:
        return total([a * b for a, b in zip(left, right, strict=True)])
    if rank(left) > 1:
        return [product(row, right) for row in left]
    return [product(left, [row[at] for row in right]) for at in range(len(right[0]))]


def number(value: float) -> Callable[[Dual], Dual]:
    """A constant."""
    return lambda _: Dual(value)


def softmax(row: list[Dual]) -> list[Dual]:
    """Exponentials over their sum."""
    powers = [call("exp")(each) for each in row]
    whole = total(powers)
    return [each / whole for each in powers]


def logsumexp(row: Sequence[Dual]) -> Dual:
    """The logarithm of the sum of exponentials."""
    return call("log")(total([call("exp")(each) for each in row]))


def norm(row: Sequence[Dual]) -> Dual:
    """The Euclidean length."""
    return call("sqrt")(total([each * each for each in row]))


def mean(row: Sequence[Dual]) -> Dual:
    """The arithmetic mean."""
    return total(list(row)) / Dual(float(len(row)))


def variance(row: Sequence[Dual]) -> Dual:
    """The mean of the squared distances from the mean."""
    middle = mean(row)
    return mean([(each - middle) * (each - middle) for each in row])


# By name and by what they make of a row: a number, or a row of the same length.
REDUCTIONS: Mapping[str, Callable[[Sequence[Dual]], Dual]] = {
    "sum": lambda row: total(list(row)),
    "mean": mean,
    "max": lambda row: _functions.call("max", row),
    "norm": norm,
    "logsumexp": logsumexp,
    "var": variance,
}
ROWWISE: Mapping[str, Callable[[list[Dual]], list[Dual]]] = {
    "softmax": softmax,
    "log_softmax": lambda row: [each - logsumexp(row) for each in row],
}


def along(function: Callable[[list[Dual]], Value], value: Value, axis: int) -> Value:
    """What a function of rows makes of every row along an axis, its results in front."""
    rows = moved_axis(value, axis)

    def rowwise(parts: list[Value]) -> Value:
        if rank(parts[0]) == 0:
            return function(parts)
        return [rowwise([part[at] for part in parts]) for at in range(len(parts[0]))]

    return rowwise(rows)


UNARY: Mapping[str, Callable[[Dual], Dual]] = {
    "sigmoid({0})": call("sigmoid"),
    "tanh({0})": call("tanh"),
    "sin({0})": call("sin"),
    "exp(-{0}**2)": lambda x: call("exp")(-(x * x)),
    "sqrt(1 + {0}**2)": lambda x: call("sqrt")(Dual(1.0) + x * x),
    "{0}**2": lambda x: x * x,
    "-{0}": lambda x: -x,
    "2*{0}": lambda x: Dual(2.0) * x,
    "{0}/3": lambda x: x / Dual(3.0),
    "1 - {0}": lambda x: Dual(1.0) - x,
}
BINARY: Mapping[str, Callable[[Dual, Dual], Dual]] = {
    "{0} + {1}": lambda x, y: x + y,
    "{0} - {1}": lambda x, y: x - y,
    "{0}*{1}": lambda x, y: x * y,
    "{0}/(2 + sin({1}))": lambda x, y: x / (Dual(2.0) + call("sin")(y)),
    "tanh({0})*{1}": lambda x, y: call("tanh")(x) * y,
}


class Draw:
    """Expressions of any shape over names of known shapes."""

    def __init__(self, draw: st.DrawFn, names: Mapping[str, Shape]) -> None:
        self.draw = draw
        self.names = names

    def choose(self, choices: Sequence[Any]) -> Any:
        """One of several."""
        return self.draw(st.sampled_from(list(choices)))

    def expression(self, shape: Shape, depth: int) -> Expression:
        """A formula of a shape; at depth 0 a name, or the shortest way to the shape."""
        leaves = [name for name, found in self.names.items() if found == shape]
        leaves += 2 * [name for name in leaves if name not in INPUTS]  # that lines read earlier ones
        if leaves and (depth <= 0 or self.draw(st.integers(0, 3)) == 0):
            name = self.choose(leaves)
            return Expression(name, lambda values: values[name], atom=True)
        makers = [self.reduced, self.kept] if shape else [self.reduced]
        if len(shape) < 3:
            makers.append(self.multiplied)
        if depth > 0:
            makers += [self.unary, self.binary, self.binary]
            makers += [self.rowwise] if shape else [self.whole, self.whole]
            makers += [self.centred] if len(shape) > 1 else []
            makers += [self.transposed, self.outer] if len(shape) == 2 else []
        elif shape and not leaves:
            makers = [self.broadcast]
        return self.choose(makers)(shape, depth - 1)

    def broadcast(self, shape: Shape, depth: int) -> Expression:
        """A shape that no name has: made of its parts."""
        if len(shape) == 2:
            return self.outer(shape, depth)
        return self.reduced(shape, depth)

    kept = broadcast

    def unary(self, shape: Shape, depth: int) -> Expression:
        text = self.choose(UNARY)
        part = self.expression(shape, depth)
        return Expression(text.format(part.operand), lambda values: mapped(UNARY[text], part.meaning(values)))

    def binary(self, shape: Shape, depth: int) -> Expression:
        """Two arrays of a shape; or one, and one of the last axes."""
        text = self.choose(BINARY)
        lower = shape[self.draw(st.integers(0, len(shape))) :]
        shapes = (shape, lower) if self.draw(st.booleans()) else (lower, shape)
        one, other = (self.expression(each, depth) for each in shapes)
        return Expression(
            text.format(one.operand, other.operand),
            lambda values: mapped(BINARY[text], one.meaning(values), other.meaning(values)),
        )

    def multiplied(self, shape: Shape, depth: int) -> Expression:
        """A product of matrices and vectors."""
        size = self.choose(SIZES)
        if len(shape) == 2:
            shapes = ((shape[0], size), (size, shape[1]))
        elif len(shape) == 1:
            shapes = self.choose((((shape[0], size), (size,)), ((size,), (size, shape[0]))))
        else:
            shapes = ((size,), (size,))
        one, other = (self.expression(each, depth) for each in shapes)
        text = f"{one.operand} @ {other.operand}"
        if self.draw(st.booleans()):
            text = f"dot({one.text}, {other.text})"
        return Expression(text, lambda values: product(one.meaning(values), other.meaning(values)))

    def transposed(self, shape: Shape, depth: int) -> Expression:
        part = self.expression(shape[::-1], depth)
        return Expression(f"{part.operand}.T", lambda values: moved_axis(part.meaning(values), 1), atom=True)

    def outer(self, shape: Shape, depth: int) -> Expression:
        one, other = (self.expression((size,), depth) for size in shape)
        return Expression(
            f"outer({one.text}, {other.text})",
            lambda values: [[a * b for b in other.meaning(values)] for a in one.meaning(values)],
            atom=True,
        )

    def reduced(self, shape: Shape, depth: int) -> Expression:
        """A reduction along one more axis."""
        axis = self.draw(st.integers(0, len(shape)))
        whole = (*shape[:axis], self.choose(SIZES), *shape[axis:])
        if len(whole) > 2 and whole not in self.names.values():
            return self.reduced_cube(shape, depth)
        name = self.choose(REDUCTIONS)
        part = self.expression(whole, depth)
        written = axis - len(whole) if self.draw(st.booleans()) else axis
        text = f"{name}({part.text}, axis={written})"
        if not shape and self.draw(st.booleans()):
            text = f"{name}({part.text})"
        return Expression(text, lambda values: along(REDUCTIONS[name], part.meaning(values), axis), atom=True)

    def reduced_cube(self, shape: Shape, depth: int) -> Expression:
        """A shape that only a reduction of a cube without a name leads to: made of what has one."""
        if len(shape) == 2:
            return self.outer(shape, depth)
        name = self.choose([name for name, found in self.names.items() if found == shape])
        return Expression(name, lambda values: values[name], atom=True)

    def whole(self, shape: Shape, depth: int) -> Expression:
        """A number of a whole matrix: its sum, its norm, its trace, a quadratic form."""
        square = self.expression(("n", "n"), depth)
        if self.draw(st.booleans()):
            row = self.expression(("n",), depth)
            return Expression(
                f"{row.operand} @ {square.operand} @ {row.operand}",
                lambda values: product(
                    row.meaning(values), product(square.meaning(values), row.meaning(values))
                ),
            )
        name = self.choose(("trace", *REDUCTIONS))

        def meaning(values: Mapping[str, Value]) -> Value:
            found = square.meaning(values)
            if name == "trace":
                return total([found[at][at] for at in range(len(found))])
            return REDUCTIONS[name](list(flat(found)))

        return Expression(f"{name}({square.text})", meaning, atom=True)

    def rowwise(self, shape: Shape, depth: int) -> Expression:
        """A softmax along an axis."""
        name = self.choose(ROWWISE)
        axis = self.draw(st.integers(0, len(shape) - 1))
        last = axis == len(shape) - 1 and self.draw(st.booleans())
        part = self.expression(shape, depth)
        return Expression(
            f"{name}({part.text})" if last else f"{name}({part.text}, axis={axis})",
            lambda values: put_back(_front(along(ROWWISE[name], part.meaning(values), axis)), axis),
            atom=True,
        )

    def centred(self, shape: Shape, depth: int) -> Expression:
        """An array with a reduction of itself or another taken off, its axis kept."""
        name = self.choose(REDUCTIONS)
        axis = self.draw(st.integers(0, len(shape) - 1))
        text = self.choose(("{0} - {1}", "{0}*{1}", "{1} + {0}"))
        one = self.expression(shape, depth)
        other = one if self.draw(st.booleans()) else self.expression(shape, depth)
        sign = {"{0} - {1}": BINARY["{0} - {1}"], "{0}*{1}": BINARY["{0}*{1}"]}.get(text, BINARY["{0} + {1}"])

        def meaning(values: Mapping[str, Value]) -> Value:
            reduced = along(REDUCTIONS[name], other.meaning(values), axis)
            slices = moved_axis(one.meaning(values), axis)
            return put_back([mapped(sign, each, reduced) for each in slices], axis)

        kept = f"{name}({other.text}, axis={axis}, keepdims=True)"
        return Expression(text.format(one.operand, kept), meaning)


def _front(value: Value) -> Value:
    """The array with its last axis brought to the front."""
    return moved_axis(value, rank(value) - 1)


@dataclass(frozen=True)
class MatrixSample(Sample):
    """A model in matrix notation with its meaning."""

    lines: tuple[tuple[str, Meaning], ...] = ()

    def loss(self, inputs: Mapping[str, Value]) -> Dual:
        """The loss at inputs of duals; `kinks` of the functions collect on the way."""
        values = dict(inputs)
        for name, meaning in self.lines:
            values[name] = meaning(values)
        found = values[self.lines[-1][0]]
        assert isinstance(found, Dual)
        return found

    def slopes(self, name: str) -> list[float]:
        """The derivative of the loss by every component of an input."""
        inputs = {each: _duals(value) for each, value in self.values.items()}
        count = len(list(flat(inputs[name])))
        return [self.loss({**inputs, name: _seeded(inputs[name], at)}).slope for at in range(count)]

    def kinks(self) -> list[float]:
        """How far the point is from every kink."""
        _functions.kinks.clear()
        self.loss({each: _duals(value) for each, value in self.values.items()})
        return list(_functions.kinks)


def _duals(value: Exact) -> Value:
    return [_duals(each) for each in value] if isinstance(value, tuple) else Dual(float(value))


def _seeded(value: Value, at: int) -> Value:
    """The array with a slope of 1 at one of its numbers."""
    numbers = iter(range(10**6))
    return mapped(lambda each: Dual(each.value, float(next(numbers) == at)), value)


@st.composite
def matrix_models(draw: st.DrawFn) -> MatrixSample:
    """One to four equations over arrays, each of which reads inputs and earlier lines, and their sum."""
    names = dict(INPUTS)
    lines: list[tuple[str, Meaning]] = []
    text: list[str] = []
    parts: list[Expression] = []
    for number in range(draw(st.integers(1, 4))):
        shape = draw(st.sampled_from(SHAPES))
        found = Draw(draw, names).expression(shape, draw(st.integers(1, 3)))
        name = f"z{number + 1}"
        text.append(f"{name} = {found.text}")
        lines.append((name, found.meaning))
        names[name] = shape
        parts.append(_squared(name, shape))
    text.append(f"L = {' + '.join(part.text for part in parts)}")
    lines.append(("L", lambda values: total([part.meaning(values) for part in parts])))
    equations = "\n".join(text)
    read = {name for name in INPUTS if any(name in _words(line) for line in text)}
    shapes = ", ".join(f"{name} = {list(INPUTS[name])}" for name in INPUTS if name in read and INPUTS[name])
    values = {name: draw(arrays(tuple(SIZES[size] for size in INPUTS[name]))) for name in sorted(read)}
    model = f'equations = """\n{equations}\n"""\nshapes = {{{shapes}}}\n'
    return MatrixSample(model, values, SIZES, tuple(lines))


def _squared(name: str, shape: Shape) -> Expression:
    def meaning(values: Mapping[str, Value]) -> Value:
        return total([call("tanh")(each * each) for each in flat(values[name])])

    return Expression(f"sum(tanh({name}**2))" if shape else f"tanh({name}**2)", meaning)


def _words(line: str) -> set[str]:
    return set("".join(c if c.isalnum() else " " for c in line).split())


def finite(numbers: Sequence[float], largest: float = 1e6) -> bool:
    """Whether numbers are of a size in which floats tell nine digits."""
    return all(math.isfinite(each) and abs(each) < largest for each in numbers)
