"""Derivatives along a curve that an equation describes: x² + y² = 25 has dy/dx = -F_x/F_y = -x/y."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from flint import arb
from sympy import Expr, Poly, PolynomialError, Rational, Symbol, factor_list, fraction, prem, together

from derive.agreement import Counterexample, agree
from derive.check.assertions import Assertion
from derive.check.facts import Environment, is_number
from derive.check.judging import Judge
from derive.check.meaning import CONSTANTS
from derive.check.passages import Passage
from derive.check.points import DIGITS
from derive.check.roundings import number
from derive.check.shorthand import with_arguments
from derive.check.verdict import Judgement, Link
from derive.expression import MeaningError, expression, partial, put, symbol, symbols
from derive.formula import (
    PRIME,
    ZERO,
    Call,
    Derivative,
    Evaluated,
    Formula,
    Indexed,
    Name,
    Reduction,
    Sum,
    Vector,
    has_derivatives,
    names,
    rewrite,
    walk,
)
from derive.functions import function

# Where points of a curve are looked for, and in how many numbers.
PLACES = (3, 1, 2, -1, 4, 5, 8, 10)
MOST_LETTERS = 4
# A larger equation is none that anybody differentiates by hand.
LARGEST_DEGREE = 8
# What is not read of a curve: components, sums and lists.
_UNREAD = (Indexed, Reduction, Vector, Evaluated)


@dataclass(frozen=True, slots=True)
class Curve:
    """An equation between quantities: its two sides, its place in the text and in the order of assertions."""

    left: Formula
    right: Formula
    order: int
    line: int
    section: int

    @property
    def names(self) -> frozenset[str]:
        """The quantities that it connects."""
        return frozenset((*names(self.left), *names(self.right)))


@dataclass(frozen=True, slots=True)
class Curves:
    """The curves of a document by section and scope, and the numbers of the steps of working from them."""

    by_place: Mapping[tuple[int, int], tuple[Curve, ...]]
    steps: frozenset[int]

    def of(self, passage: Passage, *connected: str) -> tuple[Curve, ...]:
        """The curves of a section that connect some quantities."""
        found = self.by_place.get((passage.section, passage.scope), ())
        return tuple(each for each in found if each.names.issuperset(connected))


def curves(said: Iterable[tuple[Passage, Sequence[Assertion]]]) -> Curves:
    """The curves that a document speaks of."""
    found: dict[tuple[int, int], dict[tuple[Formula, Formula], Curve]] = {}
    steps: set[int] = set()
    order = 0
    for passage, assertions in said:
        for each in assertions:
            order += 1
            if (curve := _curve(each, order, passage)) is not None:
                known = found.setdefault((passage.section, passage.scope), {})
                known.setdefault((curve.left, curve.right), curve)
            if (
                each.sides
                and has_derivatives(*(side.formula for side in each.sides))
                and not isinstance(each.sides[0].formula, Derivative)
            ):
                steps.add(order)
    return Curves({place: tuple(those.values()) for place, those in found.items()}, frozenset(steps))


def _curve(said: Assertion, order: int, passage: Passage) -> Curve | None:
    """The equation that an assertion states between two quantities or more, if it gives no name a meaning."""
    if (
        said.fault
        or said.lead
        or set(said.signs) != {"="}
        or has_derivatives(*(side.formula for side in said.sides))
    ):
        return None
    first, *rest = (side.formula for side in said.sides)
    if len(rest) == 2 and rest[1] == ZERO and isinstance(first, Call):
        # F(x, y) = x³ + y³ - 3xy = 0.
        first, rest = rest[0], rest[1:]
    if len(rest) != 1:
        return None
    left, right = first, rest[0]
    nodes = [node for side in (left, right) for node in walk(side)]
    of_its_own = isinstance(left, Call) and function(left.function) is None
    if of_its_own or any(isinstance(node, _UNREAD) for node in nodes):
        return None
    curve = Curve(left, right, order, passage.line, passage.section)
    return curve if len(curve.names) > 1 else None


def along_curve(
    links: Sequence[Link], passage: Passage, found: Curves, judge: Judge, order: int
) -> tuple[Link, ...]:
    """A chain with derivatives of y by x as the section's equation between x and y has them.

    What another section says y is refutes nothing then.
    """
    slopes = (_slope(_with_names(each, judge.environment)) for each in links)
    slope = next((each for each in slopes if each is not None), None)
    return tuple(_along(each, slope, passage, found, judge, order) for each in links)


def _along(
    link: Link, beside: tuple[Name, Name] | None, passage: Passage, found: Curves, judge: Judge, order: int
) -> Link:
    """A link as the curve has it; `beside` is the slope that its chain speaks of."""
    known = judge.environment
    as_said, link = link, _with_names(link, known)
    slope = _slope(link) or beside
    if link.verdict not in ("wrong", "not understood") or slope is None:
        return as_said
    said = [
        fact.order for fact in known.said if fact.section == passage.section and fact.name == slope[0].name
    ]
    connected = (slope[0].name, slope[1].name)
    here = [
        each for each in found.of(passage, *connected) if not _is_definition(each, slope, bool(said), known)
    ]
    if not here or (said and any(_follows_from_facts(each, judge) for each in here)):
        return as_said
    # A tangent is straight: what is differentiated beside it is the curve.
    bent = [each for each in here if not _is_straight(each, slope, known)]
    here = bent if len(bent) == 1 else here
    judged = _judged(link, here[0], slope, known) if len(here) == 1 else None
    anew = any(each >= here[-1].order for each in said)
    if judged is not None and judged.verdict == "wrong":
        if said and link.verdict == "wrong":
            return as_said
        follows = _follows(here[0], passage, found, order) and not said
        judged = judged if follows else None
    if judged is None or anew:
        if link.verdict != "wrong" or (judged is None and anew):
            return as_said
        reason = f"what {slope[0].name} depends on here may be what line {here[0].line} says"
        judged = Judgement("not understood", reason, facts=link.judgement.facts)
    return replace(as_said, judgement=replace(judged, at=link.judgement.at, length=link.judgement.length))


def is_of_curve(said: Assertion, passage: Passage, found: Curves) -> bool:
    """Whether a prime is on what a curve of the section connects: y' is by what that has, and no other."""
    nodes = (node for side in said.sides for node in walk(side.formula))
    return any(
        isinstance(node, Derivative)
        and node.wrt == PRIME
        and isinstance(node.of, Name)
        and found.of(passage, node.of.name)
        for node in nodes
    )


