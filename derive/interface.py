"""The Python interface: a model, its gradient, the walkthrough and the code that follow from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

from derive import model as models
from derive import tidy
from derive.errors import DeriveError, ModelError, nearest
from derive.evaluate import Array, as_fraction, gradient_values, key_of
from derive.formula import Formula, plus, times
from derive.gradient import Adjoint, LocalPartial, sweep
from derive.graph import Graph, graph
from derive.model import Value
from derive.notation import latex, plain

# A number as Python has them, or nested sequences of numbers.
Number: TypeAlias = "int | float | Fraction | Decimal"
Numbers: TypeAlias = "Number | Sequence[Numbers]"
# A value of the gradient: a float, or nested tuples of floats.
Floats: TypeAlias = "float | tuple[Floats, ...]"
Exact: TypeAlias = "Fraction | Decimal | tuple[Exact, ...]"

# Values that are not rational are known to so many digits.
DIGITS, GUARD = 50, 6
# Up to so many paths, a partial shows the chain rule along each.
MOST_PATHS = 3


class Model(models.Model):
    """A model as read: its equations, and what follows from them."""

    __slots__ = ()

    def gradient(self) -> Gradient:
        """The derivatives of the loss by every parameter (by `wrt`, where the model names it)."""
        return Gradient(self)


def read(source: str | Path) -> Model:
    """The model in a file, or in a text: whatever holds `=` or a line break is a text.

    Raises ModelError, with the place and the reason, for whatever is no model.
    """
    found = models.read(source)
    return Model(**{each.name: getattr(found, each.name) for each in dataclasses.fields(found)})


class Partial:
    """∂loss/∂parameter: its chain rule, as the reverse sweep finds it."""

    def __init__(self, gradient: Gradient, adjoint: Adjoint) -> None:
        self.adjoint = adjoint
        self._gradient = gradient

    @cached_property
    def chains(self) -> tuple[tuple[LocalPartial, ...], ...]:
        """The local partials along each path from the loss to the parameter; none where paths are many."""
        graph, node = self._gradient.graph, self.adjoint.node
        if any(graph.shapes.values()) or graph.path_counts.get(node, 0) > MOST_PATHS:
            return ()
        edges = self._gradient.edges
        paths = graph.paths(node, MOST_PATHS)
        return tuple(tuple(edges[edge] for edge in reversed(list(pairwise(path)))) for path in paths)

    @property
    def structure(self) -> Formula:
        """The chain rule in names: along the paths while they are few, else through the readers' adjoints."""
        if not self.chains:
            return self.adjoint.structure
        return plus(*(times(*(each.derivative for each in chain)) for chain in self.chains))

    @property
    def formula(self) -> Formula:
        """The chain rule with its factors put in."""
        if not self.chains:
            return self.adjoint.formula
        return tidy.total(tidy.product(each.value for each in chain) for chain in self.chains)

    def __repr__(self) -> str:
        return f"{plain(self.adjoint.derivative)} = {plain(self.formula)}"

    def _repr_latex_(self) -> str:
        """The chain rule in names, then with its factors put in; $$ because \\[ fails in some notebooks."""
        sides = dict.fromkeys((self._latex(self.structure), self._latex(self.formula)))
        rest = " \\\\\n  &= ".join(sides)
        left = self._latex(self.adjoint.derivative)
        return f"$$\n\\begin{{aligned}}\n{left}\n  &= {rest}\n\\end{{aligned}}\n$$"

    def _latex(self, formula: Formula) -> str:
        return latex(formula, self._gradient.model.notation)


