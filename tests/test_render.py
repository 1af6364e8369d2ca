"""Documents as text: nothing in them is a command, every reference leads somewhere, nothing is left open."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import derive
from derive import model
from derive.errors import DeriveError
from derive.formula import Formula, Name, Number, Reduction, Relation, Vector
from derive.formula import read as formula
from derive.graph import graph
from derive.render import figures, latex, markdown
from derive.render.displays import LINE, Note, Rows, Setting, rows
from derive.render.sentences import Term, parts
from derive.render.tables import Spelling, grids
from derive.render.words import latex_words, markdown_words
from derive.typesetting import width
from derive.walkthrough import walkthrough
from derive.walkthrough.tree import (
    Cell,
    Display,
    Figure,
    Line,
    Paragraph,
    Section,
    Sentence,
    Steps,
    Table,
    Walkthrough,
    blocks,
)
from derive.walkthrough.voice import say

EXAMPLES = sorted((Path(derive.__file__).parent / "examples").glob("*.toml"))
ENVIRONMENT = re.compile(r"\\(begin|end)\{([a-z]+\*?)\}")


@cache
def told(path: Path) -> Walkthrough:
    return walkthrough(graph(model.read(path)))


def document(text: str) -> Walkthrough:
    return walkthrough(graph(model.read(text)))


def math(spelled: str) -> Name:
    return Name(spelled)


def note(line: Line) -> Note | None:
    return None if line.note is None else Note("reason", 6.0)


def laid_out(*lines: Line, line: float = LINE) -> Rows:
    from derive.notation import latex as written

    return rows(Display(lines), Setting(written, note, lambda label: "1", lambda tex, factor: tex, line))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_environment_is_closed_in_its_turn(path: Path) -> None:
    open_ones: list[str] = []
    for sign, name in ENVIRONMENT.findall(latex(told(path))):
        if sign == "begin":
            open_ones.append(name)
        else:
            assert open_ones.pop() == name
    assert not open_ones


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_reference_of_the_article_has_its_label_and_every_label_its_reference(path: Path) -> None:
    text = latex(told(path))
    labels = re.findall(r"\\label\{([^}]*)\}", text) + re.findall(r"\\hypertarget\{([^}]*)\}", text)
    cited = re.findall(r"\\eqref\{([^}]*)\}", text) + re.findall(r"\\hyperlink\{([^}]*)\}", text)
    assert len(labels) == len(set(labels))
    assert set(cited) <= set(labels)
    assert set(labels) <= set(cited)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_displays_of_markdown_stand_alone_and_hold_no_empty_line(path: Path) -> None:
    lines = markdown(told(path)).splitlines()
    dollars = [at for at, line in enumerate(lines) if "$$" in line]
    assert len(dollars) % 2 == 0
    for start, end in zip(dollars[::2], dollars[1::2], strict=True):
        assert lines[start] == lines[end] == "$$"
        assert lines[start - 1] == ""
        assert all(lines[start:end])
        # A line that began with one of these would be a list or a heading.
        assert not any(line.lstrip().startswith(("-", "+", "=", "#", ">", "*")) for line in lines[start:end])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_markdown_shows_the_figures_that_are_written_beside_it(path: Path) -> None:
    shown = re.findall(r"!\[[^]]*\]\(([^)]+)\)", markdown(told(path)))
    assert shown == list(figures(told(path)))
    assert all(name.startswith(path.stem) for name in shown)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_row_of_a_markdown_table_has_as_many_cells_as_its_head(path: Path) -> None:
    for table in re.findall(r"(?:^\|.*\|\n)+", markdown(told(path)), re.MULTILINE):
        counts = {line.count("|") for line in table.splitlines()}
        assert len(counts) == 1


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_dollars_of_markdown_come_in_pairs_with_mathematics_close_inside(path: Path) -> None:
    text = re.sub(r"\$\$\n.*?\n\$\$", "", markdown(told(path)), flags=re.DOTALL).replace(r"\$", "")
    for paragraph in text.split("\n\n"):
        assert paragraph.count("$") % 2 == 0
        for inside in re.findall(r"\$([^$]*)\$", paragraph):
            assert inside == inside.strip() != ""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_same_document_gives_the_same_text(path: Path) -> None:
    again = walkthrough(graph(model.read(path)))
    assert latex(again) == latex(told(path))
    assert markdown(again) == markdown(told(path))


HOSTILE = r"\input{/etc/passwd} $x$ 50% & a_b #1 ~ ^ {x} \\ <b>|*_[link](x)"


def test_a_title_is_words_and_nothing_else() -> None:
    text = f"title = '{HOSTILE}'\nequations = 'y = w*x'\nparameters = ['w']"
    article, page = latex(document(text)), markdown(document(text))
    assert r"\textbackslash{}input\{/etc/passwd\} \$x\$ 50\% \& a\_b \#1" in article
    assert r"\input" not in article
    assert page.splitlines()[0].startswith(r"# \\input{/etc/passwd} \$x\$ 50% &amp; a\_b \#1")
    assert r"\<b\>\|\*\_\[link\](x)" in page


@given(st.text(max_size=40))
def test_no_words_can_be_a_command_of_latex(text: str) -> None:
    written = latex_words(text)
    assert "\n" not in written
    assert written.isascii() or all(each.isalpha() for each in written if not each.isascii())
    commands = set(re.findall(r"\\[A-Za-z]+", written))
    assert not commands & {r"\input", r"\write", r"\def", r"\begin", r"\end"}
    bare = re.sub(r"\\[{}]|\\[A-Za-z]+\{\}", "", written)
    assert bare.count("{") == bare.count("}") == 0
    assert bare.replace(r"\$", "").count("$") % 2 == 0


@given(st.text(alphabet="ab*_[]<>#|`$\\~&", max_size=20))
def test_no_words_can_be_a_sign_of_markdown(text: str) -> None:
    written = markdown_words(text)
    assert not re.search(r"(?<!\\)[*_\[\]<>#|`$~]", re.sub(r"\\\\", "", written))


@pytest.mark.parametrize("spelled", [r"\input{x}", r"\write18{ls}", "$x$", "x}", r"\def\y{}", "x % y"])
def test_notation_that_is_no_mathematics_is_refused(spelled: str) -> None:
    found = document("y = sigmoid(w*x)\nL = y**2")
    changed = Walkthrough(found.title, found.sections, found.graph, {"w": spelled})
    for write in (latex, markdown):
        with pytest.raises(DeriveError, match="the notation of w is no mathematics"):
            write(changed)


def test_a_sentence_is_words_and_slots_in_order() -> None:
    sentence = say(
        "model.parameters", names=say("phrase.list", firsts=(Name("a"),), last=Name("b")), count="two"
    )
    found = parts(sentence)
    assert found[:3] == (Name("a"), " and ", Name("b"))
    assert Term("parameters") in found


def test_words_in_a_slot_stay_words() -> None:
    sentence = say("neuron.activate_titled", title="\ue0000\ue001 {{ x }}")
    assert any("{{ x }}" in part for part in parts(sentence) if isinstance(part, str))


def test_a_word_that_no_macro_knows_is_an_error() -> None:
    with pytest.raises((KeyError, TypeError)):
        parts(Sentence("model.no_such_macro"))


def test_a_chain_goes_on_under_its_sign_and_its_reasons_stand_in_a_column() -> None:
    reason = say("rule.tidied")
    found = laid_out(Line(Name("a"), formula("b + c")), Line(None, formula("d"), note=reason))
    assert [row.left for row in found.rows] == ["a", ""]
    assert [row.sign for row in found.rows] == ["=", "="]
    assert found.environment == "alignat*"
    assert [row.note for row in found.rows] == [None, "reason"]


LONG = " + ".join(f"a{at}*b{at}" for at in range(1, 30))


@pytest.mark.parametrize("boxed", [False, True])
@pytest.mark.parametrize("label", [None, "it"])
def test_no_row_is_wider_than_the_page(label: str | None, boxed: bool) -> None:
    line = Line(Name("y"), formula(LONG), note=say("rule.tidied"), label=label, boxed=boxed)
    found = laid_out(line)
    assert len(found.rows) > 1 or boxed
    for row in found.rows:
        reason = 0.0 if row.note is None else 7.6
        assert 2.0 + 1.4 + width(row.left) + row.width + reason <= LINE


def test_a_long_left_side_stands_above_its_right_side() -> None:
    left = formula("L(" + ", ".join(f"w{at}" for at in range(1, 25)) + ")", functions=("L",))
    found = laid_out(Line(left, formula(LONG)))
    assert found.rows[0].left == ""
    assert found.rows[0].right.startswith("L(")
    assert any("=" in row.right for row in found.rows[1:])


def ends(*lines: Line) -> list[str]:
    return [row.end for row in laid_out(*lines).rows]


def test_a_page_ends_neither_after_the_first_nor_before_the_last_row_of_a_chain() -> None:
    chain = [Line(Name("a"), Name("b")), *(Line(None, Name(name)) for name in "cdef")]
    assert ends(*chain, *chain) == [
        *(r" \\*", r" \\*", r" \\", r" \\*", r" \\[4pt]"),
        *(r" \\*", r" \\", r" \\*", r" \\*", ""),
    ]


def test_a_short_story_stays_on_one_page_and_the_next_stands_apart() -> None:
    story = [Line(Name("a"), Name("b"), apart=True), *(Line(None, Name(name)) for name in "cd")]
    assert ends(*story, *story) == [*(r" \\*", r" \\*", r" \\[12pt]"), *(r" \\*", r" \\*", "")]


def test_a_result_stays_with_what_leads_to_it_and_with_its_number() -> None:
    before, after = ([Line(Name(name), Name("x")) for name in names] for names in ("abcd", "fghi"))
    found = ends(*before, Line(Name("e"), Name("x"), boxed=True), *after)
    assert found[3:5] == [r" \\*", r" \\*"]
    assert found[2] == r" \\"


def test_a_reason_below_its_line_stays_with_it() -> None:
    chain = [Line(Name("a"), Name("b")), *(Line(None, Name(name)) for name in "cde")]
    wide = formula("(" + " + ".join(f"a{at}*b{at}" for at in range(1, 12)) + ")/z")
    found = laid_out(*chain, Line(None, wide, note=say("rule.tidied")), *chain[1:])
    below = next(at for at, row in enumerate(found.rows) if row.note is not None and not row.right)
    assert found.rows[below - 1].end == r" \\*"


def spelling() -> Spelling:
    from derive.notation import latex as written

    def wide(cell: Cell) -> float:
        return width(written(cell)) if isinstance(cell, Formula) else len(str(cell)) / 2

    return Spelling(written, str, wide)


def test_decimals_are_aligned_at_their_point() -> None:
    cells = [Number("0.5"), Number("12.25"), formula("-3"), formula("9.102*10**(-4)")]
    (found,) = grids(Table(("value",), tuple((each,) for each in cells), "r"), spelling(), None)
    assert re.fullmatch(r"D\{\.\}\{\.\}\{3\.\d+\}", found.columns)
    assert found.head == (r"\multicolumn{1}{c}{value}",)
    assert [row[0] for row in found.parts[0]] == ["0.5", "12.25", "-3", r"9.102 \cdot 10^{-4}"]


def test_whole_numbers_and_words_need_no_point() -> None:
    table = Table(("name", "count"), (("a", Number("1")), ("b", Number("12"))), "lr")
    (found,) = grids(table, spelling(), None)
    assert found.columns == "lr"


def test_a_wide_formula_takes_several_rows_of_its_table() -> None:
    table = Table(("left", "right"), ((Name("y"), formula(LONG)),), "ll")
    (found,) = grids(table, spelling(), None)
    (rows_of_it,) = found.parts
    assert len(rows_of_it) > 1
    assert [bool(row[0]) for row in rows_of_it] == [True] + [False] * (len(rows_of_it) - 1)


def test_columns_that_do_not_fit_stand_in_a_table_of_their_own() -> None:
    names = tuple(f"a_long_name_of_a_quantity_{at}" for at in range(6))
    table = Table(("sample", *names), (("one", *(Number("1") for _ in names)),), "l" + "r" * 6)
    found = grids(table, spelling(), None)
    assert len(found) > 1
    assert all(each.head[0] == "sample" for each in found)
    assert [name for each in found for name in each.head[1:]] == list(names)


def test_a_long_table_comes_in_parts_that_fit_on_a_page() -> None:
    table = Table(("n",), tuple((Number(str(at)),) for at in range(100)), "r")
    (found,) = grids(table, spelling(), None)
    assert sum(map(len, found.parts)) == 100
    assert all(len(part) <= 36 for part in found.parts)


def test_every_kind_of_block_is_printed_in_both_formats() -> None:
    kinds = {type(block) for path in EXAMPLES for block in blocks(told(path))}
    assert kinds == {Section, Paragraph, Display, Table, Figure, Steps}


def test_a_matrix_and_a_chain_of_relations_are_printed() -> None:
    matrix = Vector((Vector((Number("1"), Number("2"))), Vector((Number("3"), Number("4")))))
    found = laid_out(Line(Name("W"), matrix), Line(Name("s"), Relation((Name("a"), Name("b")), ("≈",)), "≈"))
    assert r"\begin{bmatrix}" in found.rows[0].right
    assert found.rows[1].right == r"a \approx b"
    assert laid_out(Line(Name("s"), Reduction("sum", Name("x")))).environment == "align*"


def test_a_sign_in_a_row_that_reaches_over_reasons_stands_as_far_in_as_in_others() -> None:
    text = """
h1 = omega + alpha*r0**2 + beta*h0
h2 = omega + alpha*r1**2 + beta*h1
h3 = omega + alpha*r2**2 + beta*h2
L = 0.5*(log(h1) + r1**2/h1 + log(h2) + r2**2/h2 + log(h3) + r3**2/h3)
"""
    page = derive.read(text).gradient().walkthrough().latex()
    wide = re.findall(r"& \\mathrlap\{(\S{2})", page)
    assert wide
    assert set(wide) == {"{}"}
