"""Forward-mode dual numbers, the complex step, and an interpreter of equations over both.

Nothing here comes from derive but the types of the tree: derivatives below are typed from calculus books.
"""

from __future__ import annotations

import cmath
import itertools
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

from derive.equation import Equation
from derive.formula import (
    Call,
    Cases,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Relation,
    Sum,
)


@dataclass(frozen=True, slots=True)
class Dual:
    """value + slope·ε with ε² = 0: arithmetic on it is the chain rule."""

    value: float
    slope: float = 0.0

    def __add__(self, other: Dual) -> Dual:
        return Dual(self.value + other.value, self.slope + other.slope)

    def __sub__(self, other: Dual) -> Dual:
        return Dual(self.value - other.value, self.slope - other.slope)

    def __mul__(self, other: Dual) -> Dual:
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    def __truediv__(self, other: Dual) -> Dual:
        ratio = self.value / other.value
        return Dual(ratio, (self.slope - ratio * other.slope) / other.value)

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __pow__(self, other: Dual) -> Dual:
        if other.slope == 0 and other.value == int(other.value):
            power = int(other.value)
            slope = power * self.value ** (power - 1) * self.slope if power else 0.0
            return Dual(self.value**power, slope)
        logarithm = _lift(math.log, lambda x: 1 / x)(self)
        return _lift(math.exp, math.exp)(other * logarithm)


Scalar: TypeAlias = "Dual | complex"
Array: TypeAlias = "Scalar | Sequence[Array]"


def _lift(function: Callable[[float], float], slope: Callable[[float], float]) -> Callable[[Dual], Dual]:
    return lambda x: Dual(function(x.value), slope(x.value) * x.slope)


def _bell(x: float) -> float:
    return 2 / math.sqrt(math.pi) * math.exp(-x * x)


# The elementary functions: on floats with their slopes, and on complex numbers.
_REAL: Mapping[str, Callable[[Dual], Dual]] = {
    "exp": _lift(math.exp, math.exp),
    "log": _lift(math.log, lambda x: 1 / x),
    "sqrt": _lift(math.sqrt, lambda x: 0.5 / math.sqrt(x)),
    "sin": _lift(math.sin, math.cos),
    "cos": _lift(math.cos, lambda x: -math.sin(x)),
    "tan": _lift(math.tan, lambda x: 1 / math.cos(x) ** 2),
    "arcsin": _lift(math.asin, lambda x: 1 / math.sqrt(1 - x * x)),
    "arccos": _lift(math.acos, lambda x: -1 / math.sqrt(1 - x * x)),
    "arctan": _lift(math.atan, lambda x: 1 / (1 + x * x)),
    "sinh": _lift(math.sinh, math.cosh),
    "cosh": _lift(math.cosh, math.sinh),
    "tanh": _lift(math.tanh, lambda x: 1 / math.cosh(x) ** 2),
    "erf": _lift(math.erf, _bell),
}
_COMPLEX: Mapping[str, Callable[[complex], complex]] = {
    **{
        name: getattr(cmath, name)
        for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")
    },
    "arcsin": cmath.asin,
    "arccos": cmath.acos,
    "arctan": cmath.atan,
    # cmath has no error function; its Taylor step is exact for a step as small as ours.
    "erf": lambda z: complex(math.erf(z.real), z.imag * _bell(z.real)),
}


def size(x: Scalar) -> float:
    """The real value, by which numbers are compared."""
    return x.value if isinstance(x, Dual) else x.real


