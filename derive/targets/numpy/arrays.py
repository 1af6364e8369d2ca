"""Indexed formulas as NumPy expressions: broadcasting, products of matrices, sums over axes.

An expression carries the index letters of its axes. Where two meet, the axes that one lacks are
inserted; a sum of products over a letter becomes a matrix product where it has that shape, and an
einsum where not. A letter that is reckoned with, as in `x[i + k]`, is a range along its axis.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fractions import Fraction

from derive import tidy
from derive.equation import Term
from derive.errors import DeriveError
from derive.formula import (
    ZERO,
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
from derive.targets.expressions import numeral
from derive.targets.numpy.code import (
    ADDED,
    ATOM,
    COMPARED,
    CONTRACTED,
    MULTIPLIED,
    NEGATED,
    RAISED,
    Code,
    Letters,
    fitted,
    transposed,
)

# Functions that the module math calls by the same name.
PLAIN = frozenset({"log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"})
# A choice between a value and none.
CHOICE = (Fraction(1), Fraction(0))
SIGNS: Mapping[str, str] = {"=": "==", "≤": "<=", "≥": ">=", "≠": "!="}


class Arrays:
    """Writes formulas for arrays.

    `order` is the order of letters, `sizes` the text of the size of each, `call` spells a function. `like`
    is an array of the precision that numbers alone are given.
    """

    def __init__(
        self,
        order: Sequence[str],
        sizes: Mapping[str, str],
        call: Callable[[str], str],
        like: str | None = None,
    ) -> None:
        self.order = tuple(order)
        self.sizes = sizes
        self.call = call
        self.like = like
        # Where guards exclude places outside of an array, those must still be legal.
        self.wraps = False

    def terms(self, terms: Sequence[Term], letters: Letters) -> Code:
        """The sum of the terms, its axes in this order; those that no term has are left out."""
        return fitted(self._added([self._signed(term) for term in terms]), letters)

    def _added(self, codes: Sequence[tuple[int, Code]]) -> Code:
        (sign, total), *rest = codes
        if sign < 0:
            total = Code(f"-{total.inside(MULTIPLIED)}", total.letters, NEGATED)
        for sign, code in rest:
            one, other, letters = self.together(total, code)
            right = other.inside(CONTRACTED)
            total = Code(f"{one.inside(ADDED)} {'-' if sign < 0 else '+'} {right}", letters, ADDED)
        return total

    def _signed(self, term: Term) -> tuple[int, Code]:
        body, sign = term.body, 1
        if isinstance(body, Negation):
            body, sign = body.operand, -1
        for guard in term.guards:
            body = Cases((Branch(body, guard), Branch(ZERO, None)))
        self.wraps = bool(term.guards)
        return sign, self.summed(body, term.summed)

    def summed(self, body: Formula, over: Letters) -> Code:
        """The body summed over letters; factors without those letters stand outside."""
        if not over:
            return self.write(body)
        letters = self._letters(body)
        idle = [letter for letter in over if letter not in letters]
        over = tuple(letter for letter in over if letter in letters)
        if idle:
            return self._times([*(Code(self.sizes[each], ()) for each in idle), self.summed(body, over)])
        if not over:
            return self.write(body)
        match body:
            case Negation(operand):
                inner = self.summed(operand, over)
                return Code(f"-{inner.inside(MULTIPLIED)}", inner.letters, NEGATED)
            case Quotient(top, bottom) if not self._has(bottom, over):
                return self._over(self.summed(top, over), self.write(bottom))
            case Product(factors):
                outside = [each for each in factors if not self._has(each, over)]
                inside = [each for each in factors if self._has(each, over)]
                if outside:
                    return self._times([*map(self.write, outside), self.summed(times(*inside), over)])
                return self._contraction(factors, over)
            case Power(base, Number("2")) if not self._reckons(base):
                return self._contraction((base, base), over)
        return self._total(self.write(body), over)

    def _has(self, formula: Formula, letters: Collection[str]) -> bool:
        return not set(letters).isdisjoint(self._letters(formula))

    def _letters(self, formula: Formula) -> set[str]:
        """The letters of the axes that a formula has."""
        if isinstance(formula, Name):
            return {formula.name} & set(self.order)
        if isinstance(formula, Reduction):
            return self._letters(formula.body) - {bound.name for bound in formula.bounds}
        return set().union(*map(self._letters, formula.children))

    def _reckons(self, formula: Formula) -> bool:
        """Whether the formula is more than a component, so that writing it twice would be work."""
        return not isinstance(formula, (Name, Indexed))

    def _total(self, code: Code, over: Letters) -> Code:
        """An expression summed over axes that it has."""
        return self._reduced(code, "sum", over)

    def _reduced(self, code: Code, kind: str, over: Letters) -> Code:
        rest = tuple(letter for letter in code.letters if letter not in over)
        if not rest:
            return Code(f"{code.inside(ATOM)}.{kind}()", ())
        axes = [str(code.letters.index(letter)) for letter in over]
        axis = axes[0] if len(axes) == 1 else f"({', '.join(axes)})"
        return Code(f"{code.inside(ATOM)}.{kind}(axis={axis})", rest)

    def _contraction(self, factors: Sequence[Formula], over: Letters) -> Code:
        """A product summed over letters: a matrix product if it is one, else an einsum."""
        codes = [self.write(each) for each in factors]
        if len(codes) > 1 and len(over) == 1 and all(code.letters == over for code in codes):
            return self._dot(codes)
        groups = self._grouped(codes)
        if len(groups) == 2 and len(over) == 1:
            product = self._matrix_product(groups[0], groups[1], over[0])
            if product is not None:
                return product
        if len(groups) == 1:
            return self._total(groups[0], over)
        return self._einsum(groups, over)

    def _dot(self, codes: Sequence[Code]) -> Code:
        """Factors along one axis, multiplied and summed: the product of the first ones with the last."""
        left = self._times(codes[:-1])
        text = f"{left.inside(MULTIPLIED + 1)} @ {codes[-1].inside(MULTIPLIED + 1)}"
        return Code(text, (), CONTRACTED)

    def _grouped(self, codes: Sequence[Code]) -> list[Code]:
        """Factors with the same axes multiplied, and smaller ones into a larger, in the order of writing."""
        groups: list[list[Code]] = []
        for code in sorted(codes, key=lambda code: -len(code.letters)):
            homes = (group for group in reversed(groups) if set(code.letters) <= set(group[0].letters))
            home = next(homes, None) if len(groups) > 1 or _same(groups, code) else None
            if home is None:
                groups.append([code])
            else:
                home.append(code)
        places = {id(code): at for at, code in enumerate(codes)}
        for group in groups:
            group.sort(key=lambda code: places[id(code)])
        groups.sort(key=lambda group: places[id(group[0])])
        return [self._times(group) for group in groups]

    def _times(self, codes: Sequence[Code]) -> Code:
        """The product; where numbers are several they come first, to be multiplied before an array is."""
        if sum(not code.letters for code in codes) > 1:
            codes = sorted(codes, key=lambda code: bool(code.letters))
        total, *rest = codes
        for code in rest:
            one, other, letters = self.together(total, code)
            total = Code(f"{one.inside(MULTIPLIED)}*{other.inside(RAISED)}", letters, MULTIPLIED)
        return total

    def _over(self, top: Code, bottom: Code) -> Code:
        one, other, letters = self.together(top, bottom)
        return Code(f"{one.inside(MULTIPLIED)}/{other.inside(RAISED)}", letters, MULTIPLIED)

    def _matrix_product(self, one: Code, other: Code, letter: str) -> Code | None:
        """`one @ other` over the letter, transposed as needed; None if it is no matrix product."""
        if letter not in one.letters or letter not in other.letters:
            return None
        free_one = [each for each in one.letters if each != letter]
        free_other = [each for each in other.letters if each != letter]
        if len(one.letters) > 2 or len(other.letters) > 2 or set(free_one) & set(free_other):
            return None
        behind = free_one and free_other and self._rank(free_one[0]) > self._rank(free_other[0])
        if behind or (not free_one and free_other and other.letters[-1] == letter):
            one, other, free_one, free_other = other, one, free_other, free_one
        left = one if one.letters[-1] == letter else transposed(one)
        right = other if other.letters[0] == letter else transposed(other)
        text = f"{left.inside(MULTIPLIED + 1)} @ {right.inside(MULTIPLIED + 1)}"
        return Code(text, tuple(free_one + free_other), CONTRACTED)

    def _rank(self, letter: str) -> int:
        return self.order.index(letter)

    def _einsum(self, codes: Sequence[Code], over: Letters) -> Code:
        """numpy.einsum with the letters renamed to single ones; several factors in the best order."""
        every = tuple(dict.fromkeys(letter for code in codes for letter in code.letters))
        short = dict(zip(every, "abcdefghijklmnopqrstuvwxyz", strict=False))
        rest = tuple(sorted((each for each in every if each not in over), key=self._rank))
        inputs = ",".join("".join(short[each] for each in code.letters) for code in codes)
        signature = f"{inputs}->{''.join(short[each] for each in rest)}"
        best = ", optimize=True" if len(codes) > 2 else ""
        return Code(f"np.einsum('{signature}', {', '.join(code.text for code in codes)}{best})", rest)

    def together(self, one: Code, other: Code) -> tuple[Code, Code, Letters]:
        """Two expressions made to broadcast against each other, and the letters of the result."""
        letters = self._united((one, other))
        return fitted(one, letters), fitted(other, letters), letters

    def _united(self, codes: Iterable[Code]) -> Letters:
        return tuple(sorted({letter for code in codes for letter in code.letters}, key=self._rank))

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
                return self._added([self._part(term) for term in terms])
            case Product(factors):
                return self._product(factors)
            case Quotient(top, bottom):
                return self._quotient(top, self.write(bottom))
            case Negation(operand):
                return self._negated(operand)
            case Grouping(inner):
                return self.write(inner)
            case Power(base, exponent):
                return self._power(self.write(base), exponent)
            case Call(function, arguments):
                constant = function in PLAIN and not any(map(_varies, walk(formula)))
                return self._call(function, [self.write(each) for each in arguments], constant=constant)
            case Cases():
                return self._cases(formula)
            case Reduction(kind, body, bounds):
                return self._reduction(kind, body, tuple(bound.name for bound in bounds))
            case Relation():
                return self._condition(formula)
        raise DeriveError(f"{type(formula).__name__.lower()} cannot be written in NumPy")

    def _part(self, term: Formula) -> tuple[int, Code]:
        return (-1, self.write(term.operand)) if isinstance(term, Negation) else (1, self.write(term))

    def _negated(self, operand: Formula) -> Code:
        inner = self.write(operand)
        return Code(f"-{inner.inside(MULTIPLIED)}", inner.letters, NEGATED)

    def _product(self, factors: Sequence[Formula]) -> Code:
        """A product; a factor that is one of two numbers chooses between products."""
        for at, factor in enumerate(factors):
            if isinstance(factor, Cases) and self._letters(factor) and (two := _two_numbers(factor)):
                rest = [*factors[:at], *factors[at + 1 :]]
                others = self._times([self.write(each) for each in rest])
                if others.letters and (two == CHOICE or len(rest) == 1):
                    return self._chosen(factor, others, two)
        return self._times([self.write(each) for each in factors])

    def _chosen(self, factor: Cases, others: Code, two: tuple[Fraction, Fraction]) -> Code:
        condition = factor.branches[0].condition
        assert condition is not None
        chosen = self._condition(condition)
        if two == CHOICE:
            return self._times([others, chosen])
        values = []
        for number, branch in zip(two, factor.branches, strict=True):
            product = others if number == 1 else self._times([self.write(branch.value), others])
            values.append(product if number else Code("0", ()))
        letters = self._united((chosen, others))
        parts = ", ".join(fitted(each, letters).text for each in (chosen, *values))
        return Code(f"np.where({parts})", letters)

    def _quotient(self, top: Formula, bottom: Code) -> Code:
        """A fraction; a number below divides the number in front rather than the array."""
        match top:
            case Product((Number(text), *factors)) if not bottom.letters:
                front = Code(f"{numeral(text)}/{bottom.inside(RAISED)}", (), MULTIPLIED)
                return self._times([front, *map(self.write, factors)])
        return self._over(self.write(top), bottom)

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
        return Code(f"{formula.name}[{', '.join(slots)}]" if slots else formula.name, tuple(letters))

    def _places(self, formula: Indexed) -> Code:
        codes = [self.write(index) for index in formula.indices]
        letters = self._united(codes)
        texts = []
        for axis, code in enumerate(codes):
            code = fitted(code, letters)
            if self.wraps and not isinstance(formula.indices[axis], Name):
                length = f"len({formula.name})" if axis == 0 else f"{formula.name}.shape[{axis}]"
                code = Code(f"{code.inside(MULTIPLIED)} % {length}", code.letters, MULTIPLIED)
            texts.append(code.text)
        return Code(f"{formula.name}[{', '.join(texts)}]", letters)

    def _power(self, base: Code, exponent: Formula) -> Code:
        raised = self.write(exponent)
        if raised.text == "2" and base.text.isidentifier():
            return Code(f"{base.text}*{base.text}", base.letters, MULTIPLIED)
        value = tidy.rational(exponent)
        if value is not None and value < 0 and value.denominator == 1:
            raised = Code(f"{value}.0", ())  # NumPy has no negative whole powers of whole numbers
        one, other, letters = self.together(base, raised)
        return Code(f"{one.inside(ATOM)}**{other.inside(RAISED)}", letters, RAISED)

    def _call(self, function: str, arguments: Sequence[Code], *, constant: bool) -> Code:
        letters = self._united(arguments)
        texts = [fitted(each, letters).text for each in arguments]
        name = self.call(function)
        if constant and name.startswith("np."):
            name = f"math.{name[3:]}"  # a number of Python's does not raise the precision of arrays
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
            total = self._choice(branch.condition, chosen, value, total)
        return total

    def _choice(self, condition: Formula, chosen: Code, value: Code, rest: Code) -> Code:
        letters = self._united((chosen, value, rest))
        if not letters:
            return Code(f"({value.text} if {chosen.text} else {rest.text})", ())
        parts = ", ".join(fitted(each, letters).text for each in (chosen, value, rest))
        text = f"np.where({parts})"
        if not value.letters and not rest.letters:
            # Two numbers alone would make whole or double-precision numbers of any array.
            compared = (node.name for node in walk(condition) if isinstance(node, Indexed))
            like = self.like if "=" in getattr(condition, "signs", ()) else next(compared, self.like)
            if like is not None:
                text += f".astype(np.result_type({like}, np.float32))"
        return Code(text, letters)

    def _condition(self, formula: Formula) -> Code:
        if not isinstance(formula, Relation):
            raise DeriveError("a condition in NumPy code compares two sides")
        sides = [self.write(side) for side in formula.sides]
        total: Code | None = None
        for sign, one, other in zip(formula.signs, sides, sides[1:], strict=False):
            left, right, letters = self.together(one, other)
            text = f"{left.inside(ADDED)} {SIGNS.get(sign, sign)} {right.inside(ADDED)}"
            compared = Code(text, letters, COMPARED)
            total = compared if total is None else self._both(total, compared)
        assert total is not None
        return total

    def _both(self, one: Code, other: Code) -> Code:
        left, right, letters = self.together(one, other)
        sign = "&" if letters else "and"
        return Code(f"{left.inside(ATOM)} {sign} {right.inside(ATOM)}", letters, COMPARED)

    def _reduction(self, kind: str, body: Formula, over: Letters) -> Code:
        if kind == "sum":
            return self.summed(body, over)
        code = self.write(body)
        present = tuple(letter for letter in over if letter in code.letters)
        if present != over and kind not in ("max", "min"):
            raise DeriveError(f"{kind} over an index that its formula lacks cannot be written in NumPy")
        return self._reduced(code, kind, present) if present else code


def _varies(node: Formula) -> bool:
    return isinstance(node, Indexed) or (isinstance(node, Name) and node.name not in ("pi", "π"))


def _same(groups: Sequence[Sequence[Code]], code: Code) -> bool:
    return any(set(group[0].letters) == set(code.letters) for group in groups)


def _two_numbers(formula: Cases) -> tuple[Fraction, Fraction] | None:
    """The values of a choice between two numbers, the second for the rest."""
    values = [tidy.rational(branch.value) for branch in formula.branches]
    if len(values) != 2 or formula.branches[1].condition is not None:
        return None
    first, second = values
    return None if first is None or second is None else (first, second)
