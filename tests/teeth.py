"""Shows that the suite has teeth: with the sign of any one row of a table turned, some test fails.

python -m tests.teeth          every row of the rules, functions and losses; exit code 1 if one survives
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from derive.formula import ONE, ZERO, Formula, Grouping, Negation
from derive.functions import FUNCTIONS, Function
from derive.losses import LOSSES, Loss
from derive.rules import RULES, Rule

# The tests of the tables themselves; the first failure is enough.
SUITE = ("test_rules.py", "test_functions.py", "test_losses.py")


@dataclass(frozen=True)
class Mutation:
    """A row made wrong: what is turned, and how."""

    name: str
    apply: Callable[[], None]


def turned(formula: Formula | None) -> Formula:
    """The formula with its sign turned; zero, which has none, becomes one."""
    assert formula is not None
    return ONE if formula == ZERO else Negation(Grouping(formula))


def mutations() -> Iterator[Mutation]:
    """Every row of every table, made wrong in each of its claims."""
    for rule in RULES:
        yield Mutation(f"rule: {rule.name}", lambda rule=rule: _turn_rule(rule))
    for row in FUNCTIONS:
        for index in range(len(row.derivatives)):
            name = f"derivative of {row.name} by {row.parameters[index]}"
            yield Mutation(name, lambda row=row, index=index: _turn_derivative(row, index))
        if row.body() is not None:
            yield Mutation(f"definition of {row.name}", lambda row=row: _turn_definition(row))
    for loss in LOSSES:
        yield Mutation(f"definition of {loss.name}", lambda loss=loss: _turn_definition(loss))


def _turn_rule(rule: Rule) -> None:
    answer = rule.answer

    def wrong(*arguments: Any) -> Formula | None:
        right = answer(*arguments)
        return None if right is None else turned(right)

    object.__setattr__(rule, "answer", wrong)


def _turn_derivative(row: Function, index: int) -> None:
    every = list(row.derivatives)
    every[index] = turned(row.derivative(index))
    object.__setattr__(row, "derivatives", tuple(every))


def _turn_definition(row: Function | Loss) -> None:
    # A row that was made as a copy of this one keeps the right definition.
    object.__setattr__(row, "definition", turned(row.body()) if isinstance(row, Function) else _text(row))


def _text(row: Loss) -> str:
    return f"-({row.definition})"


def survives(mutation: Mutation) -> bool:
    """Whether all tests pass with the mutation, tried in a process of its own."""
    child = os.fork()
    if child == 0:
        mutation.apply()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            code = _tests()
        os._exit(0 if code == 0 else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _tests() -> int:
    folder = Path(__file__).parent
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir", str(folder.parent)]
    return int(pytest.main([*options, *(str(folder / name) for name in SUITE)]))


def main() -> int:
    """Try every mutation; tell those that no test notices."""
    if _tests() != 0:
        print("the tests fail without any mutation")
        return 1
    every = list(mutations())
    survivors = [each.name for each in every if survives(each)]
    for name in survivors:
        print(f"no test notices the wrong sign: {name}")
    print(f"{len(every)} rows turned, {len(survivors)} unnoticed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
