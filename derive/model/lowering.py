"""Matrix notation to index form: `z = W @ x + b` becomes `z[i] = sum(W[i,j]*x[j], j) + b[i]`.

Elementwise operations broadcast by the last axes, as in NumPy, but a size that merely happens to be 1
does not broadcast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from derive.errors import FormulaError
from derive.formula import (
    Bound,
    Call,
    Cases,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Relation,
    Sum,
    Transpose,
    times,
    walk,
)
from derive.indices import fresh_letters
from derive.model.model import Size
from derive.notation import plain

# None is the size of an axis that nothing states.
Sizes = tuple[Size | None, ...]
Shapes = Mapping[str, Sizes]


@dataclass(frozen=True, slots=True)
class Array:
    """A quantity of some shape: given one index for each axis, its component."""

    sizes: Sizes
    at: Callable[[Sequence[Formula]], Formula]

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.sizes)


@dataclass(frozen=True, slots=True)
class Lowered:
    """A right side in index form, with the letters and sizes of its axes."""

    formula: Formula
    letters: tuple[str, ...]
    sizes: Sizes


def needs_lowering(formula: Formula, shapes: Shapes) -> bool:
    """Whether the formula speaks of whole arrays."""
    for node in walk(formula):
        match node:
            case MatrixProduct() | Transpose():
                return True
            case Call(function) if function in OPERATIONS:
                return True
            case Reduction(bounds=()):
                return True
            case Name(name) if shapes.get(name):
                return True
    return False


def lower(formula: Formula, shapes: Shapes) -> Lowered:
    """The formula in index form; raises FormulaError where shapes do not fit."""
    taken = {node.name for node in walk(formula) if isinstance(node, (Name, Indexed))}
    lowering = _Lowering(shapes, fresh_letters(taken | set(shapes)))
    array = lowering.array(formula)
    letters = tuple(next(lowering.letters) for _ in array.sizes)
    return Lowered(array.at(tuple(map(Name, letters))), letters, array.sizes)


class _Lowering:
    """One formula's way to index form; `letters` are those not yet in use."""

    def __init__(self, shapes: Shapes, letters: Iterator[str]) -> None:
        self.shapes = shapes
        self.letters = letters

    def array(self, formula: Formula) -> Array:
        """The formula as an array."""
        match formula:
            case Name(name):
                sizes = self.shapes.get(name, ())
                if not sizes:
                    return _scalar(formula)
                return Array(sizes, lambda at: Indexed(name, tuple(at), formula.at))
            case Indexed() | Number():
                return _scalar(formula)
            case MatrixProduct(factors):
                return self._matrix_product(factors)
            case Transpose(operand):
                return _transposed(self.array(operand))
            case Call(function, arguments) if function in OPERATIONS:
                return OPERATIONS[function](self, formula, [self.array(each) for each in arguments])
            case Reduction():
                return self._reduction(formula)
            case Product(factors) if any(isinstance(each, Transpose) for each in factors):
                return self._textbook_product(factors)
        return self._elementwise(formula)

    def _elementwise(self, formula: Formula) -> Array:
        parts = [self.array(child) for child in formula.children]
        sizes = broadcast([part.sizes for part in parts], _sign(formula), _place(formula))

        def component(at: Sequence[Formula]) -> Formula:
            own = tuple(part.at(at[len(at) - part.rank :]) for part in parts)
            return formula.with_children(own)

        return Array(sizes, component)

    def _textbook_product(self, factors: Sequence[Formula]) -> Array:
        """wᵀ x between other factors: the transposed factor meets its right neighbour."""
        at = next(at for at, each in enumerate(factors) if isinstance(each, Transpose))
        if at + 1 == len(factors):
            return self._elementwise(Product(tuple(factors)))
        inner = MatrixProduct((factors[at], factors[at + 1]))
        rest = (*factors[:at], inner, *factors[at + 2 :])
        return self.array(rest[0] if len(rest) == 1 else Product(rest))

    def _matrix_product(self, factors: Sequence[Formula]) -> Array:
        arrays = [self.array(each) for each in factors]
        total = arrays[0]
        for at, right in enumerate(arrays[1:], 1):
            total = self.contracted(total, right, factors[at - 1], factors[at])
        return total

    def contracted(self, left: Array, right: Array, one: Formula, other: Formula) -> Array:
        """The matrix product of two arrays: the last axis of the left meets the first of the right."""
        for array, formula in ((left, one), (right, other)):
            if array.rank not in (1, 2):
                raise FormulaError(
                    f"{_words(formula)} is {_kind(array)}, and @ multiplies vectors and matrices",
                    _place(formula),
                    _length(formula),
                    "Declare its shape: shapes = {W = [\"m\", \"n\"], x = [\"n\"]}"
                    if array.rank == 0
                    else None,
                )
        if not _agree(left.sizes[-1], right.sizes[0]):
            raise FormulaError(
                f"{_words(one)} of shape {_shown(left.sizes)} does not fit"
                f" {_words(other)} of shape {_shown(right.sizes)}",
                _place(other),
                _length(other),
                f"{left.sizes[-1]} and {right.sizes[0]} should be the same.",
            )
        letter = next(self.letters)
        middle = Name(letter)

        def component(at: Sequence[Formula]) -> Formula:
            split = left.rank - 1
            product = times(left.at((*at[:split], middle)), right.at((middle, *at[split:])))
            return Reduction("sum", product, (Bound(letter),))

        return Array(left.sizes[:-1] + right.sizes[1:], component)

    def _reduction(self, formula: Reduction) -> Array:
        if formula.bounds:
            inner = self.array(formula.body)
            if inner.rank:
                raise FormulaError(
                    f"{formula.kind} over an index takes components, and this is {_kind(inner)}",
                    formula.at or 0,
                    len(formula.kind),
                )
            return _scalar(formula.with_children((inner.at(()),)))
        return self.reduced(formula, self.array(formula.body))

    def reduced(self, formula: Reduction, inner: Array) -> Array:
        """A reduction over all axes, or over those that `axis` names."""
        axes = [axis % max(1, inner.rank) for axis in formula.axis or range(inner.rank)]
        if not inner.rank or (formula.axis and max(map(abs, formula.axis)) > inner.rank):
            raise FormulaError(
                f"{formula.kind} over an axis that {_kind(inner)} does not have",
                formula.at or 0,
                len(formula.kind),
            )
        letters = {axis: next(self.letters) for axis in axes}

        def component(at: Sequence[Formula]) -> Formula:
            rest = iter(at)
            full = [Name(letters[a]) if a in letters else next(rest) for a in range(inner.rank)]
            bounds = tuple(Bound(letters[axis]) for axis in sorted(letters))
            return Reduction(formula.kind, inner.at(full), bounds, at=formula.at)

        return Array(tuple(s for a, s in enumerate(inner.sizes) if a not in letters), component)


