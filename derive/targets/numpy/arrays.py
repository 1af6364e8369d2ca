"""Indexed formulas as NumPy expressions: broadcasting, products of matrices, sums over axes.

An expression carries the index letters of its axes. Where two meet, the axes that one lacks are
inserted; a sum of products over a letter becomes a matrix product where it has that shape, and an
einsum where not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from derive import tidy
from derive.equation import Term
from derive.errors import DeriveError
from derive.formula import (
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

# How tightly the outermost sign of an expression binds.
COMPARED, ADDED, NEGATED, MULTIPLIED, RAISED, ATOM = range(6)

Letters = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """An expression with the letters of its axes, in order."""

    text: str
    letters: Letters
    strength: int = ATOM

    def inside(self, strength: int) -> str:
        """The text, in parentheses if it binds less tightly than that."""
        return self.text if self.strength >= strength else f"({self.text})"


class Arrays:
    """Writes formulas for arrays; `order` is the order of letters, `call` spells a function.

    `sizes` are the words for the sizes of letters; `counted` collects letters that stood as numbers.
    """

    def __init__(self, order: Sequence[str], call: Callable[[str], str], sizes: Mapping[str, str]) -> None:
        self.order = tuple(order)
        self.call = call
        self.sizes = sizes
        self.counted: list[str] = []

    def terms(self, terms: Sequence[Term], letters: Letters) -> Code:
        """The sum of the terms, with those axes that any of them has."""
        codes = [(self._signed(term, letters)) for term in terms]
        sign, total = codes[0]
        if sign < 0:
            total = Code(f"-{total.inside(MULTIPLIED)}", total.letters, NEGATED)
        for sign, code in codes[1:]:
            total = self._joined(total, " - " if sign < 0 else " + ", code)
        return total

    def _joined(self, left: Code, sign: str, right: Code) -> Code:
        one, other, letters = self.together(left, right)
        return Code(one.inside(ADDED) + sign + other.inside(NEGATED + 1), letters, ADDED)

    def _signed(self, term: Term, letters: Letters) -> tuple[int, Code]:
        body, sign = term.body, 1
        if isinstance(body, Negation):
            body, sign = body.operand, -1
        return sign, self.summed(body, term.summed)

    def summed(self, body: Formula, over: Letters) -> Code:
        """The body summed over letters; factors without those letters stand outside."""
        if not over:
            return self.write(body)
        match body:
            case Negation(operand):
                inner = self.summed(operand, over)
                return Code(f"-{inner.inside(MULTIPLIED)}", inner.letters, NEGATED)
            case Quotient(top, bottom) if not self._has(bottom, over):
                inner, below = self.summed(top, over), self.write(bottom)
                one, other, letters = self.together(inner, below)
                return Code(f"{one.inside(MULTIPLIED)}/{other.inside(RAISED)}", letters, MULTIPLIED)
            case Product(factors):
                outside = [each for each in factors if not self._has(each, over)]
                inside = [each for each in factors if self._has(each, over)]
                if outside and inside:
                    scalars = [each for each in outside if not self._letters(each)]
                    if len(scalars) == len(outside):
                        inner = self.summed(times(*inside), over)
                        return self._times([*map(self.write, scalars), inner])
                return self._contraction(factors, over)
            case Power(base, Number("2")):
                return self._contraction((base, base), over)
        return self._total(self.write(body), over)

    def _has(self, formula: Formula, letters: Collection[str]) -> bool:
        return not set(letters).isdisjoint(self._letters(formula))

    def _letters(self, formula: Formula) -> set[str]:
        """The letters of the axes that a formula has."""
        if isinstance(formula, Indexed):
            return {index.name for index in formula.indices if isinstance(index, Name)} & set(self.order)
        if isinstance(formula, (Name, Number)):
            return set()
        bound = {b.name for node in walk(formula) if isinstance(node, Reduction) for b in node.bounds}
        found = {node.name for node in walk(formula) if isinstance(node, Name) and node.name in self.order}
        return found - bound

    def _total(self, code: Code, over: Letters) -> Code:
        """An expression summed over axes."""
        if set(code.letters) == set(over):
            return Code(f"{code.inside(ATOM)}.sum()", ())
        missing = [letter for letter in over if letter not in code.letters]
        if missing:
            raise DeriveError(f"nothing has the index {missing[0]} that is summed over")
        axes = [str(code.letters.index(letter)) for letter in over]
        rest = tuple(letter for letter in code.letters if letter not in over)
        axis = axes[0] if len(axes) == 1 else f"({', '.join(axes)})"
        return Code(f"{code.inside(ATOM)}.sum(axis={axis})", rest)

    def _contraction(self, factors: Sequence[Formula], over: Letters) -> Code:
        """A product summed over letters: a matrix product if it is one, else an einsum."""
        codes = [self.write(each) for each in factors]
        if len(codes) > 1 and all(code.letters == tuple(over) for code in codes) and len(over) == 1:
            return self._dot(codes)
        groups = self._grouped(codes, over)
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
        return Code(text, (), MULTIPLIED)

    def _grouped(self, codes: Sequence[Code], over: Letters) -> list[Code]:
        """Factors with the same axes multiplied; smaller ones multiplied into a larger if two are left."""
        groups: list[list[Code]] = []
        for code in codes:
            for group in groups:
                if set(group[0].letters) == set(code.letters):
                    group.append(code)
                    break
            else:
                groups.append([code])
        merged = [self._times(group) for group in groups]
        merged.sort(key=lambda code: -len(code.letters))
        while len(merged) > 2:
            small = merged.pop()
            home = next(
                (at for at, code in enumerate(merged) if set(small.letters) <= set(code.letters)), None
            )
            if home is None:
                merged.append(small)
                break
            merged[home] = self._times([merged[home], small])
        texts = [each.text for each in codes]
        return sorted(merged, key=lambda code: texts.index(code.text) if code.text in texts else 99)

    def _times(self, codes: Sequence[Code]) -> Code:
        total = codes[0]
        for code in codes[1:]:
            one, other, letters = self.together(total, code)
            total = Code(f"{one.inside(MULTIPLIED)}*{other.inside(RAISED)}", letters, MULTIPLIED)
        return total

    def _matrix_product(self, one: Code, other: Code, letter: str) -> Code | None:
        """`one @ other` over the letter, transposed as needed; None if it is no matrix product."""
        if letter not in one.letters or letter not in other.letters:
            return None
        free_one = [each for each in one.letters if each != letter]
        free_other = [each for each in other.letters if each != letter]
        if len(one.letters) > 2 or len(other.letters) > 2 or set(free_one) & set(free_other):
            return None
        if (free_one and free_other and self._rank(free_one[0]) > self._rank(free_other[0])) or (
            not free_one and free_other and other.letters[-1] == letter
        ):
            one, other, free_one, free_other = other, one, free_other, free_one
        left = one if one.letters[-1] == letter else self._transposed(one)
        right = other if other.letters[0] == letter else self._transposed(other)
        text = f"{left.inside(MULTIPLIED + 1)} @ {right.inside(MULTIPLIED + 1)}"
        return Code(text, tuple(free_one + free_other), MULTIPLIED)

    def _rank(self, letter: str) -> int:
        return self.order.index(letter)

    def _einsum(self, codes: Sequence[Code], over: Letters) -> Code:
        """numpy.einsum with the letters renamed to single ones."""
        every = tuple(dict.fromkeys(letter for code in codes for letter in code.letters))
        if any(letter not in every for letter in over):
            raise DeriveError("nothing has the index that is summed over")
        short = dict(zip(every, "abcdefghijklmnopqrstuvwxyz", strict=False))
        rest = tuple(sorted((x for x in every if x not in over), key=self._rank))
        inputs = ",".join("".join(short[x] for x in code.letters) for code in codes)
        signature = f"{inputs}->{''.join(short[x] for x in rest)}"
        return Code(f"np.einsum('{signature}', {', '.join(code.text for code in codes)})", rest)

    def _transposed(self, code: Code) -> Code:
        return Code(f"{code.inside(ATOM)}.T", code.letters[::-1])

    def together(self, one: Code, other: Code) -> tuple[Code, Code, Letters]:
        """Two expressions made to broadcast against each other, and the letters of the result."""
        letters = tuple(sorted({*one.letters, *other.letters}, key=self._rank))
        return self.fitted(one, letters), self.fitted(other, letters), letters

    def fitted(self, code: Code, letters: Letters) -> Code:
        """The expression with axes in the order of `letters`; missing ones are inserted where needed."""
        if not code.letters:
            return code
        wanted = tuple(letter for letter in letters if letter in code.letters)
        if wanted != code.letters:
            axes = ", ".join(str(code.letters.index(letter)) for letter in wanted)
            text = f"{code.inside(ATOM)}.T" if len(wanted) == 2 else f"{code.inside(ATOM)}.transpose({axes})"
            code = Code(text, wanted)
        lead = letters.index(wanted[0])
        if letters[lead:] == wanted:
            return code
        slots = ", ".join(":" if letter in wanted else "None" for letter in letters[lead:])
        return Code(f"{code.inside(ATOM)}[{slots}]", letters)

    def write(self, formula: Formula) -> Code:
        """A formula elementwise, with the letters that it has."""
        match formula:
            case Number(text):
                return Code(text, ())
            case Name(name):
                return self._name(name)
            case Indexed():
                return self._component(formula)
            case Sum(terms):
                return self._unaligned([Term(term) for term in terms])
            case Product(factors):
                return self._times([self.write(each) for each in factors])
            case Quotient(top, bottom):
                one, other, letters = self.together(self.write(top), self.write(bottom))
                return Code(f"{one.inside(MULTIPLIED)}/{other.inside(RAISED)}", letters, MULTIPLIED)
            case Negation(operand):
                inner = self.write(operand)
                return Code(f"-{inner.inside(MULTIPLIED)}", inner.letters, NEGATED)
            case Grouping(inner_formula):
                return self.write(inner_formula)
            case Power(base, exponent):
                return self._power(self.write(base), exponent)
            case Call(function, arguments):
                return self._call(function, [self.write(each) for each in arguments])
            case Cases():
                return self._cases(formula)
            case Reduction():
                return self._reduction(formula)
            case Relation():
                return self._condition(formula)
        raise DeriveError(f"{type(formula).__name__.lower()} cannot be written in NumPy")

    def _unaligned(self, terms: Sequence[Term]) -> Code:
        codes = [self._signed(term, ()) for term in terms]
        sign, total = codes[0]
        if sign < 0:
            total = Code(f"-{total.inside(MULTIPLIED)}", total.letters, NEGATED)
        for sign, code in codes[1:]:
            total = self._joined(total, " - " if sign < 0 else " + ", code)
        return total

    def _name(self, name: str) -> Code:
        if name in self.order:
            if name not in self.sizes:
                raise DeriveError(f"the index {name} stands as a number, and its size is not known yet")
            self.counted.append(name)
            return Code(f"np.arange({self.sizes[name]})", (name,))
        return Code("np.pi" if name in ("pi", "π") else name, ())

    def _component(self, formula: Indexed) -> Code:
        letters: list[str] = []
        slots: list[str] = []
        for index in formula.indices:
            if isinstance(index, Name) and index.name in self.order:
                if index.name in letters:
                    raise DeriveError(f"the diagonal of {formula.name} cannot be written in NumPy yet")
                letters.append(index.name)
                slots.append(":")
            elif (value := tidy.rational(index)) is not None and value.denominator == 1:
                slots.append(str(value))
            else:
                raise DeriveError(
                    f"an index of {formula.name} is no letter, which NumPy code cannot write yet"
                )
        plain = all(slot == ":" for slot in slots)
        while slots and slots[-1] == ":":
            slots.pop()
        text = formula.name if plain else f"{formula.name}[{', '.join(slots)}]"
        return Code(text, tuple(letters))

    def _power(self, base: Code, exponent: Formula) -> Code:
        raised = self.write(exponent)
        if raised.text == "2" and base.strength == ATOM and base.text.isidentifier():
            return Code(f"{base.text}*{base.text}", base.letters, MULTIPLIED)
        one, other, letters = self.together(base, raised)
        return Code(f"{one.inside(ATOM)}**{other.inside(RAISED)}", letters, RAISED)

    def _call(self, function: str, arguments: Sequence[Code]) -> Code:
        letters: Letters = ()
        for each in arguments:
            letters = self.together(Code("", letters), each)[2]
        texts = [self.fitted(each, letters).text for each in arguments]
        name = self.call(function)
        if name in ("np.maximum", "np.minimum") and len(texts) > 2:
            text = texts[0]
            for other in texts[1:]:
                text = f"{name}({text}, {other})"
            return Code(text, letters)
        return Code(f"{name}({', '.join(texts)})", letters)

    def _cases(self, formula: Cases) -> Code:
        *branches, last = formula.branches
        total = self.write(last.value) if last.condition is None else Code("np.nan", ())
        if last.condition is not None:
            branches.append(last)
        for branch in reversed(branches):
            assert branch.condition is not None
            chosen, value = self._condition(branch.condition), self.write(branch.value)
            letters = self.together(Code("", self.together(chosen, value)[2]), total)[2]
            texts = [self.fitted(each, letters).text for each in (chosen, value, total)]
            total = Code(f"np.where({', '.join(texts)})", letters)
        return total

    def _condition(self, formula: Formula) -> Code:
        signs: Mapping[str, str] = {"=": "==", "≤": "<=", "≥": ">=", "≠": "!="}
        if not isinstance(formula, Relation) or len(formula.sides) != 2:
            raise DeriveError("a condition in NumPy code compares two sides")
        one, other, letters = self.together(*map(self.write, formula.sides))
        sign = signs.get(formula.signs[0], formula.signs[0])
        return Code(f"{one.inside(ADDED)} {sign} {other.inside(ADDED)}", letters, COMPARED)

    def _reduction(self, formula: Reduction) -> Code:
        over = tuple(bound.name for bound in formula.bounds)
        if formula.kind == "sum":
            return self.summed(formula.body, over)
        code = self.write(formula.body)
        axes = [str(code.letters.index(letter)) for letter in over]
        rest = tuple(letter for letter in code.letters if letter not in over)
        if not rest:
            return Code(f"{code.inside(ATOM)}.{formula.kind}()", ())
        axis = axes[0] if len(axes) == 1 else f"({', '.join(axes)})"
        return Code(f"{code.inside(ATOM)}.{formula.kind}(axis={axis})", rest)