class Interpreter:
    """Values of equations by plain recursion; `kinks` collects how far from every kink it went by.

    `number` makes a number, `sizes` says how many values an index letter takes.
    """

    def __init__(
        self,
        inputs: Mapping[str, Array],
        number: Callable[[float], Scalar],
        sizes: Mapping[str, int],
        functions: Mapping[str, tuple[Sequence[str], Formula]],
    ) -> None:
        self.values: dict[str, Array] = dict(inputs)
        self.number = number
        self.elementary = _COMPLEX if isinstance(number(0.0), complex) else _REAL
        self.sizes = sizes
        self.functions = functions
        self.kinks: list[float] = []

    def run(self, equations: Sequence[Equation]) -> None:
        """Evaluate the equations in order."""
        for each in equations:
            self.values[each.target] = self.array(each.formula, each.indices, {})

    def array(self, formula: Formula, indices: Sequence[str], letters: Mapping[str, int]) -> Array:
        """The value of a formula for every value of its indices."""
        if not indices:
            return self.value(formula, letters)
        letter, rest = indices[0], indices[1:]
        return [self.array(formula, rest, {**letters, letter: at}) for at in range(self.sizes[letter])]

    def value(self, formula: Formula, letters: Mapping[str, int | Scalar]) -> Scalar:
        """The value of a scalar formula."""

        def of(part: Formula) -> Scalar:
            return self.value(part, letters)

        match formula:
            case Number(text):
                return self.number(float(text))
            case Name(name) if name in letters:
                found = letters[name]
                return self.number(float(found)) if isinstance(found, int) else found
            case Name(name):
                return self.number(math.pi) if name == "pi" else self.values[name]
            case Indexed(name, indices):
                element = self.values[name]
                for index in indices:
                    element = element[round(size(of(index)))]
                return element
            case Sum(parts):
                return reduce(operator.add, map(of, parts))
            case Product(parts):
                return reduce(operator.mul, map(of, parts))
            case Quotient(top, bottom):
                return of(top) / of(bottom)
            case Power(base, exponent):
                return of(base) ** of(exponent)
            case Negation(operand):
                return -of(operand)
            case Grouping(inner):
                return of(inner)
            case Call(function, arguments):
                return self.call(function, [of(each) for each in arguments])
            case Cases(branches):
                return next(
                    of(b.value) for b in branches if b.condition is None or self.holds(b.condition, letters)
                )
            case Reduction(kind, body, bounds):
                ranges = [range(self.sizes[bound.name]) for bound in bounds]
                names = [bound.name for bound in bounds]
                inner = (
                    {**letters, **dict(zip(names, at, strict=True))} for at in itertools.product(*ranges)
                )
                return self.reduced(kind, [self.value(body, each) for each in inner])
        raise AssertionError(f"no value: {formula}")

    def holds(self, condition: Formula, letters: Mapping[str, int | Scalar]) -> bool:
        """Whether a comparison is true; that of two numbers is a kink."""
        assert isinstance(condition, Relation)
        sides = [self.value(side, letters) for side in condition.sides]
        pairs = list(zip(condition.signs, sides, sides[1:], strict=False))
        return all(self.less(b, a) if ">" in sign else self.less(a, b) for sign, a, b in pairs)

    def less(self, one: Scalar, other: Scalar) -> bool:
        """Whether one number is less than another; a model drawn at random never has them equal."""
        self.kinks.append(abs(size(one) - size(other)))
        return size(one) < size(other)

    def reduced(self, kind: str, parts: Sequence[Scalar]) -> Scalar:
        """A sum, mean, product, maximum or minimum."""
        if kind in ("max", "min"):
            return self.call(kind, parts)
        folded = reduce(operator.mul if kind == "prod" else operator.add, parts)
        return folded / self.number(float(len(parts))) if kind == "mean" else folded

    def call(self, function: str, arguments: Sequence[Scalar]) -> Scalar:
        """A function by its definition in the literature."""
        if function in self.functions:
            parameters, body = self.functions[function]
            return self.value(body, dict(zip(parameters, arguments, strict=True)))
        if function in ("max", "min"):
            ordered = sorted(arguments, key=size, reverse=function == "max")
            self.kinks += [abs(size(ordered[0]) - size(each)) for each in ordered[1:]]
            return ordered[0]
        if function in self.elementary:
            return self.elementary[function](arguments[0])
        return getattr(self, f"_{function}")(*arguments)

    def _sigmoid(self, x: Scalar) -> Scalar:
        return self.number(1.0) / (self.number(1.0) + self.elementary["exp"](-x))

    def _softplus(self, x: Scalar) -> Scalar:
        return self.elementary["log"](self.number(1.0) + self.elementary["exp"](x))

    def _silu(self, x: Scalar) -> Scalar:
        return x * self._sigmoid(x)

    def _gelu(self, x: Scalar) -> Scalar:
        half = self.number(0.5)
        return half * x * (self.number(1.0) + self.elementary["erf"](x * self.number(math.sqrt(0.5))))

    def _softsign(self, x: Scalar) -> Scalar:
        return x / (self.number(1.0) + self._abs(x))

    def _abs(self, x: Scalar) -> Scalar:
        return -x if self.less(x, self.number(0.0)) else x

    def _sign(self, x: Scalar) -> Scalar:
        return self.number(-1.0 if self.less(x, self.number(0.0)) else 1.0)

    def _relu(self, x: Scalar) -> Scalar:
        return self.number(0.0) if self.less(x, self.number(0.0)) else x

    def _leaky_relu(self, x: Scalar, slope: Scalar | None = None) -> Scalar:
        below = self.number(0.01) if slope is None else slope
        return below * x if self.less(x, self.number(0.0)) else x

    def _elu(self, x: Scalar, scale: Scalar | None = None) -> Scalar:
        below = self.number(1.0) if scale is None else scale
        if self.less(x, self.number(0.0)):
            return below * (self.elementary["exp"](x) - self.number(1.0))
        return x


