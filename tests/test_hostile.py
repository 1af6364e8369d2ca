"""Documents written to break the check: a clear line each, bounded time and memory, and no traceback."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import string
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from derive.check import check
from derive.check.documents import read_text
from derive.check.findings import Report
from derive.check.given import facts_of_text
from derive.effort import TooMuch, limited, spend
from derive.errors import DeriveError
from tests.peak import Outcome, measured
from tests.stopwatch import spent

MOST_MEGABYTES = 500
LONGEST_SECONDS = 60.0
TEXT_FORMATS = ("markdown", "latex", "text", "rst", "code")
MANY = 10_000


def run(*arguments: str) -> Outcome:
    """`derive check` as a process of its own, measured; one that does not end is killed."""
    program = "from derive.commands import main; main(prog_name='derive')"
    return measured(program, "check", *arguments, limit=4 * LONGEST_SECONDS)


def filled(unit: str, length: int = 10_000_000) -> str:
    return unit * (length // len(unit))


def notebook(*cells: str) -> str:
    return json.dumps({"cells": [{"cell_type": "markdown", "source": each} for each in cells]})


def noise(length: int) -> bytes:
    return random.Random(1).randbytes(length)


# File, content, exit code and a line of the report.
LARGE: dict[str, tuple[str, Callable[[], str | bytes], int, str]] = {
    "dollars": ("a.md", lambda: filled("$"), 0, "no formulas"),
    "dollars in LaTeX": ("a.tex", lambda: filled("$"), 0, "no formulas"),
    "dollars in a notebook": ("a.ipynb", lambda: notebook(filled("$")), 0, "no formulas"),
    "dollars instead of a notebook": ("a.ipynb", lambda: filled("$"), 2, "line 1: is no notebook"),
    "one line": ("a.tex", lambda: filled("a = b + c, "), 0, "no formulas"),
    "comments that never end": ("a.md", lambda: filled("<!--"), 0, "line 1: <!-- is never closed"),
    "braces that never end": ("a.md", lambda: f"${filled('{')}\n", 0, "no formulas"),
    "one formula": ("a.md", lambda: f"${filled('x + ')}x = 1$\n", 0, "1 formula: 1 not understood"),
    "more lines than are read": ("a.rst", lambda: filled("$a = b\n\n"), 2, "300,000 are the most"),
    "an output of a notebook": (
        "a.ipynb",
        lambda: json.dumps({"cells": [{"cell_type": "code", "source": "", "outputs": [filled("x")]}]}),
        0,
        "no formulas",
    ),
    "noise": ("a.md", lambda: noise(10_000_000), 2, "line 1: is no text"),
    "noise in LaTeX": ("a.tex", lambda: noise(10_000_000), 2, "line 1: is no text"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_ten_megabytes_give_a_clear_line_in_bounded_memory_and_time(name: str, tmp_path: Path) -> None:
    file, content, code, line = LARGE[name]
    text = content()
    path = tmp_path / file
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = run(str(path))
    assert (found.code, "Traceback" in found.told) == (code, False), found.told[-500:]
    assert line in found.told
    assert found.megabytes < MOST_MEGABYTES
    assert found.seconds < LONGEST_SECONDS


@pytest.mark.slow
def test_ten_megabytes_of_formulas_are_read_as_far_as_a_document_may_go(tmp_path: Path) -> None:
    """So many true formulas: each has a verdict, and those beyond the bound say that they are not read."""
    path = tmp_path / "a.md"
    path.write_text(filled("Here $f(x) = x^2$ and so $y_i = 3 x_i + 1$.\n", 10_000_000))
    found = run(str(path), "--strict")
    assert found.code == 1
    assert "characters of formulas, which are the most" in found.told
    assert found.megabytes < MOST_MEGABYTES
    assert "Traceback" not in found.told


def deep(opening: str, inner: str = "x", closing: str = "}", times: int = MANY) -> str:
    return f"$y = {opening * times}{inner}{closing * times}$\n"


NESTED = {
    "fractions": deep(r"\frac{1}{"),
    "fractions above": deep(r"\frac{", closing="}{2}"),
    "fractions without braces": deep(r"\frac1", closing=""),
    "parentheses": deep("(", closing=")"),
    "sized brackets": deep(r"\left(", closing=r"\right)"),
    "brackets": deep("[", closing="]"),
    "braces that never close": deep("{", closing=""),
    "roots": deep(r"\sqrt{"),
    "superscripts": deep("x^{"),
    "superscripts without braces": deep("x^", closing=""),
    "subscripts": deep("x_{"),
    "signs": deep("-", closing=""),
    "primes": deep("f" + "'" * MANY, "(x)", "", 1),
    "hats": deep(r"\hat{"),
    "words": deep(r"\text{"),
    "boxes": deep(r"\boxed{"),
    "derivatives": deep(r"\frac{d}{dx}(", closing=")"),
    "sums": deep(r"\sum_{i=1}^{n} ", "x_i", ""),
    "bars": deep("|", closing="|"),
    "functions": deep(r"\log(", closing=")"),
    "functions without brackets": deep(r"\exp ", closing=""),
    "environments": deep(r"\begin{aligned}", closing=r"\end{aligned}"),
    "environments that never end": deep(r"\begin{aligned}", closing=""),
    "cases": deep(r"\begin{cases} x & ", closing=r"\end{cases}"),
    "transposes": deep("A^T", closing="", times=1) + f"$A{'^T' * MANY} = A$\n",
    "cells": f"$$x = \\begin{{aligned}}{'&' * MANY}\\end{{aligned}}$$\n",
    "rows": "$$x = \\begin{aligned}" + "\\\\" * MANY + "\\end{aligned}$$\n",
    "accents": f"$y = x{chr(0x302) * MANY}$\n",
}


@pytest.mark.parametrize("name", NESTED)
def test_what_is_nested_ten_thousand_deep_is_not_understood(name: str) -> None:
    report = timed(NESTED[name])
    assert set(report.counts) <= {"not understood", "not a claim", "definition"}
    assert not report.unreadable


def timed(text: str, *, seconds: float = 2.0, form: str = "markdown") -> Report:
    """The report on a text, which must not take longer than this for each of its formulas."""
    with spent() as taken:
        report = check(text + "\n", form=form)
    assert taken() < seconds * max(1, len(report.findings)), f"{taken():.1f} s"
    return report


def about(number: str) -> str:
    """What a document may say of a number: a value, sums, true and false equations."""
    lines = ("y = {0}", "z = {0}", "z = y + 1", "{0} = {0}", "{0} = 1 + {0}", "{0} = 3.14")
    return "\n\n".join(f"${line.format(number)}$" for line in lines)


NUMBERS = {
    "a tower": "9^{9^{9^9}}",
    "a tower of tens": "10^{10^{10}}",
    "a tower of twos": "2^{" * 40 + "2" + "}" * 40,
    "a small number": "10^{-10^{10}}",
    "a power of a quotient": "(1/3)^{100000}",
    "powers of powers": "((((2^{64})^{64})^{64})^{64})^{64}",
    "an exponent in digits": "1e999999999",
    "a high power of a name": "x^{1000000}",
    "powers of powers of a name": "((x^{1000})^{1000})^{1000}",
    "a high power of a sum": "(1 + x)^{100000}",
    "a power of many names": "(a + b + c + d + e)^{60}",
    "exponentials": "e^{e^{e^{e^{100}}}}",
    "a large exponential": "e^{10^9}",
    "a root of high degree": "2^{1/1000000007}",
    "a long product": "99999999999 " * 800 + "9",
    "a sine far out": r"\sin(10^{1000})",
    "a factorial": "100000!",
    "a long sum": r"\sum_{i=1}^{10^{12}} i",
    "a long sum in digits": r"\sum_{i=1}^{1000000000000} i^2",
    "a long double sum": r"\sum_{i=1}^{100000} \sum_{j=1}^{100000} x_i y_j",
    "a long product over an index": r"\prod_{i=1}^{10^{9}} i",
    "a hundred thousand digits": "1" * 100_000,
    "a hundred thousand decimals": "0." + "1" * 100_000,
    "nothing by nothing": "0/0",
    "one by nothing": "1/0",
    "the logarithm of nothing": r"\log 0",
    "a root of a negative number": r"\sqrt{-1}",
    "a derivative of a high power": r"\frac{d}{dx} (x + 1)^{1000}",
    "a high derivative": r"\frac{d^{1000}}{dx^{1000}} x^{2000}",
    "a long continued fraction": r"\frac{1}{1 + " * 60 + "x" + "}" * 60,
    "nested exponentials": "e^{" * 50 + "x" + "}" * 50,
    "nested sigmoids": r"\sigma(" * 50 + "x" + ")" * 50,
    "maxima": r"\max(x, " * 50 + "1" + ")" * 50,
    "many sines": " + ".join(rf"\sin({i} x) \cos({i} y)" for i in range(200)),
    "many roots": " + ".join(rf"\sqrt{{{i} + x}}" for i in range(2, 40)),
    "many moduli": " + ".join(f"|x_{{{i}}}|" for i in range(30)),
    "a determinant of differences": "".join(f"(x_{i} - x_{j})" for i in range(9) for j in range(i)),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_out_of_all_proportion_do_not_hang(name: str) -> None:
    report = timed(about(NUMBERS[name]))
    assert len(report.findings) == 6
    assert report.findings[4].verdict != "proved"


def name_of(number: int) -> str:
    """A different name for each number."""
    letters = string.ascii_lowercase
    return f"{letters[number % 26]}_{{{letters[number // 26 % 26]}{letters[number // 676]}}}"


def defined_one_by_the_other(rule: str, times: int) -> str:
    """Definitions that each make the next quantity of the last, and claims about the last of all."""
    lines = [f"${name_of(at + 1)} = {rule.format(name_of(at))}$" for at in range(times)]
    last, first = name_of(times), name_of(0)
    slope = rf"$\frac{{\partial {last}}}{{\partial {first}}} = 7$"
    return "\n\n".join((*lines, f"${last} = 3$", f"${name_of(9)} = {name_of(8)}^2 + 5$", slope))


GROWING = {
    "squares": ("{0} {0}", 200),
    "doubles": ("{0} + {0}", 200),
    "squares of a number": ("{0}^2 + 1", 60),
    "sines": (r"\sin({0}) {0} + {0}", 100),
    "exponentials": ("e^{{{0}}}", 100),
    "fractions": ("1 / ({0} + {0}^2)", 100),
    "all of itself": ("{0} ({0} + 1) ({0} + 2)", 100),
}


@pytest.mark.parametrize("name", GROWING)
@pytest.mark.parametrize("start", ["", f"${name_of(0)} = 2$\n\n"], ids=["open", "with a value"])
def test_definitions_that_double_the_last_do_not_hang(name: str, start: str) -> None:
    rule, times = GROWING[name]
    report = timed(start + defined_one_by_the_other(rule, times))
    assert report.counts["definition"] >= times
    assert report.counts["proved"] == 0


@pytest.mark.slow
def test_ten_thousand_definitions_end() -> None:
    text = "\n\n".join(f"$x_{{{at + 1}}} = x_{{{at}}} + x_{{{at}}}$" for at in range(MANY))
    assert len(timed(text, seconds=0.02).findings) == MANY


def test_definitions_in_a_circle_are_not_followed_round() -> None:
    text = "$a = b + 1$\n\n$b = c + 1$\n\n$c = a + 1$\n\n$a = 5$\n\n$b = a - 1$"
    assert timed(text).counts["proved"] == 0


def matrix(size: int) -> str:
    rows = (" & ".join(str((row + at) % 7) for at in range(size)) for row in range(size))
    return r"\begin{pmatrix}" + r" \\ ".join(rows) + r"\end{pmatrix}"


def summed(count: int, order: int = 1) -> str:
    return " + ".join(f"x_{{{at}}}" for at in range(count)[::order])


LONG = {
    "a matrix of 500 by 500": f"$$M = {matrix(500)}$$",
    "matrices side by side": f"$$M = {matrix(40)}$$\n\n$$M M = M$$\n\n$$M^T M = {matrix(40)}$$",
    "ten thousand terms": f"${summed(MANY)} = {summed(MANY)}$",
    "a thousand terms turned round": f"${summed(1000)} = {summed(1000, -1)}$",
    "a thousand terms and one": f"${summed(1000)} = {summed(1000, -1)} + 1$",
    "a square of many terms": f"$({summed(900)})^2 = 2 ({summed(900)})$",
    "a chain of a thousand links": "$a = " + " = ".join(f"b + {at}" for at in range(1000)) + "$",
    "a chain of true links": "$x^2 = " + " = ".join(f"x x + {at} - {at}" for at in range(500)) + "$",
    "a chain of numbers": "$" + " = ".join(map(str, range(1000))) + "$",
    "a long list": f"$w = [{', '.join(['1.5'] * 2000)}]$\n\n$w \\cdot w = 7$",
    "many relations": f"${'a < ' * 5000}b$",
    "signs alone": f"${'=' * 5000}$",
    "backslashes": "$y = " + "\\" * 9000 + "$",
    "many cases": "$$f(x) = \\begin{cases}"
    + "".join(rf"{at} & x > {at} \\ " for at in range(500))
    + "\\end{cases}$$\n\n$f(3) = 2$",
    "letters of all kinds": "$y = " + "𝟙∂∑σŷ·√∇" * 1000 + "$",
    "sums in sums": r"$\sum_{i=1}^{n}\sum_{j=1}^{n}\sum_{k=1}^{n}\sum_{l=1}^{n}\sum_{m=1}^{n} x_{ijklm} = 0$",
    "an expansion": "$(a+b+c+d+e+f+g+h)^{9} = (h+g+f+e+d+c+b+a)^{9}$",
}


@pytest.mark.parametrize("name", LONG)
def test_long_formulas_are_judged_or_left_within_two_seconds(name: str) -> None:
    report = timed(LONG[name])
    assert report.findings
    assert not report.unreadable


def test_what_is_long_and_honest_is_proved() -> None:
    numbers = f"$1 + 1 + {'0 + ' * 300} 1 = 3$\n\n$2^{{64}} = 18446744073709551616$"
    assert timed(f"${summed(60)} = {summed(60, -1)}$\n\n{numbers}").counts == {"proved": 3}


MACROS = {
    "itself": r"\newcommand\a{\a\a}" + "\n\n$y = \\a$",
    "itself with an argument": r"\def\a#1{\a{#1#1}}" + "\n\n$y = \\a{x}$",
    "itself twice": r"\def\b#1{\b{\b{#1}}}" + "\n\n$y = \\b{x}$",
    "itself inside a formula": r"$\def\b{\b} \b = 2$",
    "each other": "\\let\\a\\b\n\\let\\b\\a\n\n$y = \\a$",
    "thirty that triple": "\n".join(
        rf"\newcommand{{\m{after}}}{{\m{before}\m{before}\m{before}}}"
        for before, after in pairwise(string.ascii_letters[:31])
    )
    + "\n\n\\newcommand{\\ma}{h}\n\n$y = \\mE$",
    "without an end": "\\newcommand{\\a}{" * 20_000 + "\n\n$y = \\a$",
}


@pytest.mark.parametrize("name", MACROS)
@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_macros_that_expand_for_ever_are_not_understood(name: str, form: str) -> None:
    report = timed(MACROS[name], form=form)
    assert set(report.counts) <= {"not understood", "definition"}


def test_a_macro_without_end_is_named_at_its_place() -> None:
    (finding,) = timed("\\newcommand\\a{\\a\\a}\n\nHere $y = 1 + \\a$").findings
    assert finding.claim.judgement.reason == r"the macro \a expands without end"
    assert (finding.fault.line, finding.fault.column) == (3, 14)


@pytest.mark.slow
def test_many_formulas_whose_macros_fail_keep_no_memory(tmp_path: Path) -> None:
    """A fault that is kept keeps nothing of what was being read when it was found."""
    path = tmp_path / "a.md"
    long = r"\newcommand{\long}{" + "x+" * 1900 + "x}"
    path.write_text(long + "\n\n" + "$y = \\long\\long\\long\\long\\long\\long$\n\n" * 300)
    found = run(str(path))
    assert "300 formulas: 300 not understood" in found.told
    assert found.megabytes < 250


ENCODINGS = {
    "UTF-16 with a mark": ("\ufeff$1+1=3$ ü\n".encode("utf-16-le"), 1, "1 wrong"),
    "UTF-16 without a mark": ("$1+1=3$ ü\n".encode("utf-16-le"), 1, "1 wrong"),
    "UTF-16 the other way": ("$1+1=3$ ü\n".encode("utf-16-be"), 1, "1 wrong"),
    "UTF-32": ("$1+1=3$ ü\n".encode("utf-32"), 1, "1 wrong"),
    "Latin-1": ("größer $1+1=3$\n".encode("latin-1"), 1, "line 1: this line is not UTF-8"),
    "UTF-8 cut off": ("$1+1=3$ ü".encode()[:-1], 1, "line 1: this line is not UTF-8"),
    "half a surrogate": (b"$1+1=3$ \xed\xa0\x80 x\n", 1, "line 1: this line is not UTF-8"),
    "a zero byte": (b"$1+1=3$\n\n\0\0\0", 2, "line 3: is no text: byte 9 is 0x00"),
    "a picture": (bytes.fromhex("89504e470d0a1a0a0000000d49484452") + noise(5000), 2, "is no text"),
    "a mark and nothing of it": (b"\xff\xfe$1+", 2, "UTF-16"),
    "old line ends": (b"a\r\r$1+1=3$\r", 1, "line 3: wrong"),
    "line ends of all kinds": (b"a\r\n\r$1+1=3$\n\r\n$2+2=5$", 1, "line 5: wrong"),
    "other line ends": ("a\f\v\x85\u2028\n\n$1+1=3$\u2029".encode(), 1, "line 3: wrong"),
    "signs that turn the line round": ("$1+1=3$ \u202e abc\n".encode(), 1, "\\u202e"),
    "nothing": (b"", 0, "no formulas"),
}
NOTEBOOKS = {
    "broken JSON": ('{"cells":[{"cell_type":"markdown"', 2, "line 1: is no notebook: Expecting"),
    "brackets in brackets": ("[" * 1_000_000, 2, "line 1: is no notebook: it is nested too deeply"),
    "no cells": ('{"a": 1}', 2, "is no notebook: it has no cells"),
    "cells that are none": ('{"cells": [1, 2]}', 2, "is no notebook: it has no cells"),
    "cells in no list": ('{"cells": {"a": 1}}', 2, "is no notebook: it has no cells"),
    "a text that is none": ('{"cells":[{"cell_type":"markdown","source":[1]}]}', 2, "cell 1 has no text"),
    "numbers that are none": (
        '{"a": NaN, "b": 1e999999, "c": '
        + "9" * 10_000
        + ', "cells":[{"cell_type":"markdown","source":"$1+1=3$"}]}',
        1,
        "cell 1, line 1: wrong",
    ),
    "half a surrogate": (notebook("$a = \ud800$ and $1+1=3$"), 1, "cell 1, line 1: wrong"),
}
WRITTEN = {
    **{name: ("a.md", *row) for name, row in ENCODINGS.items()},
    **{f"a notebook: {name}": ("a.ipynb", row[0].encode(), *row[1:]) for name, row in NOTEBOOKS.items()},
}


@pytest.mark.parametrize("name", WRITTEN)
def test_bytes_of_any_kind_give_a_clear_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, content, code, line = WRITTEN[name]
    monkeypatch.chdir(tmp_path)
    Path(file).write_bytes(content)
    found, told = command(file)
    assert (found, line in told) == (code, True), told
    assert file in told or not code


def command(*arguments: str) -> tuple[int, str]:
    """`derive check` in this process: its exit code, and all that it says; no traceback."""
    from click.testing import CliRunner

    from derive.commands import main

    result = CliRunner().invoke(main, ["check", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def made(path: Path, kind: str) -> None:
    """Something that has the name of a document and is none."""
    match kind:
        case "a pipe":
            os.mkfifo(path)
        case "a link in a circle":
            path.symlink_to(path)
        case "a link to nothing":
            path.symlink_to(path.with_name("gone.md"))
        case "an endless device":
            path.symlink_to("/dev/zero")
        case "an empty folder":
            path.mkdir()


@pytest.mark.parametrize(
    "kind",
    ["a pipe", "a link in a circle", "a link to nothing", "an endless device", "an empty folder", "nothing"],
)
def test_what_is_no_file_is_refused_at_once(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    made(path, kind)
    code, told = command(str(path))
    assert (code, "a.md" in told) == (2, True)
    code, told = command(str(Path(__file__).parent / "claims" / "numbers.md"), "--facts", str(path))
    assert (code, "a.md" in told) == (2, True)


def test_a_file_that_cannot_be_read_does_not_keep_others_from_being_read(tmp_path: Path) -> None:
    """Also where the documents are shared out to processes."""
    for number in range(6):
        (tmp_path / f"{number}.md").write_text("$1+1=3$\n")
    (tmp_path / "3.md").write_bytes(b"\0\1\2")
    (tmp_path / "4.md").write_text(deep("("))
    code, told = command(str(tmp_path))
    assert (code, told.count("wrong: the sides differ")) == (2, 4)
    assert "3.md, line 1: is no text" in told


FACTS = {
    "a range without end": ("w1..w999999999 = 1", "a range spells at most 1,000 names"),
    "a range downwards": ("w6..w1 = 1", "a range runs upwards"),
    "lines backwards": ("lines 20-5: w = 1", "there are no such lines"),
    "a long line": ("x = 1, " * 10_000, "20,000 are the most"),
    "many lines": ("\n".join(f"a{at} = {at}" for at in range(6_000)), "more than 5,000 facts"),
    "lines without end": (f"lines {'9' * 10_000}: a = 1", "this is no fact"),
    "a tower": ("x = 9^9^9^9", "this is no fact"),
    "brackets": ("a = " + "(" * 5_000, "this is no fact"),
    "nothing said": ("((( [[[ {{{", "this is no fact"),
}


@pytest.mark.parametrize("name", FACTS)
def test_facts_that_are_hostile_are_refused_at_their_place(name: str) -> None:
    text, reason = FACTS[name]
    with pytest.raises(DeriveError, match=re.escape(reason)):
        facts_of_text(text, file="side.facts")


@pytest.mark.parametrize("name", FACTS)
def test_a_comment_to_derive_that_is_hostile_is_a_fault_at_its_line_and_the_rest_is_read(name: str) -> None:
    text, reason = FACTS[name]
    line = text.replace("\n", ", ")
    report = check(f"Text.\n\n<!-- derive: {line} -->\n\n$1+1=3$\n")
    assert report.counts == {"wrong": 1}
    assert "line 3: " in report.faults[0]
    assert reason in report.faults[0] or "are the most" in report.faults[0]


# What a reader or a scanner might read again and again from each of its repetitions.
UNITS = (
    r"( [ { } ] $ $$ \( \[ \begin{ \begin{align} \end{align} <!-- | 1, a. _ ____ \text{ \mathbf{ ^{ _{ x_ "
    r"\frac{ \sqrt{ \sum_{ \left( \tag{ \newcommand{ \def\a \in \mathbb{R}^{ ``` ` * - + = a= := == :math:` "
    r".. // /* ' # % & \\ \ ~ > 1. (a) a) d/d dL/d http:// ]( derive: é ŷ ∂"
).split()
UNITS += [" ", "\n", "\t", "a ", "a b ", "a = b ", r"x \in ", "a, ", r"\quad ", "where ", "1 2 ", "| a "]
UNITS += ['"', "\n|", "\n- ", "\n1. ", "\n> "]


def seconds(text: str, form: str) -> float:
    with spent() as taken:
        read_text(text, form=form)
    return taken()


@pytest.mark.slow
@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_the_time_to_read_grows_with_the_length_of_a_text(form: str) -> None:
    """Of whatever a text is made: four times as much takes about four times as long, not sixteen."""
    slow = {}
    for unit in UNITS:
        first = seconds(filled(unit, 60_000), form)
        if first > 0.05:
            second = min(seconds(filled(unit, 240_000), form) for _ in range(2))
            if second > 8 * first:
                slow[unit] = (first, second)
    assert not slow


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["latex", "plain"])
def test_no_formula_of_repetitions_takes_long(kind: str) -> None:
    opening, closing = ("$x = ", " $\n") if kind == "latex" else ("x = ", "\n")
    for unit in UNITS:
        if "\n" not in unit:
            with spent() as taken:
                check(f"Text.\n\n{opening}{filled(unit, 9_900)}{closing}")
            assert taken() < 2, unit


def test_effort_is_counted_and_the_rest_of_a_question_pays_for_a_part() -> None:
    with limited(1000, 60) as whole:
        with pytest.raises(TooMuch), limited(100, 60):
            spend(101)
        assert whole.steps <= 900
        spend(600)
        with pytest.raises(TooMuch), limited(10_000, 60):
            spend(400)
    spend(10**9)


def test_time_is_the_last_resort() -> None:
    def work() -> None:
        while True:
            spend(1)

    with spent() as taken, pytest.raises(TooMuch), limited(10**12, 0.05):
        work()
    assert taken() < 1


def test_verdicts_do_not_hang_on_the_speed_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs less than its steps is judged alike when its time is doubled or halved."""
    text = (Path(__file__).parent / "claims" / "physics.md").read_text(encoding="utf-8")
    verdicts = []
    for limit in (0.75, 3.0):
        monkeypatch.setattr("derive.check.course.SECONDS", limit)
        verdicts.append([each.verdict for each in check(text).findings])
    assert verdicts[0] == verdicts[1]


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0, 0.1, 2])
def test_an_interrupt_ends_the_check_without_a_traceback(tmp_path: Path, delay: float) -> None:
    for number in range(6):
        text = "\n\n".join(f"$x_{{{at + 1}}} = x_{{{at}}} + x_{{{at}}}$" for at in range(4000))
        (tmp_path / f"{number}.md").write_text(text)
    command = [sys.executable, "-m", "derive", "check", str(tmp_path)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    children, begun = Path(f"/proc/{process.pid}/task/{process.pid}/children"), time.monotonic()
    while not children.read_text() and time.monotonic() < begun + 60:
        time.sleep(0.01)
    # At once, and later, when each process is at work.
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGINT)
    told = process.communicate(timeout=30)[0].decode()
    assert process.returncode not in (0, 1, 2) or "Aborted" in told
    assert "Traceback" not in told
