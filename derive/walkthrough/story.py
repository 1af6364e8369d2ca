"""What the chapters share: the graph, its adjoints, the neurons, the numbers, and how it is best told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from types import MappingProxyType

from derive.equation import Equation
from derive.formula import (
    Call,
    Cases,
    Derivative,
    Formula,
    Indexed,
    Name,
    Number,
    Product,
    Reduction,
    Sum,
    plus,
    read,
    rewrite,
    walk,
)
from derive.formula import replace as put
from derive.functions import FUNCTIONS, Function, function
from derive.functions.function import OUTPUT
from derive.gradient import Adjoint, LocalPartial
from derive.graph import Graph
from derive.indices import renamed
from derive.likeness import likeness
from derive.notation import name_latex
from derive.walkthrough.architecture import Neuron, neurons
from derive.walkthrough.numbers import Numbers
from derive.walkthrough.symbols import KRONECKER, kronecker_latex

# Up to so many parameters, each has a section of its own.
MOST_SECTIONS = 12
# Up to so many paths, a parameter's derivative is told along its paths.
MOST_PATHS = 3
# Up to so many equations, the backward pass is a list of lettered steps.
MOST_STEPS = 20


@dataclass(frozen=True)
class Story:
    """A model about to be told. `numbers` is None where the model gives no values, or not all.

    `signals` are the names of the error signals: the derivatives of the loss by pre-activations.
    """

    graph: Graph
    adjoints: Mapping[str, Adjoint]
    numbers: Numbers | None
    missing: tuple[str, ...] = ()
    split: bool = False
    original: Graph | None = None
    signals: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def loss(self) -> Formula:
        """The loss as a name."""
        return Name(self.graph.loss)

    @cached_property
    def notation(self) -> Mapping[str, str]:
        """How names are spelled: as the author wants it, and Kronecker's δ so that it meets none of them."""
        given = self.graph.model.notation
        names = (*self.graph.shapes, *self.graph.sizes, *self.graph.model.functions)
        spelled = (given.get(name) or name_latex(name) for name in names)
        return {**given, KRONECKER: kronecker_latex(spelled)}

    @property
    def as_written(self) -> tuple[Equation, ...]:
        """The equations before composite ones were taken apart."""
        return (self.original or self.graph).equations

    @cached_property
    def neurons(self) -> tuple[Neuron, ...]:
        """The neurons of the model, in evaluation order."""
        return neurons(self.graph)

    @cached_property
    def has_loss(self) -> bool:
        """Whether what the model ends in measures an error; the output of a neuron does not."""
        ends_in_neuron = any(each.output.target == self.graph.loss for each in self.neurons)
        return self.trained and not ends_in_neuron and not self.stand_in and not self.graph.model.derivatives

    @cached_property
    def stand_in(self) -> tuple[tuple[str, str], ...]:
        """Results, each with the data that it is weighed with, where the last equation only adds these up.

        Such an equation stands for any loss whose derivatives by the results are the data.
        """
        formula = self.graph.by_target[self.graph.loss].formula
        terms = formula.terms if isinstance(formula, Sum) else (formula,)
        pairs = tuple(map(self._weighed, terms))
        return tuple(pair for pair in pairs if pair is not None) if None not in pairs else ()

    def _weighed(self, term: Formula) -> tuple[str, str] | None:
        """A result and the data that weigh it in a sum over their components."""
        match term:
            case Reduction(kind="sum", body=Product((Indexed() as one, Indexed() as other))):
                for data, result in ((one.name, other.name), (other.name, one.name)):
                    if data in self.graph.model.data and result in self.graph.by_target:
                        return result, data
        return None

    @cached_property
    def layered(self) -> bool:
        """Whether the model is a network of scalar neurons and a loss, nothing else."""
        told = {each.output.target for each in self.neurons}
        told |= {each.sum_equation.target for each in self.neurons if each.sum_equation is not None}
        others = {each.target for each in self.graph.equations} - told - {self.graph.loss}
        return bool(self.neurons) and not others and not self.indexed

    @property
    def drawing(self) -> str:
        """How the model is drawn: as a network of layers, or as a computation graph."""
        return "network" if self.layered else "graph"

    @cached_property
    def indexed(self) -> bool:
        """Whether any quantity has an index."""
        return any(self.graph.shapes.values())

    @cached_property
    def in_matrices(self) -> bool:
        """Whether the author wrote the model in matrix notation."""
        return any(each.written is not None for each in self.as_written)

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """How many axes every quantity has."""
        return {name: len(sizes) for name, sizes in self.graph.shapes.items()}

    def shape(self, name: str) -> tuple[Formula, ...]:
        """The sizes of the axes of a quantity."""
        return tuple(
            Number(str(size)) if isinstance(size, int) else read(size)
            for size in self.graph.shapes.get(name, ())
        )

    @cached_property
    def trained(self) -> bool:
        """Whether the derivatives sought are those by parameters, not by data."""
        return not set(self.graph.parameters) & set(self.graph.model.data)

    @cached_property
    def sought(self) -> tuple[str, ...]:
        """The names whose derivatives the loss depends on, in the author's order."""
        return tuple(name for name in self.graph.parameters if name in self.adjoints)

    @cached_property
    def idle(self) -> tuple[str, ...]:
        """The names sought that the loss does not depend on."""
        return tuple(name for name in self.graph.parameters if name not in self.adjoints)

    @cached_property
    def along_paths(self) -> bool:
        """Whether every derivative can be told along its few paths."""
        counts = self.graph.path_counts
        return (
            not self.stepwise
            and not self.indexed
            and len(self.sought) <= MOST_SECTIONS
            and all(counts.get(name, 0) <= MOST_PATHS for name in self.sought)
        )

    @cached_property
    def stepwise(self) -> bool:
        """Whether the passes are told as lettered steps: few scalar equations, no neuron among them."""
        few = self.split or len(self.graph.equations) > 3
        return few and not self.indexed and not self.neurons and len(self.graph.equations) <= MOST_STEPS

    def label(self, equation: Equation) -> str:
        """The label under which the text shows an equation."""
        return f"step {equation.target}" if self.stepwise else f"equation {equation.target}"

    @cached_property
    def total(self) -> bool:
        """Whether the loss is a function of one number only, so that its derivative is written with d."""
        return len(self.graph.inputs) == 1 and not self.indexed

    def called(self, name: str) -> Function | None:
        """The row of a function, the model's own before the table's."""
        return self.graph.model.functions.get(name) or function(name)

    def component(self, name: str) -> Name | Indexed:
        """The quantity with its index letters."""
        found = self.graph.by_target.get(name)
        if found is not None:
            return found.left
        wrt = self.adjoints[name].derivative.wrt if name in self.adjoints else Name(name)
        assert isinstance(wrt, Name | Indexed)
        return wrt

    def derivative(self, of: Formula, wrt: Formula) -> Derivative:
        """∂of/∂wrt as a symbol, with d where `of` is a function of `wrt` alone."""
        return Derivative(of, wrt, total=self._is_total(of, wrt))

    def local(self, partial: LocalPartial) -> Derivative:
        """A local partial as a symbol; as an operator where ∂L/∂w means the derivative along all paths.

        So it does where other places of the equation read components of w too.
        """
        is_loss = partial.equation.target == self.graph.loss
        along_several = is_loss and self.graph.path_counts[partial.wrt.name] > 1
        if along_several or partial.is_one_of_several:
            return Derivative(partial.told, partial.wrt, applied=True)
        return self.derivative(partial.of, partial.wrt)

    def structure(self, adjoint: Adjoint) -> Formula:
        """The chain rule of an adjoint in names."""
        if len(adjoint.contributions) == 1:
            return self.spelled(adjoint.structure)
        parts: list[Formula] = []
        for each in adjoint.contributions:
            local = self.local(each.partial)
            if each.reader == self.graph.loss or local.applied:
                parts.append(self.spelled(each.named(local)))
            else:
                parts.append(self.spelled(replace(adjoint, contributions=(each,)).structure))
        return plus(*parts)

    def spelled(self, formula: Formula) -> Formula:
        """The formula with error signals by their names, and total derivatives written with d."""

        def spell(node: Formula) -> Formula:
            if isinstance(node, Derivative) and not node.applied:
                return self._signal(node) or self.derivative(node.of, node.wrt)
            return node

        return rewrite(formula, spell) if self.total or self.signals else formula

    def _signal(self, node: Derivative) -> Formula | None:
        """The error signal that a derivative of the loss is named, whole or a component."""
        match node.wrt:
            case Name(name) if node.of == self.loss and name in self.signals:
                return Name(self.signals[name])
            case Indexed(name, indices) if node.of == self.loss and name in self.signals:
                return Indexed(self.signals[name], indices)
        return None

    def _is_total(self, of: Formula, wrt: Formula) -> bool:
        if not self.total or not isinstance(of, Name) or not isinstance(wrt, Name):
            return False
        if of == self.loss:
            return self._every_path_passes(wrt.name)
        equation = self.graph.by_target.get(of.name)
        return equation is not None and len(equation.reads) == 1

    def _every_path_passes(self, name: str) -> bool:
        onward = self.graph.path_counts
        return self._path_counts_from_input[name] * onward.get(name, 0) == onward[self.graph.inputs[0]]

    @cached_property
    def _path_counts_from_input(self) -> Mapping[str, int]:
        counts = dict.fromkeys(self.graph.inputs, 1)
        for each in self.graph.equations:
            counts[each.target] = sum(counts[name] for name in each.reads)
        return counts