def _scalar(formula: Formula) -> Array:
    return Array((), lambda at: formula)


def _transposed(array: Array) -> Array:
    if array.rank < 2:
        return array
    return Array(array.sizes[::-1], lambda at: array.at(tuple(at)[::-1]))


def broadcast(shapes: Sequence[Sizes], sign: str, place: int) -> Sizes:
    """The shape of an elementwise operation; raises FormulaError where two sizes differ."""
    longest = max(shapes, key=len, default=())
    result = list(longest)
    for sizes in shapes:
        for back in range(1, len(sizes) + 1):
            if not _agree(result[-back], sizes[-back]):
                raise FormulaError(
                    f"shapes {_shown(longest)} and {_shown(sizes)} do not fit in {sign}", place
                )
            if result[-back] is None:
                result[-back] = sizes[-back]
    return tuple(result)


def _agree(one: Size | None, other: Size | None) -> bool:
    return one is None or other is None or one == other


def _dot(lowering: _Lowering, call: Call, arrays: Sequence[Array]) -> Array:
    _expect(call, arrays, 2)
    return lowering.contracted(arrays[0], arrays[1], *call.arguments)


def _outer(lowering: _Lowering, call: Call, arrays: Sequence[Array]) -> Array:
    _expect(call, arrays, 2)
    one, other = arrays
    return Array(
        one.sizes + other.sizes,
        lambda at: times(one.at(at[: one.rank]), other.at(at[one.rank :])),
    )