def _with_names(link: Link, known: Environment) -> Link:
    """A link with y for y(x), and dy/dx for y'(x), where the text says of no function y what it is."""

    def bare(node: Formula) -> Formula:
        match node:
            case Call(name, (Name() as by,)) if name not in known.functions and function(name) is None:
                found: Formula = Name(name)
                for _ in range(node.primes):
                    found = Derivative(found, by, total=True)
                return found
        return node

    return replace(link, left=rewrite(link.left, bare), right=rewrite(link.right, bare))


def _is_definition(curve: Curve, slope: tuple[Name, Name], defined: bool, known: Environment) -> bool:
    """Whether an equation gives a name a meaning, or is an identity; x = g(y) is a curve if y has none."""
    of, by = slope
    if isinstance(curve.left, Name | Indexed) and (curve.left != by or defined):
        return True
    try:
        one, other = (_meaning(side, known) for side in (curve.left, curve.right))
    except MeaningError:
        return True
    level = one - other
    return not {symbol(of.name), symbol(by.name)} <= symbols(level) or agree(one, other).verdict == "proved"


def _follows_from_facts(curve: Curve, judge: Judge) -> bool:
    """Whether an equation says again what the text has said that y is: ln y = x ln x of y = x^x."""
    called = with_arguments(judge.environment, judge.comparison.order, curve.left, curve.right)
    return any(judge.link(*each).verdict == "proved" for each in ((curve.left, curve.right), called))


def _is_straight(curve: Curve, slope: tuple[Name, Name], known: Environment) -> bool:
    level = _meaning(curve.left, known) - _meaning(curve.right, known)
    x, y = (symbol(each.name) for each in slope)
    return not {x, y} & {*symbols(partial(level, x)), *symbols(partial(level, y))}


def _slope(link: Link) -> tuple[Name, Name] | None:
    """Of what a link has derivatives, and by what, if that is one name by one name, of whatever order."""
    found: set[tuple[Formula, Formula]] = set()
    for side in (link.left, link.right):
        for node in walk(side):
            if isinstance(node, Derivative) and not isinstance(node.of, Derivative):
                found.add((node.of, node.wrt))
    # F_x and F_y are those of a function.
    found = {pair for pair in found if not isinstance(pair[0], Call)}
    named = {pair for pair in found if isinstance(pair[0], Name)}
    if len(named) != 1 or len({wrt for _, wrt in found}) != 1:
        return None
    of, by = next(iter(named))
    return (of, by) if isinstance(of, Name) and isinstance(by, Name) and of != by else None


def _follows(curve: Curve, passage: Passage, found: Curves, order: int) -> bool:
    """Whether a claim comes straight after its curve, with nothing but steps of the working between them.

    Further on, and beside words such as "orthogonal", the slope may be that of another curve.
    """
    between = range(curve.order + 1, order)
    another = passage.wording.crossing or passage.wording.another
    return order > curve.order and not another and found.steps.issuperset(between)


