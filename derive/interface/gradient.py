"""The gradient of a model: a mapping from parameters to partial derivatives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property, wraps
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from derive import tidy
from derive.errors import ModelError, nearest
from derive.evaluate import Given, gradient_values
from derive.formula import Formula, plus, times
from derive.gradient import Adjoint, LocalPartial, sweep
from derive.graph import Graph, graph
from derive.interface.point import Point
from derive.model import Model
from derive.notation import latex, plain

if TYPE_CHECKING:
    from derive.interface.document import Document
    from derive.interface.hessian import Hessian
    from derive.second import GradientEquations

# Up to so many paths, a partial shows the chain rule along each.
MOST_PATHS = 3


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

    def __init__(self, model: Model, coded: Model | None = None) -> None:
        self.model = model
        self.graph: Graph = graph(model)
        # What code computes: the same quantities by other formulas, where those of the model lose digits.
        self._coded = self.graph if coded is None else graph(coded)

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

    def at(self, **values: Given) -> Point:
        """The gradient's numbers at a point; what is not given has the value of the model file.

        Decimals mean what they spell: 0.1 is one tenth. Raises ModelError where a value is missing.
        """
        self.check_names(values)
        return self.point(values)

    def point(self, values: Mapping[str, Given]) -> Point:
        """The numbers at a point, without a check of names."""
        return Point(self, gradient_values(self.graph, self.adjoints, {**self.model.values, **values}))

    def check_names(self, names: Collection[str]) -> None:
        """Refuse values of what is no input of the model."""
        # A derivative need not read all that the loss reads; a point of the model is one of it all the same.
        unread = (*self.model.data, *self.model.parameters) if self.model.derivatives else ()
        known = tuple(dict.fromkeys((*self.graph.inputs, *unread)))
        for name in names:
            if name not in known:
                near = nearest(name, known)
                reason = f"{name} is no input of {self.model.name}"
                raise ModelError(reason, suggestion=f"Did you mean {near}?" if near else None)

    @cached_property
    def equations(self) -> GradientEquations:
        """The gradient as equations: those of the model, then one for each derivative, dL_dw1 = …."""
        from derive.second import GradientEquations

        return GradientEquations(self.graph, self.adjoints)

    def gradient(self, of: str, *at: int) -> Gradient:
        """The gradient of one partial derivative, a row of the Hessian: of "w1", or of "W[0,1]" or "W", 0, 1.

        Raises ModelError for what is no parameter, and for indices that do not fit.
        """
        from derive.interface.places import place
        from derive.second import entry_model

        found = place(self.graph, of, at)
        return Gradient(entry_model(self.equations, found.name, found.at))

    def hessian(self) -> Hessian:
        """The matrix of second derivatives; raises ModelError for more than a few rows."""
        from derive.interface.hessian import Hessian

        return Hessian(self)

    def hessian_vector_product(self) -> Gradient:
        """The Hessian times a vector, for models of any size.

        It is the gradient of the derivative of the loss along the vector. The vector's parts are inputs:
        v_W has the shape of W.
        """
        from derive.program import in_stable_form
        from derive.second import product_model, with_arguments_named

        def along(graph: Graph) -> Model:
            named = with_arguments_named(graph)
            first = self if named is self.graph else Gradient(named.model)
            return product_model(first.equations)

        stable = in_stable_form(self.graph)
        return Gradient(along(self.graph), None if stable is self.graph else along(stable))

    def walkthrough(
        self, wrt: str | Sequence[str] = (), *, extent: str = "usual", target: str = "numpy"
    ) -> Document:
        """The derivation as a document; every step in it is proved on the way.

        `wrt` names parameters whose story is told alone: what does not depend on them is taken as given.
        `extent` is "brief" for the results on a page (the model, its gradient, the code), "full" for the
        walkthrough with its code; `target` is the language of the code.
        """
        from derive.interface.document import Document

        names = (wrt,) if isinstance(wrt, str) else tuple(wrt)
        return Document(self.graph, wrt=names, extent=extent, target=target)

    def code(self, target: str = "numpy", *, reduction: str = "mean") -> str:
        """The loss and its gradient as a program of its own in a language: `derive list targets`.

        Where the code takes rows of samples, it returns the mean over them, their sum, or each row's own
        (`mean`, `sum`, `rows`).
        """
        from derive.targets.generation import source

        return source(self._coded, target, reduction=reduction)

    def function(self, target: str = "numpy", *, reduction: str = "mean") -> Callable[..., Any]:
        """The generated function, loaded: it returns the loss and a dict of the partial derivatives."""
        from derive.targets.generation import function

        generated, names = function(self._coded, target, reduction=reduction), self.graph.parameters

        @wraps(generated)
        def value_and_gradient(*arguments: Any, **named: Any) -> tuple[Any, dict[str, Any]]:
            value, *partials = generated(*arguments, **named)
            if partials and isinstance(partials[0], dict):
                return value, partials[0]
            return value, dict(zip(names, partials, strict=True))

        return value_and_gradient
