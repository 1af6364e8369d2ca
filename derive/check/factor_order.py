"""Whether an identity of capitals holds for numbers only: AB = BA, where A and B may be matrices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction

from derive.formula import (
    Elementwise,
    Formula,
    Grouping,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Transpose,
    walk,
)

# The letters that keep their order, and the numbers beside them.
Word = tuple[tuple[str, ...], tuple[str, ...]]
Words = Counter[Word]
MOST_WORDS, HIGHEST = 200, 6


class _NoPolynomialError(Exception):
    """A formula that is no sum of products."""


def hangs_on_order(left: Formula, right: Formula, is_number: Callable[[str], bool]) -> tuple[str, ...]:
    """The capitals for which two equal sides are equal only if their products may be turned round.

    None, if there are none or if the sides are no sums of products.
    """
    try:
        one, other = _words(left, is_number), _words(right, is_number)
    except _NoPolynomialError:
        return ()
    if one == other or _turned(one) != _turned(other):
        return ()
    return tuple(dict.fromkeys(letter for words in (one, other) for word in words for letter in word[0]))


def _words(formula: Formula, is_number: Callable[[str], bool]) -> Words:
    def words(each: Formula) -> Words:
        return _words(each, is_number)

    match formula:
        case Grouping(inner):
            return words(inner)
        case Number():
            return Counter({((), ()): Fraction(formula.text)})
        case Negation(operand):
            return _scaled(words(operand), Fraction(-1))
        case Sum(terms):
            found: Words = Counter()
            for each in terms:
                for word, count in words(each).items():
                    found[word] += count
            return _kept(found)
        case Product(factors) | MatrixProduct(factors) | Elementwise(factors):
            return _product(map(words, factors))
        case Quotient(numerator, denominator) if not _has_letters(denominator, is_number):
            return _product((words(numerator), _number(Power(denominator, Negation(Number("1"))))))
        case Power(base, Number(text)) if text.isdecimal() and int(text) <= HIGHEST:
            return _product(words(base) for _ in range(int(text)))
        case Name(name) | Transpose(Name(name)) if _is_letter(name, is_number):
            return Counter({((name if isinstance(formula, Name) else f"{name}^T",), ()): Fraction(1)})
    if _has_letters(formula, is_number):
        raise _NoPolynomialError
    return _number(formula)


def _turned(words: Words) -> Words:
    """The words with their letters in alphabetic order, as if they were numbers."""
    found: Words = Counter()
    for (letters, numbers), count in words.items():
        found[(tuple(sorted(letters)), numbers)] += count
    return _kept(found)


def _number(formula: Formula) -> Words:
    return Counter({((), (repr(formula),)): Fraction(1)})


def _product(factors: Iterator[Words] | tuple[Words, ...]) -> Words:
    found: Words = Counter({((), ()): Fraction(1)})
    for factor in factors:
        longer: Words = Counter()
        for (letters, numbers), count in found.items():
            for (more, others), times in factor.items():
                longer[(letters + more, tuple(sorted(numbers + others)))] += count * times
        if len(longer) > MOST_WORDS:
            raise _NoPolynomialError
        found = longer
    return _kept(found)


def _scaled(words: Words, by: Fraction) -> Words:
    return Counter({word: count * by for word, count in words.items()})


def _kept(words: Words) -> Words:
    return Counter({word: count for word, count in words.items() if count})


def _has_letters(formula: Formula, is_number: Callable[[str], bool]) -> bool:
    return any(isinstance(node, Name) and _is_letter(node.name, is_number) for node in walk(formula))


def _is_letter(name: str, is_number: Callable[[str], bool]) -> bool:
    """Whether a name may be a matrix's: a capital, with or without marks."""
    stem = name.partition("^")[0].partition("_")[0]
    return len(stem) == 1 and stem.isupper() and not is_number(name)
