"""Some parameters' story alone: what does not depend on them is taken as given."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.equation import Equation
from derive.errors import DeriveError, ModelError, nearest
from derive.evaluate import Array, as_fraction, evaluate
from derive.formula import Name
from derive.graph import Graph
from derive.graph import graph as graph_of
from derive.model.model import Value
from derive.walkthrough.tree import Display, Section, Walkthrough
from derive.walkthrough.voice import choice, listed, paragraph, say
from derive.walkthrough.writing import as_written


@dataclass(frozen=True)
class Selection:
    """A graph between the chosen parameters and the loss; `given` are the equations before."""

    graph: Graph
    given: tuple[Equation, ...]

    def introduced(self, walkthrough: Walkthrough) -> Walkthrough:
        """The walkthrough with what is taken as given said after its first section."""
        if not self.given:
            return walkthrough
        first, *rest = walkthrough.sections
        wrt = listed(tuple(map(Name, self.graph.parameters)))
        names = listed(tuple(Name(each.target) for each in self.given))
        said = choice(len(self.given), "brief.untouched", "brief.untouched_many", names=names, wrt=wrt)
        ranks = {name: len(sizes) for name, sizes in self.graph.shapes.items()}
        shown = Display(tuple(as_written(each, ranks) for each in self.given))
        section = Section(say("brief.given"), (paragraph(said), shown))
        return replace(walkthrough, sections=(first, section, *rest))


def selection(graph: Graph, wrt: Sequence[str]) -> Selection:
    """The graph for some of the parameters; raises ModelError for a name that is none."""
    chosen = tuple(dict.fromkeys(wrt))
    _check(graph, chosen)
    active = set(chosen)
    for each in graph.equations:
        if not active.isdisjoint(each.reads):
            active.add(each.target)
    told = [each for each in graph.model.equations if each not in graph.dropped]
    kept = [each for each in told if each.target in active]
    if not kept:
        return Selection(graph_of(replace(graph.model, wrt=chosen)), ())
    read = {name for each in kept for name in each.reads}
    given = [each for each in told if each.target not in active and each.target in read]
    before = tuple(each for each in told if each.target not in active)
    return Selection(_between(graph, kept, given, chosen), before)


def _check(graph: Graph, chosen: Collection[str]) -> None:
    known = (*graph.parameters, *(name for name in graph.inputs if name not in graph.parameters))
    for name in chosen:
        if name not in known:
            near = nearest(name, known)
            reason = f"{name} is no parameter of {graph.model.name}"
            raise ModelError(reason, suggestion=f"Did you mean {near}?" if near else None)


def _between(
    graph: Graph, kept: Sequence[Equation], given: Sequence[Equation], chosen: tuple[str, ...]
) -> Graph:
    """The graph of the equations kept; what the others compute is data, with its value."""
    model = graph.model
    computed = tuple(each.target for each in given)
    read = {name for each in kept for name in each.reads} | set(chosen)
    shapes = {**model.shapes, **{name: graph.shapes[name] for name in computed if graph.shapes[name]}}
    title = f"{model.title}: the derivative by {', '.join(chosen)}"
    return graph_of(
        replace(
            model,
            title=title,
            equations=tuple(kept),
            data=tuple(name for name in (*model.data, *computed) if name in read),
            parameters=tuple(name for name in model.parameters if name in read),
            wrt=chosen,
            values={name: value for name, value in _values(graph, computed).items() if name in read},
            shapes=shapes,
            table=None if given else model.table,
        )
    )


def _values(graph: Graph, computed: Collection[str]) -> dict[str, Value]:
    """The model's values and those of what is computed beforehand, where they are known."""
    model = graph.model
    own = dict(model.values)
    if not computed:
        return own
    before = [each for each in graph.equations if each.target in computed or each.target != graph.loss]
    try:
        found = evaluate(before, own, functions=model.functions, shapes=graph.shapes)
    except DeriveError:
        return own
    return {**own, **{name: _rational(found[name]) for name in computed}}


def _rational(value: Array) -> Value:
    if isinstance(value, tuple):
        return tuple(map(_rational, value))
    exact = as_fraction(value)
    return Fraction(str(value)) if exact is None else exact
