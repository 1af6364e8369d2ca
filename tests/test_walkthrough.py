"""The walkthrough: what it says is in the graph, every form is proved, every number can be redone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import jinja2
import mpmath
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from jinja2 import nodes

import derive
from derive.formula import (
    Derivative,
    Formula,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Relation,
    Vector,
    names,
    read,
    walk,
)
from derive.functions import FUNCTIONS, Function
from derive.graph import graph
from derive.model import read as read_model
from derive.notation import latex, plain
from derive.templating import folder
from derive.walkthrough import Walkthrough, proofs, story, walkthrough
from derive.walkthrough.labels import cited_labels
from derive.walkthrough.proofs import Proofs, UnprovedError
from derive.walkthrough.tree import (
    Display,
    Figure,
    Paragraph,
    Section,
    Sentence,
    Steps,
    Table,
    blocks,
    lines,
)
from tests import calculator
from tests.models import Sample, indexed_models, scalar_models

EXAMPLES = Path(derive.__file__).parent / "examples"

TWO_TWO_ONE = """
h1 = sigmoid(w1*x1 + w2*x2 + b1)
h2 = sigmoid(w3*x1 + w4*x2 + b2)
y_pred = sigmoid(w5*h1 + w6*h2 + b3)
L = (y_true - y_pred)**2
"""
ALICE = {
    "x1": -2,
    "x2": -1,
    "y_true": 1,
    **{f"w{i}": 1 for i in range(1, 7)},
    **{f"b{i}": 0 for i in range(1, 4)},
}
COMPOSITE = "J = cos(sin(x**2) + 3*x**2)"
LOGISTIC = """
z = w1*x1 + w2*x2 + b
h = sigmoid(z)
J = -(y*log(h) + (1 - y)*log(1 - h))
"""
LOGISTIC_INDEXED = """
z = sum(w[j]*x[j], j) + b
h = sigmoid(z)
J = -(y*log(h) + (1 - y)*log(1 - h))
"""
SKIPPING = """
h = tanh(w*x)
L = (y - h)**2 + lam*w**2
"""
BATCH = """
p[n] = sum(w[j]*x[n,j], j) + b
L = sum((y[n] - p[n])**2, n)/3
"""


def document(
    text: str, values: Mapping[str, object] = {}, data: tuple[str, ...] = (), wrt: tuple[str, ...] = ()
) -> Walkthrough:
    """The walkthrough of a model given as text, with values and roles."""
    model = read_model(text)
    given_values = {name: exact(value) for name, value in values.items()}
    parameters = tuple(name for name in model.parameters if name not in data)
    model = replace(model, values=given_values, parameters=parameters, data=data, wrt=wrt or parameters)
    return walkthrough(graph(model))


def exact(value: object) -> object:
    return tuple(map(exact, value)) if isinstance(value, list | tuple) else Fraction(str(value))


def two_two_one() -> Walkthrough:
    return document(TWO_TWO_ONE, ALICE, ("x1", "x2", "y_true"))


def composite() -> Walkthrough:
    return document(COMPOSITE, {"x": "0.5"}, ("x",), ("x",))


DOCUMENTS = {
    "two-two-one": two_two_one,
    "composite": composite,
    "logistic": lambda: document(
        LOGISTIC, {"x1": 2, "x2": 3, "y": 1, "w1": 0, "w2": 1, "b": -2}, ("x1", "x2", "y")
    ),
    "logistic, indexed": lambda: document(
        LOGISTIC_INDEXED, {"x": [2, 3], "y": 1, "w": [0, 1], "b": -2}, ("x", "y")
    ),
    "skipping": lambda: document(SKIPPING, {"x": 1, "y": 0, "w": "0.5", "lam": "0.1"}, ("x", "y", "lam")),
    "batch": lambda: document(
        BATCH, {"x": [[1, 2], [3, 4], [0, 1]], "y": [1, 0, 2], "w": [1, 2], "b": 0}, ("x", "y")
    ),
    "letters": lambda: document(TWO_TWO_ONE, {}, ("x1", "x2", "y_true")),
}
documents = pytest.mark.parametrize("name", DOCUMENTS)


# Words: every sentence is a macro, called with the slots that it has.


def macros() -> dict[str, frozenset[str]]:
    """The macros of the sentence templates with the names of their slots."""
    found = {}
    for path in sorted((folder() / "sentences").glob("*.jinja")):
        template = jinja2.Environment().parse(path.read_text(encoding="utf-8"))
        for macro in template.find_all(nodes.Macro):
            slots = frozenset(argument.name for argument in macro.args)
            found[f"{path.name.removesuffix('.jinja')}.{macro.name}"] = slots
    return found


def said() -> Iterator[str]:
    """The text constants of the walkthrough's sources."""
    for path in (Path(derive.__file__).parent / "walkthrough").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def sentences(part: object) -> Iterator[Sentence]:
    """Every sentence in a block or a slot, those inside others too."""
    match part:
        case Sentence(_, slots):
            yield part
            for slot in slots.values():
                yield from sentences(slot)
        case tuple():
            for each in part:
                yield from sentences(each)
        case Section(title):
            yield from sentences(title)
        case Paragraph(parts, heading):
            yield from sentences((heading, *parts))
        case Display(parts):
            yield from sentences(tuple(line.note for line in parts))
        case Table(columns, rows, _, caption, total):
            yield from sentences((columns, rows, caption, total))
        case Figure(_, caption):
            yield from sentences(caption)


