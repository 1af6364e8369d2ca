"""Tables that list quantities, a row each: their values, and what follows from these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from derive.check.diagnosis import diagnosed
from derive.check.documents import Excerpt, Table
from derive.check.facts import Fact, is_number
from derive.check.judging import Judge
from derive.check.verdict import Claim, Judgement, Verdict
from derive.check.vocabulary import Vocabulary
from derive.errors import DeriveError
from derive.formula import Formula, Indexed, Name

# What stands above values, and what says that they are values of something else: slopes, another time.
_OF_VALUES = re.compile(r"\b(?:values?|number|given|initial|setting|default|magnitude)\b", re.IGNORECASE)
_OF_OTHERS = re.compile(
    r"\b(?:gradients?|derivatives?|slopes?|partials?|updat\w+|new|after|final|learned|trained|errors?|true"
    r"|estimat\w+|p-values?|range|typical|critical)\b|∂|\\partial|\\nabla|Δ|\\Delta",
    re.IGNORECASE,
)

# Of plain text only so many letters may be a name: a word is none.
LONGEST_BARE = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A quantity that a table lists, as it stands there, and the number beside it; `at` numbers the rows."""

    at: int
    text: str
    quantity: Name | Indexed
    number: Formula


def rows(table: Table, words: Vocabulary) -> tuple[Row, ...]:
    """The quantities that a table lists, with the numbers beside them; none where it lists anything else."""
    if not table.header or len(table.rows) < 2 or any(len(row) < 2 for row in table.rows):
        return ()
    head, *body = table.rows
    at = [at for at, cell in enumerate(head) if at and _OF_VALUES.search(cell.text)]
    if len(at) != 1 or any(_OF_OTHERS.search(cell.text) for cell in head):
        return ()
    found: list[Row] = []
    for at_row, row in enumerate(body, start=1):
        quantity, number = (_read(row[place], words) if place < len(row) else None for place in (0, at[0]))
        if not isinstance(quantity, Name | Indexed) or number is None or not is_number(number):
            return ()
        found.append(Row(at_row, _bare(row[0]), quantity, number))
    return tuple(found) if len({each.quantity for each in found}) == len(found) else ()


def listed(found: tuple[Row, ...], order: int, line: int, section: int) -> Iterator[Fact]:
    """The values that a table lists; a component, x_1, has a value of its own name."""
    for row in found:
        if isinstance(row.quantity, Name):
            yield Fact(row.quantity.name, "value", row.number, order, line, section)


def followed(found: tuple[Row, ...], judge: Judge) -> tuple[int, Claim] | None:
    """The claim of a table that lists what follows from equations, too, and the row where it begins."""
    verdicts: list[Judgement] = []
    for row in found:
        if row.quantity.name in judge.environment.equations:
            judgement = judge.link(row.quantity, row.number)
            if judgement.verdict == "wrong":
                told = diagnosed(judge, row.quantity, row.number, judgement)
                reason = f"in the row of {row.text}: {told.reason}"
                return row.at, Claim("numeric value", replace(told, reason=reason))
            verdicts.append(judgement)
    if not verdicts:
        return None
    left_open = next((each for each in verdicts if each.verdict not in ("proved", "rounded")), None)
    if left_open is not None:
        return 1, Claim("numeric value", left_open)
    facts = tuple(dict.fromkeys(fact for each in verdicts for fact in each.facts))
    verdict: Verdict = "rounded" if any(each.verdict == "rounded" for each in verdicts) else "proved"
    return 1, Claim("numeric value", Judgement(verdict, "row by row", facts=facts))


def _bare(cell: Excerpt) -> str:
    return cell.text.strip().strip("*$` ")


def _read(cell: Excerpt, words: Vocabulary) -> Formula | None:
    """What a cell holds, if that is set as a formula or is a number."""
    text = cell.text.strip().strip("*").strip()
    try:
        formula = words.read(_bare(cell), "latex")
    except DeriveError:
        return None
    is_set = any(mark in text for mark in "$`_") or len(text) <= LONGEST_BARE
    return formula if is_set or is_number(formula) else None
