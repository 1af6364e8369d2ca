"""What is written can be read again, and means the same."""

from __future__ import annotations

import ast
from collections.abc import Callable
from fractions import Fraction
from math import prod

from hypothesis import assume, given

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
from derive.notation import latex, plain, unicode_text
from tests.formulas import arithmetic, formulas, names, numbers, relations, textbook

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
