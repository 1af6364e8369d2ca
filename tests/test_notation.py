"""What is written can be read again, and means the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from fractions import Fraction
from math import prod

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from derive.formula import (
    Formula,
    Grouping,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    read,
)
from derive.matrix import in_matrix_notation
from derive.notation import function_latex, latex, name_latex, plain, unicode_text
from derive.typesetting import width
from tests.formulas import arithmetic, formulas, names, numbers, relations, textbook
from tests.page import Case, cases

# What a name may come to in LaTeX: letters and marks, and nothing that acts.
LETTERS = re.compile(r"\\(?:[A-Z]?[a-z]+(?![A-Za-z])|[{}$&#%_])")
ACTING = (
    "input",
    "include",
    "write",
    "def",
    "let",
    "catcode",
    "csname",
    "immediate",
    "openout",
    "read",
    "special",
)

# Ranks and sizes on the page of matrix notation: capitals are matrices.
MATRICES = "A B E K P Q S V W X Y Z W_1 W_2".split()
VECTORS = "a b g h u w x y z z_2".split()
RANKS = {**dict.fromkeys(MATRICES, 2), **dict.fromkeys(VECTORS, 1)}
SHAPES = {"X": (Name("N"), Name("d")), "Y": (Name("N"), Name("m"))}

VALUES = {"a": Fraction(3, 2), "b": Fraction(-5, 7), "c": Fraction(11, 4), "n": Fraction(2), "k": Fraction(3)}


@given(formulas())
def test_the_plain_form_reads_back(formula: Formula) -> None:
    assert read(plain(formula)) == formula


@given(relations())
def test_chains_of_relations_read_back(formula: Formula) -> None:
    assert read(plain(formula)) == formula


@given(arithmetic(names(("a", "b", "c")) | numbers(("1", "2", "0.50"))))
def test_the_plain_form_means_what_python_means_by_it(formula: Formula) -> None:
    try:
        value = of_tree(formula)
    except ZeroDivisionError:
        assume(False)
    assert of_python(ast.parse(plain(formula), mode="eval").body) == value


@given(textbook())
def test_textbook_latex_reads_back(formula: Formula) -> None:
    assert read(latex(formula), form="latex", indices=("i", "j")) == formula


@given(formulas())
def test_every_formula_has_latex_with_balanced_braces(formula: Formula) -> None:
    written = latex(formula)
    assert written.count("{") == written.count("}")
    assert unicode_text(formula)


def identified(case: Case) -> str:
    return case.title


@pytest.mark.parametrize("case", cases("notation"), ids=identified)
def test_a_formula_is_set_as_on_the_page(case: Case) -> None:
    assert latex(read(case.given)) == case.expected


@pytest.mark.parametrize("case", cases("notation-unicode"), ids=identified)
def test_a_formula_stands_on_a_line_as_on_the_page(case: Case) -> None:
    assert unicode_text(read(case.given)) == case.expected


@pytest.mark.parametrize("case", cases("notation-matrix"), ids=identified)
def test_matrix_notation_is_set_as_on_the_page(case: Case) -> None:
    written = latex(in_matrix_notation(read(case.given, functions=("f",)), RANKS, SHAPES))
    assert written == case.expected
    assert width(written) > 0


@given(st.text(min_size=1, max_size=30) | st.text(r"\{}$&#%_^~ab1", min_size=1))
def test_whatever_a_name_holds_is_letters_to_tex(name: str) -> None:
    for spelled in (name_latex(name), function_latex(name)):
        rest = LETTERS.sub("", spelled)
        assert not set(rest) & set("\\$&#%~")
        assert balanced(rest)


@pytest.mark.parametrize("command", ACTING)
def test_no_command_of_tex_passes_through_a_name(command: str) -> None:
    assert f"\\{command}" not in latex(Name(f"\\{command}{{x}}"))


def test_notation_overrides_the_spelling_of_names_and_functions() -> None:
    notation = {"y_true": "y", "f": r"\phi", "W1": "W^{(1)}", "exp": r"\exp"}
    written = latex(read("f(y_true)*W1[i,j] + exp(x) + W1**2 + W1.T"), notation)
    assert written == r"\phi(y) W^{(1)}_{ij} + \exp(x) + (W^{(1)})^2 + {W^{(1)}}^{\top}"


def test_a_sum_of_many_terms_is_written_in_time_proportional_to_its_length() -> None:
    formula = read(" + ".join(f"w{place}*x{place}" for place in range(12_000)))
    assert len(latex(formula)) < 40 * 12_000


def balanced(text: str) -> bool:
    """Whether every brace that opens is closed."""
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0


def of_tree(formula: Formula) -> Fraction:
    """The value of a formula of +, *, / and small powers."""
    match formula:
        case Number():
            return formula.value
        case Name(name):
            return VALUES[name]
        case Sum(terms):
            return sum(map(of_tree, terms), Fraction())
        case Product(factors):
            return prod(map(of_tree, factors), start=Fraction(1))
        case Quotient(numerator, denominator):
            return of_tree(numerator) / of_tree(denominator)
        case Power(base, exponent):
            return Fraction(of_tree(base) ** int(of_tree(exponent)))
        case Negation(operand):
            return -of_tree(operand)
        case Grouping(inner):
            return of_tree(inner)
    raise AssertionError(formula)


_OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
    ast.Pow: lambda left, right: Fraction(left ** int(right)),
}


def of_python(node: ast.expr) -> Fraction:
    """The value of a text that Python itself has parsed."""
    match node:
        case ast.Constant(value):
            return Fraction(str(value))
        case ast.Name(name):
            return VALUES[name]
        case ast.UnaryOp(ast.USub(), operand):
            return -of_python(operand)
        case ast.BinOp(left, operator, right):
            return _OPERATORS[type(operator)](of_python(left), of_python(right))
    raise AssertionError(ast.dump(node))
