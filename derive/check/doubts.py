"""Why a difference between two sides need not be an error: what is not said, or may be meant otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sympy import Expr, Integer

from derive.agreement import agree
from derive.check.arrays import COLUMN_LETTER, ROW_LETTER, UNNAMED
from derive.check.circles import units
from derive.check.counting import that_would_count
from derive.check.facts import Environment, Fact, is_number, quantity_of
from derive.check.meaning import CONSTANTS
from derive.check.recurrences import held_fixed
from derive.check.subscripts import compared, free_letters, index_letters, letters
from derive.expression import (
    CaseDistinction,
    IndexedReduction,
    Opaque,
    component_parts,
    expression,
    parts,
    put,
    symbol,
    symbols,
)
from derive.formula import (
    Call,
    Cases,
    Derivative,
    Evaluated,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Power,
    Product,
    Reduction,
    walk,
)
from derive.functions import function

# The letters that stand for the row and the column of a whole array.
AXES = frozenset((ROW_LETTER.name, COLUMN_LETTER.name))
# How doubts begin that something is not said: another section may have said it.
VALUE, NAMES, UNSAID = "what value", "what these names stand for", "the text does not say what"
NOT_SAID = (VALUE, NAMES, UNSAID)


@dataclass(frozen=True)
class Difference:
    """Two sides that differ, as written and in what they come to; `head` is the first side of their chain.

    It is `written = against`. `facts` were put in, `order` counts the assertions up to this one, `beside` are
    the chain's other sides.
    """

    environment: Environment
    order: int
    head: Formula
    written: Formula
    against: Formula
    left: tuple[Expr, ...]
    right: tuple[Expr, ...]
    facts: tuple[Fact, ...]
    beside: tuple[Formula, ...] = ()

    @cached_property
    def symbols(self) -> tuple[set[str], set[str]]:
        """The names of the symbols that are left on either side."""
        one, other = ({each.name for e in side for each in symbols(e)} for side in (self.left, self.right))
        return one, other

    @cached_property
    def spoken(self) -> tuple[set[str], set[str]]:
        """The quantities and unspecified functions of either side, without indices."""
        return _spoken(self.left), _spoken(self.right)

    @property
    def is_operator(self) -> bool:
        """Whether the left side is the derivative of an expression that stands there: d/dx sin(x²)."""
        if isinstance(self.written, Derivative):
            of = self.written.of
            is_quantity = isinstance(of, Call) and of.function in self.environment.equations
            return not (is_quantity or isinstance(of, Name | Indexed))
        if isinstance(self.written, Call) and self.written.primes:
            name = self.written.function
            return name in self.environment.functions or function(name) is not None
        return isinstance(self.written, Evaluated)

    @property
    def is_of_slopes(self) -> bool:
        """Whether the chain begins with a derivative, or with what is defined as one: δ = ∂L/∂z."""
        fact = self.environment.equations.get(quantity_of(self.head) or "")
        formulas = (self.head,) if fact is None else (self.head, fact.formula)
        nodes = [node for each in formulas for node in walk(each)]
        return any(isinstance(node, Derivative) or (isinstance(node, Call) and node.primes) for node in nodes)


@dataclass(frozen=True, slots=True)
class Doubt:
    """What speaks against calling a difference an error; `may_be_condition` if no more than that."""

    reason: str
    may_be_condition: bool


def doubt(difference: Difference) -> Doubt | None:
    """The first doubt; None if there is none."""
    for each in DOUBTS:
        if (reason := each(difference)) is not None:
            return Doubt(reason, each in OF_CONDITIONS)
    return None


def _nothing_is_known(found: Difference) -> str | None:
    one, other = found.spoken
    same = one <= other or other <= one or one ^ other <= _spoken_beside(found)
    of_slopes = found.is_of_slopes and same and not _lone_letters(found)
    if not found.facts and one and other and not (found.is_operator or of_slopes):
        return f"{NAMES} is not said"
    return None


def _spoken_beside(found: Difference) -> set[str]:
    """The quantities that the rest of a calculation speaks of."""
    return {name for each in (found.head, *found.beside) for name in _named(each)}


def _lone_letters(found: Difference) -> set[str]:
    """The letters that one side alone speaks of, where they are compared, as in "1 if j = i".

    The other side may mean them, but for a letter that is bound here and free there.
    """
    one, other = free_letters(found.left), free_letters(found.right)
    if other & {each.name for node in walk(found.written) for each in getattr(node, "bounds", ())}:
        return set()
    return (one ^ other) & {letter for value in (*found.left, *found.right) for letter in compared(value)}


def _value_is_open(found: Difference) -> str | None:
    one, other = found.spoken
    # A product of derivatives that comes to 0 is no value that is claimed.
    of_names = found.is_of_slopes and any(isinstance(each, Derivative) for each in walk(found.against))
    if bool(one) != bool(other) and not of_names:
        named = (one | other) - letters(found.left) - letters(found.right)
        return f"{VALUE} {', '.join(sorted(named or one | other))} has is not said"
    return None


def _may_define(found: Difference) -> str | None:
    """A left side that speaks of nothing that the document defines, as in σ^2 = …"""
    known = found.environment
    nodes = list(walk(found.written))
    if any(isinstance(node, Derivative) for node in nodes) or is_number(found.written):
        return None
    spoken = {name for node in nodes if (name := quantity_of(node))}
    if any(
        name in known.names
        or name.rstrip("0123456789") in known.names
        or name in CONSTANTS
        or function(name) is not None
        for name in spoken
    ):
        return None
    return "this may say what stands on its left"


def _is_unsaid(found: Difference) -> str | None:
    """Names and functions on one side only that nothing the document says speaks of."""
    one, other = found.spoken
    known = found.environment
    said = {*known.names, *letters(found.left), *letters(found.right)}
    said.update(name for each in (found.head, found.written) for name in index_letters(each))
    for fact in _concerned(found):
        if fact.order == found.order - 1:
            # What this very formula defines says nothing more of what stands in it.
            continue
        said.update(fact.parameters)
        said.update(fact.speaks_of)
    alone = other - _named(found.written) if found.is_operator else one ^ other
    unsaid = {name for name in alone if name not in said and name.rstrip("0123456789") not in said}
    unsaid = {name for name in unsaid if not name.endswith(("⁻¹", UNNAMED)) and not name.startswith("det ")}
    unsaid -= set(_ends(found))
    return f"{UNSAID} {', '.join(sorted(unsaid))} is" if unsaid else None


def _concerned(found: Difference) -> Sequence[Fact]:
    """The facts that a claim can hang on: of a derivative, those from what it is by to what it is of.

    That S stands in H = XᵀSX tells nothing of S to a claim on a loss that reads no H.
    """
    known = found.environment
    every = (*known.equations.values(), *known.functions.values(), *known.values.values())
    slopes = [node for node in walk(found.written) if isinstance(node, Derivative)]
    by = {name for node in slopes if (name := quantity_of(node.wrt))}
    of = {node.of for node in slopes if not isinstance(node.of, Derivative)}
    if not by or not all(isinstance(each, Name) and each.name in known.equations for each in of):
        return every
    reads = {fact.name: fact.speaks_of for fact in every}
    reached = by | {each.name for each in of if isinstance(each, Name)} | _named(found.against)
    while more := {name for each in reached for name in reads.get(each, ())} - reached:
        reached |= more
    return [fact for fact in every if fact.name in reached]


def _ends(found: Difference) -> Iterator[str]:
    """The names at which sums end: how many terms there are does not matter."""
    formulas = (found.head, found.written, *(fact.formula for fact in found.facts))
    for node in (node for each in formulas for node in walk(each)):
        if isinstance(node, Reduction):
            yield from (bound.high.name for bound in node.bounds if isinstance(bound.high, Name))


def _may_be_condition(found: Difference) -> str | None:
    """An equation between different quantities: it is solved for one of them, or holds at some point only."""
    one, other = found.symbols
    if found.is_of_slopes or not (one - other and other - one):
        return None
    return "the sides speak of different quantities: it may be a condition"


def _is_call_or_product(found: Difference) -> str | None:
    names = {each.partition("[")[0] for side in found.symbols for each in side}
    calls = {part.label for e in (*found.left, *found.right) for part in parts(e) if isinstance(part, Opaque)}
    both = sorted(names & calls)
    return f"{both[0]} stands for a function here and for a quantity there" if both else None


def _is_index_and_quantity(found: Difference) -> str | None:
    """z_{i,j} beside i_j: a letter that is an index here, and a quantity there."""
    nodes = [node for each in (found.written, found.against) for node in walk(each)]
    indexed = {node.name for node in nodes if isinstance(node, Indexed)}
    both = sorted(indexed & {letter for each in nodes for letter in index_letters(each)})
    return f"{both[0]} is an index here, and a quantity there" if both else None


def _is_told_by_cases(found: Difference) -> str | None:
    """A side that goes by whether i = j, where the other speaks of i alone."""
    lone = _lone_letters(found)
    sides = (*found.left, *found.right)
    told = {letter for each in sides if isinstance(each, CaseDistinction) for letter in compared(each)}
    return f"{min(lone & told)} stands on one side only" if lone & told else None


def _is_counted(found: Difference) -> str | None:
    opaque = (part for e in (*found.left, *found.right) for part in parts(e) if isinstance(part, Opaque))
    return "factorials are not worked out" if any(part.label == "factorial" for part in opaque) else None


def _asks_for_a_property(found: Difference) -> str | None:
    """f(x + 1) = x f(x), of a function that is not defined: it may well have this property."""
    if found.is_of_slopes or found.is_operator:
        return None
    one, other = (
        {(part.label, part.args) for e in side for part in parts(e) if isinstance(part, Opaque)}
        for side in (found.left, found.right)
    )
    asked = {label for label, _ in one ^ other} & {label for label, _ in one} & {label for label, _ in other}
    return f"{min(asked)} is not defined: it may be so" if asked else None


def _may_be_differential_equation(found: Difference) -> str | None:
    """e^x y' = y, of a function that is not defined: no rule of calculus, but an equation for it."""
    nodes = [node for each in (found.head, found.written, found.against) for node in walk(each)]
    if found.facts or any(isinstance(node, Evaluated | Derivative) for node in nodes):
        return None
    sides = (*found.left, *found.right)
    sloping = {
        part.label for e in sides for part in parts(e) if isinstance(part, Opaque) and any(part.orders)
    }
    called = {node.function for node in nodes if isinstance(node, Call) and node.primes}
    return f"{min(sloping & called)} may be what this equation asks for" if sloping & called else None


