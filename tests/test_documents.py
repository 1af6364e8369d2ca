"""Documents and the formulas in them: each is found once, at its place, and nothing else is taken for one."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from derive.check.checking import check_document
from derive.check.documents import (
    Document,
    DocumentError,
    Excerpt,
    Fragment,
    expanded,
    formats,
    read,
    read_text,
    suffixes,
)
from derive.check.documents.bare import bare
from derive.check.documents.macros import definitions
from derive.errors import FormulaError
from tests.page import Case, cases
from tests.peak import measured
from tests.stopwatch import spent

FOLDER = Path(__file__).parent / "documents"
TEXT_FORMATS = ("markdown", "latex", "text", "rst", "code", "asciidoc", "org")


def spot(excerpt: Excerpt) -> str:
    """Cell, line and column of an excerpt, the column counted from 1."""
    place = excerpt.place()
    cell = f"{excerpt.source.cell}/" if excerpt.source.cell else ""
    return f"{cell}{place.line}:{place.column + 1}"


def described(number: int, fragment: Fragment) -> str:
    """A formula on one line: its number, place, kind and text, and its bonds."""
    kind = ("display" if fragment.display else "inline") + (" plain" if fragment.form == "plain" else "")
    bonds = [f"label {fragment.label}"] if fragment.label else []
    bonds += [f"continues {fragment.continues}"] if fragment.continues is not None else []
    bonds += [f"explains {fragment.explains}"] if fragment.explains is not None else []
    if fragment.cell is not None:
        bonds.append(f"in row {fragment.cell.row_name!r} below {fragment.cell.header!r}")
    text = " ⏎ ".join(line.strip() for line in fragment.text.strip().split("\n"))
    return f"{number} {spot(fragment.formula)} {kind}: {text}" + (f" ({', '.join(bonds)})" if bonds else "")


def listing(document: Document) -> str:
    """What was found in a document, for people to read."""
    lines = [described(number, each) for number, each in enumerate(document.fragments)]
    for table in document.tables:
        rows = " / ".join(" | ".join(cell.text for cell in row) for row in table.rows)
        lines.append(f"table {spot(table.rows[0][0])}: {rows}")
    lines += [f"directive {spot(each.content)}: {each.text}" for each in document.directives]
    lines += [f"number {spot(each.number)}: {each.number.text}" for each in document.statements]
    lines += [f"section {'#' * each.level or 'of a comment:'} {each.title}" for each in document.sections]
    lines += [f"fault {spot(each.excerpt)}: {each.reason}" for each in document.findings]
    return "\n".join(lines)


def texts(source: str, form: str = "markdown") -> list[str]:
    """The formulas of a text."""
    return [each.text.strip() for each in read_text(source, form=form).fragments]


@pytest.mark.parametrize("case", cases("documents"), ids=lambda case: case.title)
def test_a_whole_document_gives_its_formulas(case: Case) -> None:
    """Pages in the styles of courses, papers and programs, each with all that is to be found in it."""
    assert listing(read(FOLDER / case.given)) == case.expected


@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_every_format_has_a_page(form: str) -> None:
    assert cases(f"documents-{form}")


@pytest.mark.parametrize(
    ("form", "case"),
    [(form, case) for form in TEXT_FORMATS for case in cases(f"documents-{form}")],
    ids=lambda value: value.title if isinstance(value, Case) else value,
)
def test_the_marks_of_a_format_mean_what_they_mean(form: str, case: Case) -> None:
    assert listing(read_text(case.given, form=form)) == case.expected


def judged(name: str) -> str:
    """What is wrong in a document, with the place at fault and its text; and where what holds stands."""
    lines: list[str] = []
    holds: list[str] = []
    for finding in check_document(read(FOLDER / name)).findings:
        judgement, place = finding.claim.judgement, finding.place
        cell = f"{place.file.rpartition(' ')[2]}/" if place.file and ", cell " in place.file else ""
        if finding.verdict in ("wrong", "drifted"):
            fault = finding.where(judgement.at, judgement.length)
            part = fault.text[fault.column : fault.column + fault.length]
            lines.append(f"{finding.verdict} {cell}{fault.line}:{fault.column + 1}: {part}")
        elif finding.verdict in ("proved", "rounded"):
            holds.append(f"{cell}{place.line}:{place.column + 1}")
    return "\n".join([*lines, f"holds: {', '.join(holds)}"])


@pytest.mark.parametrize("case", cases("documents-judged"), ids=lambda case: case.title)
def test_the_errors_of_a_document_are_found_and_nothing_else_is_called_wrong(case: Case) -> None:
    *wrong, holds = judged(case.given).split("\n")
    *planted, true = case.expected.split("\n")
    assert wrong == planted
    assert set(true.split(", ")) <= set(holds.split(", "))


@pytest.mark.parametrize("name", ["article.tex", "neuron.py", "letter.txt"])
def test_line_ends_and_tabs_move_no_verdict(name: str) -> None:
    """In plain text a tab parts the cells of a table; elsewhere it is a space."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    form = read(FOLDER / name).format
    others = [text.replace("\n", "\r\n"), *([text.replace(" = ", "\t=\t")] if form != "text" else [])]

    def told(content: str) -> list[tuple[str, int]]:
        found = check_document(read_text(content, form=form)).findings
        return [(each.verdict, each.place.line) for each in found]

    assert all(told(other) == told(text) for other in others)