def _judged(link: Link, curve: Curve, slope: tuple[Name, Name], known: Environment) -> Judgement | None:
    """What a curve says of a link: proved, or wrong at a point of it; None where neither is certain."""
    own = {fact for fact in known.said if fact.section == curve.section and fact.name in curve.names}
    if any(fact.kind == "equation" and Name(fact.name) not in slope for fact in own):
        return None
    try:
        level = _meaning(curve.left, known) - _meaning(curve.right, known)
        along = _Along(level, *slope, known)
        left, right = along.value(link.left), along.value(link.right)
    except MeaningError:
        return None
    if not {each.name for side in (left, right) for each in symbols(side)} <= curve.names:
        return None
    reason = f"along the curve of line {curve.line}"
    found = agree(left, right)
    if found.verdict == "proved":
        return Judgement("proved", reason, assumptions=found.assumptions)
    shape, gap = _polynomial(level), _polynomial(left - right)
    y = symbol(slope[0].name)
    if found.verdict != "refuted" or shape is None or gap is None or not _is_irreducible(shape):
        return None
    if y in shape.free_symbols and prem(gap, shape, y) == 0:
        return Judgement("proved", reason)
    values = any(fact.kind == "value" for fact in own)
    point = None if values or _is_of_a_point(link) else _point(shape, y, left, right)
    return None if point is None else Judgement("wrong", f"the sides differ {reason}", counterexample=point)


def _is_of_a_point(link: Link) -> bool:
    """Whether a side is a number: then it may be said of one point, unless it is the curve differentiated."""
    differentiated = isinstance(link.left, Sum) and link.right == ZERO
    return not differentiated and (is_number(link.left) or is_number(link.right))


def _meaning(formula: Formula, known: Environment) -> Expr:
    """The meaning of a formula with no equation put in; raises MeaningError."""
    functions = {name: fact.function for name, fact in known.functions.items()}
    constants = tuple(each for each in CONSTANTS if each not in known.equations)
    return expression(formula, functions, constants=constants)


def _polynomial(value: Expr) -> Expr | None:
    """A value as a polynomial of its names, of a size that is worked out by hand; None if it is none."""
    top = fraction(together(value))[0]
    letters = sorted(symbols(top), key=str)
    if not letters or len(letters) > MOST_LETTERS:
        return None
    try:
        found = Poly(top, *letters)
    except PolynomialError:
        return None
    is_small = found.total_degree() <= LARGEST_DEGREE and (found.domain.is_ZZ or found.domain.is_QQ)
    return found.as_expr() if is_small else None


def _is_irreducible(shape: Expr) -> bool:
    _, factors = factor_list(shape)
    return len(factors) == 1 and factors[0][1] == 1


def _point(shape: Expr, y: Symbol, left: Expr, right: Expr) -> Counterexample | None:
    """A point of the curve, of short numbers, at which the sides differ."""
    others = sorted((shape.free_symbols | left.free_symbols | right.free_symbols) - {y}, key=str)
    for chosen in product(PLACES, repeat=len(others)):
        at = dict(zip(others, map(Rational, chosen), strict=True))
        rest = Poly(put(shape, at), y)
        for root in sorted(rest.ground_roots()) if rest.degree() > 0 else ():
            values = {each.name: Fraction(int(v.p), int(v.q)) for each, v in {**at, y: root}.items()}
            sides = [number(side, values) for side in (left, right)]
            if sides[0] is None or sides[1] is None:
                continue
            if bool(abs(sides[0] - sides[1]) > arb(10) ** -DIGITS):
                one, other = (each.str(DIGITS, radius=False) for each in sides if each is not None)
                return Counterexample(values, one, other)
    return None


@dataclass
class _Along:
    """Derivatives along the curve where `level` is 0, of one quantity by another."""

    level: Expr
    of: Name
    by: Name
    known: Environment

    def value(self, formula: Formula) -> Expr:
        """The meaning of a formula along the curve; raises MeaningError."""
        slopes: dict[Name, Expr] = {}

        def resolved(node: Formula) -> Formula:
            if isinstance(node, Derivative):
                name = Name(f"slope {len(slopes)}")
                slopes[name] = self._slope(node)
                return name
            return node.with_children(tuple(map(resolved, node.children))) if node.children else node

        value = _meaning(resolved(formula), self.known)
        return put(value, {symbol(each.name): slope for each, slope in slopes.items()})

    def _slope(self, node: Derivative) -> Expr:
        """The derivative by x with y going along: F_x + F_y dy/dx = 0; F_x itself is a partial one."""
        if isinstance(node.of, Call) and not node.total and isinstance(node.wrt, Name):
            return partial(_meaning(node.of, self.known), symbol(node.wrt.name))
        if node.wrt != self.by or not (node.total or node.of == self.of):
            raise MeaningError("a derivative of another kind stands beside that along the curve")
        x, y = symbol(self.by.name), symbol(self.of.name)
        across = partial(self.level, y)
        if across == 0:
            raise MeaningError("the curve has no derivative here")
        own = -partial(self.level, x) / across
        of = self.value(node.of)
        return partial(of, x) + partial(of, y) * own
