"""Tables of a document: quantities listed in rows are values, and what follows from others is judged."""

from __future__ import annotations

import pytest

from derive.check import check

MODEL = "$z = w x + b$\n\n$h = z^2$\n\n"
ROWS = "| x | 2 |\n| $w$ | $0.5$ |\n| `b` | -3 |\n"
AFTER = "\n$z = -2$\n\n$h = 4$\n"


def table(head: str, rows: str) -> str:
    return f"| {head} |\n|{'---|' * (head.count('|') + 1)}\n{rows}"


@pytest.mark.parametrize("head", ["quantity | value", " | values", "symbol | initial value", "input | given"])
def test_quantities_that_a_table_lists_have_the_values_beside_them(head: str) -> None:
    assert check(MODEL + table(head, ROWS) + AFTER, form="markdown").counts["proved"] == 2


def test_a_column_of_words_may_stand_between() -> None:
    rows = "| x | the input | 2 |\n| w | its weight | 0.5 |\n| b | the bias | -3 |\n"
    found = check(MODEL + table("symbol | meaning | value", rows) + AFTER, form="markdown")
    assert found.counts["proved"] == 2


@pytest.mark.parametrize(
    "head",
    ["quantity | gradient", "quantity | value of the gradient", "weight | new value", "name | value | value"],
)
def test_what_a_table_lists_of_quantities_is_no_value_where_it_is_something_else(head: str) -> None:
    rows = ROWS.replace(" |\n", " | 1 |\n") if head.count("|") == 2 else ROWS
    found = check(MODEL + table(head, rows) + AFTER, form="markdown")
    assert not found.counts["proved"] + found.counts["wrong"]


def test_a_table_of_anything_else_lists_no_values() -> None:
    rows = ROWS + "| learning rate | small |\n"
    assert not check(MODEL + table("quantity | value", rows) + AFTER, form="markdown").counts["proved"]


@pytest.mark.parametrize(("number", "verdict"), [("-2", "proved"), ("-2.1", "wrong"), ("2", "wrong")])
def test_what_follows_from_other_rows_is_judged(number: str, verdict: str) -> None:
    text = MODEL + table("quantity | value", f"{ROWS}| z | {number} |\n")
    found = next(each for each in check(text, form="markdown").findings if "\t" in each.text)
    assert found.verdict == verdict
    if verdict == "wrong":
        assert found.claim.judgement.reason.startswith("in the row of z")
        assert found.where(0, 1).line == text.count("\n")
        assert found.claim.judgement.expected is not None
        assert float(found.spelled(found.claim.judgement.expected)) == -2


def test_rounded_rows_are_rounded() -> None:
    rows = "| x | 1 |\n| y | 3 |\n| r | 0.33 |\n"
    assert check("$r = x/y$\n\n" + table("name | value", rows), form="markdown").counts["rounded"] == 1
