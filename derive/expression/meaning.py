"""The reading of a formula as a scalar SymPy expression."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

import sympy
from sympy import Expr, Symbol
from sympy.core.symbol import Str
from sympy.logic.boolalg import Boolean

from derive.expression.atoms import IndexedReduction, MeaningError, Tower, cases, symbol
from derive.expression.atoms import opaque as unspecified
from derive.expression.components import component
from derive.expression.partial import partial
from derive.expression.parts import is_constant, parts
from derive.expression.substitution import made, put, raised
from derive.formula import (
    Bound,
    Branch,
    Call,
    Cases,
    Derivative,
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
from derive.functions import Function, function
from derive.functions.function import OUTPUT
from derive.losses import loss

NO_FUNCTIONS: Mapping[str, Function] = MappingProxyType({})
NO_SIZES: Mapping[str, str] = MappingProxyType({})

# Numbers whose power would take more bits than this stay a power: 9**9**9**9 is not computed.
MOST_BITS = 4096

# What SymPy calls a function of the table: primitives, and definitions that it knows by name.
_MEANINGS: Mapping[str, type[sympy.Basic]] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "arcsin": sympy.asin,
    "arccos": sympy.acos,
    "arctan": sympy.atan,
    "erf": sympy.erf,
    "abs": sympy.Abs,
    "sign": sympy.sign,
    "max": sympy.Max,
    "min": sympy.Min,
}

_COMPARISONS: Mapping[str, type[sympy.Rel]] = {
    "=": sympy.Eq,
    "==": sympy.Eq,
    "!=": sympy.Ne,
    "≠": sympy.Ne,
    "<": sympy.Lt,
    "<=": sympy.Le,
    "≤": sympy.Le,
    ">": sympy.Gt,
    ">=": sympy.Ge,
    "≥": sympy.Ge,
}


def expression(
    formula: Formula,
    functions: Mapping[str, Function] = NO_FUNCTIONS,
    *,
    opaque: Collection[str] = (),
    constants: Collection[str] = (),
    sizes: Mapping[str, str] = NO_SIZES,
) -> Expr:
    """The meaning of a scalar formula.

    `functions` are the model's own, found before the table's; those named in `opaque`, and unknown ones,
    stay unspecified. A name in `constants` (`pi`, `e`) is the constant of that name. `sizes` names the
    number of values of an index letter, as a mean divides by it. Raises MeaningError.
    """
    return _Meaning(functions, opaque, constants, sizes).of(formula, {})


def condition(formula: Formula, functions: Mapping[str, Function] = NO_FUNCTIONS) -> Boolean:
    """The meaning of a comparison or a chain of them."""
    return _Meaning(functions, (), (), NO_SIZES).condition(formula, {})


# Values of parameters, by name, while the body of a function is read.
Bindings = Mapping[str, Expr]

# What a function is differentiated by, where it takes nothing else.
_PARAMETER = sympy.Dummy("t", real=True)
_CONSTANTS: Mapping[str, Expr] = {"pi": sympy.pi, "π": sympy.pi, "e": sympy.E}


class _Meaning:
    """The reading of one formula: which names are functions, constants and sizes."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        opaque: Collection[str],
        constants: Collection[str],
        sizes: Mapping[str, str],
    ) -> None:
        self.functions = functions
        self.opaque = opaque
        self.constants = constants
        self.sizes = sizes

    def of(self, formula: Formula, bound: Bindings) -> Expr:
        match formula:
            case Name(name):
                return bound[name] if name in bound else self._quantity(name)
            case Number(text):
                return _number(text)
            case Sum(terms):
                return sympy.Add(*[self.of(term, bound) for term in terms])
            case Product(factors):
                return sympy.Mul(*[self.of(factor, bound) for factor in factors])
            case Negation(operand):
                return -self.of(operand, bound)
            case Quotient(numerator, denominator):
                divisor = raised(self._divisor(denominator, bound), sympy.S.NegativeOne)
                return sympy.Mul(self.of(numerator, bound), divisor)
            case Power(base, exponent):
                return power(self.of(base, bound), self.of(exponent, bound))
            case Call():
                return self._call(formula, bound)
            case Indexed(name, indices):
                return component(name, indices)
            case Grouping(inner):
                return self.of(inner, bound)
            case Reduction():
                return self._reduction(formula, bound)
            case Derivative():
                return self._derivative(formula, bound)
            case Cases(branches):
                return self._cases(branches, bound)
        raise MeaningError(f"a {type(formula).__name__.lower()} is no scalar expression")

    def condition(self, formula: Formula, bound: Bindings) -> Boolean:
        if isinstance(formula, Grouping):
            return self.condition(formula.inner, bound)
        if not isinstance(formula, Relation) or not set(formula.signs) <= _COMPARISONS.keys():
            raise MeaningError("a condition must be a comparison")
        sides = [self.of(side, bound) for side in formula.sides]
        links = [
            _compared(sign, left, right)
            for sign, left, right in zip(formula.signs, sides, sides[1:], strict=False)
        ]
        return links[0] if len(links) == 1 else sympy.And(*links, evaluate=False)

    def _quantity(self, name: str) -> Expr:
        return _CONSTANTS[name] if name in self.constants and name in _CONSTANTS else symbol(name)

    def _divisor(self, denominator: Formula, bound: Bindings) -> Expr:
        value = self.of(denominator, bound)
        if value == 0:
            raise MeaningError("a division by zero")
        return value

    def _call(self, call: Call, bound: Bindings) -> Expr:
        arguments = [self.of(argument, bound) for argument in call.arguments]
        row = None if call.function in self.opaque else self._row(call.function)
        if row is None:
            orders = (call.primes,) if len(arguments) == 1 else (0,) * len(arguments)
            return unspecified(call.function, orders)(*arguments)
        if not row.accepts(len(arguments)):
            raise MeaningError(f"{call.function} does not take {len(arguments)} arguments")
        if call.primes:
            return self._primed(row, arguments, call.primes)
        return self._value(row, arguments)

    def _row(self, name: str) -> Function | None:
        own = self.functions.get(name) or function(name)
        if own is None and (found := loss(name)) is not None:
            return found.function
        return own

    def _value(self, row: Function, arguments: list[Expr]) -> Expr:
        if row.name not in self.functions:
            if row.name == "sqrt":
                return power(arguments[0], sympy.Rational(1, 2))
            if row.name in _MEANINGS:
                return made(_MEANINGS[row.name], arguments)
        body = row.body()
        if body is None:
            raise MeaningError(f"{row.name} has no definition")
        bound = self._parameters(row, arguments)
        return self._of_row(row).of(body, bound)

    def _primed(self, row: Function, arguments: list[Expr], primes: int) -> Expr:
        """f'(u) by the row where it states the derivative, else by SymPy."""
        stated = row.derivative(0)
        if primes == 1 and stated is not None:
            bound = {**self._parameters(row, arguments), OUTPUT: self._value(row, arguments)}
            return self._of_row(row).of(stated, bound)
        parameter = _PARAMETER if len(arguments) == 1 else sympy.Dummy("t", real=True)
        value = self._primed(row, [parameter, *arguments[1:]], 1) if stated else self._value(row, [parameter])
        for _ in range(primes - 1 if stated else primes):
            value = partial(value, parameter)
        return put(value, {parameter: arguments[0]})

    def _parameters(self, row: Function, arguments: list[Expr]) -> dict[str, Expr]:
        missing = len(row.parameters) - len(arguments)
        defaults = row.defaults[len(row.defaults) - missing :] if missing > 0 else ()
        return dict(zip(row.parameters, [*arguments, *map(_number, defaults)], strict=True))

    def _of_row(self, row: Function) -> _Meaning:
        """How a row's texts are read: in the table pi is the constant, a model's function reads the model."""
        if row.name in self.functions:
            return self
        return _Meaning(NO_FUNCTIONS, (), _CONSTANTS, self.sizes)

    def _reduction(self, reduction: Reduction, bound: Bindings) -> Expr:
        if not reduction.bounds:
            raise MeaningError(f"the {reduction.kind} names no index")
        body = self.of(reduction.body, bound)
        bounds = [self._bound(each, bound) for each in reduction.bounds]
        if reduction.kind != "mean":
            return IndexedReduction(Str(reduction.kind), body, *bounds)
        counts = [self._count(each, body, bound) for each in reduction.bounds]
        return IndexedReduction(Str("sum"), body, *bounds) / sympy.Mul(*counts)

    def _bound(self, bound: Bound, bindings: Bindings) -> Expr | sympy.Tuple:
        letter = symbol(bound.name)
        if bound.low is None or bound.high is None:
            return letter
        return sympy.Tuple(letter, self.of(bound.low, bindings), self.of(bound.high, bindings))

    def _count(self, bound: Bound, body: Expr, bindings: Bindings) -> Expr:
        """How many values an index of the body has."""
        if bound.low is not None and bound.high is not None:
            return self.of(bound.high, bindings) - self.of(bound.low, bindings) + 1
        if bound.name in self.sizes:
            return symbol(self.sizes[bound.name])
        return IndexedReduction(Str("size"), body, symbol(bound.name))

    def _derivative(self, derivative: Derivative, bound: Bindings) -> Expr:
        of, wrt = derivative.of, derivative.wrt
        if not isinstance(wrt, Name | Indexed):
            raise MeaningError("a derivative is taken by a quantity")
        if isinstance(of, Name | Indexed) and not derivative.applied:
            return _fraction(of, wrt, "d" if derivative.total else "∂")
        try:
            return partial(self.of(of, bound), self.of(wrt, bound))
        except ValueError:
            raise MeaningError("a derivative is taken by a quantity") from None

    def _cases(self, branches: tuple[Branch, ...], bound: Bindings) -> Expr:
        pieces = [
            (
                self.of(branch.value, bound),
                sympy.true if branch.condition is None else self.condition(branch.condition, bound),
            )
            for branch in branches
        ]
        return cases(pieces)