# A nested list of floats, or one.
Floats: TypeAlias = "float | Sequence[Floats]"
# The step of the complex step: so small that its square is lost, and no difference is taken.
STEP = 1e-30


@dataclass(frozen=True)
class Problem:
    """Equations with a point: what both methods differentiate."""

    equations: Sequence[Equation]
    loss: str
    inputs: Mapping[str, Floats]
    sizes: Mapping[str, int]
    functions: Mapping[str, tuple[Sequence[str], Formula]]

    def loss_at(
        self, inputs: Mapping[str, Array], number: Callable[[float], Scalar]
    ) -> tuple[Scalar, list[float]]:
        """The loss, and the distances from kinks on the way to it."""
        interpreter = Interpreter(inputs, number, self.sizes, self.functions)
        interpreter.run(self.equations)
        found = interpreter.values[self.loss]
        assert isinstance(found, Dual | complex)
        return found, interpreter.kinks

    def kinks(self) -> list[float]:
        """How far from every kink the point is; no distance where floats do not reach."""
        try:
            return self.loss_at({name: _mapped(Dual, value) for name, value in self.inputs.items()}, Dual)[1]
        except (ArithmeticError, ValueError):
            return [0.0]

    def by_duals(self, name: str) -> Floats:
        """The derivative of the loss by every component of an input, by dual numbers."""

        def slope(seeded: Mapping[str, Array]) -> float:
            found = self.loss_at(seeded, Dual)[0]
            assert isinstance(found, Dual)
            return found.slope

        return self._by_components(name, Dual, lambda x: Dual(x, 1.0), slope)

    def by_complex_step(self, name: str) -> Floats:
        """The same by the imaginary part of the loss at a point moved by a step along i."""

        def slope(seeded: Mapping[str, Array]) -> float:
            found = self.loss_at(seeded, complex)[0]
            assert isinstance(found, complex)
            return found.imag / STEP

        return self._by_components(name, complex, lambda x: complex(x, STEP), slope)

    def _by_components(
        self,
        name: str,
        number: Callable[[float], Scalar],
        seed: Callable[[float], Scalar],
        slope: Callable[[Mapping[str, Array]], float],
    ) -> Floats:
        plain = {each: _mapped(number, value) for each, value in self.inputs.items()}

        def each_in_turn(part: Floats, put: Callable[[Array], Array]) -> Floats:
            if isinstance(part, Sequence):
                return [
                    each_in_turn(inner, lambda new, at=at, part=part: put(_with(part, at, new, number)))
                    for at, inner in enumerate(part)
                ]
            return slope({**plain, name: put(seed(part))})

        return each_in_turn(self.inputs[name], lambda new: new)


def _mapped(number: Callable[[float], Scalar], value: Floats) -> Array:
    return [_mapped(number, each) for each in value] if isinstance(value, Sequence) else number(value)


def _with(parts: Sequence[Floats], at: int, new: Array, number: Callable[[float], Scalar]) -> Array:
    return [new if place == at else _mapped(number, each) for place, each in enumerate(parts)]
