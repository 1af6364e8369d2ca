"""From a computation graph to a program: batch, stabilise, split, sweep, share, name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from derive.equation import Equation, Term
from derive.formula import (
    Call,
    Formula,
    Indexed,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Sum,
    walk,
)
from derive.gradient import sweep
from derive.graph import Graph
from derive.indices import fresh_letters
from derive.pausing import without_collection
from derive.program.adjoints import Adjoints, with_places
from derive.program.batching import Batch, batched, without_rows
from derive.program.cost import added, cost
from derive.program.extents import Shapes, apart, derived, extents, lengths, letter_sizes
from derive.program.inlining import alive, inlined, renamed_away, unrepeated
from derive.program.merging import with_losses, with_sums
from derive.program.norms import CONVENTION, takes_slopes_at_zero, with_slopes_at_zero
from derive.program.program import Input, Line, Program
from derive.program.scattering import with_scatters
from derive.program.sharing import shared
from derive.program.softmaxes import with_softmaxes
from derive.program.splitting import active_names, split
from derive.program.stability import stabilized, written_out
from derive.shapes import apart as letters_apart

_PI = ("pi", "π")
SHARED_NAMES: Mapping[type[Formula], str] = {
    Product: "product",
    Quotient: "ratio",
    Power: "power",
}


@without_collection
def program(graph: Graph, *, reduction: str = "mean", samples: bool = False, verified: str = "") -> Program:
    """The program of a graph's loss and gradient.

    With `samples`, a model of one sample takes rows of them and reduces their losses as `reduction` says
    (`mean`, `sum`, or `rows` for each row's own).
    """
    functions = graph.model.functions
    batch = batched(graph, reduction) if samples else Batch(graph.equations, graph.loss)
    taken = _names(graph, batch)
    stable = stabilized(written_out(batch.equations, functions), taken)
    followed = [each for each in stable.equations if each.target not in stable.shifts]
    # A line whose formula was rewritten has its author's letters again: two terms may share one.
    equations = letters_apart(split(stable.equations, active_names(followed, graph.parameters), taken))
    forward = [Line(each.target, each.indices, each.terms) for each in equations]
    found = sweep(
        [each for each in equations if each.target not in stable.shifts],
        batch.loss,
        functions=functions,
        wrt=graph.parameters,
        sizes=letter_sizes(extents(graph, batch, forward, {})[1]),
    )
    adjoints = Adjoints(graph.loss, found, _letters(graph, batch), taken)
    backward = with_scatters(list(adjoints.lines(functions)))
    lines = with_places(with_slopes_at_zero([*forward, *backward]), taken)
    lines = [_without_rows(line, batch) for line in lines] if batch.constant else lines
    wanted = {name: adjoints.names[name] for name in graph.parameters}
    sizes = letter_sizes(extents(graph, batch, lines, adjoints.names)[1])
    lines, instead = renamed_away(unrepeated(lines, wanted.values(), sizes))
    wanted = {name: instead.get(target, target) for name, target in wanted.items()}
    lines = with_softmaxes(shared(lines, _name_for, taken), equations, adjoints.names, taken)
    lines = alive(lines, (batch.loss, *wanted.values()))
    lines = _merged(graph, batch, lines) if samples else lines
    lines = apart(inlined(lines, _arguments(graph, equations, lines)))
    return _program(graph, batch, lines, adjoints.names, tuple(wanted.items()), verified, reduction)


def _names(graph: Graph, batch: Batch) -> set[str]:
    names = {name for each in batch.equations for name in (each.target, *each.reads)}
    names |= set(graph.model.parameters) | set(graph.model.data) | set(graph.model.functions)
    names |= {alias for each in batch.equations for alias in each.aliases}
    names |= {letter for sizes in graph.letters.values() for letter in sizes}
    return names | graph.sizes | {batch.letter or "", batch.size or ""}


def _letters(graph: Graph, batch: Batch) -> dict[str, tuple[str, ...]]:
    """Index letters for the derivative by each parameter."""
    letters: dict[str, tuple[str, ...]] = {}
    for name in graph.parameters:
        free = fresh_letters((batch.letter or "",))
        rows = (batch.letter,) if batch.letter is not None and name in batch.constant else ()
        letters[name] = (*rows, *(next(free) for _ in graph.shapes.get(name, ())))
    return letters


def _merged(graph: Graph, batch: Batch, lines: Sequence[Line]) -> list[Line]:
    """The lines of arrays with sums put where they are read."""
    authors = {each.target for each in graph.model.equations}
    lines = with_sums(lines, authors)
    return with_losses(lines, batch.loss) if batch.loss != graph.loss else lines


def _arguments(graph: Graph, equations: Sequence[Equation], lines: Sequence[Line]) -> set[str]:
    """The lines that are not the author's, hold no sum, and can be put back into their reader."""
    sums = {
        line.target
        for line in lines
        if any(isinstance(term.body, Reduction) or term.summed for term in line.terms)
    }
    return {each.target for each in equations if each.target not in graph.by_target} - sums


def _without_rows(line: Line, batch: Batch) -> Line:
    terms = tuple(Term(without_rows(t.body, batch), t.summed, t.guards) for t in line.terms)
    return Line(line.target, line.indices, terms, line.of)


def _name_for(formula: Formula) -> str:
    """A name for a shared part, after what it is."""
    if isinstance(formula, Call):
        minus = "minus_" if isinstance(formula.arguments[0], Negation) else ""
        return f"{formula.function}_{minus}{_stem(formula)}"
    if isinstance(formula, Sum):
        return "difference" if any(isinstance(term, Negation) for term in formula.terms) else "total"
    return SHARED_NAMES.get(type(formula), "shared")


def _stem(call: Call) -> str:
    """What a call is of: sqrt(z*T + 1) of z, sqrt(2*pi) of 2pi."""
    nodes = list(walk(call))
    quantities = [node.name for node in nodes if isinstance(node, (Name, Indexed)) and node.name not in _PI]
    if quantities:
        return quantities[0]
    texts = (
        node.name if isinstance(node, Name) else node.text
        for node in nodes
        if isinstance(node, (Name, Number))
    )
    return "".join("pi" if text in _PI else text.replace(".", "_") for text in texts) or "value"


def _program(
    graph: Graph,
    batch: Batch,
    lines: Sequence[Line],
    derivatives: Mapping[str, str],
    gradient: tuple[tuple[str, str], ...],
    verified: str,
    reduction: str,
) -> Program:
    at = max(index for index, line in enumerate(lines) if line.target == batch.loss)
    forward, backward = tuple(lines[: at + 1]), tuple(lines[at + 1 :])
    shapes, letters = extents(graph, batch, lines, derivatives)
    inputs = tuple(_inputs(graph, shapes))
    told = lengths(inputs)
    value_cost = cost(forward, letters)
    return Program(
        name=graph.model.name,
        source=_source(graph),
        title=graph.model.title,
        loss=graph.loss,
        value=batch.loss,
        inputs=inputs,
        forward=forward,
        backward=backward,
        gradient=gradient,
        equations=tuple(each for each in graph.model.equations if each.target in graph.by_target),
        letters=letters,
        shapes=shapes,
        lengths=told,
        derived=derived(lines, shapes, letters, told),
        batch=batch.size,
        reduction=reduction,
        cost=added(value_cost, cost(backward, letters)),
        value_cost=value_cost,
        verified=verified,
        convention=CONVENTION if takes_slopes_at_zero(backward) else "",
    )


def _source(graph: Graph) -> str:
    places = (each.place for each in graph.equations)
    files = (PurePath(place.file).name for place in places if place is not None and place.file)
    return next(files, graph.model.name)


def _inputs(graph: Graph, shapes: Shapes) -> Iterator[Input]:
    data = set(graph.model.data)
    for name in graph.inputs:
        role = "data" if name in data else "parameter"
        yield Input(name, role, shapes.get(name, ()))
