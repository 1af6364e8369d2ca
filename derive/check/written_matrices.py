"""Matrices whose entries a text writes out: sums, products and powers of them are worked out by entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import zip_longest

from derive.check.facts import Environment, Fact, is_matrix
from derive.check.ranks import TO_NUMBERS
from derive.formula import (
    Call,
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
    Vector,
    plus,
    times,
    walk,
)
from derive.functions import function as known_function
from derive.tidy import negative, rational

Rows = Sequence[Sequence[Formula]]
# A matrix by its rows, or a number.
Value = Rows | Formula

MOST_ENTRIES, MOST_NODES, MOST_POWER, MOST_INVERTED = 36, 4_000, 4, 3


class _NotWrittenError(Exception):
    """A formula that speaks of matrices of which the text does not write the entries."""


@dataclass(frozen=True, slots=True)
class Written:
    """Two sides as numbers or as lists of entries, with the facts that hold the matrices."""

    left: Formula
    right: Formula
    facts: tuple[Fact, ...]


def written(left: Formula, right: Formula, environment: Environment) -> Written | None:
    """Two sides that speak of matrices with written entries; None where they do not, or are not alike."""
    reader = _Reader(environment, {})
    if not any(map(reader.speaks_of_matrices, (left, right))):
        return None
    try:
        one, other = reader.value(left), reader.value(right)
    except _NotWrittenError:
        return None
    if isinstance(one, Formula) and isinstance(other, Formula):
        return Written(one, other, tuple(reader.used.values()))
    if isinstance(one, Formula) or isinstance(other, Formula) or _shape(one) != _shape(other):
        return None
    return Written(_listed(one), _listed(other), tuple(reader.used.values()))


def _listed(rows: Rows) -> Formula:
    entries = tuple(each for row in rows for each in row)
    return Vector(entries) if len(entries) > 1 else entries[0]


@dataclass(frozen=True, slots=True)
class _Reader:
    environment: Environment
    used: dict[str, Fact]

    def _fact(self, name: str) -> Fact | None:
        """The fact that writes a matrix or a list out, or works it out from such."""
        if name not in self.environment.lists:
            return None
        return self.environment.equations.get(name) or self.environment.values.get(name)

    def speaks_of_matrices(self, formula: Formula) -> bool:
        """Whether a matrix stands in a formula, or the name of one that is written out."""
        named = self.environment.matrices
        return any(
            is_matrix(node) or (isinstance(node, Name) and node.name in named) for node in walk(formula)
        )

    def value(self, formula: Formula) -> Value:
        """The rows of what a formula comes to, or the number that it is."""
        found = self._value(formula)
        size = [found] if isinstance(found, Formula) else [each for row in found for each in row]
        if len(size) > MOST_ENTRIES or sum(1 for each in size for _ in walk(each)) > MOST_NODES:
            raise _NotWrittenError
        return found

    def _value(self, formula: Formula) -> Value:
        match formula:
            case Name(name) if (fact := self._fact(name)) is not None:
                self.used[name] = fact
                return self.value(fact.formula)
            case Grouping(inner):
                found = self.value(inner)
                return Grouping(found) if isinstance(found, Formula) else found
            case Vector(elements):
                return _rows(elements)
            case Transpose(Vector() as column) | Transpose(Grouping(Vector() as column)):
                # (1, 2)ᵀ is the column that (1, 2) is.
                return _turned(self.value(column)) if is_matrix(column) else self.value(column)
            case Transpose(operand):
                return _turned(self.value(operand))
            case Negation(operand):
                return _scaled(None, self.value(operand))
            case Sum(terms):
                return reduce(_added, map(self.value, terms))
            case Product(factors) | MatrixProduct(factors):
                return reduce(_multiplied, map(self.value, factors))
            case Power(base, exponent):
                return self._power(base, exponent)
            case Quotient(top, bottom):
                return self._quotient(top, bottom)
            case Call(function, (argument,)) if function in _OF_MATRICES:
                return _OF_MATRICES[function](_square(self.value(argument)))
            case Call(function, (argument,)) if self._goes_by_components(function):
                found = self.value(argument)
                if isinstance(found, Formula):
                    return formula if found == argument else Call(function, (found,))
                return [[Call(function, (each,)) for each in row] for row in found]
        if self.speaks_of_matrices(formula) or any(isinstance(node, Vector) for node in walk(formula)):
            raise _NotWrittenError
        return formula

    def _goes_by_components(self, function: str) -> bool:
        """Whether a function takes a number: of a matrix it is taken entry by entry."""
        fact = self.environment.functions.get(function)
        if fact is not None:
            return len(fact.parameters) == 1
        known = known_function(function)
        return known is not None and function not in TO_NUMBERS and "softmax" not in function

    def _quotient(self, top: Formula, bottom: Formula) -> Value:
        one, other = self.value(top), self.value(bottom)
        if not isinstance(other, Formula):
            raise _NotWrittenError
        if isinstance(one, Formula):
            return Quotient(one, other)
        return [[Quotient(_factor(each), other) for each in row] for row in one]

    def _power(self, base: Formula, exponent: Formula) -> Value:
        found, times_itself = self.value(base), rational(exponent)
        if isinstance(found, Formula):
            return Power(found if found == base else Grouping(found), exponent)
        if times_itself == -1:
            return _inverse(_square(found))
        if times_itself is None or times_itself.denominator != 1 or not 1 <= times_itself <= MOST_POWER:
            raise _NotWrittenError
        power: Value = found
        for _ in range(int(times_itself) - 1):
            power = _multiplied(power, found)
        return power


def _rows(elements: Sequence[Formula]) -> Rows:
    """A list of lists of one length is a matrix, a list of numbers a column."""
    if not any(isinstance(each, Vector) for each in elements):
        return [[each] for each in elements]
    rows = [each.elements for each in elements if isinstance(each, Vector)]
    inner = (node for row in rows for each in row for node in walk(each))
    if (
        len(rows) != len(elements)
        or len(set(map(len, rows))) > 1
        or any(isinstance(n, Vector) for n in inner)
    ):
        raise _NotWrittenError
    return rows


def _shape(rows: Rows) -> tuple[int, int]:
    return len(rows), len(rows[0])


def _turned(value: Value) -> Value:
    return value if isinstance(value, Formula) else list(zip(*value, strict=True))


def _factor(formula: Formula) -> Formula:
    return Grouping(formula) if isinstance(formula, Sum | Negation) else formula


def _scaled(by: Formula | None, value: Value) -> Value:
    """A number times each entry; the entries with their signs turned where there is none."""

    def scaled(entry: Formula) -> Formula:
        return negative(entry) if by is None else times(_factor(by), _factor(entry))

    return scaled(value) if isinstance(value, Formula) else [[scaled(each) for each in row] for row in value]


def _added(one: Value, other: Value) -> Value:
    if isinstance(one, Formula) and isinstance(other, Formula):
        return plus(one, other)
    if isinstance(one, Formula) or isinstance(other, Formula) or _shape(one) != _shape(other):
        raise _NotWrittenError
    return [list(map(plus, *rows)) for rows in zip(one, other, strict=True)]


def _multiplied(one: Value, other: Value) -> Value:
    if isinstance(one, Formula):
        return times(_factor(one), _factor(other)) if isinstance(other, Formula) else _scaled(one, other)
    if isinstance(other, Formula):
        return _scaled(other, one)
    if _shape(one) == _shape(other) and _shape(one)[1] == 1 and len(one) > 1:
        # Two columns side by side are a product of vectors: u · v.
        one = list(zip(*one, strict=True))
    if _shape(one)[1] != _shape(other)[0]:
        raise _NotWrittenError
    columns = list(zip(*other, strict=True))
    found = [[_dot(row, column) for column in columns] for row in one]
    return found[0][0] if _shape(found) == (1, 1) else found


def _dot(row: Sequence[Formula], column: Sequence[Formula]) -> Formula:
    return plus(*(times(_factor(a), _factor(b)) for a, b in zip_longest(row, column)))


def _square(value: Value) -> Rows:
    if isinstance(value, Formula) or len(value) != len(value[0]):
        raise _NotWrittenError
    return value


def _determinant(rows: Rows) -> Formula:
    if len(rows) > MOST_INVERTED:
        raise _NotWrittenError
    if len(rows) == 1:
        return rows[0][0]
    terms = [times(_factor(entry), Grouping(_minor(rows, 0, at))) for at, entry in enumerate(rows[0])]
    return Grouping(plus(*(negative(each) if at % 2 else each for at, each in enumerate(terms))))


def _minor(rows: Rows, row: int, column: int) -> Formula:
    """The determinant without a row and a column."""
    left = [[each for k, each in enumerate(own) if k != column] for i, own in enumerate(rows) if i != row]
    return _determinant(left)


def _inverse(rows: Rows) -> Rows:
    """The adjugate over the determinant."""
    below, size = _determinant(rows), range(len(rows))
    if len(rows) == 1:
        return [[Quotient(Number("1"), below)]]
    signed = [[(_minor(rows, j, i), (i + j) % 2) for j in size] for i in size]
    return [
        [Quotient(_factor(negative(each) if odd else each), below) for each, odd in row] for row in signed
    ]


def _trace(rows: Rows) -> Formula:
    return Grouping(plus(*(row[at] for at, row in enumerate(rows))))


_OF_MATRICES = {"det": _determinant, "trace": _trace, "abs": _determinant}
