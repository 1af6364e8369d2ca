"""Derivatives from one layer to the next, ∂z^{l+1}/∂z^l, or from one step of time: ∂h_t/∂h_{t-1}."""

from __future__ import annotations

from collections.abc import Callable, Container

from sympy import Expr, Symbol

from derive.expression import MeaningError, component_parts, partial, put, symbol, symbols
from derive.expression.components import with_letters

# Nobody writes out a derivative over more layers, or through more quantities of one.
MOST_LAYERS, DEEPEST = 4, 12


def between(of: Expr, wrt: Symbol, known: Container[str], equation: Callable[[Symbol], Expr]) -> Expr | None:
    """The derivative by a quantity of an earlier layer, whatever lies between put in; None for any other.

    `known` are the quantities that have an equation.
    """
    if not isinstance(of, Symbol):
        return None
    name, indices = component_parts(of.name)
    earlier, places = component_parts(wrt.name)
    if not (indices and places and name in known) or not (name == earlier or _is_layered(name, earlier)):
        return None
    if not _is_step(indices[0] - places[0]):
        return None
    apart, back = _apart(earlier, places)
    value = _opened(equation(of), apart, places[0], known, equation, 0)
    slope = partial(value, apart)
    return with_letters(slope, back) if back else slope


def _is_layered(*names: str) -> bool:
    return all("^" in name and name[-1] in "^)⟧⟩" for name in names)


def _is_step(gap: Expr) -> bool:
    return bool(gap.is_Integer) and 0 < int(gap) <= MOST_LAYERS


def _apart(name: str, places: tuple[Expr, ...]) -> tuple[Symbol, dict[str, str]]:
    """The quantity with letters of its own but for its layer, and what they stand for."""
    layer, *rest = places
    if not all(each.is_Symbol for each in rest):
        return symbol(f"{name}[{','.join(map(_spelled, places))}]"), {}
    back = {f"{each.name}_wrt": each.name for each in rest}
    return symbol(f"{name}[{','.join((_spelled(layer), *back))}]"), back


def _spelled(index: Expr) -> str:
    return str(index).replace(" ", "")


def _opened(
    value: Expr,
    wrt: Symbol,
    layer: Expr,
    known: Container[str],
    equation: Callable[[Symbol], Expr],
    depth: int,
) -> Expr:
    """The expression with equations put in for what lies in later layers, or in this one behind."""
    if depth > DEEPEST:
        raise MeaningError("the layers are too deep")
    inside: dict[Expr, Expr] = {}
    for each in symbols(value):
        assert isinstance(each, Symbol)
        name, indices = component_parts(each.name)
        if not indices or name not in known:
            continue
        gap = indices[0] - layer
        reaches = gap.is_Integer and (gap > 0 or (gap == 0 and name != component_parts(wrt.name)[0]))
        if reaches:
            inside[each] = _opened(equation(each), wrt, layer, known, equation, depth + 1)
    return put(value, inside) if inside else value
