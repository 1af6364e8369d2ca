"""From a graph to source text in a language, and to the function that the text defines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from derive.errors import DeriveError
from derive.graph import Graph
from derive.program import program
from derive.targets import target
from derive.targets.trial import trial
from derive.targets.verification import NOT_RUN, Code, verification


def source(graph: Graph, name: str, *, reduction: str = "mean") -> str:
    """The loss and its gradient as a text in a target's language, run and compared where Python can."""
    found = target(name)
    made = program(graph, reduction=reduction, samples=found.samples)
    if found.load is None:
        return found.write(made)
    tried = trial(graph)
    if tried is None:
        return found.write(replace(made, verified=NOT_RUN))
    run = program(tried.graph, reduction=reduction, samples=found.samples) if tried.is_narrowed else made
    code = Code(run, found.load(found.write(run)).function, takes_arrays=found.samples)
    return found.write(replace(made, verified=verification(code, tried)))


def function(graph: Graph, name: str, *, reduction: str = "mean") -> Callable[..., Any]:
    """The function that the text defines, loaded: its arguments are the graph's inputs in order."""
    found = target(name)
    if found.load is None:
        raise DeriveError(f"{found.title} code cannot be loaded into Python")
    made = program(graph, reduction=reduction, samples=found.samples)
    return found.load(found.write(made)).function
