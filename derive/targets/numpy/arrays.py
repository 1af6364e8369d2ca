"""Indexed formulas as NumPy expressions: broadcasting, products of matrices, sums over axes.

An expression carries the index letters of its axes. Where two meet, the axes that one lacks are
inserted; a sum of products over a letter becomes a matrix product where it has that shape, and an
einsum where not. A letter that is reckoned with, as in `x[i + k]`, is a range along its axis.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeGuard

from derive import tidy
from derive.equation import Term
from derive.errors import DeriveError
from derive.formula import (
    ONE,
    ZERO,
    Bound,
    Branch,
    Call,
    Cases,
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
    times,
    walk,
)
from derive.program.scattering import places
from derive.targets.expressions import check_whole, numeral
from derive.targets.numpy.axes import Axes
from derive.targets.numpy.code import (
    ATOM,
    MULTIPLIED,
    RAISED,
    UNIT,
    Code,
    Letters,
    fitted,
    flat,
    negated,
    reduced,
)
from derive.targets.numpy.windows import Windows

# Functions that the module math calls by the same name.
PLAIN = frozenset({"log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"})
# A choice between a value and none.
CHOICE = (Fraction(1), Fraction(0))
OTHER = CHOICE[::-1]
OPPOSITES: Mapping[str, str] = {"<": ">=", ">=": "<", "≥": "<", ">": "<=", "<=": ">", "≤": ">"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Arrays of one axis that are held as columns, and the letters over which a line makes such."""

    names: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scatter:
    """What is added to an array at places, one slot an axis; `apart` says that no two places are the same."""

    slots: tuple[str, ...]
    value: str
    apart: bool


NO_COLUMNS = Columns()
NO_WINDOWS = Windows({}, {}, {}, {})


