"""Tables of a document: columns of numbers are values, and columns that follow from others are claims."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.check.documents import Excerpt, Table
from derive.check.facts import Fact
from derive.check.judging import Judge
from derive.check.verdict import Claim, Judgement, Verdict
from derive.check.vocabulary import Vocabulary
from derive.errors import DeriveError
from derive.formula import Formula, Grouping, Name, Negation, Number, Vector, names, replace
from derive.numerals import spelled

_SHIFTED = re.compile(r"(?P<name>.+?)\s*\((?P<word>minus|plus|times|divided by)\s+(?P<number>[0-9.]+)\)\s*\Z")
_NUMBER = re.compile(r"[-−+]?[0-9]+(?:\.[0-9]+)?\Z")
_UNIT = re.compile(r"\s*\([^)]*\)\s*\Z")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of numbers: its head, the rows' first cells, the numbers as printed.

    `is_formula` says that the head is set as a formula.
    """

    head: str
    rows: tuple[str, ...]
    numbers: tuple[Formula, ...]
    is_formula: bool = False

    @property
    def values(self) -> tuple[Fraction, ...]:
        """The numbers."""
        return tuple(map(_value, self.numbers))


def columns(table: Table) -> tuple[Column, ...]:
    """The columns of a table that hold numbers throughout."""
    if not table.header or len(table.rows) < 2:
        return ()
    head, *body = table.rows
    found = []
    for at, cell in enumerate(head):
        cells = [_bare(row[at]) if at < len(row) else "" for row in body]
        if all(map(_NUMBER.match, cells)):
            rows = tuple(_bare(row[0]) for row in body)
            is_formula = cell.text.strip().startswith("$")
            found.append(Column(_bare(cell), rows, tuple(map(_number, cells)), is_formula))
    return tuple(found)


def facts(table: Table, words: Vocabulary, order: int, line: int, section: int) -> Iterator[Fact]:
    """The columns whose head is the name of a quantity: values, as vectors where there are several rows."""
    for column in columns(table):
        name = _read(column.head, words)
        if isinstance(name, Name) and (column.is_formula or "_" in column.head or len(column.head) == 1):
            value = column.numbers[0] if len(column.numbers) == 1 else Vector(column.numbers)
            yield Fact(name.name, "value", value, order, line, section)


def shifted(table: Table, before: Sequence[Column]) -> Claim | None:
    """The claim of a table with a column "Weight (minus 135)": it follows from an earlier column."""
    judged = [found for column in columns(table) if (found := _shift(column, before)) is not None]
    if not judged:
        return None
    wrong = next((each for each in judged if each.verdict == "wrong"), None)
    return Claim("numeric value", wrong or judged[0])


def _shift(column: Column, before: Sequence[Column]) -> Judgement | None:
    head = _SHIFTED.match(column.head)
    if head is None:
        return None
    plain = (each for each in reversed(before) if not _SHIFTED.match(each.head))
    source = next((each for each in plain if _same_head(each.head, head["name"])), None)
    if source is None:
        return None
    known = dict(zip(source.rows, source.values, strict=True))
    number = Fraction(head["number"])
    for row, value in zip(column.rows, column.values, strict=True):
        if row not in known:
            return None
        right = _OPERATIONS[head["word"]](known[row], number)
        if right != value:
            reason = f"{head['name']} of {row} is {known[row]}, {head['word']} {number} that is {right}"
            return Judgement("wrong", reason, expected=_spelled(right))
    return Judgement("proved", f"{head['name']}, {head['word']} {number}, row by row")


_OPERATIONS = {
    "minus": lambda one, other: one - other,
    "plus": lambda one, other: one + other,
    "times": lambda one, other: one * other,
    "divided by": lambda one, other: one / other,
}


def computed(table: Table, words: Vocabulary, judge: Judge) -> Claim | None:
    """The claim of a table with a column whose head is a formula of other columns, row by row."""
    numeric = columns(table)
    known = {name.name: each for each in numeric if isinstance(name := _read(each.head, words), Name)}
    for column in numeric:
        formula = _read(column.head, words)
        read = set() if formula is None else set(names(formula))
        if formula is None or isinstance(formula, Name) or not read or not read <= known.keys():
            continue
        verdict: Verdict = "proved"
        for at, (row, printed) in enumerate(zip(column.rows, column.numbers, strict=True)):
            values = {name: each.numbers[at] for name, each in known.items()}
            found = judge.link(_filled(formula, values), printed)
            if found.verdict == "wrong":
                return Claim("numeric value", Judgement("wrong", f"in the row of {row}", found.expected))
            verdict = found.verdict if found.verdict != "proved" else verdict
        return Claim("numeric value", Judgement(verdict, f"{column.head}, row by row"))
    return None


def _filled(formula: Formula, values: Mapping[str, Formula]) -> Formula:
    return replace(formula, {Name(name): Grouping(value) for name, value in values.items()})


def _same_head(head: str, name: str) -> bool:
    return _UNIT.sub("", head).strip().casefold() == name.strip().casefold()


def _read(head: str, words: Vocabulary) -> Formula | None:
    try:
        return words.read(head, "latex")
    except DeriveError:
        return None


def _bare(cell: Excerpt) -> str:
    return cell.text.strip().strip("$*").strip()


def _number(text: str) -> Formula:
    text = text.replace("−", "-").lstrip("+")
    return Negation(Number(text[1:])) if text.startswith("-") else Number(text)


def _value(number: Formula) -> Fraction:
    if isinstance(number, Negation):
        return -_value(number.operand)
    assert isinstance(number, Number)
    return number.value


def _spelled(value: Fraction) -> Formula:
    return spelled(value, 0 if value.denominator == 1 else None)
