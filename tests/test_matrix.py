"""Indexed sums in matrix notation: the forms that textbooks print, the same numbers with real matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.agreement import agree
from derive.equation import Term
from derive.formula import (
    TWO,
    ZERO,
    Bound,
    Call,
    Derivative,
    Formula,
    Indexed,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Relation,
    Sum,
    read,
    replace,
    times,
    walk,
)
from derive.matrix import ShapeError, by_components, in_matrix_notation, matrix_form, recognition
from derive.model import read as read_model
from derive.notation import latex, unicode_text
from derive.typesetting import width
from tests.matrices import Algebra, Grid, Matrix, key
from tests.page import Case, cases

# Letters with the kind of axis that they run over: i and j over one, so that matrices can be square.
AXES = {"i": "p", "j": "p", "k": "q", "l": "r"}
SIZES: Sequence[Mapping[str, int]] = (
    {"p": 2, "q": 3, "r": 4},
    {"p": 4, "q": 1, "r": 3},
    {"p": 3, "q": 5, "r": 2},
)


def identified(case: Case) -> str:
    return case.title


def ranks_of(terms: Sequence[Term]) -> dict[str, int]:
    return {
        node.name: len(node.indices)
        for term in terms
        for node in walk(term.body)
        if isinstance(node, Indexed)
    }


@pytest.mark.parametrize("case", cases("matrix"), ids=identified)
def test_an_indexed_sum_has_the_matrix_form_of_the_page(case: Case) -> None:
    left, _, right = case.given.partition(" = ")
    target = read(left)
    free = [index.name for index in getattr(target, "indices", ()) if isinstance(index, Name)]
    terms = (Term(read(right)),)
    form = matrix_form(terms, free, ranks_of(terms))
    assert ("none" if form is None else unicode_text(form)) == case.expected


def quantity(name: str, letters: Sequence[str]) -> Formula:
    """A component; each choice of kinds of axes is an array of its own."""
    if not letters:
        return Name(name)
    kinds = "".join(AXES[letter] for letter in letters)
    operand = Indexed(f"{name}_{kinds}", tuple(map(Name, letters)))
    return Derivative(Name("L"), operand) if name == "D" else operand


@st.composite
def factors(draw: st.DrawFn, letters: Sequence[str]) -> Formula:
    """A factor that spans some letters: an operand, or operands put together component by component."""
    span = draw(st.lists(st.sampled_from(letters), max_size=2, unique=True)) if letters else []
    operand = quantity(draw(st.sampled_from("abD")), span)
    other = quantity(draw(st.sampled_from("ab")), draw(st.permutations(span)))
    shapes: list[Formula] = [
        operand,
        operand,
        operand,
        Call("tanh", (operand,)),
        Call("tanh", (operand,), primes=1),
        Power(operand, TWO),
        Sum((operand, Negation(other))),
        Quotient(operand, Sum((TWO, Power(other, TWO)))),
        Quotient(read("1"), Sum((TWO, Power(operand, TWO)))),
    ]
    if len(span) == 1:
        shapes.append(quantity("a", [span[0], span[0]]))
    if len(span) == 2:
        shapes.append(Sum((quantity("a", span[:1]), quantity("b", span[1:]))))
        shapes.append(Call("sin", (Sum((operand, quantity("a", span[1:]))),)))
    return draw(st.sampled_from(shapes))


@st.composite
def sums(draw: st.DrawFn) -> tuple[tuple[Term, ...], tuple[str, ...]]:
    """Terms and the letters of the array that they make."""
    free = tuple(draw(st.lists(st.sampled_from(sorted(AXES)), max_size=2, unique=True)))
    terms: list[Term] = []
    for _ in range(draw(st.integers(1, 3))):
        bound = draw(st.lists(st.sampled_from(sorted(set(AXES) - set(free))), max_size=2, unique=True))
        body = times(*draw(st.lists(factors([*free, *bound]), min_size=1, max_size=4)))
        found = {node.name for node in walk(body) if isinstance(node, Name)}
        summed = tuple(letter for letter in bound if letter in found)
        terms.append(Term(Negation(body) if draw(st.booleans()) else body, summed))
    return tuple(terms), free


@st.composite
def formulas(draw: st.DrawFn, scope: Sequence[str], depth: int = 3) -> Formula:
    """Sums, products, fractions, functions and sums over letters, in one another."""
    kind = draw(st.sampled_from("oosmqfrr" if depth else "o"))
    if kind == "o":
        span = draw(st.lists(st.sampled_from(scope), max_size=2, unique=True)) if scope else []
        return quantity(draw(st.sampled_from("abD")), span)
    part = draw(formulas(scope, depth - 1))
    match kind:
        case "s":
            return Sum((part, Negation(draw(formulas(scope, depth - 1)))))
        case "m":
            return Product((part, draw(formulas(scope, depth - 1))))
        case "q":
            return Quotient(part, Sum((TWO, Power(draw(formulas(scope, depth - 1)), TWO))))
        case "f":
            return Call(draw(st.sampled_from(("tanh", "sin"))), (part,))
    letter = draw(st.sampled_from([each for each in AXES if each not in scope] or ["i"]))
    body = draw(formulas(list({*scope, letter}), depth - 1))
    varies = any(isinstance(node, Name) and node.name == letter for node in walk(body))
    return Reduction("sum", body, (Bound(letter),)) if varies and letter not in scope else part


@st.composite
def arrays(draw: st.DrawFn) -> tuple[tuple[Term, ...], tuple[str, ...]]:
    """A formula as one term, and the letters of the array that it makes."""
    free = tuple(draw(st.lists(st.sampled_from(sorted(AXES)), max_size=2, unique=True)))
    return (Term(draw(formulas(free))),), free


def values_for(terms: Sequence[Term], sizes: Mapping[str, int]) -> dict[str, Matrix]:
    """Random arrays for all operands; an operand's name ends with the kinds of its axes."""
    generator = np.random.default_rng(1)
    found: dict[str, Matrix] = {}
    for term in terms:
        for node in walk(term.body):
            if isinstance(node, Name | Derivative) and key(node) not in AXES:
                found.setdefault(key(node), generator.normal(size=()))
            if isinstance(node, Indexed):
                shape = [sizes[kind] for kind in node.name.rpartition("_")[2]]
                found[node.name] = found.get(node.name, generator.normal(size=shape))
                found[f"∂L/∂{node.name}"] = generator.normal(size=shape)
    return found