# Sentences that look like formulas and are none; and formulas that stand in sentences.
NO_FORMULAS = (
    "Better predictions = Lower loss.",
    "Training a network = trying to minimize its loss.",
    "The new weight = old weight - learning rate * gradient.",
    "We got 0.93 on 3 of 5 runs, see page 12 (about 40 %).",
    "y = x + (see below)",
    "x = model.predict(y, axis=0)",
    "np.sum(x, axis=0)",
    "Run it with --rate=0.1 or RATE=fast; see https://example.org/?a=b.",
    "PATH=/usr/bin:/bin",
    "if a == b then stop",
    "a, b = 0",
    "x=1 y=2 z=3",
    "n = the number of samples",
    "H₂O = water, 1 = yes, 0 = no",
    "neuron j y_j = f(z_j)",
    "x += 1",
    "speed = fast",
)
FORMULAS = {
    "where z = w^T x + b and a = sigmoid(z).": ["z = w^T x + b", "a = sigmoid(z)"],
    "dJ/dw = dJ/dh * dh/dz * dz/dw = x*(h(x)-y).": ["dJ/dw = dJ/dh * dh/dz * dz/dw = x*(h(x)-y)"],
    "∂L/∂w₁ = −2(1 − ŷ) · w₅ · σ'(w₅h₁ + b₃)·x₁": ["∂L/∂w₁ = −2(1 − ŷ) · w₅ · σ'(w₅h₁ + b₃)·x₁"],
    "The loss is L = ½ Σᵢ (yᵢ − ŷᵢ)², as before": ["L = ½ Σᵢ (yᵢ − ŷᵢ)²"],
    "so that loss = 0.5*(y - p)**2, then n = 4 samples": ["loss = 0.5*(y - p)**2", "n = 4"],
    "w := w - learning_rate * dJ/dw": ["w := w - learning_rate * dJ/dw"],
    "z = W x +\n    b": ["z = W x +\n    b"],
    "y = w x + b      (3.2)": ["y = w x + b"],
    "d/dx f(x) = 2 x": ["d/dx f(x) = 2 x"],
    "x[i] = sum_j W[i,j] y[j]": ["x[i] = sum_j W[i,j] y[j]"],
    "||w||² = w·w": ["||w||² = w·w"],
    "L = -∑_i y_i log p_i": ["L = -∑_i y_i log p_i"],
    "dL/dw = dL/dp * dp/dz\n      = (p - y) * x": ["dL/dw = dL/dp * dp/dz", "= (p - y) * x"],
    "h(x) = sigmoid(z) = 1 / (1 + exp(-z)).": ["h(x) = sigmoid(z) = 1 / (1 + exp(-z))"],
    "x = 3 (see page 4)": ["x = 3"],
    "k = 2 -- it doubles": ["k = 2"],
    "with f'(x) = f(x)(1 - f(x)).": ["f'(x) = f(x)(1 - f(x))"],
    "E = mc^2": ["E = mc^2"],
    "a = b = c holds": ["a = b = c"],
    "p_i = exp(z_i) / sum_j exp(z_j)": ["p_i = exp(z_i) / sum_j exp(z_j)"],
}


@pytest.mark.parametrize("sentence", NO_FORMULAS)
def test_words_and_code_are_no_formula(sentence: str) -> None:
    assert texts(sentence, "text") == []


@pytest.mark.parametrize("sentence", FORMULAS)
def test_a_formula_without_delimiters_is_found_in_its_sentence(sentence: str) -> None:
    assert [sentence[start:end] for start, end in bare(sentence)] == FORMULAS[sentence]