def _rests_on_unknown_function(found: Difference) -> str | None:
    """z = f(x, y), where nothing says what f is, and one side alone goes by f: the other may be what it is.

    A claim that speaks of f, or of derivatives that go by f on both sides, is one on every f; a name that is
    given another formula may be defined anew.
    """
    if isinstance(found.written, Name | Indexed):
        return None
    written = (found.head, found.written, found.against, *found.beside)
    spoken = {name for each in written for name in _named(each)}
    called = {node.function for fact in found.facts for node in walk(fact.formula) if isinstance(node, Call)}
    one, other = (_opaque(side, called - spoken) for side in (found.left, found.right))
    labels = {part.label for part in one} ^ {part.label for part in other}
    for value in (*found.left, *found.right):
        within = _opaque((value,), labels)
        if within and _depends(value, within):
            return f"what the function {min(part.label for part in within)} is is not said"
    return None


def _opaque(side: tuple[Expr, ...], labels: set[str]) -> set[Opaque]:
    """The values of functions that are not known, of those with these names."""
    return {
        part for each in side for part in parts(each) if isinstance(part, Opaque) and part.label in labels
    }


def _depends(value: Expr, on: set[Opaque]) -> bool:
    """Whether a value depends on parts of it: Γ(α) leaves nothing in a derivative of a logarithm by x."""
    one, other = (put(value, {part: symbol(f"{mark} {at}") for at, part in enumerate(on)}) for mark in "uv")
    return agree(one, other).verdict != "proved"


