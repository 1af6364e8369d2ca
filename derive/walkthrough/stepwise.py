"""Forward and backward pass as lettered steps, for expressions whose intermediate results have names."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from derive.equation import Equation
from derive.formula import Cases, Formula, Name, Relation, plus, times, walk
from derive.gradient import Adjoint
from derive.rules import differentiate
from derive.walkthrough.along_paths import edges_of
from derive.walkthrough.forward import given_values, no_numbers
from derive.walkthrough.lines import number_lines
from derive.walkthrough.partials import Told
from derive.walkthrough.story import MOST_PATHS, Story
from derive.walkthrough.tree import Block, Display, Entry, Line, Reference, Section, Sentence, Steps
from derive.walkthrough.voice import choice, letter, listed, paragraph, say, spelled
from derive.walkthrough.written_out import opened

# So many derivatives at most are also written in one piece.
MOST_IN_ONE_PIECE = 2
# Of a value or a condition with more nodes the cases fill half a page.
MOST_IN_A_CASE = 16


def forward_steps(story: Story) -> Section:
    """The equations as steps (a), (b), …, each with its number."""
    return Section(say("steps.forward_title"), tuple(_forward(story)))


def _forward(story: Story) -> Iterator[Block]:
    numbers = story.numbers
    if numbers is None:
        yield paragraph(no_numbers(story))
    else:
        yield from given_values(story, numbers)
    yield paragraph(say("steps.apart", loss=story.loss) if story.split else say("steps.given"))
    yield Steps(
        tuple(
            Entry(letter(position), (paragraph(*_compute(each, story)),), story.label(each))
            for position, each in enumerate(story.graph.equations)
        )
    )
    if numbers is not None and numbers.rounds:
        yield paragraph(say("forward.rounding"))


def _compute(equation: Equation, story: Story) -> Iterator[Sentence]:
    yield say("steps.compute", line=Relation((equation.left, equation.formula), ("=",)))
    if story.numbers is not None:
        work = story.numbers.worked(equation.left, equation.formula)
        if work.result is not None:
            sides = (equation.left, *work.lines, work.result)
            signs = (*(work.first_sign for _ in work.lines), work.last_sign)
            yield say("steps.compute_number", line=Relation(sides, signs))
    readers = story.graph.readers.get(equation.target, ())
    if len(readers) == 2:
        yield say("steps.shared_twice", name=equation.left)
    elif len(readers) > 2:
        yield say("steps.shared", name=equation.left, count=spelled(len(readers)))


def backward_steps(story: Story, told: Told) -> Section:
    """Every intermediate result from the last to the first, then what is sought."""
    return Section(say("steps.backward_title"), tuple(_backward(story, told)))


def _backward(story: Story, told: Told) -> Iterator[Block]:
    yield paragraph(say("steps.backward", loss=story.loss))
    names = [each.target for each in reversed(story.graph.equations[:-1]) if each.target in story.adjoints]
    entries = []
    for position, name in enumerate([*names, *story.sought]):
        adjoint = story.adjoints[name]
        blocks = (paragraph(_used(adjoint, story)), Display(tuple(_answer(adjoint, story, told))))
        entries.append(Entry(letter(position), blocks))
    yield Steps(tuple(entries))
    for name in story.sought if len(story.sought) <= MOST_IN_ONE_PIECE else ():
        whole = opened(told.put_in(story.adjoints[name]), story.graph)
        if _is_readable(whole):
            yield Section(
                say("steps.together_title", derivative=story.spelled(story.adjoints[name].derivative)),
                tuple(_in_one_piece(name, whole, story, told)),
            )


def _is_readable(whole: Formula) -> bool:
    """Whether the cases of a formula, if it has any, are short enough to be taken in beside the rest."""
    branches = (branch for node in walk(whole) if isinstance(node, Cases) for branch in node.branches)
    parts = (part for branch in branches for part in (branch.value, branch.condition) if part is not None)
    return all(sum(1 for _ in walk(part)) <= MOST_IN_A_CASE for part in parts)


def _answer(adjoint: Adjoint, story: Story, told: Told) -> Iterator[Line]:
    """The local partials of those that use the quantity, then the chain rule with its number."""
    symbol = story.spelled(adjoint.derivative)
    for each in adjoint.contributions:
        yield from told.lines(each.partial)
    if not told.is_direct(adjoint):
        yield Line(symbol, story.structure(adjoint))
        yield Line(None, told.written(adjoint))
    if story.numbers is not None:
        yield from number_lines(symbol, told.written(adjoint), story.numbers)


def _used(adjoint: Adjoint, story: Story) -> Sentence:
    readers = story.graph.readers[adjoint.node]
    references = listed(tuple(Reference(story.label(story.graph.by_target[each])) for each in readers))
    name = Name(adjoint.node)
    if len(readers) == 1:
        reader = story.graph.by_target[readers[0]]
        line = Relation((reader.left, reader.formula), ("=",))
        return say("steps.used_once", name=name, equation=line, reference=references)
    names = listed(tuple(map(Name, readers)))
    return say("steps.used_often", name=name, readers=names, references=references)


def _in_one_piece(name: str, whole: Formula, story: Story, told: Told) -> Iterator[Block]:
    symbol = story.spelled(story.adjoints[name].derivative)
    if story.graph.path_counts[name] <= MOST_PATHS:
        edges, paths = edges_of(story), story.graph.paths(name)
        products = (
            times(
                *(story.derivative(edges[r, n].of, edges[r, n].wrt) for n, r in reversed(list(pairwise(p))))
            )
            for p in paths
        )
        yield paragraph(
            choice(
                len(paths), "steps.along_paths", "steps.along_paths_many", name=Name(name), loss=story.loss
            )
        )
        yield Display((Line(symbol, plus(*products)),))
    yield paragraph(say("steps.in_inputs"))
    written = opened(story.loss, story.graph)
    straight = differentiate(written, Name(name), story.graph.model.functions)
    same = straight == whole or not told.proofs.holds(whole, straight)
    yield Display((Line(symbol, whole, boxed=same),))
    if not same:
        yield paragraph(say("steps.straight", loss=story.loss))
        yield Display((Line(symbol, straight, boxed=True),))