def check(terms: Sequence[Term], free: Sequence[str], form: Formula) -> None:
    for sizes in SIZES:
        letters = {letter: sizes[kind] for letter, kind in AXES.items()}
        values = values_for(terms, sizes)
        expected = Grid(values, letters).total(terms, free)
        shape = [letters[letter] for letter in free]
        rows, columns, *_ = (*shape, 1, 1)
        found = Algebra(values).value(form, rows, columns)
        whole = np.broadcast_to(found, (rows, columns)).reshape(shape)
        np.testing.assert_allclose(whole, expected, rtol=1e-9, atol=1e-9)


@settings(max_examples=200)
@given(sums())
def test_a_matrix_form_computed_with_matrices_is_the_indexed_sum(
    drawn: tuple[tuple[Term, ...], tuple[str, ...]],
) -> None:
    terms, free = drawn
    form = matrix_form(terms, free, ranks_of(terms))
    assert form is not None
    check(terms, free, form)


@settings(max_examples=200)
@given(arrays())
def test_formulas_in_one_another_are_computed_with_matrices_too(
    drawn: tuple[tuple[Term, ...], tuple[str, ...]],
) -> None:
    """A function of three letters has no matrix form; all others that are found are right."""
    terms, free = drawn
    form = matrix_form(terms, free, ranks_of(terms))
    if form is not None:
        check(terms, free, form)


# Equations in matrix notation with the shapes of what they read.
WRITTEN = {
    "z = W @ x + b": {"W": ["m", "n"], "x": ["n"], "b": ["m"]},
    "Z = X @ W.T + b": {"X": ["N", "n"], "W": ["m", "n"], "b": ["m"]},
    "Z = A*B - 2*A/B": {"A": ["m", "n"], "B": ["m", "n"]},
    "Z = (X - u)/sqrt(v + 2)*g": {"X": ["N", "n"], "u": ["n"], "v": ["n"], "g": ["n"]},
    "z = x @ W": {"x": ["m"], "W": ["m", "n"]},
    "q = x @ A @ x": {"A": ["n", "n"], "x": ["n"]},
    "s = norm(W)**2 + norm(x)": {"W": ["m", "n"], "x": ["n"]},
    "t = trace(A.T @ B)": {"A": ["m", "n"], "B": ["m", "n"]},
    "d = diag(A) + A @ x": {"A": ["n", "n"], "x": ["n"]},
    "G = outer(x, y)*A": {"A": ["m", "n"], "x": ["m"], "y": ["n"]},
    "r = sum(A*B, axis=1)": {"A": ["m", "n"], "B": ["m", "n"]},
    "c = sum(A, axis=0) + x": {"A": ["m", "n"], "x": ["n"]},
    "s = sum((x - y)**2)": {"x": ["n"], "y": ["n"]},
    "s = sum((X @ w - y)**2)": {"X": ["N", "n"], "w": ["n"], "y": ["N"]},
    "h = (1 - z)*x + z*tanh(y)": {"x": ["n"], "y": ["n"], "z": ["n"]},
    "C = (A @ B).T": {"A": ["m", "k"], "B": ["k", "n"]},
    "C = A/(1 + exp(-B))": {"A": ["m", "n"], "B": ["m", "n"]},
    "p = x/norm(x)": {"x": ["n"]},
    "z = x - dot(x, y)": {"x": ["n"], "y": ["n"]},
    "Z = X/sum(X, axis=1, keepdims=True) - sum(X, axis=0, keepdims=True)": {"X": ["m", "n"]},
    "Z = A*x - A/x + x": {"A": ["m", "n"], "x": ["n"]},
    "Z = (A - dot(x, y))*outer(x, x)": {"A": ["n", "n"], "x": ["n"], "y": ["n"]},
}