def all_sentences(found: Walkthrough) -> tuple[Sentence, ...]:
    return tuple(sentence for block in blocks(found) for sentence in sentences(block))


def test_every_macro_is_said_somewhere() -> None:
    assert set(macros()) <= set(said())


@documents
def test_every_sentence_fills_exactly_the_slots_of_its_macro(name: str) -> None:
    known = macros()
    for sentence in all_sentences(DOCUMENTS[name]()):
        assert known[sentence.macro] == set(sentence.slots), sentence.macro


def test_sentences_hold_no_logic() -> None:
    for path in (folder() / "sentences").glob("*.jinja"):
        template = jinja2.Environment().parse(path.read_text(encoding="utf-8"))
        filters = {each.name for each in template.find_all(nodes.Filter)}
        assert filters <= {"math", "term", "map", "join"}, path.name
        assert not list(template.find_all((nodes.If, nodes.For, nodes.Assign))), path.name


# The document holds together.


def labels_of(found: Walkthrough) -> Iterator[str | None]:
    """The labels of all lines and of all entries of steps."""
    yield from (line.label for line in lines(found))
    yield from (each.label for block in blocks(found) if isinstance(block, Steps) for each in block.entries)


@documents
def test_every_reference_cites_one_line(name: str) -> None:
    found = DOCUMENTS[name]()
    labels = [label for label in labels_of(found) if label is not None]
    assert len(labels) == len(set(labels))
    assert cited_labels(found.sections) <= set(labels)


@documents
def test_only_what_is_cited_is_numbered(name: str) -> None:
    found = DOCUMENTS[name]()
    assert {line.label for line in lines(found)} - {None} <= cited_labels(found.sections)


@documents
def test_the_same_model_gives_the_same_document(name: str) -> None:
    assert DOCUMENTS[name]().sections == DOCUMENTS[name]().sections


@documents
def test_every_formula_can_be_printed(name: str) -> None:
    for line in lines(DOCUMENTS[name]()):
        for side in (line.left, line.right):
            if side is not None:
                assert latex(side)
                assert plain(side)


# Nothing is shown unproved.


def test_forms_that_differ_are_refused() -> None:
    with pytest.raises(UnprovedError):
        Proofs({}).equal(read("x + 1"), read("x + 2"))


def test_a_wrong_slope_of_a_function_stops_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    right = story.own_form
    monkeypatch.setattr(story, "own_form", lambda row: Negation(right(row)))
    with pytest.raises(UnprovedError):
        two_two_one()


def test_a_wrong_number_of_the_gradient_stops_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs.Proofs, "equal", lambda *_: None)
    monkeypatch.setattr("derive.walkthrough.verification.STEP", Fraction(1, 10))
    with pytest.raises(UnprovedError):
        two_two_one()


