"""The backward pass through adjoints: from the last equation to the first, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive import tidy
from derive.equation import Equation, Term
from derive.formula import ZERO, Derivative, Formula, Name, Product, walk
from derive.gradient import Adjoint
from derive.walkthrough.cancelling import cancelled
from derive.walkthrough.lines import concluded, number_lines
from derive.walkthrough.partials import Told, skeleton
from derive.walkthrough.story import Story
from derive.walkthrough.tables import derivative_pairs
from derive.walkthrough.tree import Block, Display, Line, Reference, Section, Sentence, Slot, Table
from derive.walkthrough.vanishing import vanishes_by, without
from derive.walkthrough.voice import choice, listed, paragraph, ranged, say, spelled

# A pattern of layers is told so often in tables; then its repetitions are only counted.
MOST_REPETITIONS = 2
# An adjoint of so many symbols at most is put into those that use it.
MOST_PUT_IN = 6
# Tables of formulas have short cells and few rows; longer ones give values only, up to so many.
MOST_IN_CELL = 24
MOST_TABLE_ROWS = 9
MOST_PAIRS = 36


@dataclass(frozen=True, slots=True)
class Layer:
    """Quantities whose adjoints are found alike, side by side: same readers, same form."""

    equations: tuple[Equation, ...]
    parameters: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each.target for each in self.equations)


def layers(story: Story) -> tuple[Layer, ...]:
    """The equations that lead from what is sought to the loss, last first, in groups that are told alike."""
    groups: list[list[Equation]] = []
    for each in reversed(story.graph.equations):
        if each.target not in story.adjoints:
            continue
        if groups and _kind(groups[-1][0], story) == _kind(each, story):
            groups[-1].insert(0, each)
        else:
            groups.append([each])
    first_reader = {name: story.graph.readers[name][0] for name in story.sought}
    return tuple(
        Layer(
            tuple(group),
            tuple(name for name in story.sought if first_reader[name] in {each.target for each in group}),
        )
        for group in groups
    )


def _kind(equation: Equation, story: Story) -> object:
    """What equations share that stand in one layer: their form, what they read and who reads them."""
    inner = tuple(name for name in story.graph.reads(equation) if name in story.graph.by_target)
    data = tuple(name for name in story.graph.reads(equation) if name in story.graph.model.data)
    return skeleton(equation.formula), story.graph.readers.get(equation.target), inner, data


def adjoint_sections(story: Story, told: Told) -> Iterator[Section]:
    """A section for each layer; layers that only repeat are counted after a while."""
    seen: dict[object, int] = {}
    skipped: list[Layer] = []
    for layer in layers(story):
        pattern = _layer_pattern(layer, story)
        seen[pattern] = seen.get(pattern, 0) + 1
        telling = _LayerTelling(story, told, layer)
        if layer.names == (story.graph.loss,) and not layer.parameters:
            continue
        if seen[pattern] > MOST_REPETITIONS and len(layer.equations) > 1:
            skipped.append(layer)
            continue
        if skipped:
            yield _skipped(skipped)
            skipped = []
        yield Section(telling.title(), tuple(telling.blocks()))
    if skipped:
        yield _skipped(skipped)


def _layer_pattern(layer: Layer, story: Story) -> object:
    first = layer.equations[0]
    readers = story.graph.readers.get(first.target, ())
    forms = tuple(skeleton(story.graph.by_target[reader].formula) for reader in readers)
    return skeleton(first.formula), len(layer.equations), forms, len(layer.parameters)


def _skipped(skipped: Sequence[Layer]) -> Section:
    names = [Name(name) for layer in skipped for name in layer.names]
    told = say("adjoint.repeated", first=names[0], last=names[-1], count=spelled(len(skipped)))
    return Section(say("adjoint.title", names=ranged(names, 3)), (paragraph(told),))


def listed_names(names: Sequence[str]) -> Slot:
    """Names as a phrase."""
    return ranged(tuple(map(Name, names)))


@dataclass(frozen=True)
class _LayerTelling:
    """One layer: the adjoint of its first quantity in full, the others in a table; then its parameters."""

    story: Story
    told: Told
    layer: Layer

    def title(self) -> Sentence:
        names = self.layer.names
        if names == (self.story.graph.loss,):
            names = self.layer.parameters
        return say("adjoint.title", names=listed_names(names))

    def blocks(self) -> Iterator[Block]:
        names = tuple(name for name in self.layer.names if name != self.story.graph.loss)
        if names:
            yield from self._alike(names, "adjoint.other", "adjoint.others")
        groups: dict[object, list[str]] = {}
        for name in self.layer.parameters:
            groups.setdefault(self._pattern(name), []).append(name)
        if groups:
            yield paragraph(self._parameters())
        for alike in groups.values():
            yield from self._alike(alike, "adjoint.other_parameter", "adjoint.other_parameters")

    def _pattern(self, name: str) -> object:
        return skeleton(self.story.adjoints[name].formula)

    def _parameters(self) -> Sentence | None:
        """What the layer's parameters have in common: their derivatives are one factor away."""
        readers = tuple(name for name in self.layer.names if name != self.story.graph.loss)
        if not readers:
            return None
        adjoints = tuple(self.story.spelled(self.story.adjoints[name].derivative) for name in readers)
        return choice(
            len(self.layer.parameters),
            "adjoint.parameter",
            "adjoint.parameters",
            names=listed_names(self.layer.parameters),
            adjoints=ranged(adjoints, 3),
        )

    def _alike(self, names: Sequence[str], one: str, many: str) -> Iterator[Block]:
        first, *rest = names
        yield from self._one(self.story.adjoints[first])
        if not rest:
            return
        for name in rest:
            self.told.prove(self.story.adjoints[name])
        reference = self.told.adjoint_reference(self.story.adjoints[first])
        yield paragraph(choice(len(rest), one, many, names=listed_names(rest), reference=reference))
        yield from self._table([self.story.adjoints[name] for name in rest])

    def _one(self, adjoint: Adjoint) -> Iterator[Block]:
        """An adjoint in full: who uses the quantity, then the chain rule worked out."""
        readers = tuple(dict.fromkeys(each.reader for each in adjoint.contributions))
        short = without(adjoint, self.told.vanished)
        zero = [name for name in readers if name in self.told.vanished and short != adjoint]
        told = "adjoint.used_by_many" if not zero else "adjoint.used_in_vain"
        yield paragraph(
            choice(
                len(readers),
                "adjoint.used_by",
                told,
                name=self.story.component(adjoint.node),
                readers=listed(tuple(self.story.component(each) for each in readers)),
                **({"zero": listed(tuple(map(self._derivative_by, zero)))} if zero else {}),
            )
        )
        yield from adjoint_blocks(short, self.story, self.told)
        if zero and self.told.is_direct(short):
            yield Display(_concluded(short, self.story, self.told))

    def _derivative_by(self, name: str) -> Formula:
        return self.story.spelled(self.story.adjoints[name].derivative)

    def _table(self, adjoints: Sequence[Adjoint]) -> Iterator[Block]:
        """Adjoints that are found like the one just told: in full while short, else their values only."""
        written = {each.node: self.told.written(each) for each in adjoints}
        self.told.results.update(written)
        longest = max(sum(1 for _ in walk(formula)) for formula in written.values())
        numbers = self.story.numbers
        if numbers is not None and (longest > MOST_IN_CELL or len(written) > MOST_TABLE_ROWS):
            yield derivative_pairs(tuple(written)[:MOST_PAIRS], self.story)
            return
        shown = adjoints[:MOST_TABLE_ROWS]
        if numbers is not None and len(shown) == 1:
            symbol, formula = self._symbol(shown[0]), written[shown[0].node]
            yield Display((Line(symbol, formula), *number_lines(symbol, formula, numbers)))
            return
        if longest > MOST_IN_CELL or numbers is None:
            yield Display(tuple(Line(self._symbol(each), written[each.node]) for each in shown))
            return
        rows = tuple(
            (self._symbol(each), written[each.node], numbers.shown(each.derivative)) for each in shown
        )
        heads = ("adjoint.column_derivative", "adjoint.column_formula", "adjoint.column_value")
        yield Table(tuple(map(say, heads)), rows, "llr")

    def _symbol(self, adjoint: Adjoint) -> Formula:
        return self.story.spelled(adjoint.derivative)


