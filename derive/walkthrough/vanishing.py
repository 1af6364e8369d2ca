"""Adjoints that are zero by the equations of the model, whatever its numbers are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from derive.agreement import agree
from derive.equation import Equation
from derive.formula import ZERO, Formula, Name, walk
from derive.gradient import Adjoint
from derive.walkthrough.partials import Told
from derive.walkthrough.story import Story
from derive.walkthrough.written_out import opened_by

# A longer adjoint is not looked into.
MOST_SYMBOLS = 200


def vanishes_by(adjoint: Adjoint, story: Story, told: Told) -> tuple[Equation, ...]:
    """The equations that make a scalar adjoint of several products zero; none where it is not."""
    if len(adjoint.contributions) < 2:
        return ()
    formula = told.put_in(adjoint)
    used: dict[str, Equation] = {}
    while (read := _computed(formula, story)) and sum(1 for _ in walk(formula)) <= MOST_SYMBOLS:
        # The equations are put in one after the other: those that are read last are read first.
        equation = next(each for each in reversed(story.graph.equations) if each.target in read)
        formula = opened_by(formula, {equation.target: equation})
        used[equation.target] = equation
    functions = story.graph.model.functions
    if read or not agree(formula, ZERO, functions=functions, assume=False).proved:
        return ()
    told.proofs.count += 1
    return tuple(each for each in story.graph.equations if each.target in used)


def without(adjoint: Adjoint, vanished: Collection[str]) -> Adjoint:
    """The adjoint without the products of readers whose own adjoints are zero."""
    kept = tuple(each for each in adjoint.contributions if each.reader not in vanished)
    return replace(adjoint, contributions=kept) if kept else adjoint


def _computed(formula: Formula, story: Story) -> set[str]:
    """The quantities in the formula that the model computes."""
    return {
        node.name for node in walk(formula) if isinstance(node, Name) and node.name in story.graph.by_target
    }
