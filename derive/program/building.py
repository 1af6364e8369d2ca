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
from derive.program.program import Input, Line, Program
from derive.program.sharing import shared
from derive.program.splitting import active_names, split
from derive.program.stability import stabilized, written_out

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
    equations = split(stable.equations, active_names(followed, graph.parameters), taken)
    forward = [Line(each.target, each.indices, each.terms) for each in equations]
    found = sweep(
        [each for each in equations if each.target not in stable.shifts],
        batch.loss,
        functions=functions,
        wrt=graph.parameters,
        sizes=letter_sizes(extents(graph, batch, forward, {})[1]),
    )
    adjoints = Adjoints(graph.loss, found, _letters(graph, batch), taken)
    lines = with_places([*forward, *adjoints.lines(functions)], taken)
    lines = [_without_rows(line, batch) for line in lines] if batch.constant else lines
    wanted = {name: adjoints.names[name] for name in graph.parameters}
    lines, instead = renamed_away(unrepeated(lines, wanted.values()))
    wanted = {name: instead.get(target, target) for name, target in wanted.items()}
    lines = alive(shared(lines, _name_for, taken), (batch.loss, *wanted.values()))
    lines = apart(inlined(lines, _arguments(graph, equations)))
    return _program(graph, batch, lines, adjoints.names, tuple(wanted.items()), verified, reduction)


def _names(graph: Graph, batch: Batch) -> set[str]:
    names = {name for each in batch.equations for name in (each.target, *each.reads)}
    names |= set(graph.model.parameters) | set(graph.model.data) | set(graph.model.functions)
    names |= {alias for each in batch.equations for alias in each.aliases}
    return names | graph.sizes | {batch.letter or "", batch.size or ""}


def _letters(graph: Graph, batch: Batch) -> dict[str, tuple[str, ...]]:
    """Index letters for the derivative by each parameter."""
    letters: dict[str, tuple[str, ...]] = {}
    for name in graph.parameters:
        free = fresh_letters((batch.letter or "",))
        rows = (batch.letter,) if batch.letter is not None and name in batch.constant else ()
        letters[name] = (*rows, *(next(free) for _ in graph.shapes.get(name, ())))
    return letters


def _arguments(graph: Graph, equations: Sequence[Equation]) -> set[str]:
    """The lines that are not the author's and can be put back into their reader."""
    return {
        each.target
        for each in equations
        if each.target not in graph.by_target
        and not any(isinstance(term.body, Reduction) or term.summed for term in each.terms)
    }


def _without_rows(line: Line, batch: Batch) -> Line:
    terms = tuple(Term(without_rows(t.body, batch), t.summed, t.guards) for t in line.terms)
    return Line(line.target, line.indices, terms, line.of)


def _name_for(formula: Formula) -> str:
    """A name for a shared part, after what it is."""
    if isinstance(formula, Call):
        inner = next((n.name for n in walk(formula) if isinstance(n, (Name, Indexed))), "")
        minus = "minus_" if isinstance(formula.arguments[0], Negation) else ""
        return f"{formula.function}_{minus}{inner}".rstrip("_")
    if isinstance(formula, Sum):
        return "difference" if any(isinstance(term, Negation) for term in formula.terms) else "total"
    return SHARED_NAMES.get(type(formula), "shared")


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
        equations=graph.equations,
        letters=letters,
        shapes=shapes,
        lengths=told,
        derived=derived(lines, shapes, letters, told),
        batch=batch.size,
        reduction=reduction,
        cost=added(value_cost, cost(backward, letters)),
        value_cost=value_cost,
        verified=verified,
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