# Numbers can be redone, and are right.


def number(formula: Formula) -> mpmath.mpf | None:
    """The value of a formula of numbers alone; None of others."""
    if any(isinstance(node, Name | Vector | Relation) for node in walk(formula)):
        return None
    return calculator.value(formula, {})


def chains(found: Walkthrough) -> Iterator[list[Formula]]:
    """The forms of one quantity, as they stand under and beside each other."""
    for block in blocks(found):
        chain: list[Formula] = []
        for line in block.lines if isinstance(block, Display) else ():
            if line.left is not None:
                yield chain
                chain = []
            if line.right is not None:
                chain += line.right.sides if isinstance(line.right, Relation) else (line.right,)
        yield chain


@documents
def test_every_numeric_line_redone_from_its_print_gives_the_next(name: str) -> None:
    for chain in chains(DOCUMENTS[name]()):
        values = [(form, found) for form in chain if (found := number(form)) is not None]
        if values:
            last, result = values[-1]
            for form, found in values:
                # Decimals are not exact in binary: a whole unit may come out a hair longer.
                within = unit(last) * (1 + mpmath.mpf(10) ** -40)
                assert abs(found - result) <= within, (plain(form), plain(last))


def unit(printed: Formula) -> mpmath.mpf:
    """One unit of the last printed digit."""
    match printed:
        case Negation(operand):
            return unit(operand)
        case Product((mantissa, power)):
            return unit(mantissa) * abs(calculator.value(power, {}))
        case Number(text):
            return mpmath.mpf(10) ** -len(text.partition(".")[2])
        case Power():
            return abs(calculator.value(printed, {})) / 1000
    return mpmath.mpf(0)


def gradient_table(found: Walkthrough) -> dict[str, mpmath.mpf]:
    """The last table of the document's derivatives: ∂L/∂w1 → its number."""
    title = "results.title"
    section = next(each for each in found.sections if each.title.macro == title)
    table = next(block for block in section.blocks if isinstance(block, Table))
    return {plain(row[0].wrt): calculator.value(row[-1], {}) for row in table.rows}


def test_the_gradient_at_alice_is_what_a_hand_derivation_gives() -> None:
    printed = gradient_table(two_two_one())
    h = 1 / (1 + mpmath.exp(3))
    p = 1 / (1 + mpmath.exp(-2 * h))
    outer = -2 * (1 - p) * p * (1 - p)
    inner = outer * h * (1 - h)
    expected = {"w1": -2, "w2": -1, "b1": 1, "w3": -2, "w4": -1, "b2": 1}
    for name, factor in expected.items():
        assert mpmath.almosteq(printed[name], inner * factor, rel_eps=5e-4), name
    for name, value in {"w5": outer * h, "w6": outer * h, "b3": outer}.items():
        assert mpmath.almosteq(printed[name], value, rel_eps=5e-4), name


# What is told comes from the graph.


def renamed(text: str, names: Mapping[str, str]) -> str:
    for old, new in names.items():
        text = text.replace(old, new)
    return text


def test_the_story_depends_on_the_graph_and_not_on_names() -> None:
    names = {"h1": "alice", "h2": "bob", "y_pred": "zed", "w1": "k9", "w6": "q"}
    told = document(TWO_TWO_ONE, {}, ("x1", "x2", "y_true"))
    again = document(renamed(TWO_TWO_ONE, names), {}, ("x1", "x2", "y_true"))
    assert [each.macro for each in all_sentences(told)] == [each.macro for each in all_sentences(again)]


def test_a_parameter_is_said_to_leave_alone_what_is_computed_without_it() -> None:
    untouched = {
        plain(each.slots["name"]): each.slots["others"]
        for each in all_sentences(two_two_one())
        if each.macro == "gradient.untouched"
    }
    assert untouched == {"w1": Name("h2"), "w3": Name("h1")}