def adjoint_blocks(adjoint: Adjoint, story: Story, told: Told) -> Iterator[Block]:
    """The chain rule in names, the local partials that are new, the result with its number."""
    new = [each.partial for each in adjoint.contributions if not told.knows(each.partial)]
    if told.is_direct(adjoint):
        told.results[adjoint.node] = told.written(adjoint)
        yield from told.tell_more(new)
        return
    chain = Line(story.spelled(adjoint.derivative), story.structure(adjoint))
    if all(map(told.has_pattern, new)):
        result = (replace(line, left=None) for line in _result(adjoint, story, told))
        yield from told.tell_more(new, (chain, *result, *_numbers(adjoint, story, told)))
    else:
        yield Display((chain,))
        yield from told.tell_more(new, (*_result(adjoint, story, told), *_numbers(adjoint, story, told)))


def _result(adjoint: Adjoint, story: Story, told: Told) -> tuple[Line, ...]:
    """The adjoint written out, and what remains of it where it gets shorter."""
    told.results[adjoint.node] = told.written(adjoint)
    written = Line(story.spelled(adjoint.derivative), told.results[adjoint.node])
    lines = (written, *_shorter(adjoint, story, told), *_zero(adjoint, story, told))
    return concluded(lines, told.adjoint_reference(adjoint).label)