def _index_is_left_out(found: Difference) -> str | None:
    """v on one side and v_t on the other: they may be the same."""
    one, other = found.symbols
    for bare, indexed in ((one - other, other - one), (other - one, one - other)):
        for name in sorted(bare):
            if any(each.startswith(f"{name}[") for each in indexed):
                return f"{name} has an index on one side only"
    return None


def _may_be_a_sample(found: Difference) -> str | None:
    """u_o beside u_w: it may be one of those."""
    names = set().union(*found.symbols)
    indexed = {name.partition("[")[0] for name in names if "[" in name}
    for name in sorted(each.partition("[")[0] for each in names):
        whole, _, below = name.partition("_")
        if len(below) == 1 and below.islower() and whole in indexed:
            return f"{name} may be one of the {whole}"
    return None


def _may_be_stacked(found: Difference) -> str | None:
    """X on one side and x on the other: it may be the matrix of these vectors."""
    one, other = (_spoken(tuple(map(_without_sizes, side))) for side in (found.left, found.right))
    for alone, rest in ((one - other, other), (other - one, one)):
        for name in sorted(alone):
            if name[:1].isupper() and name[:1].lower() + name[1:] in rest:
                return f"{name} may be made of the {name[:1].lower()}{name[1:]}"
    return None


def _is_made_of_its_slope(found: Difference) -> str | None:
    """Φ' on one side and φ on the other: the one may be the derivative of the other, a density."""
    spoken = _named(found.written) | _named(found.against)
    for side in (*found.left, *found.right):
        for part in parts(side):
            if isinstance(part, Opaque) and any(part.orders):
                lower = part.label[:1].lower() + part.label[1:]
                if lower != part.label and lower in spoken:
                    return f"{lower} may be the derivative of {part.label}"
    return None