def test_work_already_done_is_cited_and_not_repeated() -> None:
    found = two_two_one()
    derived = [line for line in lines(found) if line.left is not None and line.right is not None]
    operators = [line.left for line in derived if isinstance(line.right, Derivative) and line.right.applied]
    assert operators.count(Derivative(Name("L"), Name("y_pred"))) == 1
    assert len(operators) == len(set(operators))


@pytest.mark.parametrize("row", [row for row in FUNCTIONS if row.kinks], ids=lambda row: row.name)
@pytest.mark.parametrize("beside", ["", "tanh(c*x)", "relu(c*x)"])
def test_where_a_slope_does_not_exist_it_is_said_what_is_taken_for_it(row: Function, beside: str) -> None:
    arguments = ", ".join(("w*x", "u*x")[: row.fewest])
    found = document(f"h = {row.name}({arguments})\nL = {beside or 0} + h*x", data=("x",))
    said = {each.macro for each in all_sentences(found) if row.name in repr(each) or row.body() is not None}
    assert said & {"functions.kink", "functions.kink_of", "functions.tie", "functions.jump"}


def test_both_slopes_of_a_maximum_at_a_tie_are_said() -> None:
    (told,) = (
        each
        for each in all_sentences(document("m = max(u*x, w*x)\nL = m**2", data=("x",)))
        if each.macro == "functions.tie"
    )
    slopes = [each for each in sentences(told) if each.macro == "functions.slope_by"]
    assert [(each.slots["slope"], each.slots["name"]) for each in slopes] == [
        (Number("1"), Name("a")),
        (Number("0"), Name("b")),
    ]


def test_what_is_said_of_a_function_uses_no_letter_of_the_model() -> None:
    found = document("m = max(a*x, b*x)\nL = abs(m)", data=("x",))
    for each in all_sentences(found):
        if each.macro.startswith("functions."):
            slots = (slot for slot in each.slots.values() if isinstance(slot, Formula))
            assert not {"a", "b", "x", "m", "L"} & {name for slot in slots for name in names(slot)}


def test_a_derivative_along_all_paths_never_stands_for_the_one_with_the_others_held_fixed() -> None:
    for name in ("skipping",):
        for line in lines(DOCUMENTS[name]()):
            if isinstance(line.left, Derivative) and line.right is not None:
                assert line.left not in walk(line.right)


def test_an_adjoint_that_is_zero_by_the_equations_is_told_so_and_counts_no_more() -> None:
    found = walkthrough(graph(read_model(EXAMPLES / "black-scholes.toml")))
    [table] = [each for each in blocks(found) if isinstance(each, Table) and len(each.rows) == 4]
    formulas = {plain(row[0]): plain(row[1]) for row in table.rows if isinstance(row[1], Formula)}
    assert formulas["∂C/∂S"] == "N(d1)"
    assert formulas["∂C/∂r"] == "K*T*exp(-r*T)*N(d2)"
    assert not any("∂C/∂d1" in each for each in formulas.values())


def test_a_sum_that_is_not_zero_is_not_told_to_vanish() -> None:
    found = walkthrough(graph(read_model("u = x*a\nv = u*b\nw = u*c\nL = v*w + w*a + v*c + u*b")))
    assert "adjoint.used_in_vain" not in said_macros(found)


def test_a_bracket_of_fractions_cancels_on_the_page() -> None:
    forms = {plain(line.right) for line in lines(DOCUMENTS["logistic"]()) if line.boxed and line.right}
    assert {"x1*(h - y)", "x2*(h - y)", "h - y"} <= forms


def test_a_composite_expression_is_taken_apart_into_lettered_steps() -> None:
    found = composite()
    forward, backward = (block for block in blocks(found) if isinstance(block, Steps))
    assert [each.letter for each in forward.entries] == ["a", "b", "c", "d", "e"]
    assert [plain(equation.formula) for equation in found.graph.equations] == [
        "x**2",
        "sin(a)",
        "3*a",
        "b + c",
        "cos(d)",
    ]
    assert len(backward.entries) == 5