@pytest.mark.parametrize(
    "comment",
    [
        "for (int i = 0; i < n; ++i) x = 3;",
        "summed with axis=0, ord=1",
        "pylint: disable=g-bool-id-comparison",
        "$Revision: 3.7 $ and $Id$ and $$",
        "x = y.z(1)",
        "var a=b;c=d" * 1_000,
    ],
)
def test_code_in_a_comment_is_no_formula(comment: str) -> None:
    document = read_text(f"# {comment}\ny = 1", form="code")
    assert not document.fragments
    assert not document.findings


# Places.

MATHEMATICS = st.sampled_from(
    [
        "a = b",
        r"\frac{\partial L}{\partial w}",
        "x_1",
        r"f(x) = \frac{1}{1 + e^{-x}}",
        r"\text{if } x > 0",
        r"|x| \le 2",
        "σ(z)",
        r"y = \{a\}",
        "h'(x)",
        "w^{(i)} := w^{(i)} - 1",
        r"\left[ a \right]",
    ]
)
WORDS = st.lists(
    st.sampled_from(
        "the loss of a network is small, and so on. Then we step; note: a price of 5 (or more) — ok!".split()
    ),
    min_size=1,
    max_size=8,
).map(" ".join)
OPENINGS = {"$": "$", r"\(": r"\)", "$$": "$$", r"\[": r"\]", r"\begin{align}": r"\end{align}"}


def shown(fragment: Fragment) -> str:
    """What stands in the document at the places of a fragment's characters, one after the other."""
    found = []
    for at, character in enumerate(fragment.text):
        place = fragment.place(at, 1)
        found.append(place.text[place.column] if character != "\n" else "\n")
    return "".join(found)