def _is_of_a_norm(found: Difference) -> str | None:
    """‖u‖ where nothing says that u is a vector: its derivative is none that numbers have."""
    sides = (*found.left, *found.right)
    opaque = (part for side in sides for part in parts(side) if isinstance(part, Opaque))
    return "what the norm is of is not said" if any(part.label == "norm" for part in opaque) else None


def _may_be_differentials(found: Difference) -> str | None:
    """du = 2x dx: differentials, and no products with a d that the text does not speak of."""
    for name in ("d", "delta"):
        sides = (found.written, found.against)
        if name not in found.environment.names and all(name in _factors(each) for each in sides):
            return "these may be differentials"
    return None


def _factors(formula: Formula) -> set[str]:
    """The names that stand as factors in products."""
    products = (node for node in walk(formula) if isinstance(node, Product))
    return {each.name for node in products for each in node.factors if isinstance(each, Name)}


def _without_sizes(value: Expr) -> Expr:
    """The value with a number for how many components there are, which speaks of no component."""
    sizes = (part for part in parts(value) if isinstance(part, IndexedReduction) and part.kind == "size")
    return put(value, dict.fromkeys(sizes, Integer(1)))


def _letter_is_caught(found: Difference) -> str | None:
    """d_k in what a quantity is, under a sum over k: the letter tells names apart there."""
    sides = (*found.left, *found.right)
    bound = {each for e in sides for p in parts(e) if isinstance(p, IndexedReduction) for each in p.letters}
    for fact in found.facts:
        within = {
            each.name for node in walk(fact.formula) if isinstance(node, Reduction) for each in node.bounds
        }
        free = {*index_letters(fact.formula)} - within - set(fact.letters)
        if free & bound:
            return f"{min(free & bound)} is an index here, and tells names apart there"
    return None


def _is_error_or_euler(found: Difference) -> str | None:
    """e to the power of a quantity, where the text has a quantity e too."""
    powers = [part for side in (*found.left, *found.right) for part in parts(side) if part.is_Pow]
    is_used = any(fact.name == "e" for fact in found.facts) or "e" in set.union(*found.symbols)
    nodes = [node for each in (found.written, found.against) for node in walk(each)]
    # Nobody divides by an error in this way.
    turned = any(isinstance(n, Power) and n.base == Name("e") and _is_negative(n.exponent) for n in nodes)
    if is_used and (turned or any(each.args[1].free_symbols for each in powers)):
        return "e may be a quantity here, and Euler's number"
    return None


def _is_negative(exponent: Formula) -> bool:
    exponent = exponent.inner if isinstance(exponent, Grouping) else exponent
    return isinstance(exponent, Negation)


def _axis_is_open(found: Difference) -> str | None:
    """A claim on a component in which one side still has an axis: what is an array was read as a number."""
    of = found.written.wrt if isinstance(found.written, Derivative) else found.written
    if not isinstance(of, Indexed) or of.name.endswith("^"):
        # W^l of a layer is a whole array.
        return None
    alone = (letters(found.left) ^ letters(found.right)) & AXES
    return "one side has an axis that the other does not have" if alone else None


def _goes_in_circles(found: Difference) -> str | None:
    """Facts that define names by each other: put in or not, they say what the author pleases."""
    # A layer is worked out from another one of the same name: that is no circle.
    reads = {each.name: each.speaks_of for each in found.facts if not each.letters}
    for name, read in reads.items():
        for other in sorted(read & reads.keys() - {name}):
            if name in reads[other]:
                return f"{name} and {other} are defined by each other"
    return None


def said_later(found: Difference) -> tuple[Fact, ...]:
    """The facts put in that the text states only further on."""
    by = {quantity_of(node.wrt) for node in walk(found.written) if isinstance(node, Derivative)}
    later = [each for each in found.facts if each.order > found.order and each.name not in by]
    known = found.environment.equations
    later = [each for each in later if each.name not in known or known[each.name].formula != each.formula]
    return tuple(each for each in later if not _is_usual(each))