def test_a_derivative_whose_cases_fill_the_page_is_not_written_in_one_piece() -> None:
    clipped = "r = exp(w*s - log(1 + exp(w*s)) - q)\nL = -min(r*A, min(max(r, 1 - c), 1 + c)*A)"
    titles = {each.macro for each in all_sentences(document(clipped, data=("s", "q", "A", "c")))}
    assert "steps.together_title" not in titles
    hinge = "L = max(sin(w**2), 0) + 3*w**2*x"
    assert "steps.together_title" in {each.macro for each in all_sentences(document(hinge, data=("x",)))}


def test_the_derivative_by_the_only_input_is_written_with_a_straight_d() -> None:
    boxed = [line for line in lines(composite()) if line.boxed]
    assert all(line.left is None or line.left.total for line in boxed)


# Models with less, and with more.


def said_macros(found: Walkthrough) -> set[str]:
    return {each.macro for each in all_sentences(found)}


def test_a_model_without_numbers_says_so() -> None:
    assert "forward.letters" in said_macros(DOCUMENTS["letters"]())


def test_missing_values_are_named() -> None:
    found = document("L = (y - w*x)**2", {"x": 1, "y": 2}, ("x", "y"))
    [sentence] = [each for each in all_sentences(found) if each.macro == "forward.missing_one"]
    assert sentence.slots["names"] == Name("w")


def test_an_equation_that_the_loss_ignores_is_shown_as_dropped() -> None:
    found = document("h = w*x\nz = h**2\nL = (y - h)**2", {}, ("x", "y"))
    [sentence] = [each for each in all_sentences(found) if each.macro == "model.dropped"]
    assert sentence.slots["names"] == Name("z")


def test_a_loss_too_long_to_write_out_is_told_why() -> None:
    assert "model.written_long" in said_macros(deep(6))


def test_a_gradient_of_zero_is_a_result() -> None:
    found = document("h = sign(w*x)\nL = (y - h)**2", {"w": 3, "x": 1, "y": 2}, ("x", "y"))
    assert any(line.boxed and line.right == Number("0") for line in lines(found))


def deep(depth: int) -> Walkthrough:
    """A network of `depth` hidden layers of two sigmoids each."""
    text, before, weights = [], ["x1", "x2"], iter(range(1, 10_000))
    for layer in range(1, depth + 1):
        now = [f"h{layer}_{unit}" for unit in (1, 2)]
        for name in now:
            products = " + ".join(f"w{next(weights)}*{each}" for each in before)
            text.append(f"{name} = sigmoid({products})")
        before = now
    text.append(f"o = sigmoid(v1*{before[0]} + v2*{before[1]})")
    text.append("L = (y - o)**2")
    return document("\n".join(text), {}, ("x1", "x2", "y"))


def length(found: Walkthrough) -> int:
    return sum(len(block.lines) if isinstance(block, Display) else 1 for block in blocks(found))


def test_a_deep_network_is_told_in_as_many_words_as_a_deeper_one() -> None:
    assert length(deep(24)) <= length(deep(12)) + 4


def test_few_paths_are_listed_and_many_are_counted() -> None:
    assert "gradient.paths" in said_macros(DOCUMENTS["skipping"]())
    assert "adjoint.why_many" in said_macros(deep(6))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_example_is_told(path: Path) -> None:
    found = walkthrough(graph(read_model(path)))
    known = macros()
    assert all(known[each.macro] == set(each.slots) for each in all_sentences(found))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.generate]
)
@given(scalar_models(kinks=False))
def test_any_scalar_model_is_told(sample: Sample) -> None:
    tell(sample)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.generate]
)
@given(indexed_models(kinks=False))
def test_any_indexed_model_is_told(sample: Sample) -> None:
    tell(sample)


def tell(sample: Sample) -> None:
    known = macros()
    for values in ({}, sample.values):
        found = walkthrough(graph(replace(read_model(sample.text), values=values)))
        assert all(known[each.macro] == set(each.slots) for each in all_sentences(found))
        labels = {line.label for line in lines(found)}
        labels |= {
            each.label for block in blocks(found) if isinstance(block, Steps) for each in block.entries
        }
        assert cited_labels(found.sections) <= labels