@st.composite
def planted(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Prose with formulas in it, inside quotations, lists, tables and headings, and the formulas in order."""
    blocks: list[str] = []
    formulas: list[str] = []
    for _ in range(draw(st.integers(1, 5))):
        pieces = []
        for _ in range(draw(st.integers(0, 3))):
            formula = draw(MATHEMATICS)
            opening = draw(st.sampled_from(["$", r"\(", r"\(", "$"]))
            formula = formula if opening == "$" or "=" in formula or "\\" in formula else f"{formula} = 1"
            pieces.append(f"{draw(WORDS)} {opening}{formula}{OPENINGS[opening]}")
            formulas.append(formula)
        block = " ".join([*pieces, draw(WORDS)])
        prefix, following = draw(
            st.sampled_from(
                [("", ""), ("> ", "> "), ("- ", "  "), ("1. ", "   "), ("> - ", ">   "), ("## ", None)]
            )
        )
        if following is not None and draw(st.booleans()):
            formula = draw(MATHEMATICS)
            block += f"\n{following}$$\n{following}{formula}\n{following}$$"
            formulas.append(formula)
        blocks.append(prefix + block)
    return draw(st.sampled_from(["\n\n", "\n\n<!-- no $formula$ -->\n\n", "\n\n`$no$` word\n\n"])).join(
        blocks
    ), formulas


@given(planted())
def test_every_planted_formula_is_found_once_and_at_its_place(document: tuple[str, list[str]]) -> None:
    text, formulas = document
    found = read_text(text).fragments
    assert [each.text.strip() for each in found] == formulas
    assert all(shown(each) == each.text for each in found)
    assert all(text.split("\n")[each.formula.line - 1].find(each.text.split("\n")[0]) >= 0 for each in found)


@given(st.lists(st.tuples(WORDS, MATHEMATICS, st.sampled_from(sorted(OPENINGS))), min_size=1, max_size=6))
def test_every_formula_planted_in_latex_is_found_once(parts: list[tuple[str, str, str]]) -> None:
    text = "\n".join(f"{words} {opening}{formula}{OPENINGS[opening]}" for words, formula, opening in parts)
    document = read_text(text, form="latex")
    assert [each.text for each in document.fragments] == [formula for _, formula, _ in parts]
    assert all(shown(each) == each.text for each in document.fragments)


@given(st.lists(st.tuples(WORDS, MATHEMATICS), min_size=1, max_size=6))
def test_every_role_planted_in_restructured_text_is_found_once(parts: list[tuple[str, str]]) -> None:
    text = "\n".join(f"{words} :math:`{formula}` so." for words, formula in parts)
    document = read_text(text, form="rst")
    assert [each.text for each in document.fragments] == [formula for _, formula in parts]
    assert all(shown(each) == each.text for each in document.fragments)


SHARDS = st.sampled_from(
    r"""$ $$ \( \) \[ \] \\ \$ ` `` ``` ~~~ > - * + 1. # ## | --- === <!-- --> <pre> </pre> { } \begin{align}
    \end{align} \begin{equation} \end{equation} \begin{verbatim} \end{verbatim} \begin{tabular}{c} &
    \end{tabular} \item \section{ \newcommand{\a} \def\a {\a\a} \a \iffalse \fi % # // /* */ " ' '''
    :math:` .. math:: :: derive: = a b_1 x(y) 3.5 and the where is . , ( ) [ ] |x| := ∂ σ' ŷ ² 𝑥 é""".split()
) | st.sampled_from(["\n", "\n\n", " ", "    ", "\t", "\r\n", "\r", "\x00", "\u200b", "\ufeff", "\u2028"])


@settings(max_examples=300)
@given(st.lists(SHARDS | st.text(max_size=3), max_size=40), st.sampled_from(TEXT_FORMATS))
def test_any_text_is_read_and_every_character_found_stands_where_it_is_said_to(
    shards: list[str], form: str
) -> None:
    document = read_text(" ".join(shards), form=form)
    for each in document.fragments:
        assert each.text.strip()
        assert shown(each) == each.text
        assert each.text in each.written.text
        assert each.continues is None or each.continues < len(document.fragments)
    for finding in document.findings:
        assert finding.report()


@given(st.lists(SHARDS, max_size=30).map(" ".join), st.sampled_from(TEXT_FORMATS))
def test_no_two_formulas_share_a_character(text: str, form: str) -> None:
    taken = [piece for each in read_text(text, form=form).fragments for piece in each.written.pieces]
    taken = sorted(piece for piece in taken if piece[0] < piece[1])
    assert all(one[1] <= two[0] for one, two in pairwise(taken))


# Another reader of Markdown as the oracle.

ORACLE = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, allow_space=False)


def by_the_oracle(text: str) -> list[str]:
    """The formulas that markdown-it finds, in order."""
    found: list[str] = []
    for token in ORACLE.parse(text):
        if token.type == "math_block":
            found.append(token.content.strip())
        children = token.children or []
        found.extend(each.content.strip() for each in children if each.type.startswith("math_"))
    return found


MARKDOWN_LINES = st.sampled_from(
    [
        "words and words",
        "$a = 1$ and words",
        "words $b_1$",
        "> quoted $c$ here",
        "> > deeper $d$ here",
        "- entry $e$",
        "  more $f$ of it",
        "1. first $g$",
        "   its second line $h$",
        "    indented $i$ line",
        "# heading $j$",
        "`code $no$` and $k$",
        "```",
        "~~~ text",
        "| $l$ | $m$ |",
        "|---|---|",
        "",
        "",
        "***",
        "\n$$n = 2$$\n",
        "5 and 6",
    ]
)


@settings(max_examples=300)
@given(st.lists(MARKDOWN_LINES, max_size=12).map("\n".join))
def test_markdown_is_read_as_another_reader_reads_it(text: str) -> None:
    assert texts(text) == by_the_oracle(text)


# What stands round a formula.


def test_a_formula_knows_its_section_and_its_sentence() -> None:
    text = (
        "# Loss\n\nFirst. The loss is $L = 1$ for all $x$. Last.\n\n## More\n\n$$b = 2$$\n\nwhere $b$ is it."
    )
    loss, x, b, again = read_text(text).fragments
    assert [each.title for each in loss.section] == ["Loss"]
    assert [each.title for each in b.section] == ["Loss", "More"]
    assert (loss.before, loss.after) == ("The loss is", "for all $x$.")
    assert x.before == "The loss is $L = 1$ for all"
    assert b.after == "where $b$ is it."
    assert again.explains == 2


def test_a_caret_inside_a_formula_of_several_lines_points_into_the_document() -> None:
    text = "> words\n>\n> $$\n> a = b\n>   + c\n> $$\n"
    (formula,) = read_text(text, file="notes.md").fragments
    place = formula.place(formula.text.index("c"))
    assert (place.file, place.line, place.column, place.text) == ("notes.md", 5, 6, ">   + c")


def test_a_place_in_a_notebook_names_the_cell() -> None:
    fragment = read(FOLDER / "lecture.ipynb").fragments[-1]
    place = fragment.place()
    assert place.file is not None
    assert place.file.endswith("lecture.ipynb, cell 3")
    assert place.line == 10