class Arrays:
    """Writes formulas for arrays.

    `order` is the order of letters, `sizes` the text of the size of each, `call` spells a function. `like`
    is an array of the precision that numbers alone are given. `columns` are held with a unit axis,
    `numbers` are numbers of Python's, `bounded` what is never positive.
    """

    def __init__(
        self,
        order: Sequence[str],
        sizes: Mapping[str, str],
        call: Callable[[str], str],
        like: str | None = None,
        columns: Columns = NO_COLUMNS,
        numbers: Collection[str] = (),
        bounded: Collection[Formula] = (),
        windows: Windows = NO_WINDOWS,
    ) -> None:
        self.order = tuple(order)
        self.numbers = numbers
        self.bounded = bounded
        self.axes = Axes(self.order, columns.letters)
        self.columns = columns.names
        self.sizes = sizes
        self.call = call
        self.like = like
        # Where guards exclude places outside of an array, those must still be legal.
        self.wraps = False
        # Where they are zero outside of the array, it gets zeros around it.
        self.pads = False
        self.windows = windows

    def terms(self, terms: Sequence[Term], letters: Letters) -> Code:
        """The sum of the terms, its axes in this order; those that no term has are left out."""
        return fitted(self.axes.added([self._signed(term) for term in terms]), letters)

    def scattered(self, term: Term, indices: Sequence[str]) -> Scatter:
        """A term that tells its places in an array with those index letters."""
        told = places(term, indices)
        codes = {letter: flat(self.write(place)) for letter, place in told.items()}
        own = self.axes.united(tuple(codes.values()))
        slots = [fitted(codes[each], own).text if each in told else ":" for each in indices]
        while slots[-1] == ":":
            slots.pop()
        at = [axis for axis, each in enumerate(indices) if each in told]
        rest = [each for each in indices if each not in told]
        # Where a slice stands between them, NumPy puts the axes of the places in front.
        front = at[0] if at[-1] - at[0] < len(at) else 0
        body = term.body
        for guard in (each for each in term.guards if each.sides[-1] not in told.values()):
            body = Cases((Branch(body, guard), Branch(ZERO, None)))
            self.wraps = True
        value = self.summed(body, tuple(letter for letter in term.summed if letter not in own))
        self.wraps = False
        order = (*rest[:front], *own, *rest[front:])
        return Scatter(tuple(slots), fitted(flat(value), order).text, len(own) == len(told))

    def _signed(self, term: Term) -> tuple[int, Code]:
        body, sign = term.body, 1
        if isinstance(body, Negation):
            body, sign = body.operand, -1
        places = [pair for guard in term.guards if (pair := self._diagonal(guard)) is not None]
        if len(places) == len(term.guards) == 1:
            return sign, self._on_diagonal(self.summed(body, term.summed), *places[0])
        components = [node for node in walk(body) if isinstance(node, Indexed)]
        ranges = [self.windows.is_range(guard, components) for guard in term.guards]
        self.pads = bool(ranges) and all(ranges)
        for guard in () if self.pads else term.guards:
            body = Cases((Branch(body, guard), Branch(ZERO, None)))
        self.wraps = bool(term.guards) and not self.pads
        return sign, self.summed(body, term.summed)

    def _diagonal(self, guard: Relation) -> tuple[str, str] | None:
        """The two letters that a guard says are equal."""
        match guard:
            case Relation((Name(one), Name(other)), ("=",)) if {one, other} <= set(self.order):
                return one, other
        return None

    def _on_diagonal(self, code: Code, one: str, other: str) -> Code:
        """The expression where two indices are equal, else zero."""
        letters = self.axes.united((Code("", (one, other)),))
        code = flat(code)
        if code.letters in ((one,), (other,)):
            return Code(f"np.diag({code.text})", letters)
        kind = f", dtype={self.like}.dtype" if self.like else ""
        return self.axes.times([code, Code(f"np.eye({self.sizes[one]}{kind})", letters)])

    def summed(self, body: Formula, over: Letters) -> Code:
        """The body summed over letters; factors without those letters stand outside."""
        if not over:
            return self.write(body)
        letters = self._letters(body)
        idle = [letter for letter in over if letter not in letters]
        over = tuple(letter for letter in over if letter in letters)
        if idle:
            return self._repeated(body, idle, over)
        if not over:
            return self.write(body)
        match body:
            case Negation(operand):
                return negated(self.summed(operand, over))
            case Quotient(top, bottom) if self._is_mean(top, bottom, over):
                return reduced(self.write(top), "mean", over, self.axes.columns)
            case Quotient(top, bottom) if not self._has(bottom, over):
                return self.axes.over(self.summed(top, over), self.write(bottom))
            case Product(factors) if (fraction := self._fraction(factors, over)) is not None:
                return self.summed(fraction, over)
            case Product(factors):
                outside = [each for each in factors if not self._has(each, over)]
                inside = [each for each in factors if self._has(each, over)]
                if outside:
                    total = self.summed(times(*inside), over)
                    is_array = total.letters or any(
                        self._letters(each) and not _is_mask(each) for each in outside
                    )
                    write = self._part_of_product if is_array else self.write
                    return self.axes.times([*map(write, outside), total])
                return self.axes.contracted([self.write(each) for each in factors], over)
            case Power(Name() | Indexed() as base, Number("2")) if letters == set(over):
                return self.axes.contracted([self.write(base), self.write(base)], over)
        code = self.write(body)
        if code.text.endswith(".diagonal()"):
            return Code(f"{code.text.removesuffix('.diagonal()')}.trace()", ())
        return reduced(code, "sum", over, self.axes.columns)

    def _is_mean(self, top: Formula, bottom: Formula, over: Letters) -> bool:
        """Whether a sum of single quantities along an axis is divided by the length of the axis."""
        if len(over) != 1 or not isinstance(bottom, (Name, Number)):
            return False
        alone = len(self._letters(top)) == 1
        kinds = (Indexed,) if alone else (Indexed, Power, Call)
        return isinstance(top, kinds) and self.write(bottom).text == self.sizes[over[0]]

    def _repeated(self, body: Formula, idle: Sequence[str], over: Letters) -> Code:
        """The sum as often as letters say that the body does not have: d halves are d/2, N times a/N is a."""
        counts = [self.sizes[each] for each in idle]
        match body:
            case Negation(operand):
                return negated(self._repeated(operand, idle, over))
            case Quotient(top, bottom) if not self._has(bottom, over):
                below = list(bottom.factors) if isinstance(bottom, Product) else [bottom]
                for part in tuple(below):
                    if (count := self.write(part).text) in counts:
                        below.remove(part)
                        counts.remove(count)
                above = [Code(each, ()) for each in counts]
                if top != ONE or not above:
                    above.append(self.summed(top, over))
                product = self.axes.times(above)
                return self.axes.over(product, self.write(times(*below))) if below else product
        return self.axes.times([*(Code(each, ()) for each in counts), self.summed(body, over)])

    def _fraction(self, factors: Sequence[Formula], over: Letters) -> Formula | None:
        """The product as a fraction of what needs no sum, where a factor is one: it is divided by once."""
        for at, factor in enumerate(factors):
            match factor:
                case Quotient(top, bottom) if not self._has(bottom, over) and self._letters(top):
                    return Quotient(times(*factors[:at], top, *factors[at + 1 :]), bottom)
        return None

    def _has(self, formula: Formula, letters: Collection[str]) -> bool:
        return not set(letters).isdisjoint(self._letters(formula))

    def _letters(self, formula: Formula) -> set[str]:
        """The letters of the axes that a formula has."""
        if isinstance(formula, Name):
            return {formula.name} & set(self.order)
        if isinstance(formula, Reduction):
            return self._letters(formula.body) - {bound.name for bound in formula.bounds}
        return set().union(*map(self._letters, formula.children))

    def write(self, formula: Formula) -> Code:
        """A formula elementwise, with the letters that it has."""
        match formula:
            case Number(text):
                return Code(numeral(text), ())
            case Name(name):
                return self._name(name)
            case Indexed():
                return self._component(formula)
            case Sum(terms):
                return self.axes.added([self._part(term) for term in terms])
            case Product(factors):
                return self._product(factors)
            case Quotient(Reduction("sum", body, (Bound(letter),)), bottom) if self._is_mean(
                body, bottom, (letter,)
            ):
                return reduced(self.write(body), "mean", (letter,), self.axes.columns)
            case Quotient(top, bottom):
                return self._quotient(top, self.write(bottom))
            case Negation(operand):
                return negated(self.write(operand))
            case Grouping(inner):
                return self.write(inner)
            case Power(base, exponent):
                return self._power(self.write(base), exponent)
            case Call(function, arguments):
                name = self.call(function)
                if function in PLAIN and not any(map(self._varies, walk(formula))):
                    name = f"math.{function}"  # a number of Python's does not raise the precision of arrays
                elif function == "exp" and arguments[0] in self.bounded:
                    name = "np.exp"
                return self._call(name, [self.write(each) for each in arguments])
            case Cases():
                return self._cases(formula)
            case Reduction(kind, body, bounds):
                check_whole(formula)
                return self._reduction(kind, body, tuple(bound.name for bound in bounds))
            case Relation():
                return self._condition(formula)
        raise DeriveError(f"{type(formula).__name__.lower()} cannot be written in NumPy")

    def _part(self, term: Formula) -> tuple[int, Code]:
        return (-1, self.write(term.operand)) if isinstance(term, Negation) else (1, self.write(term))

    def _product(self, factors: Sequence[Formula]) -> Code:
        """A product; a factor that is one of two numbers chooses between products."""
        factors = [each for factor in factors for each in self._opened(factor)]
        for at, factor in enumerate(factors):
            if isinstance(factor, Cases) and self._letters(factor) and (two := _two_numbers(factor)):
                rest = [*factors[:at], *factors[at + 1 :]]
                others = self.axes.times([self.write(each) for each in rest])
                if others.letters and (two in (CHOICE, OTHER) or len(rest) == 1):
                    return self._chosen(factor, others, two)
        return self.axes.times([self.write(each) for each in factors])

    def _opened(self, factor: Formula) -> Sequence[Formula]:
        """The factors of a product in a product; the numbers of a fraction by themselves."""
        bare = factor.inner if isinstance(factor, Grouping) else factor
        match bare:
            case Product(factors):
                return [each for factor in factors for each in self._opened(factor)]
            case Quotient(Product((Number() as number, *factors)), bottom) if not self._letters(bottom):
                return (Quotient(number, bottom), *factors)
        return (factor,)

    def factor(self, formula: Formula) -> Code:
        """A formula that an array is multiplied by: of a choice between 1 and 0 the condition is enough."""
        if not _is_mask(formula):
            return self.write(formula)
        condition = formula.branches[0].condition
        assert condition is not None
        opposite = _opposite(condition) if _two_numbers(formula) == OTHER else condition
        return self.write(formula) if opposite is None else self._condition(opposite)

    def _part_of_product(self, formula: Formula) -> Code:
        return self.factor(formula) if self._letters(formula) else self.write(formula)

    def _chosen(self, factor: Cases, others: Code, two: tuple[Fraction, Fraction]) -> Code:
        condition = factor.branches[0].condition
        assert condition is not None
        chosen = self._condition(condition)
        if two == CHOICE:
            return self.axes.times([others, chosen])
        if two == OTHER and (opposite := _opposite(condition)) is not None:
            return self.axes.times([others, self._condition(opposite)])
        values = []
        for number, branch in zip(two, factor.branches, strict=True):
            product = others if number == 1 else self.axes.times([self.write(branch.value), others])
            values.append(product if number else Code("0", ()))
        letters = self.axes.united((chosen, others))
        parts = ", ".join(fitted(each, letters).text for each in (chosen, *values))
        return Code(f"np.where({parts})", letters)

    def _quotient(self, top: Formula, bottom: Code) -> Code:
        """A fraction; a number below divides the number in front rather than the array."""
        match top:
            case Product((Number(text), *factors)) if not bottom.letters:
                front = Code(f"{numeral(text)}/{bottom.inside(RAISED)}", (), MULTIPLIED)
                return self.axes.times([front, *map(self.write, factors)])
        return self.axes.over(self.write(top), bottom)

    def _name(self, name: str) -> Code:
        if name in self.order:
            return Code(f"np.arange({self.sizes[name]})", (name,))
        return Code("np.pi" if name in ("pi", "π") else name, ())

    def _component(self, formula: Indexed) -> Code:
        """A component: by slices where every index is a letter of its own or a number, else by places."""
        letters: list[str] = []
        slots: list[str] = []
        for index in formula.indices:
            value = tidy.rational(index)
            if isinstance(index, Name) and index.name in self.order and index.name not in letters:
                letters.append(index.name)
                slots.append(":")
            elif value is not None and value.denominator == 1:
                slots.append(str(value))
            else:
                return self._places(formula)
        while slots and slots[-1] == ":":
            slots.pop()
        if formula.name in self.columns and len(letters) == 1:
            return Code(formula.name, (*letters, UNIT))
        return Code(f"{formula.name}[{', '.join(slots)}]" if slots else formula.name, tuple(letters))

    def _places(self, formula: Indexed) -> Code:
        match formula.indices:
            case (Name(letter), Name(again)) if letter == again:
                return Code(f"{formula.name}.diagonal()", (letter,))
        windows = self.windows.code(formula) or (self.windows.backwards(formula) if self.pads else None)
        if windows is not None and not self.wraps:
            return windows
        codes = [self.write(index) for index in formula.indices]
        letters = self.axes.united(codes)
        texts = []
        for axis, code in enumerate(codes):
            code = fitted(flat(code), letters)
            if self.wraps and not isinstance(formula.indices[axis], Name):
                length = f"len({formula.name})" if axis == 0 else f"{formula.name}.shape[{axis}]"
                code = Code(f"{code.inside(MULTIPLIED)} % {length}", code.letters, MULTIPLIED)
            texts.append(code.text)
        return Code(f"{formula.name}[{', '.join(texts)}]", letters)

    def _varies(self, node: Formula) -> bool:
        if isinstance(node, Name):
            return node.name not in ("pi", "π") and node.name not in self.numbers
        return isinstance(node, Indexed)

    def _power(self, base: Code, exponent: Formula) -> Code:
        raised = self.write(exponent)
        if raised.text == "2" and base.text.isidentifier() and not base.letters:
            return Code(f"{base.text}*{base.text}", base.letters, MULTIPLIED)
        value = tidy.rational(exponent)
        if value is not None and value < 0 and value.denominator == 1:
            raised = Code(f"{value}.0", ())  # NumPy has no negative whole powers of whole numbers
        one, other, letters = self.axes.together(base, raised)
        return Code(f"{one.inside(ATOM)}**{other.inside(RAISED)}", letters, RAISED)

    def _call(self, name: str, arguments: Sequence[Code]) -> Code:
        letters = self.axes.united(arguments)
        texts = [fitted(each, letters).text for each in arguments]
        if name in ("np.maximum", "np.minimum") and len(texts) > 2:
            text = texts[0]
            for other in texts[1:]:
                text = f"{name}({text}, {other})"
            return Code(text, letters)
        return Code(f"{name}({', '.join(texts)})", letters)

    def _cases(self, formula: Cases) -> Code:
        """A choice: of Python's where one number decides, else element by element."""
        *branches, last = formula.branches
        if last.condition is not None:
            branches.append(last)
        total = self.write(last.value) if last.condition is None else Code("np.nan", ())
        for branch in reversed(branches):
            assert branch.condition is not None
            chosen, value = self._condition(branch.condition), self.write(branch.value)
            total = self.axes.where(chosen, value, total, like=self._like(branch.condition))
        return total

    def _like(self, condition: Formula) -> str | None:
        """An array of the precision that a choice between numbers gets: one that is compared, else any."""
        if isinstance(condition, Relation) and "=" in condition.signs:
            return self.like  # places are compared, which are whole numbers
        compared = (node.name for node in walk(condition) if isinstance(node, Indexed))
        return next(compared, self.like)

    def _condition(self, formula: Formula) -> Code:
        if not isinstance(formula, Relation):
            raise DeriveError("a condition in NumPy code compares two sides")
        return self.axes.compared([self.write(side) for side in formula.sides], formula.signs)

    def _reduction(self, kind: str, body: Formula, over: Letters) -> Code:
        if kind == "sum":
            return self.summed(body, over)
        code = self.write(body)
        present = tuple(letter for letter in over if letter in code.letters)
        if present != over and kind not in ("max", "min"):
            raise DeriveError(f"{kind} over an index that its formula lacks cannot be written in NumPy")
        return reduced(code, kind, present, self.axes.columns) if present else code


def _two_numbers(formula: Cases) -> tuple[Fraction, Fraction] | None:
    """The values of a choice between two numbers, the second for the rest."""
    values = [tidy.rational(branch.value) for branch in formula.branches]
    if len(values) != 2 or formula.branches[1].condition is not None:
        return None
    first, second = values
    return None if first is None or second is None else (first, second)


def _is_mask(formula: Formula) -> TypeGuard[Cases]:
    """Whether a formula chooses between 1 and 0."""
    return isinstance(formula, Cases) and _two_numbers(formula) in (CHOICE, OTHER)


def _opposite(condition: Formula) -> Relation | None:
    """What holds where a comparison of two sides does not."""
    match condition:
        case Relation(sides, (sign,)) if sign in OPPOSITES:
            return Relation(sides, (OPPOSITES[sign],))
    return None