@pytest.mark.parametrize("text", WRITTEN)
def test_what_is_printed_for_the_author_means_what_was_written(text: str) -> None:
    loss = "L = {}**2" if text[0] in "qst" else "L = sum({}**2)"
    equations = f"equations = '''\n{text}\n{loss.format(text[0])}\n'''\n"
    model = read_model(equations + shapes(WRITTEN[text]))
    first = model.equations[0]
    assert first.written is not None
    ranks = {name: len(sizes) for name, sizes in WRITTEN[text].items()}
    printed = in_matrix_notation(first.written, ranks)
    assert agree(by_components(printed, first.indices, ranks), first.formula).proved


def shapes(declared: Mapping[str, Sequence[str]]) -> str:
    return "[shapes]\n" + "\n".join(f"{name} = {list(sizes)}" for name, sizes in declared.items())


def test_equal_letters_as_a_guard_make_a_diagonal_matrix_or_contract() -> None:
    equal = (Relation((Name("j"), Name("i")), ("=",)),)
    ranks = {"L": 0, "y": 1, "A": 2}
    diagonal = matrix_form((Term(read("-2*∂L/∂y[i]"), (), equal),), ("i", "j"), ranks)
    contracted = matrix_form((Term(read("∂L/∂y[i]*A[k,j]"), ("i",), equal),), ("k", "j"), ranks)
    assert diagonal is not None
    assert unicode_text(diagonal) == "-2·diag(∂L/∂y)"
    assert contracted is not None
    assert unicode_text(contracted) == "A diag(∂L/∂y)"


def test_a_sum_over_what_does_not_vary_needs_the_size_of_its_letter() -> None:
    term = Term(read("-x[i]/N"), ("n",))
    ranks = {"x": 1}
    assert matrix_form((term,), ("i",), ranks) is None
    assert matrix_form((term,), ("i",), ranks, sizes={"n": Name("N")}) == Negation(Name("x"))


def test_the_sum_of_no_terms_is_zero() -> None:
    assert matrix_form((), ("i", "j"), {}) == Number("0")


@pytest.mark.parametrize(
    ("form", "rank"),
    [("T + 1", 0), ("W @ x + W", 1), ("x + W", 2), ("x @ y", 0), ("W.T @ x @ y.T", 1), ("W", 1)],
)
def test_a_form_whose_parts_do_not_fit_means_nothing(form: str, rank: int) -> None:
    with pytest.raises(ShapeError):
        by_components(read(form), "ij"[:rank], {"W": 2, "x": 1, "y": 1, "T": 3})


@settings(max_examples=100)
@given(sums())
def test_every_matrix_form_can_be_set_and_measured(drawn: tuple[tuple[Term, ...], tuple[str, ...]]) -> None:
    terms, free = drawn
    form = matrix_form(terms, free, ranks_of(terms))
    assert form is not None
    assert width(latex(form)) > 0
    assert unicode_text(form)


def test_a_pattern_is_proved_once() -> None:
    first = matrix_form((Term(read("∂L/∂u[i]*v[j]")),), ("i", "j"), {"u": 1, "v": 1})
    before = recognition._form.cache_info().misses
    second = matrix_form((Term(read("∂E/∂q[k]*p[m]")),), ("k", "m"), {"q": 1, "p": 1})
    assert recognition._form.cache_info().misses == before
    assert unicode_text(first or ZERO) == "(∂L/∂u) vᵀ"
    assert unicode_text(second or ZERO) == "(∂E/∂q) pᵀ"


@pytest.mark.parametrize("wrong", ["B @ A", "A.T @ B", "A @ B + 1", "2*(A @ B)", "A*B"])
def test_a_form_that_is_not_proved_is_not_given(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    term = Term(read("q0[i,k]*q1[k,j]"), ("k",))
    misread = replace(read(wrong), {Name("A"): Name("q0"), Name("B"): Name("q1")})
    monkeypatch.setattr(recognition.Reading, "total", lambda *_, **__: misread)
    recognition._form.cache_clear()
    assert matrix_form((term,), ("i", "j"), {"q0": 2, "q1": 2}) is None
    recognition._form.cache_clear()
