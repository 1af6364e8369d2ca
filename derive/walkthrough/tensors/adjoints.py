"""The derivative of the loss by an array: on one component first, then collected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from derive.formula import (
    Derivative,
    Formula,
    Indexed,
    Name,
    Relation,
    walk,
)
from derive.gradient import Adjoint
from derive.walkthrough.lines import number_lines
from derive.walkthrough.partials import Told, skeleton
from derive.walkthrough.story import Story
from derive.walkthrough.tensors.collecting import collected
from derive.walkthrough.tensors.forms import Form, Forms, Result
from derive.walkthrough.tensors.steps import TIDIED, partial_lines
from derive.walkthrough.tree import Block, Display, Line, Reference, Sentence, Shape
from derive.walkthrough.voice import choice, listed, paragraph, say

# The chain rule and what it comes to share a line up to so many symbols.
MOST_ON_ONE_LINE = 24


@dataclass
class Backward:
    """The backward pass of arrays, as far as it has been told; `results` by the names of quantities.

    `stories` holds the names of the first arrays of each kind, whose steps later ones repeat.
    """

    story: Story
    told: Told
    results: dict[str, Result] = field(default_factory=dict)
    forms: dict[str, tuple[Form, ...]] = field(default_factory=dict)
    stories: dict[object, tuple[str, ...]] = field(default_factory=dict)
    has_signal: bool = False

    def blocks(self, adjoints: Sequence[Adjoint]) -> Iterator[Block]:
        """Adjoints of quantities that are used in the same equations, told together."""
        kind = self._kind(adjoints)
        before = self.stories.setdefault(kind, tuple(each.node for each in adjoints)) if kind else ()
        stories = [tuple(self._story(each)) for each in adjoints]
        again = None
        if before and before[0] != adjoints[0].node:
            again = say("tensor.again", names=listed(tuple(map(Name, before))))
            stories = [self._conclusion(each, told) for each, told in zip(adjoints, stories, strict=True)]
        yield paragraph(self._used(adjoints), _places(adjoints), again, heading=self.heading(adjoints))
        spread = any(len(told) > 1 for told in stories)
        yield Display(
            tuple(replace(line, apart=spread and at == 0) for told in stories for at, line in enumerate(told))
        )
        yield from self.remarks(adjoints)

    def _kind(self, adjoints: Sequence[Adjoint]) -> object:
        """What the stories of arrays share that are alike but for their names; None of others.

        They are read once, by a quantity with an error signal: parameters of layers that are alike.
        """
        if not all(len(each.contributions) == 1 for each in adjoints):
            return None
        if not all(each.contributions[0].reader in self.story.signals for each in adjoints):
            return None
        forms = (self.forms_of(each)[-1].formula for each in adjoints)
        partials = (each.contributions[0].partial for each in adjoints)
        return (*map(self.told.pattern, partials), *map(skeleton, forms))

    def _conclusion(self, adjoint: Adjoint, lines: Sequence[Line]) -> tuple[Line, ...]:
        """The last part of a story: what it concludes with, and the numbers."""
        at = next(place for place, line in enumerate(lines) if line.boxed)
        first = replace(lines[at], left=lines[at].left or self.named(adjoint.derivative))
        return (first, *lines[at + 1 :])

    def _story(self, adjoint: Adjoint) -> Iterator[Line]:
        """The local partials that are new, the chain rule and what it comes to."""
        new = [one.partial for one in adjoint.contributions if not self.told.knows(one.partial)]
        lines = [line for one in new for line in partial_lines(one, self.told)]
        forms = self.forms_of(adjoint)
        last = forms[-1]
        matrix = collected(last.terms, adjoint.indices, self.story, last.front)
        if not self.told.is_direct(adjoint):
            lines += self._chain(adjoint, forms, on_one_line=matrix is not None)
        else:
            lines = lines or [Line(adjoint.derivative, self.story.spelled(forms[0].formula))]
            of = next(each.left for each in reversed(lines) if each.left is not None)
            is_of_component = subscripts_of(of) == adjoint.indices
            further = self._further(lines[-1], adjoint, forms, is_of_component=is_of_component)
            lines = [*lines[:-1], *further]
            lines = lines if matrix is not None else self._with_signal(lines, adjoint)
        return self.concluded(adjoint, lines, Result(adjoint, last.formula, matrix))

    def heading(self, adjoints: Sequence[Adjoint]) -> Sentence:
        """What a paragraph derives."""
        derivatives = listed(tuple(map(self.whole, adjoints)))
        return choice(len(adjoints), "tensor.heading", "tensor.heading_many", derivatives=derivatives)

    def _used(self, adjoints: Sequence[Adjoint]) -> Sentence:
        readers = tuple(dict.fromkeys(each.reader for each in adjoints[0].contributions))
        references = tuple(Reference(self.story.label(self.story.graph.by_target[each])) for each in readers)
        names = listed(tuple(Name(each.node) for each in adjoints))
        one, many = (
            ("tensor.used", "tensor.used_many")
            if len(adjoints) == 1
            else ("tensor.share", "tensor.share_many")
        )
        return choice(len(readers), one, many, names=names, references=listed(references))

    def whole(self, adjoint: Adjoint) -> Derivative:
        """The derivative by the whole array, as a symbol."""
        return Derivative(self.story.loss, Name(adjoint.node))

    def _further(
        self, line: Line, adjoint: Adjoint, forms: Sequence[Form], *, is_of_component: bool
    ) -> Iterator[Line]:
        """A local partial by the loss that is the whole derivative, and what becomes of it.

        It may be the derivative by P_ii where the one by P_ij is asked for.
        """
        same = is_of_component
        first = self.story.spelled(forms[0].formula)
        if (same or line.left is not None) and forms[0].note is None and line.note in (None, TIDIED):
            # Only the order differs, or a letter: one of the two is enough.
            line = replace(line, left=line.left and adjoint.derivative, right=first)
            same = True
        yield line
        left = None if same else adjoint.derivative
        for each in forms:
            if self.story.spelled(each.formula) != line.right:
                yield Line(left, self.story.spelled(each.formula), note=each.note)
                left = None

    def _with_signal(self, lines: Sequence[Line], adjoint: Adjoint) -> list[Line]:
        """The lines with the derivative by its name too, where they begin with it."""
        named = self.named(adjoint.derivative)
        return [replace(each, left=named) if each.left == adjoint.derivative else each for each in lines]

    def _chain(self, adjoint: Adjoint, forms: Sequence[Form], *, on_one_line: bool) -> Iterator[Line]:
        """The chain rule in names, and what it comes to on one component."""
        structure = self.story.structure(adjoint)
        values = [self.story.spelled(each.formula) for each in forms]
        left = adjoint.derivative if on_one_line else self.named(adjoint.derivative)
        note = say("tensor.chain_rule")
        sides = tuple(dict.fromkeys((structure, *values)))
        if on_one_line and len(sides) <= 2 and sum(1 for s in sides for _ in walk(s)) <= MOST_ON_ONE_LINE:
            yield Line(left, sides[0] if len(sides) == 1 else Relation(sides, ("=",)), note=note)
            return
        yield Line(left, structure, note=note)
        for value, each in zip(values, forms, strict=True):
            if value != structure:
                yield Line(None, value, note=each.note)

    def forms_of(self, adjoint: Adjoint) -> tuple[Form, ...]:
        """The forms of one component, from the chain rule's to the one that the text concludes with."""
        return Forms(self.story, self.told, self.results, self.forms).of(adjoint)

    def concluded(self, adjoint: Adjoint, lines: Sequence[Line], result: Result) -> Iterator[Line]:
        """The lines with their conclusion: the array collected, or one component of it, with its shape."""
        self.results[adjoint.node] = result
        self.told.results[adjoint.node] = self.story.spelled(result.matrix or result.formula)
        shape = self.story.shape(adjoint.node)
        label = f"gradient {adjoint.node}"
        if result.matrix is not None:
            self.told.collected.add(adjoint.node)
            left, right = self.named(self.whole(adjoint)), self.story.spelled(result.matrix)
            note = say("tensor.shape", shape=Shape(shape, member=True))
            yield from lines
            yield Line(left, right, note=note, boxed=True, label=label)
        else:
            note = say("tensor.shape", shape=Shape(shape, quantity=self.symbol(adjoint)))
            if lines[-1].note not in (None, TIDIED):
                note = say("tensor.noted", reason=lines[-1].note, shape=note)
            yield from lines[:-1]
            yield replace(lines[-1], note=note, boxed=True, label=lines[-1].label or label)
        yield from self._numbers(adjoint)

    def named(self, derivative: Derivative) -> Formula:
        """δ = ∂L/∂z, or the derivative alone."""
        named = self.story.spelled(derivative)
        return derivative if named == derivative else Relation((named, derivative), ("=",))

    def symbol(self, adjoint: Adjoint) -> Formula:
        """The error signal, or the derivative by the whole array."""
        return self.story.spelled(self.whole(adjoint))

    def _numbers(self, adjoint: Adjoint) -> tuple[Line, ...]:
        numbers = self.story.numbers
        if numbers is None:
            return ()
        return number_lines(
            self.story.spelled(adjoint.derivative), self.results[adjoint.node].formula, numbers
        )

    def remarks(self, adjoints: Sequence[Adjoint]) -> Iterator[Block]:
        """What an error signal is, the first time, and which arrays have no matrix form."""
        for each in adjoints:
            signal = self.story.signals.get(each.node)
            if signal is not None and not self.has_signal:
                self.has_signal = True
                yield paragraph(say("tensor.signal", signal=Name(signal), name=Name(each.node)))
        bare = tuple(
            self.symbol(each) for each in adjoints if each.indices and self.results[each.node].matrix is None
        )
        if bare and self.story.in_matrices:
            one, many = "tensor.no_matrix_form", "tensor.no_matrix_forms"
            yield paragraph(choice(len(bare), one, many, derivatives=listed(bare)))


def subscripts_of(derivative: Formula) -> tuple[str, ...]:
    """The letters of what a derivative is taken by."""
    wrt = derivative.wrt if isinstance(derivative, Derivative) else derivative
    at = wrt.indices if isinstance(wrt, Indexed) else ()
    return tuple(index.name for index in at if isinstance(index, Name))


def _places(adjoints: Sequence[Adjoint]) -> Sentence | None:
    """What is said of quantities that one equation reads at several indices."""
    several = (each for each in adjoints if any(one.partial.is_one_of_several for one in each.contributions))
    names = tuple(Name(each.node) for each in several)
    one, many = "tensor.places", "tensor.places_many"
    return choice(len(names), one, many, names=listed(names)) if names else None
