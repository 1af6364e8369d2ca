"""What a text means, and what is refused with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.errors import FormulaError, ModelError, Place, nearest, printable
from derive.formula import (
    Call,
    Cases,
    Derivative,
    Formula,
    Indexed,
    Name,
    Number,
    Reduction,
    Relation,
    read,
    walk,
)
from derive.formula import (
    FormulaError as PublicFormulaError,
)
from derive.notation import plain
from tests.formulas import formulas
from tests.page import Case, cases
from tests.stopwatch import spent

# A text of each refusal that must come fast, however long the text.
ATTACKS = {
    "a line of 10 MB": "x+" * 5_000_000,
    "a name of 900,000 letters": "x" * 900_000,
    "a word of 900,000 letters": r"\text{" + "x" * 900_000 + "}",
    "a subscript of 100,000 parts": "x_{" + ",".join("1" * 100_000) + "}",
    "a number of 900,000 digits": "9" * 900_000,
    "parentheses 10,000 deep": "(" * 10_000 + "x" + ")" * 10_000,
    "brackets 10,000 deep": "[" * 10_000,
    "braces 10,000 deep": "{" * 10_000,
    "minus signs 10,000 deep": "-" * 10_000 + "x",
    "a tower 10,000 high": "**".join("x" * 10_000),
    "fractions 100,000 deep": "/".join("x" * 100_000),
    "transposes 10,000 deep": "x" + ".T" * 10_000,
    "cases 10,000 deep": "x if x > 0 else (" * 10_000,
    "calls 10,000 deep": "f(" * 10_000,
    "a power tower": "9**9**9**9",
    "a hidden power tower": "(1 + 8)**(3*3)**(10 - 1)**9",
    "a power of a power of a power": "((x**9999)**9999)**9999",
    "a tiny number": "1e-999999999",
    "a huge exponent of a number": "1e99999999999999999999",
    "binary": "\x7fELF\x02\x01\x01\x00\x00",
    "an escape sequence": "x + \x1b[2J",
    "a text direction override": "x + \u202ey",
    "a lone surrogate": "x + \ud800",
    "a call of Python": '__import__("os").system("true")',
    "an attribute of Python": "x.__class__",
    "an f-string": "f'{x}'",
    "a walrus in parentheses": "(x := 2)",
    "a lambda": "lambda x: x",
    "a semicolon": "x; y",
    "fractions of LaTeX 10,000 deep": r"\frac{" * 10_000,
    "roots of LaTeX 10,000 deep": r"\sqrt{" * 10_000,
    "subscripts 10,000 deep": "x_{" * 10_000,
    "marks 10,000 deep": r"\hat{" * 10_000,
    "raised 10,000 deep": "x^{" * 10_000,
    "sums 10,000 deep": r"\sum_{i} " * 10_000,
    "functions 10,000 deep": r"\sin " * 10_000,
    "derivatives 10,000 deep": r"\frac{\partial " * 10_000,
    "bars 10,000 deep": "|" * 10_000,
    "a file of TeX": r"\input{/etc/passwd}",
    "a definition of TeX": r"\def\x{\x\x}\x",
    "a column of TeX": r"\begin{array}{c} x \end{array}",
}


def structure(formula: Formula) -> str:
    """The tree on one line."""
    match formula:
        case Name(name):
            return name
        case Number(text):
            return text
        case Indexed(name, indices):
            return f"{name}[{', '.join(map(structure, indices))}]"
        case Relation(sides, signs):
            head, parts = f"Relation {' '.join(signs)}", sides
        case Call(function, arguments, primes):
            head, parts = f"Call {function}{chr(39) * primes}", arguments
        case Reduction(kind, body, bounds, axis):
            letters = "".join(f" {each.name}" for each in bounds)
            head, parts = f"Reduction {kind}{letters}{'' if axis is None else f' axis={axis}'}", (body,)
        case Derivative(of, wrt, total, applied):
            head = f"Derivative{' total' if total else ''}{' applied' if applied else ''}"
            parts = (of, wrt)
        case Cases():
            head, parts = "Cases", formula.children
        case _:
            head, parts = type(formula).__name__, formula.children
    return f"{head}({', '.join(map(structure, parts))})"


def report(text: str, form: str) -> str:
    """What the user sees of a refusal."""
    with pytest.raises(FormulaError) as fault:
        read(text, form=form)
    return fault.value.within(text).report()


def refusal(text: str, form: str) -> FormulaError | None:
    """Why a text is refused, if it is; any other exception is a fault of the reader."""
    try:
        read(text, form=form, indices=("i",))
    except FormulaError as fault:
        return fault
    return None


def identified(case: Case) -> str:
    return case.title


@pytest.mark.parametrize("case", cases("reading"), ids=identified)
def test_a_plain_text_has_the_tree_of_the_page(case: Case) -> None:
    assert structure(read(case.given)) == case.expected


@pytest.mark.parametrize("case", cases("reading-latex"), ids=identified)
def test_a_latex_text_means_the_plain_text_of_the_page(case: Case) -> None:
    formula = read(case.given, form="latex", indices=("i", "j"), vectors=("w", "x"), names=("learning_rate",))
    assert plain(formula) == case.expected


@pytest.mark.parametrize("case", cases("reading-refusals"), ids=identified)
def test_a_plain_text_is_refused_as_on_the_page(case: Case) -> None:
    assert report(case.given, "plain") == case.expected


@pytest.mark.parametrize("case", cases("reading-latex-refusals"), ids=identified)
def test_a_latex_text_is_refused_as_on_the_page(case: Case) -> None:
    assert report(case.given, "latex") == case.expected


@pytest.mark.parametrize(
    ("text", "line", "caret"),
    [
        ("a + \frac{1}{2}", r"    a + \x0crac{1}{2}", "        ^^^^"),
        ("a + \x1b[31m", r"    a + \x1b[31m", "        ^^^^"),
        ("a + \u200bb", r"    a + \u200bb", "        ^^^^^^"),
    ],
)
def test_a_control_character_is_shown_by_its_number(text: str, line: str, caret: str) -> None:
    assert report(text, "plain").splitlines()[1:3] == [line, caret]


def test_an_empty_text_has_no_line_to_show() -> None:
    assert report("  ", "plain") == report("", "latex") == "line 1: the formula is empty"


@pytest.mark.parametrize("form", ["plain", "latex"])
@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_is_refused_at_once(text: str, form: str) -> None:
    with spent() as seconds:
        fault = refusal(text, form)
    # Far above what it takes: a machine may be busy.
    assert seconds() < 5
    assert fault is not None
    assert 0 <= fault.at <= len(text)
    shown = fault.within(text).report()
    assert len(shown) < 2000
    assert all(line.isprintable() for line in shown.splitlines())


TEXTS = st.text(max_size=40) | st.text("xyfi()[]{}+-*/^_,.=<>'|&\\ 0129Te∂", max_size=30)


@given(TEXTS, st.sampled_from(("plain", "latex")))
def test_any_text_is_read_or_refused_with_a_place_in_it(text: str, form: str) -> None:
    fault = refusal(text, form)
    assert fault is None or (0 <= fault.at <= len(text) and fault.within(text).report())


TEX_WORDS = (
    r"\frac", r"\partial", "{", "}", "^", "_", "(", ")", "[", "]", "x", "w_1", "dL", "2", "+", "-", r"\cdot",
    r"\sum", r"\sum_{i=1}", r"\sin", "=", r"\\", "&", r"\begin{cases}", r"\end{cases}", r"\text{if }",
    "'", "|", r"\hat", r"\mathbf", r"\sqrt", r"\boxed", r"\left(", r"\right)", "/", ",", r"\max", "T", "e",
    "f",
    r"\delta", "12",
)  # fmt: skip


@given(st.lists(st.sampled_from(TEX_WORDS), max_size=14).map(" ".join))
def test_any_words_of_latex_are_read_or_refused(text: str) -> None:
    fault = refusal(text, "latex")
    assert fault is None or 0 <= fault.at <= len(text)


@given(formulas())
def test_a_name_knows_its_place(formula: Formula) -> None:
    text = plain(formula)
    for node in walk(read(text)):
        if isinstance(node, Name | Indexed):
            assert node.at is not None
            assert text.startswith(node.name, node.at)
        if isinstance(node, Call):
            assert node.at is not None
            assert text.startswith(node.function, node.at)


def test_names_are_not_folded() -> None:
    assert read("ﬁ") != read("fi")
    assert read("y\u0302") != read("ŷ")


def test_a_declared_function_may_be_called_like_a_reduction() -> None:
    assert read("mean(a, b)", functions=("mean",)) == Call("mean", (Name("a"), Name("b")))


def test_e_is_a_quantity_where_the_context_says_so() -> None:
    assert read("e^2", form="latex", names=("e",)) == read("e**2")
    assert read("e^2", form="latex") == read("exp(2)")


def test_a_report_shows_file_line_word_reason_and_suggestion() -> None:
    line = "y_pred = sigmoid(w5*h1 + w6*h2 + b3)"
    place = Place("two.toml", 4, line.index("h2"), line, 2)
    shown = ModelError("h2 is used before it is defined", place, "Define h2 first.").report()
    assert shown == (
        "two.toml, line 4: h2 is used before it is defined\n"
        "    y_pred = sigmoid(w5*h1 + w6*h2 + b3)\n"
        "                                ^^\n"
        "Define h2 first."
    )


def test_a_caret_stands_below_its_word_after_wide_and_combining_characters() -> None:
    text = "漢字 + y\u0302 + x"
    shown = FormulaError("x is unknown", text.index("x")).within(text).report()
    assert shown.splitlines()[2] == " " * (4 + 4 + 3 + 1 + 3) + "^"


def test_a_long_line_is_cut_to_a_window_round_the_word() -> None:
    text = "a + " * 1000 + "H2" + " + b" * 1000
    line, caret = FormulaError("H2 is unknown", text.index("H2"), 2).within(text).report().splitlines()[1:]
    assert len(line) < 110
    assert line[caret.index("^") : caret.rindex("^") + 1] == "H2"


def test_nothing_in_a_report_can_steer_a_terminal() -> None:
    place = Place("\x1b[2Jevil.toml", 1, 0, "\x1b]0;title\x07 x \u202e y", 1)
    shown = ModelError("a \x1b[31mreason\r", place, "\x9b2J").report()
    assert all(line.isprintable() for line in shown.splitlines())


def test_a_near_name_is_found() -> None:
    assert nearest("H2", ("h1", "h2", "b")) == "h2"
    assert nearest("sigmiod", ("sigmoid", "tanh")) == "sigmoid"
    assert nearest("x", ("alpha", "beta")) is None
    assert printable("λ̂ ok") == "λ̂ ok"


def test_the_error_is_one_type() -> None:
    assert PublicFormulaError is FormulaError


@pytest.mark.parametrize("case", cases("reading-text"), ids=identified)
def test_running_text_means_what_the_page_says(case: Case) -> None:
    found = read(case.given, form="text", indices=("i", "j"), raised=())
    assert plain(found) == case.expected


RAISED = {
    r"x^{(i)}": "x^()[i]",
    r"x_j^{(i)}": "x^()[i,j]",
    r"x^{(i)}_j": "x^()[i,j]",
    r"a^{l-1}_k": "a^[l-1,k]",
    r"\delta^L": "delta^L",
    r"W^{[2]}": "W^⟦2⟧",
    r"w^*": "w^*",
    r"x^{n-1}": "x**(n - 1)",
    r"x^{(n-1)}": "x**(n - 1)",
    r"x^2": "x**2",
    r"e^{(-x)}": "exp((-x))",
}


@pytest.mark.parametrize("text", RAISED)
def test_what_a_document_raises_is_an_index_or_a_power(text: str) -> None:
    found = read(text, form="latex", indices=("i", "j", "k"), raised=("l", "L"))
    assert plain(found) == RAISED[text]
