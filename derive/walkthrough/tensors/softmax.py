"""Softmax told as one equation: its derivatives p(δ - p), and prediction minus label where that comes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from derive import tidy
from derive.agreement import agree
from derive.equation import Equation, component, equation, terms_of
from derive.formula import (
    ZERO,
    Bound,
    Branch,
    Cases,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Relation,
    Sum,
    rewrite,
    times,
    walk,
)
from derive.gradient import Adjoint
from derive.indices import fresh_letters, renamed, subscripts
from derive.model.model import Value
from derive.shapes import letters_of
from derive.walkthrough.symbols import KRONECKER, key_of, keyed
from derive.walkthrough.tensors.adjoints import Backward
from derive.walkthrough.tensors.collecting import collected
from derive.walkthrough.tensors.forms import Result, written
from derive.walkthrough.tensors.kronecker import by_cases, delta
from derive.walkthrough.tensors.monomials import arranged, positive_first
from derive.walkthrough.tensors.probabilities import Softmax
from derive.walkthrough.tensors.simplifying import with_common_factor
from derive.walkthrough.tree import Block, Display, Line, Reference, Sentence
from derive.walkthrough.voice import paragraph, say
from derive.walkthrough.written_out import opened_by


@dataclass(frozen=True)
class SoftmaxTelling:
    """The way back through a softmax."""

    backward: Backward
    softmax: Softmax

    @property
    def _letters(self) -> tuple[tuple[str, ...], str, str]:
        """The letters of the leading axes, that of the probability and another one for the score."""
        *rows, own = self.softmax.probability.indices
        graph = self.backward.story.graph
        taken = {*letters_of(self.softmax.whole), *graph.shapes, *graph.sizes}
        return tuple(rows), own, next(fresh_letters(taken))

    def _at(self, name: str, letter: str) -> Name | Indexed:
        return component(name, (*self._letters[0], letter))

    def blocks(self, adjoint: Adjoint) -> Iterator[Block]:
        """The derivatives of the probabilities by the scores, then the chain rule through them."""
        story = self.backward.story
        reference = Reference(f"equation {self.softmax.probability.target}")
        told = "tensor.softmax_row" if len(adjoint.indices) > 1 else "tensor.softmax"
        yield paragraph(
            say(told, name=Name(self.softmax.probability.target), reference=reference),
            heading=self.backward.heading((adjoint,)),
        )
        yield Display(tuple(self._jacobian()))
        lines, last = self._chain(adjoint)
        yield paragraph(say("tensor.softmax_chain"))
        label = self._label(adjoint)
        short = None if label is None else self._short(label, last)
        if label is not None and short is not None:
            yield Display(tuple(lines))
            yield paragraph(say("tensor.labels_sum_to_one", label=Name(label.name), sum=_sum_of(label)))
            lines, last = [Line(self.backward.named(adjoint.derivative), story.spelled(short))], short
        result = Result(adjoint, by_cases(last), collected(terms_of(last), adjoint.indices, story))
        yield Display(tuple(self.backward.concluded(adjoint, lines, result)))
        yield from self.backward.remarks((adjoint,))

    def _jacobian(self) -> Iterator[Line]:
        softmax, proofs = self.softmax, self.backward.told.proofs
        _, own, other = self._letters
        whole = softmax.whole.formula
        assert isinstance(whole, Quotient)
        above, below = whole.numerator, whole.denominator
        at = delta(Name(own), Name(other))
        score = self._at(softmax.scores, other)
        exponential = renamed(above, {own: Name(other)})
        forms = (
            Derivative(whole, score, applied=True),
            Quotient(
                Sum((Product((at, above, below)), Negation(Product((above, exponential))))),
                Power(Grouping(below), Number("2")),
            ),
            Product(
                (softmax.probability.left, Sum((at, Negation(self._at(softmax.probability.target, other)))))
            ),
        )
        proofs.equal(by_cases(forms[0]), by_cases(forms[1]), apart=False)
        proofs.equal(by_cases(forms[1]), by_cases(forms[2]), softmax.whole, apart=False)
        reference = Reference(f"equation {softmax.probability.target}")
        left = Derivative(softmax.probability.left, score)
        yield Line(left, forms[0])
        yield Line(None, forms[1], note=say("rule.named", names=("quotient rule",)))
        yield Line(None, forms[2], note=say("rule.by", reference=reference))

    def _chain(self, adjoint: Adjoint) -> tuple[list[Line], Formula]:
        """The chain rule through every probability, and what it comes to at the adjoint's letters."""
        story, softmax = self.backward.story, self.softmax
        _, own, other = self._letters
        score = Derivative(story.loss, self._at(softmax.scores, other))
        outer = Derivative(story.loss, softmax.probability.left)
        jacobian = Derivative(softmax.probability.left, self._at(softmax.scores, other))
        bracket = Sum((delta(Name(own), Name(other)), Negation(self._at(softmax.probability.target, other))))
        bound = (Bound(own),)
        weight = self._weight()
        lines = [
            Line(score, Reduction("sum", Product((outer, jacobian)), bound), note=say("tensor.chain_rule")),
            Line(None, Reduction("sum", Product((outer, softmax.probability.left, bracket)), bound)),
        ]
        factor = softmax.probability.left
        if weight is not None:
            through = tidy.summed(tidy.product((weight, bracket)), bound)
            lines.append(Line(None, arranged(through) if _without_delta(weight) else through))
            mine = renamed(weight, {own: Name(other)})
            total = _without_delta(weight) or arranged(tidy.summed(weight, bound))
            rest = tidy.product((self._at(softmax.probability.target, other), total))
            last = positive_first(tidy.total((mine, tidy.negative(rest))))
            shared = with_common_factor(terms_of(last)) if _without_delta(weight) else None
            last = last if shared is None else times(shared[0], Sum(shared[1]))
        else:
            mine = renamed(outer, {own: Name(other)})
            sum_of = Reduction("sum", Product((outer, factor)), bound)
            last = Product((self._at(softmax.probability.target, other), Sum((mine, Negation(sum_of)))))
        lines.append(Line(None, last, note=_taken(weight)))
        self._prove(lines, last, adjoint, other)
        spelled = [replace(each, right=story.spelled(each.right)) for each in lines if each.right is not None]
        return spelled, renamed(last, dict(zip(self._scored(other), map(Name, adjoint.indices), strict=True)))

    def _scored(self, other: str) -> tuple[str, ...]:
        return (*self._letters[0], other)

    def _weight(self) -> Formula | None:
        """∂L/∂p times p where that is short, as -y is for cross-entropy."""
        target = self.softmax.probability
        result = self.backward.results.get(target.target)
        if result is None:
            return None
        letters = dict(zip(result.adjoint.indices, map(Name, target.indices), strict=True))
        share: Formula = target.left
        value = renamed(result.formula, letters)
        pair = _on_a_diagonal(value)
        if pair is not None:
            # p at both letters is p on the diagonal.
            value, (one, other) = pair
            share = renamed(share, {other.name: one})
        found = arranged(tidy.product((value, share)))
        if pair is not None:
            found = _times_delta(found, delta(one, other))
        reads = {node.name for node in walk(found) if isinstance(node, Name | Indexed)}
        holds = any(isinstance(node, Derivative | Reduction) for node in walk(found))
        return None if holds or target.target in reads else found

    def _prove(self, lines: Sequence[Line], last: Formula, adjoint: Adjoint, other: str) -> None:
        """The forms among each other, and the last with what the sweep finds through every equation."""
        proofs = self.backward.told.proofs
        known = self._known()
        put = [opened_by(keyed(by_cases(each.right)), known) for each in lines[1:] if each.right is not None]
        for one, two in pairwise(put):
            proofs.equal(one, two, apart=False)
        letters = dict(zip(adjoint.indices, map(Name, self._scored(other)), strict=True))
        swept = renamed(written(self.backward.told.finished_terms(adjoint)), letters)
        steps = {**known, **self._swept()}
        concluded = opened_by(keyed(by_cases(last)), steps)
        proofs.equal(opened_by(keyed(swept), steps), concluded, apart=False)

    def _known(self) -> dict[str, Equation]:
        """∂L/∂p by its components, where the text has put it in."""
        result = self.backward.results.get(self.softmax.probability.target)
        if result is None or self._weight() is None:
            return {}
        return dict((_as_equation(result),))

    def _swept(self) -> dict[str, Equation]:
        """The equations of the softmax and the adjoints of what it hides."""
        softmax, told = self.softmax, self.backward.told
        found = {each.target: each for each in (softmax.exponential, softmax.total, softmax.probability)}
        for name in softmax.hidden:
            each = self.backward.story.adjoints[name]
            line = equation(
                key_of(each.derivative), keyed(written(told.finished_terms(each))), indices=each.indices
            )
            found[line.target] = line
        return found

    def _label(self, adjoint: Adjoint) -> Indexed | None:
        """The data that stand beside the probabilities, at the letters of the adjoint."""
        weight, graph = self._weight(), self.backward.story.graph
        if weight is None:
            return None
        for node in walk(weight):
            match node:
                case Indexed(name, indices) if name in graph.model.data:
                    if indices == subscripts(self.softmax.probability.left):
                        return Indexed(name, tuple(map(Name, adjoint.indices)))
        return None

    def _short(self, label: Indexed, before: Formula) -> Formula | None:
        """The derivative where the labels sum to 1, if that makes it shorter."""
        if not _sums_to_one(self.backward.story.graph.model.values.get(label.name)):
            return None
        one = Number("1")

        def put(node: Formula) -> Formula:
            match node:
                case Reduction(kind="sum", body=Indexed(name=name), bounds=(_,)) if name == label.name:
                    return one
                case Product(factors) if one in factors:
                    return tidy.product(factors)
            return node

        after = rewrite(before, put)
        if after == before:
            return None
        functions = self.backward.story.graph.model.functions
        if not agree(before, after, functions=functions, domain={label.name: "simplex"}).proved:
            return None
        self.backward.told.proofs.count += 1
        found = with_common_factor(terms_of(after))
        return after if found is None else times(found[0], Sum(found[1]))


