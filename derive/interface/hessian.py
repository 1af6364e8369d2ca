"""The Hessian of a small model: its entries as formulas, and its numbers at a point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

from derive.errors import nearest
from derive.evaluate import Given
from derive.formula import Derivative, Formula, Name, Vector
from derive.interface.places import Place, every_place, named_sizes
from derive.interface.point import Exact
from derive.model import Model
from derive.notation import latex, plain
from derive.notation.tex.differentials import is_derivative
from derive.second import Entries

if TYPE_CHECKING:
    from derive.interface.gradient import Gradient
    from derive.interface.point import Point

# A Hessian of more rows is refused: its product with a vector does not need them.
MOST_ROWS = 20
# Up to so many rows, a notebook shows the matrix; beyond, its entries one below the other.
MOST_SHOWN = 3


class Entry:
    """∂²loss/∂row ∂column, in the quantities of the model."""

    def __init__(self, model: Model, row: Place, column: Place, formula: Formula) -> None:
        self.row = row
        self.column = column
        self.formula = formula
        self._model = model

    @property
    def latex(self) -> str:
        """The formula in LaTeX."""
        return latex(self.formula, self._model.notation)

    @property
    def symbol(self) -> str:
        """The second derivative as a symbol, in LaTeX."""
        once = latex(Derivative(Name(self._model.loss), self.row.formula), self._model.notation)
        assert is_derivative(once)
        again = Derivative(Name("once"), self.column.formula)
        return latex(again, {**self._model.notation, "once": once})

    def __repr__(self) -> str:
        row, column = self.row.label, self.column.label
        below = f"∂{row}²" if row == column else f"∂{column}∂{row}"
        return f"∂²{self._model.loss}/{below} = {plain(self.formula)}"

    def _repr_latex_(self) -> str:
        return f"$$\n{self.symbol} = {self.latex}\n$$"


class Hessian(Mapping[tuple[str, str], Entry]):
    """The second derivatives of a loss by its parameters: a row and a column for every number in them.

    Keys are pairs of places, ("w1", "w2") or ("W[0,1]", "b[0]").
    """

    def __init__(self, gradient: Gradient) -> None:
        self._gradient = gradient
        self.model = gradient.model
        self._places = {each.label: each for each in every_place(gradient.graph, MOST_ROWS)}

    @property
    def labels(self) -> tuple[str, ...]:
        """What the rows and the columns belong to, in order: w1, W[0,1]."""
        return tuple(self._places)

    @cached_property
    def rows(self) -> Mapping[str, Gradient]:
        """The gradient of each first derivative."""
        return {label: self._gradient.gradient(label) for label in self.labels}

    @cached_property
    def _entries(self) -> Mapping[str, Entries]:
        first, known = self._gradient.equations, named_sizes(self._gradient.graph, self.model.values)
        return {label: Entries(row.equations, first, known) for label, row in self.rows.items()}

    def __getitem__(self, place: tuple[str, str]) -> Entry:
        for label in place:
            if label not in self._places:
                near = nearest(label, self.labels)
                raise KeyError(label if near is None else f"{label}; did you mean {near}?")
        row, column = (self._places[label] for label in place)
        formula = self._entries[row.label].entry(column.name, column.at)
        return Entry(self.model, row, column, formula)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return product(self.labels, self.labels)

    def __len__(self) -> int:
        return len(self.labels) ** 2

    def __repr__(self) -> str:
        return "\n".join(map(repr, self._upper()))

    def _repr_latex_(self) -> str:
        """The matrix, where it is small; else the entries on and above its diagonal."""
        if len(self.labels) > MOST_SHOWN:
            lines = " \\\\\n".join(f"{each.symbol} &= {each.latex}" for each in self._upper())
            return f"$$\n\\begin{{aligned}}\n{lines}\n\\end{{aligned}}\n$$"
        rows = (Vector(tuple(self[row, column].formula for column in self.labels)) for row in self.labels)
        notation = self.model.notation
        matrix = latex(Vector(tuple(rows)), notation)
        return f"$$\n\\nabla^2 {latex(Name(self.model.loss), notation)} = {matrix}\n$$"

    def at(self, **values: Given) -> Curvature:
        """The numbers at a point; what is not given has the value of the model file.

        Decimals mean what they spell: 0.1 is one tenth. Raises ModelError where a value is missing.
        """
        self._gradient.check_names(values)
        points = {label: row.point(values) for label, row in self.rows.items()}
        return Curvature({label: self._numbers(point) for label, point in points.items()})

    def _numbers(self, point: Point) -> Mapping[str, Exact]:
        return {label: _component(point.exact(each.name), each.at) for label, each in self._places.items()}

    def _upper(self) -> Iterator[Entry]:
        """The entries on and above the diagonal; those below are the same numbers."""
        for at, row in enumerate(self.labels):
            yield from (self[row, column] for column in self.labels[at:])


class Curvature(Mapping[tuple[str, str], float]):
    """The Hessian's numbers at a point: floats, rounded from exact or 50-digit values."""

    def __init__(self, values: Mapping[str, Mapping[str, Exact]]) -> None:
        self._values = values

    @property
    def labels(self) -> tuple[str, ...]:
        """What the rows and the columns belong to, in order."""
        return tuple(self._values)

    @property
    def matrix(self) -> tuple[tuple[float, ...], ...]:
        """The numbers row by row."""
        return tuple(tuple(self[row, column] for column in self.labels) for row in self.labels)

    def exact(self, row: str, column: str) -> Exact:
        """The number before its rounding to a float: a Fraction where it is rational, else 50 digits."""
        return self._values[row][column]

    def __getitem__(self, place: tuple[str, str]) -> float:
        found = self.exact(*place)
        assert not isinstance(found, tuple)
        return float(found)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return product(self.labels, self.labels)

    def __len__(self) -> int:
        return len(self.labels) ** 2

    def __repr__(self) -> str:
        return repr(self.matrix)


def _component(value: Exact, at: Sequence[int]) -> Exact:
    for index in at:
        if not isinstance(value, tuple):
            return value  # zero, of an array that the derivative does not depend on
        value = value[index]
    return value