def _norm(lowering: _Lowering, call: Call, arrays: Sequence[Array]) -> Array:
    _expect(call, arrays, 1)
    (inner,) = arrays
    squared = Array(inner.sizes, lambda at: Power(inner.at(at), Number("2")))
    total = lowering.reduced(Reduction("sum", call.arguments[0], at=call.at), squared)
    return _scalar(Call("sqrt", (total.at(()),), at=call.at))


def _trace(lowering: _Lowering, call: Call, arrays: Sequence[Array]) -> Array:
    _expect(call, arrays, 1)
    letter = next(lowering.letters)
    diagonal = arrays[0].at((Name(letter), Name(letter)))
    return _scalar(Reduction("sum", diagonal, (Bound(letter),), at=call.at))


def _softmax(lowering: _Lowering, call: Call, arrays: Sequence[Array]) -> Array:
    _expect(call, arrays, 1)
    (inner,) = arrays
    letter = next(lowering.letters)

    def component(at: Sequence[Formula]) -> Formula:
        top = Call("exp", (inner.at(at),))
        every = Call("exp", (inner.at((*at[:-1], Name(letter))),))
        return Quotient(top, Reduction("sum", every, (Bound(letter),)))

    return Array(inner.sizes, component)


# Functions of whole arrays.
OPERATIONS: Mapping[str, Callable[[_Lowering, Call, Sequence[Array]], Array]] = {
    "dot": _dot,
    "outer": _outer,
    "norm": _norm,
    "trace": _trace,
    "softmax": _softmax,
}


def _expect(call: Call, arrays: Sequence[Array], count: int) -> None:
    if len(arrays) != count:
        raise FormulaError(
            f"{call.function} takes {count} argument{'s' if count > 1 else ''}, not {len(arrays)}",
            call.at or 0,
            len(call.function),
        )
    for each, argument in zip(arrays, call.arguments, strict=True):
        if not each.rank:
            raise FormulaError(
                f"{call.function} takes vectors, and {_words(argument)} is a number",
                _place(argument),
                _length(argument),
                'Declare its shape: shapes = {x = ["n"]}',
            )


def _kind(array: Array) -> str:
    return ("a number", "a vector", "a matrix")[array.rank] if array.rank < 3 else "an array"


def _shown(sizes: Sizes) -> str:
    inner = ", ".join("?" if size is None else str(size) for size in sizes)
    return f"({inner}{',' if len(sizes) == 1 else ''})"


def _words(formula: Formula) -> str:
    text = plain(formula)
    return text if len(text) <= 40 else "this"


def _place(formula: Formula) -> int:
    for node in walk(formula):
        if isinstance(node, (Name, Indexed, Call)) and node.at is not None:
            return node.at
    return 0


def _length(formula: Formula) -> int:
    return len(formula.name) if isinstance(formula, (Name, Indexed)) else 1


_SIGNS: Mapping[type[Formula], str] = {
    Sum: "a sum",
    Product: "a product",
    Quotient: "a fraction",
    Power: "a power",
    Cases: "a case distinction",
    Relation: "a comparison",
    Call: "a function call",
    Grouping: "parentheses",
    Negation: "a negation",
}


def _sign(formula: Formula) -> str:
    return _SIGNS.get(type(formula), "a formula")
