"""Figures: found from the model, nothing on top of anything else, the same bytes each time."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive import model
from derive.figures import Drawing, computation_graph, network, svg, tikz
from derive.figures.drawing import MOST_WIDTH, Point, Shape, label_place
from derive.figures.layout import crossings, layered
from derive.figures.sheet import DOTS, label_width, visible
from derive.formula import Number
from derive.graph import Graph, graph
from tests.drawings import course, is_inside, layers, overlap, scalar_models

SVG = "{http://www.w3.org/2000/svg}"
COSINE = "a = x**2\nb = sin(a)\nc = 3*x**2\nd = b + c\nJ = cos(d)"
NETWORK = """
h1 = sigmoid(w1*x1 + w2*x2 + b1)
h2 = sigmoid(w3*x1 + w4*x2 + b2)
y_pred = sigmoid(w5*h1 + w6*h2 + b3)
L = (y_true - y_pred)**2
"""
PARAMETERS = [*(f"w{at}" for at in range(1, 7)), "b1", "b2", "b3"]


def read(text: str, parameters: list[str] | None = None) -> Graph:
    chosen = f"parameters = {parameters}\n".replace("'", '"') if parameters else ""
    return graph(model.read(f'equations = """\n{text}\n"""\n{chosen}'))


def drawn(text: str, parameters: list[str] | None = None) -> Drawing:
    found = network(read(text, parameters))
    assert found is not None
    return found


def labels(drawing: Drawing) -> set[str]:
    return {each.label for each in drawing.arrows if each.label is not None}


def shape(drawing: Drawing, label: str) -> Shape:
    return next(each for each in drawing.shapes if each.label == label)


def weights_in(sizes: tuple[int, ...]) -> list[str]:
    """The parameters of tests.drawings.layers."""
    names = [f"c_n{depth}_{at}" for depth, size in enumerate(sizes) if depth for at in range(1, size + 1)]
    return names + [f"w{at}" for at in range(1, sum(a * b for a, b in pairwise(sizes)) + 1)]


def test_the_two_two_one_network_is_drawn_as_on_the_board() -> None:
    drawing = drawn(NETWORK, PARAMETERS)
    assert [each.text for each in drawing.labels] == ["Input layer", "Hidden layer", "Output layer", "Loss"]
    assert labels(drawing) == {f"w_{at}" for at in range(1, 7)}
    assert {each.label for each in drawing.shapes if each.kind == "parameter"} == {"b_1", "b_2", "b_3"}
    columns = {each.label: each.at.x for each in drawing.shapes}
    true, predicted = r"y_{\mathrm{true}}", r"y_{\mathrm{pred}}"
    assert (
        columns["x_1"]
        == columns["x_2"]
        < columns["h_1"]
        == columns["h_2"]
        < columns[predicted]
        < columns["L"]
    )
    assert columns[true] == columns["L"]


def test_the_network_is_found_from_the_graph_not_from_names() -> None:
    names = {"h1": "apple", "h2": "pear", "w1": "k", "b1": "m", "x1": "u", "L": "cost", "y_pred": "out"}
    text = re.sub(r"\w+", lambda found: names.get(found[0], found[0]), NETWORK)
    renamed = drawn(text, [names.get(each, each) for each in PARAMETERS])
    plain = drawn(NETWORK, PARAMETERS)
    assert [each.kind for each in renamed.shapes] == [each.kind for each in plain.shapes]
    assert len(renamed.arrows) == len(plain.arrows)


@pytest.mark.parametrize("text", [COSINE, "z[i] = sum(W[i,j]*x[j], j)\nL = sum(z[i]**2, i)", "y = x**2 + 1"])
def test_what_is_no_network_of_neurons_is_not_drawn_as_one(text: str) -> None:
    assert network(read(text)) is None


def test_a_single_neuron_is_a_network() -> None:
    drawing = drawn("y = sigmoid(w1*x1 + w2*x2 + b)", ["w1", "w2", "b"])
    assert [each.text for each in drawing.labels] == ["Inputs", "Neuron"]
    assert labels(drawing) == {"w_1", "w_2"}


def test_a_weight_whose_input_is_two_layers_back_goes_round_the_neurons_between() -> None:
    text = "a1 = tanh(w1*x1 + w2*x2)\na2 = tanh(w3*a1 + w4*x1)\nL = (a2 - t)**2"
    drawing = drawn(text, ["w1", "w2", "w3", "w4"])
    (bent,) = [each for each in drawing.arrows if each.through]
    assert bent.label == "w_4"
    assert not any(is_inside(place, shape(drawing, "a_1")) for place in course(bent, drawing))


def test_names_too_long_for_circles_are_left_to_the_computation_graph() -> None:
    long = "a_name_of_an_input_that_no_circle_and_no_bar_can_hold_at_all"
    text = f"h = sigmoid(w1*{long} + w2*x2)\ny = sigmoid(w3*h)\nL = y**2"
    assert network(read(text, ["w1", "w2", "w3"])) is None


@pytest.mark.parametrize("sizes", [(2, 2, 1), (3, 3, 2), (3, 4, 2, 1), (2, 3, 3, 2, 1), (1, 1, 1)])
def test_no_weight_stands_on_another_or_on_a_neuron(sizes: tuple[int, ...]) -> None:
    drawing = drawn(layers(*sizes), weights_in(sizes))
    shapes = {each.key: each for each in drawing.shapes}
    named = [each for each in drawing.arrows if each.label is not None]
    assert named
    boxes = [
        Shape("", "weight", label_place(each, shapes), label_width(each.label or ""), 0.34, "")
        for each in named
    ]
    assert not any(overlap(*pair) for pair in combinations(boxes, 2))
    assert not any(overlap(box, each) for box in boxes for each in drawing.shapes)


@pytest.mark.parametrize(
    "sizes", [(2, 2, 1), (10, 12, 12, 3), (2, *[2] * 14, 1), (4, 4, 4, 4, 4, 1), (30, 1), (2, 1, 30)]
)
def test_a_drawing_fits_on_the_page_and_its_shapes_stand_apart(sizes: tuple[int, ...]) -> None:
    found = read(layers(*sizes), weights_in(sizes))
    for drawing in (network(found), computation_graph(found)):
        assert drawing is not None
        check(drawing)


@given(scalar_models())
def test_any_model_has_a_computation_graph_in_which_nothing_overlaps(text: str) -> None:
    drawing = computation_graph(read(text))
    check(drawing)
    shapes = {each.key: each for each in drawing.shapes}
    for arrow in drawing.arrows:
        for each in shapes.values():
            if each.key not in (arrow.start, arrow.end):
                assert not any(is_inside(place, each) for place in course(arrow, drawing))


def check(drawing: Drawing) -> None:
    """Everything lies on the sheet, and no shape on another."""
    assert drawing.width <= MOST_WIDTH + 0.01
    assert drawing.height < 20
    assert not any(overlap(*pair) for pair in combinations(drawing.shapes, 2))
    for each in drawing.shapes:
        assert -0.01 <= each.at.x - each.width / 2 <= each.at.x + each.width / 2 <= drawing.width + 0.01
        assert -0.01 <= each.at.y - each.height / 2 <= each.at.y + each.height / 2 <= drawing.height + 0.01


def test_operations_stand_in_the_boxes_and_inputs_before_their_readers() -> None:
    drawing = computation_graph(read(COSINE, ["x"]))
    told = {each.label for each in drawing.shapes}
    assert told == {"x", "a = x^2", r"b = \sin(a)", "c = 3 x^2", "d = b + c", r"J = \cos(d)"}
    places = {each.key: each.at.x for each in drawing.shapes}
    assert all(places[each.start] < places[each.end] for each in drawing.arrows)


def test_numbers_stand_above_and_below_their_quantity() -> None:
    values = {"d": Number("3.8415"), "J": Number("0.7649")}
    adjoints = {"d": Number("0.6441")}
    drawing = computation_graph(read(COSINE, ["x"]), values, adjoints)
    box = shape(drawing, "d = b + c")
    above = next(each for each in drawing.labels if each.text == "3.8415")
    below = next(each for each in drawing.labels if each.text == "0.6441")
    assert (above.kind, below.kind) == ("value", "adjoint")
    assert above.at.x == below.at.x == box.at.x
    assert below.at.y < box.at.y - box.height / 2 < box.at.y + box.height / 2 < above.at.y
    assert "3.8415" in svg(drawing)
    assert r"{$0.6441$}" in tikz(drawing)


def test_paths_are_strong_and_the_rest_is_pale() -> None:
    found = read(NETWORK, PARAMETERS)
    drawing = network(found, (("w1", "h1", "y_pred", "L"),))
    assert drawing is not None
    strong = {(each.start, each.end) for each in drawing.arrows if each.strength == "strong"}
    assert strong == {("x1", "h1"), ("h1", "y_pred"), ("y_pred", "L")}
    assert {each.strength for each in drawing.arrows} == {"strong", "pale"}
    assert not shape(drawing, "h_1").pale
    assert shape(drawing, "h_2").pale
    graph_too = computation_graph(read(COSINE, ["x"]), paths=(("x", "c", "d", "J"),))
    assert sum(each.strength == "strong" for each in graph_too.arrows) == 3


def test_medians_undo_crossings() -> None:
    """A ladder drawn upside down: straightened out, no edge crosses another."""
    columns = (("a", "b", "c"), ("z", "y", "x"))
    edges = [("a", "x"), ("b", "y"), ("c", "z")]
    assert crossings(columns, edges) == 3
    found = layered(columns, edges, dict.fromkeys("abcxyz", 1.0), gap=0.5, joint=0.5)
    assert crossings(found.columns, edges) == 0


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=14, unique=True))
def test_sweeping_never_adds_a_crossing(pairs: list[tuple[int, int]]) -> None:
    columns = (tuple(f"a{at}" for at in range(6)), tuple(f"b{at}" for at in range(6)))
    edges = [(f"a{start}", f"b{end}") for start, end in pairs]
    sizes = dict.fromkeys((name for column in columns for name in column), 0.5)
    found = layered(columns, edges, sizes, gap=0.2, joint=0.2)
    assert crossings(found.columns, edges) <= crossings(columns, edges)


def test_an_svg_says_what_it_shows() -> None:
    root = ElementTree.fromstring(svg(drawn(NETWORK, PARAMETERS)))
    told = {
        each.tag.removeprefix(SVG): each.text for each in root if each.tag in (f"{SVG}title", f"{SVG}desc")
    }
    assert told["title"] == "Network"
    assert "x1 leads to h1 and h2" in (told["desc"] or "")
    assert root.get("aria-labelledby") == "title description"
    assert root.get("role") == "img"


def test_text_in_an_svg_is_escaped() -> None:
    drawing = replace(drawn(NETWORK, PARAMETERS), title="a < b & c", description="<script>")
    root = ElementTree.fromstring(svg(drawing))
    assert [each.text for each in root[:2]] == ["a < b & c", "<script>"]


def test_names_are_spelled_with_scripts_and_greek_letters() -> None:
    text = "".join(ElementTree.fromstring(svg(computation_graph(read("y_hat = σ2*x**2")))).itertext())
    assert "σ2x2" in text
    assert "y\u0302" in text


@pytest.mark.parametrize("write", [svg, tikz])
def test_the_same_model_gives_the_same_bytes_with_short_numbers(write: object) -> None:
    assert callable(write)
    texts = {write(drawn(layers(2, 3, 1), weights_in((2, 3, 1)))) for _ in range(2)}
    (text,) = texts
    assert not re.search(r"\d\.\d{3}|\de-|-0[ ,)]", text)


def test_a_tikz_picture_names_its_nodes_as_the_author_does() -> None:
    text = tikz(drawn(NETWORK, PARAMETERS))
    assert r"(y_pred) at" in text
    assert r"(x1) -- (h1);" in text
    assert text.count(r"\begin{") == text.count(r"\end{") == 2


def test_an_arrow_ends_at_the_outline_of_a_circle() -> None:
    drawing = drawn(NETWORK, PARAMETERS)
    arrow = next(each for each in drawing.arrows if (each.start, each.end) == ("x1", "h2"))
    first, last = course(arrow, drawing)[0], course(arrow, drawing)[-1]
    for place, each in ((first, shape(drawing, "x_1")), (last, shape(drawing, "h_2"))):
        assert distance(place, each.at) == pytest.approx(each.width / 2)


def distance(one: Point, other: Point) -> float:
    return ((one.x - other.x) ** 2 + (one.y - other.y) ** 2) ** 0.5


def test_what_leads_to_columns_left_out_or_over_them_leads_to_the_dots() -> None:
    every = (("x",), ("a",), ("b", "y"), ("c",), ("d",), ("e", "z"), ("f",))
    columns = (("x",), ("a",), ("b", "y"), (DOTS,), ("e", "z"), ("f",))
    edges = [
        ("x", "a"), ("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("e", "f"),
        ("x", "d"), ("c", "f"), ("a", "f"), ("z", "f"), ("y", "b"),
    ]  # fmt: skip
    assert set(visible(edges, columns, every)) == {
        ("x", "a"), ("a", "b"), ("e", "f"), ("z", "f"), ("y", "b"),
        ("b", DOTS), ("x", DOTS), ("a", DOTS), (DOTS, "e"), (DOTS, "f"),
    }  # fmt: skip


def test_what_a_column_leaves_out_is_not_what_is_left_out_between_columns() -> None:
    every = (("x",), ("a1", "a2", "a3"), ("b",), ("c",), ("d",))
    columns = (("x",), ("a1", f"{DOTS}1", "a3"), (DOTS,), ("d",))
    edges = [("x", "a1"), ("x", "a2"), ("x", "a3"), ("a2", "b"), ("b", "c"), ("c", "d")]
    assert visible(edges, columns, every) == [("x", "a1"), ("x", "a3"), (DOTS, "d")]