class Gradient(Mapping[str, Partial]):
    """The gradient of a model: for each parameter, under its name as the author spells it, its partial."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.graph: Graph = graph(model)

    @cached_property
    def adjoints(self) -> Mapping[str, Adjoint]:
        """The adjoint of every quantity on the way from the parameters to the loss."""
        sizes = {each.target: self.graph.letter_sizes(each.target) for each in self.graph.equations}
        wrt = self.graph.parameters
        return sweep(
            self.graph.equations, self.graph.loss, functions=self.model.functions, wrt=wrt, sizes=sizes
        )

    @cached_property
    def edges(self) -> Mapping[tuple[str, str], LocalPartial]:
        """The local partials by operand and reader."""
        return {
            (adjoint.node, each.reader): each.partial
            for adjoint in self.adjoints.values()
            for each in adjoint.contributions
        }

    def __getitem__(self, name: str) -> Partial:
        if name not in self.graph.parameters:
            near = nearest(name, self.graph.parameters)
            raise KeyError(name if near is None else f"{name}; did you mean {near}?")
        adjoint = self.adjoints.get(name) or Adjoint(self.graph.loss, name, (), ())
        return Partial(self, adjoint)

    def __iter__(self) -> Iterator[str]:
        return iter(self.graph.parameters)

    def __len__(self) -> int:
        return len(self.graph.parameters)

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.values()))

    def _repr_latex_(self) -> str:
        return "\n".join(each._repr_latex_() for each in self.values())

    def at(self, **values: Numbers) -> Point:
        """The gradient's numbers at a point; what is not given has the value of the model file.

        Decimals mean what they spell: 0.1 is one tenth. Raises ModelError where a value is missing.
        """
        given = {name: _exact(name, value) for name, value in values.items()}
        for name in given:
            if name not in self.graph.inputs:
                near = nearest(name, self.graph.inputs)
                reason = f"{name} is no input of {self.model.name}"
                raise ModelError(reason, suggestion=f"Did you mean {near}?" if near else None)
        known = {**self.model.values, **given}
        missing = [name for name in self.graph.inputs if name not in known]
        if missing:
            raise ModelError(f"there is no value for {', '.join(missing)}")
        return Point(self, gradient_values(self.graph, self.adjoints, known, digits=DIGITS + GUARD))

    def walkthrough(self) -> Document:
        """The derivation as a document; every step in it is proved on the way."""
        return Document(self.graph)

    def code(self, target: str = "numpy") -> str:
        """The loss and its gradient as a program of its own in a language: `derive list targets`."""
        from derive.targets.generation import source

        return source(self.graph, target)

    def function(self, target: str = "numpy") -> Callable[..., Any]:
        """The generated function, loaded: it returns the loss and a dict of the partial derivatives."""
        from derive.targets.generation import function

        return function(self.graph, target)


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


class Document:
    """The walkthrough of a model, ready to be printed in a format."""

    def __init__(self, graph: Graph) -> None:
        from derive.walkthrough import walkthrough

        self._walkthrough = walkthrough(graph)
        self._name = graph.model.name

    def latex(self) -> str:
        """The document as LaTeX, for pdflatex."""
        from derive.render import latex

        return latex(self._walkthrough)

    def markdown(self) -> str:
        """The document as Markdown with mathematics between dollars; its figures are files beside it."""
        from derive.render import markdown

        return markdown(self._walkthrough)

    def write(self, path: str | Path, *, suffix: str | None = None) -> tuple[Path, ...]:
        """Write the document in the format of the path's suffix (.tex, .md), figures beside it."""
        path = Path(path)
        from derive.writing import write_all

        contents = self.files(path.name, suffix if suffix is not None else path.suffix)
        write_all({path.parent / name: text for name, text in contents.items()})
        return tuple(path.parent / name for name in contents)

    def files(self, name: str, suffix: str) -> dict[str, str]:
        """The texts that make up the document, by file name."""
        if suffix == ".tex":
            return {name: self.latex()}
        if suffix == ".md":
            from derive.render import figures

            return {name: self.markdown(), **figures(self._walkthrough)}
        raise DeriveError(f"{name}: a walkthrough is written as .tex or .md")

    def _repr_markdown_(self) -> str:
        return self.markdown()


def _exact(name: str, value: Numbers) -> Value:
    """A value as a rational; a float means the decimal that it is printed as."""
    if isinstance(value, Sequence) and not isinstance(value, str) or hasattr(value, "tolist"):
        rows = value.tolist() if hasattr(value, "tolist") else value
        if isinstance(rows, Sequence):
            return tuple(_exact(name, each) for each in rows)
        value = rows
    try:
        return Fraction(str(value))
    except ValueError:
        raise ModelError(f"the value of {name} is {value!r}, which is no number") from None


def _number(value: Array) -> Exact:
    if isinstance(value, tuple):
        return tuple(_number(each) for each in value)
    fraction = as_fraction(value)
    return Decimal(str(value)) if fraction is None else fraction


def _float(value: Exact) -> Floats:
    return tuple(map(_float, value)) if isinstance(value, tuple) else float(value)