def finished(value: Formula, equation: Equation, story: Story) -> Formula:
    """A local partial with f'(u) in terms of the function's own output, under its name where it has one.

    Derivatives that are given by cases keep their prime.
    """

    slopes: list[Formula] = []

    def finish(node: Formula) -> Formula:
        if isinstance(node, Product) and any(factor is slope for factor in node.factors for slope in slopes):
            return Product(tuple(part for factor in node.factors for part in _opened(factor, slopes)))
        if not isinstance(node, Call):
            return node
        if node.primes != 1:
            return (_name_of(node, equation) if isinstance(equation.formula, Call) else None) or node
        row = story.called(node.function)
        slope = None if row is None else own_form(row)
        if row is None or slope is None or any(isinstance(part, Cases) for part in walk(slope)):
            return node
        call = Call(node.function, node.arguments)
        own = _name_of(call, equation) or call
        values: dict[Formula, Formula] = dict(
            zip(map(Name, row.parameters), row.complete(node.arguments), strict=True)
        )
        slopes.append(put(slope, {**values, Name(OUTPUT): own}))
        return slopes[-1]

    return rewrite(value, finish)


def _name_of(call: Call, equation: Equation) -> Formula | None:
    """The left side of the equation at the indices where its right side is the call; None where not."""
    letters = likeness(equation.formula, call, equation.indices)
    return None if letters is None else renamed(equation.left, letters)


def _opened(factor: Formula, slopes: list[Formula]) -> tuple[Formula, ...]:
    """The factors of a slope that was put in; other factors whole."""
    if isinstance(factor, Product) and any(factor is slope for slope in slopes):
        return factor.factors
    return (factor,)


@lru_cache(maxsize=256)
def own_form(row: Function) -> Formula | None:
    """The slope of a function in its parameter and its own value `f`, where one is known.

    Stated by the row; for a function of the model, by the row of the table with the same definition.
    """
    stated = row.derivative(0)
    body = row.body()
    if stated is not None or body is None or len(row.parameters) != 1:
        return stated
    for known in FUNCTIONS:
        form, slope = known.body(), known.derivative(0)
        if form is not None and slope is not None and len(known.parameters) == 1:
            parameter = Name(known.parameters[0])
            if likeness(form, body, known.parameters) == {parameter.name: Name(row.parameters[0])}:
                return put(slope, {parameter: Name(row.parameters[0])})
    return None
