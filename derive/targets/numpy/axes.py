"""NumPy expressions put together: broadcast, multiplied, contracted, compared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from derive.targets.numpy.code import (
    ADDED,
    ATOM,
    COMPARED,
    CONTRACTED,
    MULTIPLIED,
    NEGATED,
    RAISED,
    UNIT,
    Code,
    Letters,
    fitted,
    flat,
    negated,
    reduced,
    transposed,
)

SIGNS: Mapping[str, str] = {"=": "==", "≤": "<=", "≥": ">=", "≠": "!="}


class Axes:
    """Puts expressions together; `order` is the order of the letters of their axes.

    What has one of the letters of `columns` only is summed over the axis behind it as a column.
    """

    def __init__(self, order: Sequence[str], columns: Collection[str] = ()) -> None:
        self.order = tuple(order)
        self.columns = columns

    def added(self, codes: Sequence[tuple[int, Code]]) -> Code:
        """The sum of expressions with their signs, a positive one first if there is one."""
        first = next((at for at, (sign, _) in enumerate(codes) if sign > 0), 0)
        (sign, total), *rest = (codes[first], *codes[:first], *codes[first + 1 :])
        if sign < 0:
            total = negated(total)
        for sign, code in rest:
            if code.strength == NEGATED and code.text.startswith("-"):
                sign, code = -sign, Code(code.text[1:], code.letters, MULTIPLIED)
            one, other, letters = self.together(total, code)
            right = other.inside(CONTRACTED)
            total = Code(f"{one.inside(ADDED)} {'-' if sign < 0 else '+'} {right}", letters, ADDED)
        return total

    def contracted(self, codes: Sequence[Code], over: Letters) -> Code:
        """A product summed over letters: a matrix product if it is one, else an einsum."""
        if all(code.is_column or not code.letters for code in codes):
            codes = [flat(code) for code in codes]
        if len(codes) > 1 and len(over) == 1 and all(code.letters == over for code in codes):
            return self._dot(codes)
        if len(codes) > 1 and len(over) > 1 and all(set(code.letters) == set(over) for code in codes):
            return self._whole_product(codes)
        if len(over) > 1 and (found := self._stepwise(codes, over)) is not None:
            return found
        groups = self._grouped(codes)
        if len(groups) == 1:
            return reduced(groups[0], "sum", over, self.columns)
        groups = [flat(group) for group in groups]
        if len(groups) == 2 and len(over) == 1:
            product = self._matrix_product(groups[0], groups[1], over[0])
            if product is not None:
                return product
        return self._summed_apart(groups, over) or self._einsum(groups, over)

    def _summed_apart(self, codes: Sequence[Code], over: Letters) -> Code | None:
        """The product with factors first summed over what no other has; None if there is no such letter.

        An einsum of the whole would run over the pairs of what two factors are summed over.
        """
        for at, code in enumerate(codes):
            others = {letter for other in codes if other is not code for letter in other.letters}
            own = tuple(letter for letter in over if letter in code.letters and letter not in others)
            if own:
                made = [*codes[:at], reduced(code, "sum", own), *codes[at + 1 :]]
                rest = tuple(letter for letter in over if letter not in own)
                return self.contracted(made, rest) if rest else self.times(made)
        return None

    def _stepwise(self, codes: Sequence[Code], over: Letters) -> Code | None:
        """Matrix products over one letter after the other; None if there is no such way."""
        for letter in reversed(over):
            holders = [code for code in codes if letter in code.letters]
            if len(holders) != 2:
                continue
            product = self._matrix_product(flat(holders[0]), flat(holders[1]), letter)
            if product is not None:
                others = [code for code in codes if letter not in code.letters]
                rest = tuple(each for each in over if each != letter)
                return self.contracted([*others, product], rest)
        return None

    def _whole_product(self, codes: Sequence[Code]) -> Code:
        """Factors along the same axes, multiplied and summed over all of them."""
        left, right, _ = self.together(self.times(codes[:-1]), codes[-1])
        return Code(f"np.vdot({left.text}, {right.text})", ())

    def _dot(self, codes: Sequence[Code]) -> Code:
        """Factors along one axis, multiplied and summed: the product of the first ones with the last."""
        left = self.times(codes[:-1])
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
        return [self.times(group) for group in groups]

    def times(self, codes: Sequence[Code]) -> Code:
        """The product; where numbers are several they come first, to be multiplied before an array is."""
        numbers = [code for code in codes if not code.letters]
        if len(numbers) > 1 or any(not code.text.isidentifier() for code in numbers):
            codes = sorted(codes, key=lambda code: bool(code.letters))
        outer = self._outer(codes)
        if outer is not None:
            return outer
        if codes[0].strength == COMPARED:
            # A minus before the product would stand before its first factor: of a truth value NumPy has none.
            codes = sorted(codes, key=lambda code: code.strength == COMPARED)
        total, *rest = codes
        for code in rest:
            one, other, letters = self.together(total, code)
            strength = NEGATED if one.strength == NEGATED else MULTIPLIED
            total = Code(f"{one.leading}*{other.inside(RAISED)}", letters, strength)
        return total

    def _outer(self, codes: Sequence[Code]) -> Code | None:
        """The product of arrays along one axis and arrays along another; None if they are no such."""
        letters = self.united(codes)
        if len(letters) != 2 or any(len(code.letters) > 1 for code in codes):
            return None
        numbers = [code for code in codes if not code.letters]
        sides = [self.times([code for code in codes if code.letters == (letter,)]) for letter in letters]
        product = Code(f"np.outer({sides[0].text}, {sides[1].text})", letters)
        return self.times([*numbers, product]) if numbers else product

    def over(self, top: Code, bottom: Code) -> Code:
        """The fraction."""
        one, other, letters = self.together(top, bottom)
        strength = NEGATED if one.strength == NEGATED else MULTIPLIED
        return Code(f"{one.leading}/{other.inside(RAISED)}", letters, strength)

    def _matrix_product(self, one: Code, other: Code, letter: str) -> Code | None:
        """`one @ other` over the letter, transposed as needed; None if it is no matrix product."""
        if letter not in one.letters or letter not in other.letters:
            return None
        free_one = [each for each in one.letters if each != letter]
        free_other = [each for each in other.letters if each != letter]
        if set(free_one) & set(free_other):
            return None
        if len(one.letters) > 2 or len(other.letters) > 2:
            return self._stacked_product(one, other, letter)
        behind = free_one and free_other and self._rank(free_one[0]) > self._rank(free_other[0])
        if behind or (not free_one and free_other and other.letters[-1] == letter):
            one, other, free_one, free_other = other, one, free_other, free_one
        left = one if one.letters[-1] == letter else transposed(one)
        right = other if other.letters[0] == letter else transposed(other)
        text = f"{left.inside(MULTIPLIED + 1)} @ {right.inside(MULTIPLIED + 1)}"
        return Code(text, tuple(free_one + free_other), CONTRACTED)

    def _stacked_product(self, one: Code, other: Code, letter: str) -> Code | None:
        """A product with matrices or vectors in a stack; None if axes would have to be moved."""
        if len(one.letters) < len(other.letters):
            one, other = other, one
        if one.letters[-1] != letter or len(other.letters) > 2:
            return None
        right = other if other.letters[0] == letter else transposed(other)
        rest = (*one.letters[:-1], *right.letters[1:])
        if sorted(rest, key=self._rank) != list(rest):
            return None
        text = f"{one.inside(MULTIPLIED + 1)} @ {right.inside(MULTIPLIED + 1)}"
        return Code(text, rest, CONTRACTED)

    def _rank(self, letter: str) -> int:
        return self.order.index(letter)

    def _einsum(self, codes: Sequence[Code], over: Letters) -> Code:
        """numpy.einsum, each letter its own if that is a single one; several factors in the best order."""
        every = tuple(dict.fromkeys(letter for code in codes for letter in code.letters))
        free = (each for each in "abcdefghijklmnopqrstuvwxyz" if each not in every)
        own = {each: each for each in every if len(each) == 1 and each.isascii() and each.isalpha()}
        short = {each: own.get(each) or next(free) for each in every}
        rest = tuple(sorted((each for each in every if each not in over), key=self._rank))
        inputs = ",".join("".join(short[each] for each in code.letters) for code in codes)
        signature = f"{inputs}->{''.join(short[each] for each in rest)}"
        best = ", optimize=True" if len(codes) > 2 or self._is_tensor_product(codes, rest) else ""
        return Code(f"np.einsum('{signature}', {', '.join(code.text for code in codes)}{best})", rest)

    def _is_tensor_product(self, codes: Sequence[Code], rest: Letters) -> bool:
        """Whether no letter of the result is in both of two factors: a product of matrices, reshaped."""
        shared = set(codes[0].letters) & set(codes[-1].letters)
        return len(codes) == 2 and shared.isdisjoint(rest) and len(rest) > 1

    def together(self, one: Code, other: Code) -> tuple[Code, Code, Letters]:
        """Two expressions made to broadcast against each other, and the letters of the result."""
        letters = self.united((one, other))
        return fitted(one, letters), fitted(other, letters), letters

    def united(self, codes: Iterable[Code]) -> Letters:
        """The letters of all the expressions, in order."""
        found = {letter for code in codes for letter in code.letters}
        letters = tuple(sorted(found - {UNIT}, key=self._rank))
        # A column broadcasts along the axis behind its own; alone it stays one.
        return (*letters, UNIT) if UNIT in found and len(letters) == 1 else letters

    def compared(self, sides: Sequence[Code], signs: Sequence[str]) -> Code:
        """A chain of comparisons, element by element."""
        total: Code | None = None
        for sign, one, other in zip(signs, sides, sides[1:], strict=False):
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

    def where(self, chosen: Code, value: Code, rest: Code, *, like: str | None) -> Code:
        """A choice: Python's own where one condition decides, else element by element.

        Two numbers alone, which would raise the precision of any array, get that of `like`.
        """
        letters = self.united((chosen, value, rest))
        if not letters:
            return Code(f"({value.text} if {chosen.text} else {rest.text})", ())
        parts = ", ".join(fitted(each, letters).text for each in (chosen, value, rest))
        text = f"np.where({parts})"
        if like is not None and not value.letters and not rest.letters:
            text += f".astype(np.result_type({like}, np.float32))"
        return Code(text, letters)


def _same(groups: Sequence[Sequence[Code]], code: Code) -> bool:
    return any(set(group[0].letters) == set(code.letters) for group in groups)