def of_last_layer(found: Difference) -> tuple[Fact, ...]:
    """The laws of the others put down for the last layer, where nothing speaks of their function there."""
    nodes = [node for each in (found.head, found.written, found.against) for node in walk(each)]
    primed = {node.function for node in nodes if isinstance(node, Call) and node.primes}
    return tuple(
        fact
        for fact in found.facts
        if fact.last
        and any(isinstance(node, Call) and node.function not in primed for node in walk(fact.formula))
    )


def _is_usual(fact: Fact) -> bool:
    """Whether a function is defined as everybody defines it: what its name means was known before."""
    usual = function(fact.name)
    if fact.kind != "function" or usual is None or len(usual.parameters) != len(fact.parameters):
        return False
    arguments = tuple(map(Name, fact.parameters))
    own, known = expression(fact.formula, constants=("pi", "e")), expression(Call(fact.name, arguments))
    return agree(own, known).verdict == "proved"


def _layers_are_apart(found: Difference) -> str | None:
    """Quantities of several layers or steps that the text connects: their values are not free."""
    places: dict[str, set[Expr]] = {}
    for each in {atom for side in (*found.left, *found.right) for atom in symbols(side)}:
        name, indices = component_parts(each.name)
        if not indices or not indices[0].free_symbols:
            continue
        if name in found.environment.equations:
            if indices[0].is_Add and indices[0].args[0].is_positive:
                return f"how {name.rstrip('^')} goes on from step to step is not followed"
            places.setdefault("", set()).add(indices[0])
        if name.startswith("∂"):
            places.setdefault(name, set()).add(indices[0])
    steps = [{one - other for one in each for other in each} for each in places.values()]
    if any(gap.is_Integer and gap != 0 for each in steps for gap in each):
        return "how this goes on from step to step is not followed"
    return None


def _may_count(found: Difference) -> str | None:
    """n beside a sum without ends: it may be how many terms the sum has."""
    count = that_would_count(found.left, found.right, found.environment.names)
    return f"it holds if {count} is the number of terms, which is not said" if count else None


def _steps_are_held(found: Difference) -> str | None:
    """∂h_t/∂w, where h_{t-1} is made by w too: it may be meant through all steps."""
    held = held_fixed(found.environment, found.head, found.written, found.against)
    return f"it is open whether, {held[0]}" if held else None


def _is_of_letters(formula: Formula) -> bool:
    """Whether it goes by which letters are equal: δ_ij, or cases."""
    return any(isinstance(node, Cases) or quantity_of(node) == "delta" for node in walk(formula))


def _is_of_which_layer(found: Difference) -> str | None:
    """∂E/∂a_i = Σ_j …, where every layer calls its units a: a loss may read those of the last one only."""
    slopes = [node for node in walk(found.written) if isinstance(node, Derivative)]
    by = {node.wrt.name for node in slopes if isinstance(node.wrt, Indexed)}
    fact = found.environment.equations.get(quantity_of(found.written) or "")
    if fact is not None and isinstance(fact.formula, Derivative) and isinstance(fact.formula.wrt, Indexed):
        by.add(fact.formula.wrt.name)
    same = any(quantity_of(node.of) == quantity_of(node.wrt) for node in slopes)
    summed = any(isinstance(node, Reduction) for node in walk(found.against))
    told = summed or (same and (is_number(found.against) or _is_of_letters(found.against)))
    both = sorted(by & units(found.environment)) if by and told else ()
    return f"of which layer {both[0]} is is not said" if both else None


DOUBTS: tuple[Callable[[Difference], str | None], ...] = (
    _letter_is_caught,
    _nothing_is_known,
    _value_is_open,
    _may_define,
    _is_unsaid,
    _may_be_condition,
    _is_call_or_product,
    _is_index_and_quantity,
    _is_told_by_cases,
    _asks_for_a_property,
    _is_counted,
    _layers_are_apart,
    _steps_are_held,
    _is_of_which_layer,
    _may_count,
    _may_be_differential_equation,
    _rests_on_unknown_function,
    _index_is_left_out,
    _may_be_a_sample,
    _may_be_stacked,
    _is_error_or_euler,
    _axis_is_open,
    _goes_in_circles,
    _is_made_of_its_slope,
    _is_of_a_norm,
    _may_be_differentials,
)
OF_CONDITIONS = frozenset({_nothing_is_known, _value_is_open, _may_define, _may_be_condition})


def _spoken(side: tuple[Expr, ...]) -> set[str]:
    found = {each.name.partition("[")[0] for expression in side for each in symbols(expression)}
    opaque = {part.label for expression in side for part in parts(expression) if isinstance(part, Opaque)}
    return found | opaque


def _named(formula: Formula) -> set[str]:
    return {name for node in walk(formula) if (name := quantity_of(node))}
