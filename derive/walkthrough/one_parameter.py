"""One parameter's derivative, told along its paths to the loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from derive import tidy
from derive.formula import Formula, Name, plus, times
from derive.gradient import LocalPartial
from derive.walkthrough.cancelling import cancelled
from derive.walkthrough.lines import arrows, boxed, concluded, number_lines
from derive.walkthrough.partials import Told, told_value
from derive.walkthrough.story import Story
from derive.walkthrough.tree import Block, Display, Figure, Line, Section, Sentence
from derive.walkthrough.voice import choice, listed, paragraph, say, spelled

Path = tuple[str, ...]
Edges = Mapping[tuple[str, str], LocalPartial]

# More quantities than these, computed without the parameter, are not listed.
MOST_UNTOUCHED = 4


@dataclass(frozen=True)
class Telling:
    """One parameter's derivative; `pioneer` is the parameter that took the same path before it."""

    story: Story
    told: Told
    edges: Edges = field(repr=False)
    name: str
    paths: Sequence[Path]
    pioneer: str | None

    @property
    def symbol(self) -> Formula:
        return self.story.derivative(self.story.loss, Name(self.name))

    @cached_property
    def chains(self) -> tuple[tuple[LocalPartial, ...], ...]:
        """The local partials of each path, the last arrow first."""
        return tuple(
            tuple(self.edges[reader, node] for node, reader in pairwise(path))[::-1] for path in self.paths
        )

    @cached_property
    def factors(self) -> tuple[LocalPartial, ...]:
        """The distinct local partials, in the order of the chain rule."""
        return tuple({id(each): each for chain in self.chains for each in chain}.values())

    @property
    def known(self) -> list[LocalPartial]:
        """The factors that stand in the text already."""
        return [each for each in self.factors if self.told.knows(each)]

    @property
    def new(self) -> list[LocalPartial]:
        """The factors that do not."""
        return [each for each in self.factors if not self.told.knows(each)]

    @property
    def is_alike(self) -> bool:
        """Whether some factors are known and the steps of all others are."""
        return bool(self.known and self.new) and all(map(self.told.has_pattern, self.new))

    @property
    def is_beside(self) -> bool:
        """Whether an earlier parameter of the same equation took the same path."""
        return len(self.paths) == 1 and self.pioneer is not None and len(self.paths[0]) > 2

    @property
    def is_plain(self) -> bool:
        """Whether nothing is new but one factor, by steps that are known."""
        return self.is_beside and self.is_alike and len(self.new) == 1

    def section(self) -> Section:
        """The section: at length for the first parameter, then only what is new."""
        blocks = self._in_brief() if self.told.partials else self._at_length()
        return Section(say("gradient.by", derivative=self.symbol), tuple(blocks))

    def brief_lines(self) -> tuple[Line, ...]:
        """The new factors without their steps, then the chain rule with its product and numbers."""
        names = Line(self.symbol, self._in_names())
        product = (replace(line, left=None) for line in self._product_lines())
        return (*self.told.in_brief(self.new), names, *product, *self._number_lines())

    def _at_length(self) -> Iterator[Block]:
        """The way to the loss, the chain rule, its factors one by one, their product, the numbers."""
        yield from self._way()
        yield from self._chain_rule()
        if len(self.factors) > 1:
            yield paragraph(say("gradient.in_turn"))
        for partial in self.factors:
            yield from self.told.tell(partial)
        yield from self._product()
        yield from self._numbers()

    def _in_brief(self) -> Iterator[Block]:
        """The way to the loss, the chain rule, the factors that are new, and the product with its numbers."""
        if len(self.factors) == 1:
            yield from self._way()
            yield from self.told.tell_more(self.new)
            return
        rule = self._alike() if self.is_alike else self._what_is_new()
        if self.is_beside:
            yield paragraph(self._beside(), rule)
        else:
            yield from self._way()
            yield paragraph(rule)
        if self.is_alike:
            yield Display(self.brief_lines())
            return
        yield Display((Line(self.symbol, self._in_names()),))
        product = (*self._product_lines(), *self._number_lines())
        yield from self.told.tell_more(self.new, product)

    def _beside(self) -> Sentence:
        return say(
            "gradient.beside",
            name=Name(self.name),
            other=Name(self.pioneer or ""),
            reader=Name(self.paths[0][1]),
            loss=self.story.loss,
        )

    def _way(self) -> Iterator[Block]:
        """Every path to the loss, with what the graph says of it."""
        name, loss = Name(self.name), self.story.loss
        if self.paths == ((self.name, self.story.graph.loss),):
            yield paragraph(say("gradient.direct", name=name, loss=loss))
            return
        count = spelled(len(self.paths))
        told = "gradient.one_path" if len(self.paths) == 1 else "gradient.paths"
        slots = {"name": name, "loss": loss} | ({"count": count} if len(self.paths) > 1 else {})
        yield paragraph(*self._influence(), say(told, **slots))
        yield Display(tuple(Line(arrows(path), None) for path in self.paths))
        if len(self.paths) > 1 and not self.told.partials:
            caption = say("gradient.paths_caption", name=name, loss=loss)
            yield Figure(self.story.drawing, caption, tuple(map(tuple, self.paths)))

    def _influence(self) -> Iterator[Sentence]:
        """Who reads the parameter, who reads that, and who is left alone: all of it read off the graph."""
        graph, name = self.story.graph, Name(self.name)
        touched = tuple(dict.fromkeys(node for path in self.paths for node in path[1:-1]))
        links = tuple(self._link(node) for node in touched)
        direct = graph.readers[self.name]
        yield choice(
            len(direct),
            "gradient.way_on",
            "gradient.way_several_on",
            first=name,
            reader=listed(tuple(map(Name, direct))),
            links=links,
        )
        others = [each.target for each in graph.equations if each.target not in (*touched, graph.loss)]
        if 0 < len(others) <= MOST_UNTOUCHED:
            yield choice(
                len(others),
                "gradient.untouched",
                "gradient.untouched_many",
                others=listed(tuple(map(Name, others))),
                name=name,
            )

    def _link(self, node: str) -> Sentence:
        readers = tuple(map(Name, self.story.graph.readers[node]))
        return choice(
            len(readers), "gradient.link", "gradient.link_several", node=Name(node), reader=listed(readers)
        )

    def _chain_rule(self) -> Iterator[Block]:
        if len(self.factors) > 1:
            yield paragraph(choice(len(self.paths), "gradient.product", "gradient.product_sum"))
            yield Display((Line(self.symbol, self._in_names()),))

    def _in_names(self) -> Formula:
        return plus(*(times(*(self._symbol(each) for each in chain)) for chain in self.chains))

    def _symbol(self, partial: LocalPartial) -> Formula:
        return self.story.local(partial)

    def _evaluable(self) -> Formula:
        """The chain rule with derivatives that have a value of their own as symbols, others written out."""
        return plus(*(times(*map(self._evaluable_symbol, chain)) for chain in self.chains))

    def _evaluable_symbol(self, partial: LocalPartial) -> Formula:
        symbol = self.story.local(partial)
        return told_value(partial, self.story) if symbol.applied else symbol

    def _what_is_new(self) -> Sentence:
        """Which factors of the chain rule are known, by their lines, and which are new."""
        if not self.known:
            return say("gradient.all_new")
        references = listed(tuple(map(self.told.reference, self.known)))
        if not self.new:
            return say("gradient.none_new", references=references)
        symbols = listed(tuple(map(self._symbol, self.new)))
        one, many = "gradient.one_new", "gradient.many_new"
        return choice(len(self.new), one, many, references=references, derivatives=symbols)

    def _alike(self) -> Sentence:
        """Which factors are known, and for the new ones, where the same steps stand."""
        return choice(
            len(self.new),
            "gradient.one_alike",
            "gradient.many_alike",
            references=listed(tuple(map(self.told.reference, self.known))),
            derivatives=listed(tuple(map(self._symbol, self.new))),
            steps=self.told.same_steps(self.new),
        )

    def _product_lines(self) -> tuple[Line, ...]:
        """The product with its factors put in, and what remains when a bracket of fractions cancels."""
        values = [[told_value(each, self.story) for each in chain] for chain in self.chains]
        forms = [plus(*(times(*chain) for chain in values))]
        forms.append(tidy.total(tidy.product(chain) for chain in values))
        if len(self.chains) == 1:
            shorter = cancelled(forms[-1])
            forms += shorter
            if shorter:
                self.told.shortened.add(self.name)
        for one, other in pairwise(forms):
            self.told.proofs.equal(one, other)
        self.told.results[self.name] = forms[-1]
        notes = (None, say("rule.cancelled"), say("rule.collected"))
        shown = [Line(None, form, note=note) for form, note in zip(forms[1:], notes, strict=False)]
        return concluded((replace(shown[0], left=self.symbol), *shown[1:]), f"gradient {self.name}")

    def _product(self) -> Iterator[Block]:
        if len(self.factors) > 1:
            yield paragraph(say("gradient.together"))
            yield Display(self._product_lines())

    def _number_lines(self, *, first: bool = False) -> tuple[Line, ...]:
        """The derivative in numbers: from its factors, or where they cancel, from what is left."""
        numbers = self.story.numbers
        if numbers is None:
            return ()
        formula = self._evaluable()
        if self.name in self.told.shortened:
            formula = self.told.results[self.name]
        lines = number_lines(self.symbol, formula, numbers, starts=first, apart=first)
        return boxed(lines) if first else lines

    def _numbers(self) -> Iterator[Block]:
        if self.story.numbers is None:
            return
        yield paragraph(say("gradient.numbers"))
        lines = [line for each in self.factors for line in self.told.number_lines(each, starts=True)]
        yield Display((*lines, *(self._number_lines(first=True) if len(self.factors) > 1 else ())))
        if not self.story.indexed:
            yield paragraph(self._reading())

    def _reading(self) -> Sentence:
        numbers = self.story.numbers
        assert numbers is not None
        name, loss = Name(self.name), self.story.loss
        sign = numbers.scalar(self.symbol).sign()
        if sign == 0:
            return say("gradient.reading_zero", name=name, loss=loss)
        told = "gradient.reading_up" if sign > 0 else "gradient.reading_down"
        return say(told, name=name, loss=loss, rate=numbers.magnitude(self.symbol))
