"""What expressions are made of besides SymPy's own: quantities, unspecified functions, sums over an index."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import sympy
from sympy import Expr, Symbol
from sympy.logic.boolalg import Boolean

from derive.errors import DeriveError


class MeaningError(DeriveError):
    """A formula that is no scalar expression: a vector, a matrix product, a chain of equations."""


class Opaque(sympy.Function):
    """A function that is not specified; `orders` counts its derivatives by each argument."""

    label = ""
    orders: tuple[int, ...] = ()
    is_real = True

    def _eval_evalf(self, prec: int) -> None:
        """No value: SymPy would call what mpmath knows by this name."""

    def fdiff(self, argindex: int = 1) -> Expr:
        """The derivative by one argument: f, f', f'', …"""
        orders = list(self.orders)
        orders[argindex - 1] += 1
        return opaque(self.label, tuple(orders))(*self.args)


class Tower(sympy.Function):
    """A power of numbers that is too large to be computed."""

    is_real = True

    def _eval_evalf(self, prec: int) -> None:
        """No value."""


class IndexedReduction(Expr):
    """A sum, product, maximum or minimum of a body over indices.

    The arguments are its kind, the body, and for each index its letter or (letter, low, high). Components
    in the body that hold a letter are bound by their spelling, as in `x[j]`. Of the kind `size`, it is the
    number of values that the letters of the body have.
    """

    is_commutative = True
    is_real = True

    @property
    def kind(self) -> str:
        """`sum`, `prod`, `max`, `min`, `argmax`, `argmin` or `size`."""
        return str(self.args[0].name)

    @property
    def body(self) -> Expr:
        """What is reduced."""
        return self.args[1]

    @property
    def letters(self) -> tuple[str, ...]:
        """The index letters that it runs over."""
        return tuple(b.name if isinstance(b, Symbol) else b.args[0].name for b in self.args[2:])


class CaseDistinction(Expr):
    """The value of the first branch whose condition holds; the arguments are pairs of value and condition.

    SymPy's Piecewise looks for the meaning of its conditions, a search that may not end.
    """

    is_commutative = True
    is_real = True

    def _eval_derivative(self, symbol: Symbol) -> Expr:
        slopes = [(value.diff(symbol), condition) for value, condition in self.args]
        return cases(slopes)


def cases(branches: Iterable[tuple[Expr, Boolean]]) -> Expr:
    """The case distinction, without branches that cannot apply."""
    possible: list[sympy.Tuple] = []
    for value, condition in branches:
        if condition == sympy.true and (not possible or all(each.args[0] == value for each in possible)):
            return value
        if condition != sympy.false:
            possible.append(sympy.Tuple(value, condition))
    return CaseDistinction(*possible) if possible else sympy.nan


@cache
def symbol(name: str) -> Symbol:
    """The symbol of a quantity or component: real, and never one of SymPy's constants."""
    return Symbol(name, real=True)


@cache
def opaque(label: str, orders: tuple[int, ...]) -> type[Opaque]:
    """An unspecified function, or one of its derivatives."""
    mark = "'" * orders[0] if len(orders) == 1 else f"^{orders}" if any(orders) else ""
    return type(f"{label}{mark}", (Opaque,), {"label": label, "orders": orders})