def _fraction(of: Name | Indexed, wrt: Name | Indexed, sign: str) -> Symbol:
    """∂L/∂w as a quantity of its own, with the indices of both."""
    indices = [*getattr(of, "indices", ()), *getattr(wrt, "indices", ())]
    return component(f"{sign}{of.name}/{sign}{wrt.name}", tuple(indices))


@lru_cache(maxsize=4096)
def _number(text: str) -> Expr:
    value = Fraction(text)
    return sympy.Rational(value.numerator, value.denominator)


def power(base: Expr, exponent: Expr) -> Expr:
    """The power, kept as it is where numbers would grow beyond bounds."""
    if exponent.is_Rational and abs(exponent.p) > 1 and is_constant(base):
        bits = sum(
            max(abs(atom.p).bit_length(), atom.q.bit_length()) for atom in parts(base) if atom.is_Rational
        )
        if bits * abs(exponent.p) > MOST_BITS:
            return Tower(base, exponent)
    if base == 0 and exponent.is_negative:
        raise MeaningError("a division by zero")
    return made(sympy.exp, [exponent]) if base == sympy.E else raised(base, exponent)


def _compared(sign: str, left: Expr, right: Expr) -> Boolean:
    """A comparison; one of two rationals, or of equal sides, is decided, others stay as they are."""
    if left == right:
        return sympy.true if _COMPARISONS[sign] in (sympy.Eq, sympy.Le, sympy.Ge) else sympy.false
    if left.is_Rational and right.is_Rational:
        return _COMPARISONS[sign](left, right)
    return _COMPARISONS[sign](left, right, evaluate=False)
