"""What a model file says, read and checked: equations in the author's order, roles, values, notation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from derive.equation import Equation
from derive.formula import Formula
from derive.functions import Function
from derive.model.recipe import Recipe

# A number, or nested tuples of numbers in row-major order.
Value = Fraction | tuple["Value", ...]

# The size of an axis: a number, or the name of a size that is known when data arrive.
Size = int | str


def _none() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Table:
    """Samples: a row each, with the row's label (a person's name, say) where the data give one.

    `shifts` tells in words what was done to a column, `recipe` so that it can be done to other rows.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Fraction, ...], ...]
    labels: tuple[str, ...] = ()
    shifts: Mapping[str, str] = field(default_factory=_none)
    recipe: Recipe = field(default_factory=Recipe)


@dataclass(frozen=True, slots=True)
class Model:
    """A model as read: what the author wrote, and what was inferred from it.

    `losses` names the row of the table of losses that an equation was written with. `batch` names the size
    of the axis that the samples are on; False says that the model is one whole, None leaves it open.
    `derivatives` tells which quantities are derivatives of an earlier loss, and which.
    """

    name: str
    title: str
    equations: tuple[Equation, ...]
    loss: str
    parameters: tuple[str, ...]
    data: tuple[str, ...]
    wrt: tuple[str, ...]
    inferred: tuple[str, ...] = ()
    functions: Mapping[str, Function] = field(default_factory=_none)
    shapes: Mapping[str, tuple[Size, ...]] = field(default_factory=_none)
    values: Mapping[str, Value] = field(default_factory=_none)
    notation: Mapping[str, str] = field(default_factory=_none)
    table: Table | None = None
    learning_rate: Fraction | None = None
    source: str = ""
    losses: Mapping[str, str] = field(default_factory=_none)
    batch: str | bool | None = None
    derivatives: Mapping[str, Formula] = field(default_factory=_none)