def _zero(adjoint: Adjoint, story: Story, told: Told) -> Iterator[Line]:
    """That the adjoint is zero, where the equations of the model say so."""
    equations = vanishes_by(adjoint, story, told)
    if equations:
        told.vanished.add(adjoint.node)
        told.results[adjoint.node] = ZERO
        references = listed(tuple(Reference(story.label(each)) for each in equations))
        yield Line(None, ZERO, note=say("tensor.by", references=references))


def _concluded(adjoint: Adjoint, story: Story, told: Told) -> tuple[Line, ...]:
    """An adjoint that is a local partial, under its name."""
    symbol = story.spelled(adjoint.derivative)
    return concluded((Line(symbol, told.results[adjoint.node]),), f"gradient {adjoint.node}")


def _numbers(adjoint: Adjoint, story: Story, told: Told) -> tuple[Line, ...]:
    if story.numbers is None or adjoint.node in told.vanished:
        return ()
    return number_lines(story.spelled(adjoint.derivative), told.results[adjoint.node], story.numbers)


def _shorter(adjoint: Adjoint, story: Story, told: Told) -> Iterator[Line]:
    """The reader's adjoint put in where it is short, or where a bracket of fractions then cancels."""
    body = _single_body(told.finished_terms(adjoint))
    if body is None:
        return
    reader = story.adjoints[adjoint.contributions[0].reader]
    outer = told.results.get(reader.node)
    if outer is None or not set(reader.indices) <= set(adjoint.indices) or _has_derivative(outer):
        return
    factors = body.factors if isinstance(body, Product) else (body,)
    put_in = tidy.product(outer if factor == reader.derivative else factor for factor in factors)
    forms = cancelled(put_in)
    if not forms and sum(1 for _ in walk(outer)) > MOST_PUT_IN:
        return
    before = put_in
    notes = (None, say("rule.cancelled"), say("rule.collected"))
    for form, note in zip((put_in, *forms), notes, strict=False):
        told.proofs.equal(before, form)
        yield Line(None, form, note=note)
        before = form
    told.results[adjoint.node] = before


def _single_body(terms: tuple[Term, ...]) -> Formula | None:
    """The one term of an adjoint that is summed over nothing."""
    if len(terms) != 1 or terms[0].summed or terms[0].guards:
        return None
    return terms[0].body


def _has_derivative(formula: Formula) -> bool:
    return any(isinstance(node, Derivative) for node in walk(formula))
