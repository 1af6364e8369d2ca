"""The gradient's numbers at a point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from derive.evaluate import Array, as_fraction, key_of

if TYPE_CHECKING:
    from derive.interface.gradient import Gradient

# A value of the gradient: a float, or nested tuples of floats.
Floats: TypeAlias = "float | tuple[Floats, ...]"
Exact: TypeAlias = "Fraction | Decimal | tuple[Exact, ...]"


class Point(Mapping[str, Floats]):
    """The gradient's numbers at a point: floats, rounded from exact or 50-digit values."""

    def __init__(self, gradient: Gradient, values: Mapping[str, Array]) -> None:
        self._gradient = gradient
        self._values = values

    @property
    def loss(self) -> float:
        """The value of the loss."""
        found = _float(_number(self._values[self._gradient.graph.loss]))
        assert isinstance(found, float)
        return found

    def exact(self, name: str) -> Exact:
        """The number before its rounding to a float: a Fraction where it is rational, else 50 digits."""
        if name not in self._gradient:
            raise KeyError(name)
        key = key_of(self._gradient.graph.loss, name)
        return _number(self._values[key]) if key in self._values else Fraction(0)

    def __getitem__(self, name: str) -> Floats:
        return _float(self.exact(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._gradient)

    def __len__(self) -> int:
        return len(self._gradient)

    def __repr__(self) -> str:
        return repr(dict(self))


def _number(value: Array) -> Exact:
    if isinstance(value, tuple):
        return tuple(_number(each) for each in value)
    fraction = as_fraction(value)
    return Decimal(str(value)) if fraction is None else fraction


def _float(value: Exact) -> Floats:
    return tuple(map(_float, value)) if isinstance(value, tuple) else float(value)