# Macros.

MACROS = r"""\newcommand{\R}{\mathbb{R}} \newcommand\pd[2]{\frac{\partial #1}{\partial #2}} \def\x{\x\x}
\def\y{\y} \def\v#1{\mathbf#1} \DeclareMathOperator*{\am}{arg\,max} \let\al=\alpha
\newcommand{\o}[2][q]{#1 + #2}
\DeclarePairedDelimiter\norm{\lVert}{\rVert} \newcommand{\deep}[1]{\pd{#1}{\v x}}"""
EXPANSIONS = {
    r"\R^n": r"\mathbb{R}^n",
    r"\pd{L}{w_1}": r"\frac{\partial L}{\partial w_1}",
    r"\pd L w": r"\frac{\partial L}{\partial w}",
    r"\v x": r"\mathbf x",
    r"\am_x": r"\operatorname*{arg\,max}_x",
    r"\al x": r"\alpha x",
    r"\o{3}": "q + 3",
    r"\o[a]{b}": "a + b",
    r"\norm{x}": r"\lVert x \rVert",
    r"\deep{L}": r"\frac{\partial L}{\partial \mathbf x}",
    r"\newcommand{\z}{3}x": "x",
    "x": "x",
}


@pytest.mark.parametrize("text", EXPANSIONS)
def test_a_macro_is_written_out(text: str) -> None:
    macros = {macro.name: macro for macro, _, _ in definitions(MACROS)}
    assert expanded(text, macros).text == EXPANSIONS[text]


def test_a_place_in_an_expansion_leads_to_the_command_or_to_the_argument() -> None:
    macros = {macro.name: macro for macro, _, _ in definitions(MACROS)}
    text = r"a + \pd{L}{w_1}"
    expansion = expanded(text, macros)
    assert text[expansion.at(expansion.text.index("L"))] == "L"
    assert expansion.at(expansion.text.index("frac")) == text.index(r"\pd")
    assert expansion.at(0) == 0


@pytest.mark.parametrize("text", [r"\x", r"\y", r"\pd{\x}{a}", r"\pd{a}"])
def test_a_macro_without_end_or_arguments_is_refused_at_its_place(text: str) -> None:
    macros = {macro.name: macro for macro, _, _ in definitions(MACROS)}
    with pytest.raises(FormulaError) as fault:
        expanded(text, macros)
    assert text[fault.value.at] == "\\"


def test_a_formula_is_expanded_by_the_macros_defined_before_it() -> None:
    text = "\\newcommand{\\a}{1}\n$\\a$\n\n\\renewcommand{\\a}{2}\n$\\a$"
    assert [each.expanded().text for each in read_text(text, form="latex").fragments] == ["1", "2"]


# Files.


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_file_in_any_unicode_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "notes.md"
    path.write_bytes("Let $σ = 1$ hold here, in plain words.\r\nAnd $b = 2$.\rAnd $c = 3$.".encode(encoding))
    document = read(path)
    assert [(each.text, each.formula.line) for each in document.fragments] == [
        ("σ = 1", 1),
        ("b = 2", 2),
        ("c = 3", 3),
    ]
    assert not document.findings


def test_a_file_that_is_not_unicode_is_read_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_bytes("Erster Satz.\nFür $a = 1$.".encode("latin-1"))
    document = read(path)
    assert [each.text for each in document.fragments] == ["a = 1"]
    (finding,) = document.findings
    assert finding.place.line == 2
    assert "Latin-1" in finding.report()