def _on_a_diagonal(formula: Formula) -> tuple[Formula, tuple[Name, Name]] | None:
    """The value of what is zero off a diagonal, and its two letters, first the one that the value has."""
    match formula:
        case Cases((Branch(value, Relation((Name() as one, Name() as other), ("=",))), Branch(rest, None))):
            if rest == ZERO:
                return value, (one, other) if one.name in _letters_of(value) else (other, one)
    return None


def _letters_of(formula: Formula) -> set[str]:
    return {node.name for node in walk(formula) if isinstance(node, Name)}


def _taken(weight: Formula | None) -> Sentence:
    """What happens to the sum: δ leaves one term of it, else it is two."""
    for node in walk(weight) if weight is not None else ():
        if isinstance(node, Indexed) and node.name == KRONECKER:
            return say("tensor.collapses", letters=(Relation(node.indices[::-1], ("=",)),))
    return say("tensor.two_sums")


def _times_delta(formula: Formula, factor: Formula) -> Formula:
    """A term times δ, which stands last and in no fraction."""
    if isinstance(formula, Negation):
        return Negation(times(formula.operand, factor))
    return times(formula, factor)


def _without_delta(weight: Formula) -> Formula | None:
    """The sum of what holds δ as a factor: the other factors; None of anything else."""
    found = weight.operand if isinstance(weight, Negation) else weight
    factors = found.factors if isinstance(found, Product) else (found,)
    rest = tuple(each for each in factors if not (isinstance(each, Indexed) and each.name == KRONECKER))
    if len(rest) == len(factors):
        return None
    return tidy.negative(times(*rest)) if isinstance(weight, Negation) else times(*rest)


def _as_equation(result: Result) -> tuple[str, Equation]:
    key = key_of(result.adjoint.derivative)
    return key, equation(key, keyed(result.formula), indices=result.adjoint.indices)


def _sums_to_one(values: Value | None) -> bool:
    """Whether labels sum to 1 along their last index; those without values may."""
    if not isinstance(values, tuple):
        return True
    if any(isinstance(each, tuple) for each in values):
        return all(map(_sums_to_one, values))
    return sum(each for each in values if isinstance(each, Fraction)) == 1


def _sum_of(label: Indexed) -> Formula:
    last = label.indices[-1]
    assert isinstance(last, Name)
    return Reduction("sum", label, (Bound(last.name),))
