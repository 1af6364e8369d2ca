"""Mathematics measured and broken: widths are TeX's, rows fit, nothing is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.formula import Formula, read
from derive.notation import latex
from derive.typesetting import (
    UnreadableError,
    breaks_well,
    broken,
    flowing,
    linear,
    runs,
    width,
    with_open_fractions,
)
from derive.typesetting import read as boxes
from derive.typesetting.breaking import Row
from tests.formulas import formulas

# What TeX measures, in em of Latin Modern at 10.95 pt, in display style.
MEASURED = [
    (r"b", 0.429),
    (r"w_1 x_1 + w_2 x_2 + b_1", 7.617),
    (r"(y_{\mathrm{true}} - y_{\mathrm{pred}})^2", 6.396),
    (r"\frac{1}{1 + e^{-x}}", 3.493),
    (r"-\sin(d)", 3.478),
    (r"[0, 0, 0, 0]", 3.894),
    (r"\cos(d)", 2.637),
    (r"h_1 \rightarrow y_{\mathrm{pred}} \rightarrow L", 6.848),
    (r"\mathrm{weight\_from\_age}", 7.816),
    (r"\operatorname{Huber}", 2.725),
    (r"\sum_i w_i x_i + b", 5.045),
    (r"\hat{y}_{12}^2", 1.312),
    (r"X W^{\top} + \mathbf{1} b^{\top}", 5.516),
    (r"\operatorname{tr}(A^{\top} B)", 3.767),
    (r"G \odot A \odot (1 - A)", 7.231),
    (r"(A - B)^{\odot 2}", 4.596),
]
SYMBOL = re.compile(r"\\[A-Za-z]+|[A-Za-z0-9+<>=,;-]")
# What a break adds, or writes another way.
ADDED = {r"\cdot", r"\quad", r"\qquad", r"\frac", r"\dfrac", r"\left", r"\right"}
ADDED |= {rf"\{size}{side}" for size in ("big", "bigg") for side in "lr"}


@pytest.mark.parametrize(("tex", "measured"), MEASURED)
def test_a_width_is_the_one_that_tex_finds(tex: str, measured: float) -> None:
    assert width(tex) == pytest.approx(measured, rel=0.035, abs=0.06)


@given(formulas())
def test_whatever_the_printer_writes_can_be_measured(formula: Formula) -> None:
    assert width(latex(formula)) > 0


@given(formulas(30), st.sampled_from((12.0, 20.0, 30.0)))
def test_every_row_fits_or_cannot_be_broken(formula: Formula, limit: float) -> None:
    for row in broken(latex(formula), limit):
        assert row.width <= limit or len(broken(row.tex, limit)) <= 2 or not _is_closed(row)


def _is_closed(row: Row) -> bool:
    """Whether every parenthesis of a row is closed in it."""
    return row.tex.count("(") == row.tex.count(")") and r"\left" not in row.tex


@given(formulas(30), st.sampled_from((8.0, 14.0, 25.0)))
def test_no_symbol_is_lost_where_a_line_breaks(formula: Formula, limit: float) -> None:
    tex = latex(formula)
    if r"\sqrt" in tex or r"\begin" in tex:
        return
    rows = broken(tex, limit)
    written = " ".join(f"{row.sign or ''} {row.tex}" for row in rows)
    assert symbols(written) == symbols(tex)


def symbols(tex: str) -> list[str]:
    return [each for each in SYMBOL.findall(tex) if each not in ADDED]


def rows(text: str, limit: float) -> list[str]:
    found = broken(latex(read(text, functions=("sigmoid", "log", "f"))), limit)
    return [f"{row.sign or ''} {row.tex}".strip() for row in found]


def test_a_line_breaks_at_its_outermost_signs_first() -> None:
    assert rows("a*b*(c + d + e) + f(u + v) + g*h*k", 9) == [
        r"a b \cdot (c + d + e)",
        "{} + f(u + v) + g h k",
    ]


def test_a_product_breaks_before_a_dot() -> None:
    text = "-2*(y_true - y_pred)*w5*y_pred*(1 - y_pred)*x1*h1*(1 - h1)"
    first, second = rows(text, 19)
    assert second.startswith(r"{} \cdot ")
    assert first.startswith("-2(")


def test_a_chain_goes_on_below_its_sign() -> None:
    found = broken(r"a + b + c + d + e + f \approx 0.25 \cdot 0.75 \cdot 0.125", 12)
    assert [row.sign for row in found] == [None, r"\approx"]


@pytest.mark.parametrize(
    "text", ["sigmoid(a + b)*c", "f(a)*f(b)", "log(a*b*c)", "12.5*34.75*0.125", "f(2*(u + v))"]
)
def test_a_function_keeps_its_parenthesis_and_a_number_its_digits(text: str) -> None:
    for limit in (2.0, 3.0, 5.0):
        for row in rows(text, limit):
            assert not re.match(r"(\{\} \\cdot )?\(", row) or "*(" in text
            assert not re.search(r"\d \d|\d \.|\. \d", row)


def test_an_operator_is_not_torn_from_what_it_applies_to() -> None:
    tex = r"\frac{\partial}{\partial w_1} (w_1 x_1 + w_2 x_2) + \frac{\mathrm{d}}{\mathrm{d} x} f(x)"
    for limit in (3.0, 6.0, 9.0):
        assert not any(row.tex.startswith((r"{} \cdot (", r"{} \cdot f")) for row in broken(tex, limit))


def test_parentheses_that_end_on_another_row_get_a_fixed_size() -> None:
    first, second = broken(r"\left(\frac{a}{b} + c + d + e + f + g + h\right)", 9)
    assert first.tex.startswith(r"\biggl(")
    assert second.tex.endswith(r"\biggr)")


def test_a_fraction_too_wide_for_the_page_is_written_with_a_slash() -> None:
    found = broken(r"\frac{a + b + c + d + e + f + g + h}{k}", 9)
    assert r"\frac" not in "".join(row.tex for row in found)
    assert "/" in "".join(row.tex for row in found)


def test_a_slash_leaves_a_single_letter_or_digit_without_parentheses() -> None:
    wide = " + ".join("abcdefghijk")
    (*_, last) = broken(rf"\frac{{{wide}}}{{4}}", 8.0)
    assert last.tex.endswith("/ 4")
    (*_, last) = broken(rf"\frac{{{wide}}}{{n + 1}}", 8.0)
    assert last.tex.endswith(r"/\left(n + 1\right)")


def test_cases_too_wide_have_their_conditions_below() -> None:
    tex = r"\begin{cases} a + b + c + d & \text{if } a + b + c + d > 0 \\ 0 & \text{otherwise} \end{cases}"
    (row,) = broken(tex, 16)
    assert "&" not in row.tex
    assert r"\qquad \text{if } a" in row.tex


def test_a_line_breaks_well_only_outside_of_parentheses() -> None:
    assert breaks_well("a + b + c + d + e + f", 9)
    assert not breaks_well(r"\log(a + b + c + d + e + f)", 9)
    assert not breaks_well(r"\frac{a + b + c + d + e + f}{g}", 9)


def test_mathematics_in_running_text_can_break_inside_parentheses() -> None:
    short = r"\left(a + b\right)"
    assert flowing(short, 12, 40) == short
    long = r"\frac{\partial}{\partial w} \left(" + " + ".join("abcdefghklm") + r"\right)"
    assert r"\bigl(" in flowing(long, 12, 30)


def test_operators_in_fractions_are_as_large_as_outside_and_no_fraction_gets_too_small() -> None:
    assert (
        with_open_fractions(r"\frac{\frac{\partial}{\partial x} c}{d}")
        == r"\frac{\dfrac{\partial}{\partial x} c}{d}"
    )
    assert with_open_fractions(r"\frac{\frac{a}{b} + c}{d}") == r"\frac{\frac{a}{b} + c}{d}"
    assert with_open_fractions(r"\frac{\frac{\frac{a}{b}}{c}}{d}") == r"\frac{\frac{\tfrac{a}{b}}{c}}{d}"
    assert with_open_fractions(r"\frac{e^{\frac{a}{b}}}{d}") == r"\frac{e^{\frac{a}{b}}}{d}"
    assert with_open_fractions(r"\frac{a}{b} \frac{c}{d}") == r"\frac{a}{b} \frac{c}{d}"


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"y_{\mathrm{pred}}", "ypred"),
        (r"\hat{y}_1", "y\u03021"),
        (r"\frac{a + b}{c}", "(a + b)/c"),
        (r"\sigma(w_1 x_1)", "σ(w1x1)"),
        (r"\sqrt{x}", "√x"),
        (r"\partial L / \partial w_1", "∂L/∂w1"),
        (r"\sin(a)", "sin(a)"),
    ],
)
def test_mathematics_reads_as_text_on_one_line(tex: str, text: str) -> None:
    assert linear(tex) == text


def test_scripts_are_smaller_and_moved() -> None:
    nucleus, below = runs("w_1")
    assert (nucleus.text, nucleus.italic, nucleus.rise) == ("w", True, 0)
    assert (below.text, below.italic) == ("1", False)
    assert below.size < 1
    assert below.rise < 0


@pytest.mark.parametrize(
    "tex",
    [
        r"\input{/etc/passwd}",
        r"\write18{ls}",
        r"\def\x{1}",
        r"x \end{document}",
        r"\text{$x$}",
        r"\text{\input{x}}",
        r"a % b",
        r"$x$",
        r"\left( x",
        r"\frac{a}",
        "{x",
        "x}",
        r"\begin{verbatim} x \end{verbatim}",
        "x^2^3",
        "{" * 500 + "x" + "}" * 500,
        "名",
        "x # y",
        "\x07",
    ],
)
def test_commands_outside_the_list_are_refused(tex: str) -> None:
    with pytest.raises(UnreadableError):
        boxes(tex)