REFUSED = {
    "binary.md": (b"\x7fELF\x02\x01\x01\x00\x00\x00", "is no text: byte 7 is 0x00"),
    "noise.txt": (bytes(range(1, 256)) * 20, "is no text: byte 127 is 0x80"),
    "half.md": (b"\xff\xfeabc", "begins as UTF-16-LE and is not: byte 2 has no meaning there"),
    "broken.ipynb": (b'{"cells": [', "is no notebook: Expecting value"),
    "empty.ipynb": (b"", "is no notebook: Expecting value"),
    "list.ipynb": (b"[1]", "is no notebook: it has no cells"),
    "cells.ipynb": (b'{"cells": 3}', "is no notebook: it has no cells"),
    "source.ipynb": (
        b'{"cells": [{"cell_type": "code", "source": 3}]}',
        "is no notebook: cell 1 has no text",
    ),
    "deep.ipynb": (b"[" * 200_000, "is no notebook: it is nested too deeply"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(tmp_path: Path, name: str) -> None:
    content, reason = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DocumentError) as fault:
        read(path)
    assert fault.value.reason == reason
    assert name in fault.value.report()


def test_an_unknown_suffix_an_unknown_format_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_text("x", encoding="utf-8")
    for path, form, reason in (
        (tmp_path / "a.docx", None, "files with .docx are not read"),
        (tmp_path / "a.docx", "markdwon", "did you mean markdown?"),
        (tmp_path / "b.md", None, "No such file"),
        (tmp_path, "text", "directory"),
    ):
        with pytest.raises(DocumentError, match=re.escape(reason)):
            read(path, form=form)


def test_every_format_is_found_by_its_suffix() -> None:
    assert set(formats()) == {*TEXT_FORMATS, "notebook"}
    assert len(suffixes()) == len(set(suffixes()))


# Hostile documents: each must be read, or refused, in time that grows with its length only.

SHORT, LONG = 5_000, 40_000
ATTACKS = (
    '$', '$ ', '$a ', '$a$ ', '$$ ', '$$\n\n', '\\', '\\( ', '\\[ ', '{', '`', '` `` ', '<!-- ', '<a ',
    '](', '![', '>', '> a\n', '- a\n', '1. a\n', '|a', 'a|b\n-|-\n', '= ', 'a = b ', 'a = (', '((((a ',
    '[[', '|| = ', 'x = sin ', 'x = a.', 'a@', '--a', 'http://', '\\begin{align} ',
    '\\begin{align}\\end{align}', '\\begin{aligned}', '\\newcommand{\\a}{', '\\def\\x{\\x\\x}$\\x$ ',
    '%', '\\iffalse ', '\\verb|a ', '\\item ', '\\section{a} ', '\\section{',
    '\\begin{tabular}{c} a & b ', '$\\text{a $b ', '\x00', '\u200b', '"', '"""', '/* ', '//',
    '# a = b\n', '.. math::\n\n   a\n\n', ':math:` ', 'a\tb\n', 'a\n==\n', 'is 0.5 ', 'A. B ',
    '== ==\n', '+-+\n', '== ==\na b\n',
    'where $a$ ', '```math\na\n', '```\n', 'x = -', 'f(a,', 'a_{', 'x^{a}', "''", 'é = ', '\n', '\t',
    ' a',
)  # fmt: skip


def seconds(text: str, form: str) -> float:
    """How long a text takes to read."""
    with spent() as taken, suppress(DocumentError):
        read_text(text, form=form)
    return taken()


@pytest.mark.parametrize("attack", ATTACKS, ids=repr)
def test_a_hostile_document_takes_time_in_proportion_to_its_length(attack: str) -> None:
    for form in TEXT_FORMATS:
        short, long = (attack * (size // len(attack)) for size in (SHORT, LONG))
        taken = seconds(short, form)
        assert seconds(long, form) < 32 * taken + 0.3, form


NESTED = {
    "environments": r"\begin{aligned}" * 10_000 + "x" + r"\end{aligned}" * 10_000,
    "quotations": ">" * 10_000 + " $a$",
    "entries": "".join("  " * depth + "- $a$\n" for depth in range(1_000)),
    "parentheses": "x = " + "(" * 10_000 + "y" + ")" * 10_000,
    "fractions": "$" + r"\frac{" * 10_000 + "$",
    "directives": "".join(" " * depth + ".. note:: x\n" for depth in range(1_000)),
}


@pytest.mark.parametrize("name", NESTED)
def test_what_is_nested_ten_thousand_deep_breaks_nothing(name: str) -> None:
    for form in TEXT_FORMATS:
        assert seconds(NESTED[name], form) < 5


@pytest.mark.slow
@pytest.mark.parametrize("form", ["markdown", "latex", "text", "rst"])
@pytest.mark.parametrize("attack", ["$", "$a$ ", "a = b ", "word ", "*", "- ", "\\"])
def test_ten_megabytes_are_read_in_seconds_and_in_500_megabytes(attack: str, form: str) -> None:
    program = (
        "import sys; from derive.check.documents import read_text\n"
        "read_text(sys.argv[1] * (10_000_000 // len(sys.argv[1])), form=sys.argv[2])"
    )
    found = measured(program, attack, form, limit=60)
    assert found.code == 0, found.told
    assert found.megabytes < 500
