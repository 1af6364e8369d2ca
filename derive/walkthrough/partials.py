"""Local partials told: in full the first time, briefly where the same steps come again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from derive import tidy
from derive.equation import Equation, Term, formula_of
from derive.formula import (
    Call,
    Derivative,
    Formula,
    Indexed,
    Name,
    Reduction,
    Sum,
    rewrite,
    walk,
)
from derive.gradient import Adjoint, LocalPartial, with_cases
from derive.steps import TIDYING, Step
from derive.walkthrough.lines import concluded, derivation_lines, number_lines, reason
from derive.walkthrough.proofs import Proofs
from derive.walkthrough.story import Story, finished
from derive.walkthrough.symbols import indices_of
from derive.walkthrough.tree import Block, Display, Line, Reference, Sentence, Slot
from derive.walkthrough.voice import choice, listed, paragraph, say

Edge = tuple[Formula, Formula]


@dataclass
class Told:
    """What the text has told so far, by the labels of the lines that tell it.

    `patterns` holds the label of the first local partial of each kind that is derived by the same steps,
    `results` the derivatives of the loss as they were boxed, `shortened` those in which something cancelled,
    `collected` those whose result is a whole array; `notation` spells names that only the text uses.
    `tabled` says that the backward pass ends in a table of the whole gradient. The `example` is the local
    partial that the text has shown by one component, without a label. `vanished` are the quantities whose
    adjoints are zero by the equations of the model.
    """

    story: Story
    proofs: Proofs
    partials: dict[Edge, str] = field(default_factory=dict)
    patterns: dict[object, str] = field(default_factory=dict)
    results: dict[str, Formula] = field(default_factory=dict)
    shortened: set[str] = field(default_factory=set)
    collected: set[str] = field(default_factory=set)
    notation: dict[str, str] = field(default_factory=dict)
    tabled: bool = False
    example: LocalPartial | None = None
    vanished: set[str] = field(default_factory=set)

    def knows(self, partial: LocalPartial) -> bool:
        """Whether the local partial stands in the text already."""
        return (partial.of, partial.wrt) in self.partials

    def reference(self, partial: LocalPartial) -> Reference:
        """Where the local partial stands."""
        return Reference(self.partials[partial.of, partial.wrt])

    def is_direct(self, adjoint: Adjoint) -> bool:
        """Whether the loss alone reads the quantity, in one place: the adjoint is a local partial."""
        return [each.reader for each in adjoint.contributions] == [self.story.graph.loss]

    def adjoint_reference(self, adjoint: Adjoint) -> Reference:
        """The line that tells an adjoint."""
        if self.is_direct(adjoint):
            return self.reference(adjoint.contributions[0].partial)
        return Reference(f"gradient {adjoint.node}")

    def tell(self, partial: LocalPartial) -> Iterator[Block]:
        """The derivation of a local partial that the text does not hold yet, in full."""
        yield paragraph(_held(partial, self.story), heading=self._heading(partial))
        yield Display(self._in_full(partial))

    def tell_more(self, partials: Sequence[LocalPartial], product: Sequence[Line] = ()) -> Iterator[Block]:
        """Local partials that are new, in brief where their steps have been told, then their product."""
        alike: list[LocalPartial] = []
        for each in partials:
            if self.has_pattern(each):
                alike.append(each)
            else:
                yield paragraph(_held(each, self.story), heading=self._heading(each))
                yield Display((*self._in_full(each), *self.number_lines(each)))
        if alike:
            if product:
                one, many = "gradient.alike_product", "gradient.alike_product_many"
            else:
                one, many = "gradient.alike", "gradient.alike_many"
            yield paragraph(choice(len(alike), one, many, references=self.same_steps(alike)))
            brief = self.in_brief(alike)
            if product and any(self.story.local(each).applied for each in alike):
                # The operator form is wide; the product has a display of its own.
                yield Display(brief)
                yield Display(tuple(product))
            else:
                yield Display((*brief, *product))
        elif product:
            yield paragraph(say("gradient.put_in"))
            yield Display(tuple(product))

    def has_pattern(self, partial: LocalPartial) -> bool:
        """Whether the text holds a local partial that is derived by the same steps."""
        return self.pattern(partial) in self.patterns

    def pattern_label(self, partial: LocalPartial) -> str | None:
        """The line that tells a local partial derived by the same steps, if the text holds one."""
        return self.patterns.get(self.pattern(partial))

    def same_steps(self, partials: Sequence[LocalPartial]) -> Slot:
        """Where the steps stand by which the local partials are derived."""
        known = dict.fromkeys(self.patterns[self.pattern(each)] for each in partials)
        return listed(tuple(map(Reference, known)))

    def in_brief(self, partials: Sequence[LocalPartial]) -> tuple[Line, ...]:
        """Local partials with their numbers, without their steps."""
        return tuple(line for each in partials for line in self._in_brief(each))

    def _heading(self, partial: LocalPartial) -> Sentence:
        return say("gradient.factor", derivative=self.story.local(partial))

    def lines(self, partial: LocalPartial) -> tuple[Line, ...]:
        """A local partial as lines: short ones with their result only."""
        self.prove_steps(partial)
        symbol = self.story.local(partial)
        steps = [step for step in steps_of(partial) if step.rule != TIDYING]
        if len(steps) == 1:
            return (Line(symbol, partial.value, note=reason(steps[0])), *self.finish(partial))
        return (*self._derived(partial), *self.finish(partial))

    def _derived(self, partial: LocalPartial) -> tuple[Line, ...]:
        symbol, steps = self.story.local(partial), steps_of(partial)
        return derivation_lines(symbol, steps) if steps else (Line(symbol, partial.value),)

    def number_lines(self, partial: LocalPartial, *, starts: bool = False) -> tuple[Line, ...]:
        """A local partial with numbers in place of names, and its value."""
        numbers = self.story.numbers
        symbol = self.story.local(partial)
        if not starts and tidy.rational(told_value(partial, self.story)) is not None:
            return ()
        is_whole = not indices_of(symbol) or (
            not symbol.applied and numbers is not None and numbers.knows(symbol)
        )
        if numbers is None or not is_whole:
            return ()
        return number_lines(symbol, told_value(partial, self.story), numbers, starts=starts)

    def prove(self, adjoint: Adjoint) -> None:
        """Prove the local partials of an adjoint that is told in a table, without their steps."""
        for each in adjoint.contributions:
            self.prove_steps(each.partial)

    def finished_terms(self, adjoint: Adjoint) -> tuple[Term, ...]:
        """The terms of an adjoint with the slopes of functions in terms of their own values."""
        return tuple(
            self._finished(term, each.partial.equation)
            for each in adjoint.contributions
            for term in each.terms
        )

    def _finished(self, term: Term, equation: Equation) -> Term:
        body = finished(term.body, equation, self.story)
        self.proofs.equal(term.body, body, equation)
        return replace(term, body=body)

    def written(self, adjoint: Adjoint) -> Formula:
        """The adjoint written out, with the adjoints of its readers as symbols."""
        return self.story.spelled(
            tidy.total(formula_of((with_cases(term),)) for term in self.finished_terms(adjoint))
        )

    def put_in(self, adjoint: Adjoint) -> Formula:
        """A scalar adjoint with those of its readers written out, and theirs, down to names of quantities."""

        def put(node: Formula) -> Formula:
            if isinstance(node, Derivative) and not node.applied and isinstance(node.wrt, Name):
                return self.put_in(self.story.adjoints[node.wrt.name])
            return node

        terms = self.finished_terms(adjoint)
        return tidy.total(tidy.product((rewrite(term.body, put),)) for term in terms)

    def prove_steps(self, partial: LocalPartial) -> None:
        """Prove every step of a local partial."""
        for step in steps_of(partial):
            self.proofs.step(step)

    def pattern(self, partial: LocalPartial) -> object:
        """What two local partials share that are derived by the same steps.

        Functions whose slope keeps its prime may differ: the steps do not look into them.
        """
        rules = tuple(step.rule for step in steps_of(partial))
        role = partial.wrt.name in self.story.graph.model.parameters
        primed = {each.function for each in _primed(partial)}

        def alike(node: Formula) -> Formula:
            return replace(node, function="·") if isinstance(node, Call) and node.function in primed else node

        forms = (rewrite(skeleton(each), alike) for each in (partial.equation.formula, partial.value))
        return rules, *forms, role

    def register(self, partial: LocalPartial) -> str:
        """The label of the line that tells a local partial, from now on known to the text."""
        label = f"partial {spelled(partial.of)} by {spelled(partial.wrt)}"
        self.partials[partial.of, partial.wrt] = label
        self.patterns.setdefault(self.pattern(partial), label)
        return label

    def _in_full(self, partial: LocalPartial) -> tuple[Line, ...]:
        self.prove_steps(partial)
        lines = self._derived(partial)
        return concluded((*lines, *self.finish(partial)), self.register(partial))

    def _in_brief(self, partial: LocalPartial) -> tuple[Line, ...]:
        self.prove_steps(partial)
        first = Line(self.story.local(partial), partial.value)
        told = concluded((first, *self.finish(partial)), self.register(partial))
        return (*told, *self.number_lines(partial))

    def finish(self, partial: LocalPartial) -> Iterator[Line]:
        """The last line: the slope of the function in terms of its own value."""
        value = finished(partial.value, partial.equation, self.story)
        if value == partial.value:
            return
        self.proofs.equal(partial.value, value, partial.equation)
        yield Line(None, value, note=_slope_note(partial, self.story))


def _primed(partial: LocalPartial) -> list[Call]:
    return [each for each in walk(partial.value) if isinstance(each, Call) and each.primes == 1]


def _slope_note(partial: LocalPartial, story: Story) -> Sentence | None:
    """The slope of the function, and the equation that gives its value a name."""
    primed = _primed(partial)
    if not primed:
        return say("rule.by", reference=Reference(story.label(partial.equation)))
    slope = Reference(f"slope {primed[0].function}")
    if partial.equation.formula == replace(primed[0], primes=0):
        return say("rule.by_two", first=slope, second=Reference(story.label(partial.equation)))
    return say("rule.by", reference=slope)


def _held(partial: LocalPartial, story: Story) -> Sentence:
    reference = Reference(story.label(partial.equation))
    if _is_extreme(partial):
        return say("gradient.held_extreme", reference=reference, of=partial.of, wrt=partial.wrt)
    if partial.told != partial.equation.formula:
        return say("gradient.held_element", reference=reference, wrt=partial.wrt)
    return say("gradient.held", reference=reference, wrt=partial.wrt)


def steps_of(partial: LocalPartial) -> tuple[Step, ...]:
    """The steps of a local partial; none of a maximum or minimum, whose slope is a convention."""
    return () if _is_extreme(partial) else partial.steps


def _is_extreme(partial: LocalPartial) -> bool:
    bodies = (term.body for term in partial.terms)
    return any(isinstance(body, Reduction) and body.kind != "sum" for body in bodies)


def told_value(partial: LocalPartial, story: Story) -> Formula:
    """The local partial as the text boxes it."""
    return finished(partial.value, partial.equation, story)


def spelled(operand: Formula) -> str:
    """A name or a component as part of a label."""
    if isinstance(operand, Indexed):
        return f"{operand.name}[{','.join(map(spelled, operand.indices))}]"
    return operand.name if isinstance(operand, Name) else repr(operand)


def skeleton(formula: Formula) -> Formula:
    """The formula with every name made the same, and terms of a sum that are then alike told once."""
    blank = Name("·")

    def strip(node: Formula) -> Formula:
        match node:
            case Name():
                return blank
            case Indexed():
                return replace(node, name="·")
            case Sum(terms):
                return Sum(tuple(dict.fromkeys(terms)))
        return node

    return rewrite(formula, strip)
