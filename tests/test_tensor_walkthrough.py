"""Walkthroughs of models with arrays: shapes, one component, then the whole, a table that can be computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from derive import interface
from derive.formula import (
    Derivative,
    Elementwise,
    ElementwiseCall,
    ElementwisePower,
    Formula,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Ones,
    Reduction,
    Relation,
    Sum,
    Transpose,
    read,
    walk,
)
from derive.graph import Graph, graph
from derive.model import read as read_model
from derive.notation import plain
from derive.render import latex, markdown
from derive.walkthrough import Walkthrough, walkthrough
from derive.walkthrough.builder import story_of
from derive.walkthrough.labels import cited_labels
from derive.walkthrough.naming import with_heavy_parts_named
from derive.walkthrough.proofs import Proofs, UnprovedError
from derive.walkthrough.signals import error_signals
from derive.walkthrough.symbols import KRONECKER
from derive.walkthrough.tensors import simplifying
from derive.walkthrough.tensors.monomials import arranged
from derive.walkthrough.tree import Display, Line, Section, Sentence, Shape, Table, blocks_in, lines
from derive.walkthrough.writing import in_signs
from tests import matrices
from tests.matrices import Algebra, Grid, Matrix, key
from tests.test_walkthrough import all_sentences, labels_of, macros, said_macros, sentences

MLP = (
    """
z1 = W1 @ x + b1
a1 = relu(z1)
z2 = W2 @ a1 + b2
L = softmax_cross_entropy(y, z2)
""",
    "W1 = [5, 4]\nb1 = [5]\nW2 = [3, 5]\nb2 = [3]\nx = [4]\ny = [3]",
    '["x", "y"]',
)
LINEAR = (
    """
Z = X @ W.T + b
L = sum((Z - Y)**2)/(2*N)
""",
    'X = ["N", "n"]\nW = ["m", "n"]\nb = ["m"]\nY = ["N", "m"]',
    '["X", "Y"]',
)
BATCH_NORM = (
    """
mu = mean(X, axis=0)
v = mean((X - mu)**2, axis=0)
H = (X - mu)/sqrt(v + eps)
Y = gamma*H + beta
L = sum(G*Y)
""",
    'X = ["N", "D"]\ngamma = ["D"]\nbeta = ["D"]\nG = ["N", "D"]',
    '["G", "eps"]',
)
LAYER_NORM = (
    """
mu = mean(x)
v = mean((x - mu)**2)
h = (x - mu)/sqrt(v + eps)
y = gamma*h + beta
L = sum(g*y)
""",
    'x = ["n"]\ngamma = ["n"]\nbeta = ["n"]\ng = ["n"]',
    '["g", "eps"]',
)
RMS_NORM = (
    """
r = sqrt(mean(x**2) + eps)
h = x/r
L = sum(g*(gamma*h))
""",
    'x = ["n"]\ng = ["n"]\ngamma = ["n"]',
    '["g", "eps"]',
)
ATTENTION = (
    """
S = Q @ K.T/sqrt(d)
P = softmax(S)
O = P @ V
L = sum(G*O)
""",
    'Q = ["n", "d"]\nK = ["m", "d"]\nV = ["m", "p"]\nG = ["n", "p"]',
    '["G"]',
)
CLASSIFIER = (
    """
Z1 = X @ W1.T + b1
A1 = tanh(Z1)
P = softmax(A1 @ W2.T)
L = -sum(Y*log(P))/N
""",
    'X = ["N", "n"]\nW1 = ["h", "n"]\nb1 = ["h"]\nW2 = ["m", "h"]\nY = ["N", "m"]',
    '["X", "Y"]',
)
GATES = (
    """
i = sigmoid(Wi @ x + Ui @ h0 + bi)
g = tanh(Wg @ x + Ug @ (i*h0) + bg)
c = i*g + (1 - i)*c0
L = dot(u, tanh(c))
""",
    (
        'x = ["d"]\nh0 = ["m"]\nu = ["m"]\nc0 = ["m"]\nWi = ["m", "d"]\nWg = ["m", "d"]\n'
        'Ui = ["m", "m"]\nUg = ["m", "m"]\nbi = ["m"]\nbg = ["m"]'
    ),
    '["x", "u", "c0"]',
)
RIDGE = (
    """
p = X @ w
L = sum((p - y)**2)/N + lam*sum(w**2)
""",
    'X = ["N", "d"]\nw = ["d"]\ny = ["N"]',
    '["X", "y", "lam"]',
)
LIKELIHOOD = (
    """
mu = W @ x + b
L = sum(s + (y - mu)**2/exp(s))/2
""",
    'W = ["m", "n"]\nb = ["m"]\nx = ["n"]\ny = ["m"]\ns = ["m"]',
    '["x", "y"]',
)
INDEXED_LAYER = (
    """
z[i] = sum(W[i,j]*x[j], j) + b[i]
a[i] = sigmoid(z[i])
L = sum((a[i] - y[i])**2, i)/2
""",
    'W = ["m", "n"]\nx = ["n"]\nb = ["m"]\ny = ["m"]',
    '["x", "y"]',
)
INDEXED_SOFTMAX = (
    """
z[k] = sum(W[k,j]*x[j], j) + b[k]
p[k] = exp(z[k])/sum(exp(z[i]), i)
L = -sum(y[k]*log(p[k]), k)
""",
    'W = ["m", "n"]\nx = ["n"]\nb = ["m"]\ny = ["m"]',
    '["x", "y"]',
)
INDEXED_KERNEL = (
    """
d[k] = sum((x[j] - c[k,j])**2, j)
f[k] = exp(-g*d[k])
p = sum(w[k]*f[k], k)
L = (p - y)**2/2
""",
    'x = ["n"]\nc = ["K", "n"]\nw = ["K"]',
    '["x", "y"]',
)

INDEXED_MIXTURE = (
    """
q[n,k] = w[k]*exp(-(x[n] - m[k])**2/2)
L = -sum(log(sum(q[n,k], k)), n)
""",
    'x = ["N"]\nw = ["K"]\nm = ["K"]',
    '["x"]',
)

IN_MATRICES = {
    "perceptron": MLP,
    "linear regression": LINEAR,
    "batch normalisation": BATCH_NORM,
    "layer normalisation": LAYER_NORM,
    "RMS normalisation": RMS_NORM,
    "attention": ATTENTION,
    "classifier": CLASSIFIER,
    "gates": GATES,
    "ridge": RIDGE,
    "likelihood": LIKELIHOOD,
}
BY_INDEX = {
    "layer": INDEXED_LAYER,
    "softmax": INDEXED_SOFTMAX,
    "kernels": INDEXED_KERNEL,
    "mixture": INDEXED_MIXTURE,
}
MODELS = {**IN_MATRICES, **BY_INDEX}
every_model = pytest.mark.parametrize("name", MODELS)
MATRIX_NODES = (MatrixProduct, Elementwise, ElementwiseCall, ElementwisePower, Transpose, Ones)


def read_graph(name: str, values: str = "") -> Graph:
    equations, shapes, data = MODELS[name]
    text = f"equations = '''{equations}'''\ndata = {data}\n[shapes]\n{shapes}\n{values}"
    return graph(read_model(text))


@cache
def told(name: str) -> Walkthrough:
    return walkthrough(read_graph(name))


def chapter(found: Walkthrough, title: str) -> Section:
    return next(each for each in found.sections if each.title.macro == title)


def displayed(section: Section) -> Iterator[Line]:
    for block in blocks_in((section,)):
        if isinstance(block, Display):
            yield from block.lines


def shapes_in(slot: object) -> Iterator[Shape]:
    """Every shape that a note states."""
    match slot:
        case Shape():
            yield slot
        case Sentence(_, slots):
            for each in slots.values():
                yield from shapes_in(each)
        case tuple():
            for each in slot:
                yield from shapes_in(each)


def nodes(line: Line) -> Iterator[Formula]:
    for side in (line.left, line.right):
        if side is not None:
            yield from walk(side)


# Every sentence and every citation holds.


@every_model
def test_every_sentence_fills_exactly_the_slots_of_its_macro(name: str) -> None:
    known = macros()
    for sentence in all_sentences(told(name)):
        assert known[sentence.macro] == set(sentence.slots), sentence.macro


@every_model
def test_every_reference_cites_one_line(name: str) -> None:
    labels = [label for label in labels_of(told(name)) if label is not None]
    assert len(labels) == len(set(labels))
    assert cited_labels(told(name).sections) == set(labels)


@every_model
def test_every_format_prints_it(name: str) -> None:
    assert latex(told(name))
    assert markdown(told(name))


# Shapes.


@every_model
def test_every_equation_of_the_model_states_its_shape(name: str) -> None:
    first = next(each for each in chapter(told(name), "model.title").blocks if isinstance(each, Display))
    for line in first.lines:
        [shape] = shapes_in(line.note)
        assert shape.quantity == Name(line.left.name), plain(line.left)
        assert shape.sizes == tuple(map(read, map(str, read_graph(name).shapes[line.left.name])))


@every_model
def test_every_conclusion_of_the_backward_pass_states_its_shape(name: str) -> None:
    concluded = [line for line in displayed(chapter(told(name), "gradient.title")) if line.boxed]
    assert concluded
    assert all(len(list(shapes_in(line.note))) == 1 for line in concluded)


@every_model
def test_the_data_and_the_parameters_are_introduced_with_their_shapes(name: str) -> None:
    first = chapter(told(name), "model.title")
    said = {
        shape.quantity
        for block in blocks_in((first,))
        for sentence in sentences(block)
        for slot in sentence.slots.values()
        for shape in shapes_in(slot)
    }
    listed = {
        part
        for block in blocks_in((first,))
        if isinstance(block, Table)
        for names, *_, shape in block.rows
        if isinstance(shape, Shape | Sentence) and isinstance(names, Sentence)
        for part in names.slots["parts"]
    }
    assert {Name(each) for each in read_graph(name).inputs} <= said | listed


# The form that the author used.


@pytest.mark.parametrize("name", BY_INDEX)
def test_a_model_in_indices_is_told_in_indices(name: str) -> None:
    assert not any(isinstance(node, MATRIX_NODES) for line in lines(told(name)) for node in nodes(line))
    assert "tensor.no_matrix_form" not in said_macros(told(name))


@pytest.mark.parametrize("name", IN_MATRICES)
def test_a_model_in_matrices_shows_what_the_author_wrote_and_collects_its_gradient(name: str) -> None:
    first = next(each for each in chapter(told(name), "model.title").blocks if isinstance(each, Display))
    assert not any(isinstance(node, Indexed) for line in first.lines for node in nodes(line))
    [table] = [each for each in chapter(told(name), "results.title").blocks if isinstance(each, Table)]
    for symbol, formula, *_ in table.rows:
        if not any(isinstance(node, Indexed) for node in walk(symbol)):
            assert isinstance(formula, Formula)
            sums = (n for n in walk(formula) if isinstance(n, Indexed))
            assert not list(sums) or not read_shape(name, symbol)


def read_shape(name: str, symbol: Formula) -> tuple[object, ...]:
    """The shape of what a row of the table stands for."""
    story = story_of(read_graph(name))
    signals = {signal: node for node, signal in story.signals.items()}
    wrt = symbol.wrt.name if isinstance(symbol, Derivative) else signals[symbol.name]
    return tuple(story.graph.shapes[wrt])


def test_what_has_no_short_form_in_matrices_says_so() -> None:
    assert "tensor.no_matrix_form" in said_macros(told("batch normalisation"))
    assert "tensor.no_matrix_form" not in said_macros(told("perceptron"))


# One component first.


SIGNS: Mapping[str, type[Formula]] = {
    "tensor.sign": Elementwise,
    "tensor.power": ElementwisePower,
    "tensor.ones": Ones,
}


@pytest.mark.parametrize("name", IN_MATRICES)
@pytest.mark.parametrize("macro", SIGNS)
def test_a_sign_is_explained_once_where_the_text_uses_it(name: str, macro: str) -> None:
    found = told(name)
    used = any(isinstance(node, SIGNS[macro]) for line in lines(found) for node in nodes(line))
    said = [each for each in all_sentences(found) if each.macro == macro]
    assert len(said) == used


CONTRASTIVE = """equations = '''
P = softmax(Q @ K.T, axis=1)
L = -mean(log(diag(P)))
'''
[shapes]
Q = ["n", "d"]
K = ["n", "d"]
"""


def test_one_component_in_full_is_shown_on_an_equation_that_the_text_shows() -> None:
    found = walkthrough(graph(read_model(CONTRASTIVE)))
    shown = {each.target for each in found.graph.equations} | {"Q", "K", "L"}
    [example] = [each for each in all_sentences(found) if each.macro.startswith("tensor.independent")]
    read_there = {node.name for node in walk(example.slots["derivative"]) if isinstance(node, Indexed)}
    assert read_there
    assert read_there <= shown


CELLS = """equations = '''
z = sigmoid(W @ x + b)
n = tanh(U @ x + c)
L = dot(g, z*n)
'''
data = ["x", "g"]
parameters = ["W", "b", "U", "c"]
[shapes]
x = ["d"]
W = ["m", "d"]
b = ["m"]
U = ["m", "d"]
c = ["m"]
g = ["m"]
"""


def test_layers_that_are_alike_are_derived_once_and_stated_again() -> None:
    found = walkthrough(graph(read_model(CELLS)))
    assert [each.macro for each in all_sentences(found)].count("tensor.again") == 1
    boxed = {plain(line.left): plain(line.right) for line in lines(found) if line.boxed and line.left}
    assert {"∂L/∂W", "∂L/∂b", "∂L/∂U", "∂L/∂c"} <= boxed.keys()


def test_a_sum_before_its_function_is_not_called_like_a_gate() -> None:
    found = story_of(graph(read_model(CELLS)))
    assert {"a_z", "a_n"} <= found.graph.by_target.keys()


def test_the_contrastive_loss_comes_out_as_probabilities_less_the_identity() -> None:
    found = walkthrough(graph(read_model(CONTRASTIVE)))
    boxed = {plain(line.left): plain(line.right) for line in lines(found) if line.boxed and line.left}
    assert any("P - I" in each for each in boxed.values())
    assert "tensor.identity" in said_macros(found)


def test_stories_of_several_arrays_stand_apart() -> None:
    displays = [each for each in blocks_in(told("perceptron").sections) if isinstance(each, Display)]
    assert any(sum(line.apart for line in each.lines) > 1 for each in displays)


def is_kronecker(line: Line) -> bool:
    return any(isinstance(node, Indexed) and node.name == KRONECKER for node in nodes(line))


@every_model
def test_kronecker_s_delta_is_explained_once_and_before_it_is_used(name: str) -> None:
    said = [each.macro for each in all_sentences(told(name))]
    assert sum(said.count(f"tensor.independent{end}") for end in ("", "_many")) == 1
    blocks = list(blocks_in((chapter(told(name), "gradient.title"),)))
    explained = next(
        at
        for at, block in enumerate(blocks)
        for sentence in getattr(block, "sentences", ())
        if sentence.macro.startswith("tensor.independent")
    )
    used = [at for at, b in enumerate(blocks) if isinstance(b, Display) and any(map(is_kronecker, b.lines))]
    assert used
    assert min(used) > explained


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("L = sum(sqrt(x)*C)", 'x = ["d"]'),
        ("L = sum(x**1.5*C)", 'x = ["d"]'),
        ("L = sum(C/x**(1/3))", 'x = ["d"]'),
        ("L = sum(C[i,j]*sqrt(sum(X[i,k]**2, k)), i, j)", 'X = ["n", "d"]'),
        ("L = sum(X/sqrt(sum(X**2, axis=1, keepdims=True))*C)", 'X = ["n", "d"]'),
    ],
)
def test_kronecker_s_delta_selects_a_term_with_a_root(equation: str, shapes: str) -> None:
    given = f'equations = "{equation}"\ndata = ["C"]\nbatch = false\n[shapes]\nC = ["n", "d"]\n{shapes}'
    found = displayed(chapter(walkthrough(graph(read_model(given))), "gradient.title"))
    assert any(map(is_kronecker, found))


@pytest.mark.parametrize("name", ["perceptron", "classifier", "softmax"])
def test_prediction_minus_label_comes_out_of_the_chain_rule(name: str) -> None:
    found = displayed(chapter(told(name), "gradient.title"))
    forms = [line.right for line in found if line.right is not None]
    result = next(at for at, form in enumerate(forms) if is_prediction_minus_label(form))
    chain = [form for form in forms[:result] if any(map(is_sum_with_kronecker, walk(form)))]
    assert chain
    assert "tensor.labels_sum_to_one" in said_macros(told(name))


def is_sum_with_kronecker(node: Formula) -> bool:
    return isinstance(node, Reduction) and any(
        isinstance(part, Indexed) and part.name == KRONECKER for part in walk(node)
    )


def is_prediction_minus_label(form: Formula) -> bool:
    return any(
        isinstance(node, Sum)
        and len(node.terms) == 2
        and plain(node.terms[0])[0] in "pP"
        and isinstance(node.terms[1], Negation)
        and plain(node.terms[1].operand)[0] in "yY"
        for node in walk(form)
    )


SOFTMAX_VALUES = "[values]\nW = [[0.5, 1], [0, -1]]\nx = [1, 2]\nb = [0, 0.5]\ny = {y}"


@pytest.mark.parametrize(("labels", "holds"), [("[0, 1]", True), ("[0.25, 0.75]", True), ("[1, 1]", False)])
def test_labels_that_do_not_sum_to_one_are_not_taken_for_such(labels: str, holds: bool) -> None:
    found = walkthrough(read_graph("softmax", SOFTMAX_VALUES.format(y=labels)))
    assert ("tensor.labels_sum_to_one" in said_macros(found)) == holds


def test_a_sum_that_is_zero_by_an_equation_is_left_out_with_its_reason() -> None:
    for name in ("layer normalisation", "batch normalisation"):
        zeros = [each for each in all_sentences(told(name)) if each.macro == "tensor.since"]
        assert [plain(each.slots["fact"].sides[1]) for each in zeros] == ["0"]


def test_a_normalisation_comes_out_in_its_simplified_form() -> None:
    rows = {plain(symbol): plain(formula) for symbol, formula, *_ in gradient_rows("batch normalisation")}
    assert rows["∂L/∂X[j,i]"] == (
        "1/sqrt(v[i] + eps)*(∂L/∂H[j,i] - 1/N*sum(∂L/∂H[k,i], k) - 1/N*H[j,i]*sum(∂L/∂H[k,i]*H[k,i], k))"
    )


# Models whose loss reads one array at several indices: its equation and the shapes.
SEVERAL_PLACES = {
    "a quadratic form": ("L = sum(x[i]*x[j]*A[i,j], i, j)", "{x = ['n'], A = ['n', 'n']}"),
    "a component apart": ("L = sum(x**2) + x[0]**3", "{x = ['n']}"),
    "a diagonal": ("L = sum(C**2) - sum(C[j,j]**2, j)", "{C = ['n', 'n']}"),
}


def of_text(equations: str, shapes: str) -> Walkthrough:
    return walkthrough(
        graph(read_model(f"equations = '{equations}'\nwrt = ['{shapes[1]}']\nshapes = {shapes}"))
    )


@pytest.mark.parametrize("name", SEVERAL_PLACES)
def test_a_derivative_by_one_of_several_places_is_not_called_that_of_the_loss(name: str) -> None:
    found = of_text(*SEVERAL_PLACES[name])
    assert "tensor.places" in said_macros(found)
    derivatives = [each.left for each in lines(found) if isinstance(each.left, Derivative)]
    whole = [each for each in derivatives if each.of == Name("L") and isinstance(each.wrt, Indexed)]
    # The chain rule, and no other line, begins with the derivative of the loss.
    assert len(whole) == 1
    assert any(each.applied for each in derivatives)


def test_the_place_of_a_maximum_has_a_letter_of_its_own() -> None:
    found = [plain(node) for line in lines(of_text("L = max(s)", "{s = ['n']}")) for node in nodes(line)]
    assert "i = argmax(s[j], j)" in found


def test_a_name_of_ours_is_no_component_of_an_array() -> None:
    told_lines = lines(of_text("L = log(sum(exp(s))) - s[0] - s[1]", "{s = ['n']}"))
    names = {node.name for line in told_lines for node in nodes(line) if isinstance(node, Name)}
    assert "s1" not in names
    assert "r1" in names


def test_a_wrong_sum_is_not_taken_for_zero() -> None:
    found = read_graph("layer normalisation")
    term = found.by_target["v"].terms[0]
    assert simplifying.vanishing(term, found) is None


# The table of the gradient can be computed from top to bottom, and is the gradient.


def gradient_rows(name: str) -> tuple[tuple[object, ...], ...]:
    [table] = [each for each in chapter(told(name), "results.title").blocks if isinstance(each, Table)]
    return table.rows


SIZES = {"N": 4, "n": 3, "m": 2, "d": 3, "D": 3, "h": 5, "p": 2, "K": 4}


def relu_slope(z: Matrix) -> Matrix:
    return np.where(z > 0, 1.0, 0.0)


FUNCTIONS = {
    "log": np.log,
    "relu": lambda z: np.maximum(z, 0),
    "relu'": relu_slope,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


def shape_of(name: str, found: Graph) -> tuple[int, ...]:
    return tuple(size if isinstance(size, int) else SIZES[size] for size in found.shapes.get(name, ()))


def point(found: Graph) -> dict[str, Matrix]:
    """Random inputs; labels are rows that sum to 1, and what stands under a root is positive."""
    generator = np.random.default_rng(7)
    values = {name: generator.normal(size=shape_of(name, found)) for name in found.inputs}
    for label in {"y", "Y"} & set(found.model.data) & set(values):
        values[label] = np.abs(values[label])
        values[label] /= values[label].sum(axis=-1, keepdims=True) if values[label].ndim else 1
    values |= {name: np.abs(values[name]) + 0.1 for name in {"eps", "w"} & set(values)}
    sizes = {name: np.array(float(SIZES[name])) for name in found.sizes if name in SIZES}
    return values | sizes


def forward(found: Graph, inputs: Mapping[str, Matrix]) -> dict[str, Matrix]:
    values = dict(inputs)
    for each in found.equations:
        sizes = {
            letter: size if isinstance(size, int) else SIZES[size]
            for letter, size in found.letters[each.target].items()
        }
        values[each.target] = Grid(values, sizes).total(each.terms, each.indices)
    return values


def by_differences(found: Graph, inputs: Mapping[str, Matrix], name: str, step: float = 1e-6) -> Matrix:
    slopes = np.zeros(inputs[name].shape)
    for at in np.ndindex(*slopes.shape):
        change = np.zeros(slopes.shape)
        change[at] = step
        ends = [forward(found, {**inputs, name: inputs[name] + sign * change}) for sign in (1, -1)]
        slopes[at] = (ends[0][found.loss] - ends[1][found.loss]) / (2 * step)
    return slopes


def letters_of_row(formula: Formula, values: Mapping[str, Matrix]) -> dict[str, int]:
    """The index letters of a formula with the sizes of the axes that they run over."""
    letters: dict[str, int] = {}
    for node in walk(formula):
        if isinstance(node, Indexed) and node.name in values:
            array, at = values[node.name], node.indices
        elif isinstance(node, Derivative) and isinstance(node.wrt, Indexed) and key(node) in values:
            array, at = values[key(node)], node.wrt.indices
        else:
            continue
        letters |= {index.name: array.shape[axis] for axis, index in enumerate(at)}
    return letters


@every_model
def test_the_table_computed_from_top_to_bottom_is_the_gradient(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrices, "FUNCTIONS", {**matrices.FUNCTIONS, **FUNCTIONS})
    story = story_of(read_graph(name))
    inputs = point(story.graph)
    values = forward(story.graph, inputs)
    signals = {signal: node for node, signal in story.signals.items()}
    for symbol, formula, *_ in gradient_rows(name):
        head = symbol.wrt if isinstance(symbol, Derivative) else symbol
        node = signals.get(head.name, head.name)
        found = computed(symbol, formula, values, shape_of(node, story.graph))
        values[key(symbol)] = found
        if node in story.graph.parameters:
            expected = by_differences(story.graph, inputs, node)
            np.testing.assert_allclose(found, expected, rtol=2e-6, atol=2e-8, err_msg=node)


def computed(
    symbol: Formula, formula: Formula, values: Mapping[str, Matrix], shape: tuple[int, ...]
) -> Matrix:
    """A row of the table: a matrix form with matrices, a component on the grid of its letters."""
    wrt = symbol.wrt if isinstance(symbol, Derivative) else symbol
    if not isinstance(wrt, Indexed) and shape:
        rows, columns = (*shape, 1)[:2]
        return np.broadcast_to(Algebra(values).value(formula, rows, columns), (rows, columns)).reshape(shape)
    free = [index.name for index in wrt.indices] if isinstance(wrt, Indexed) else []
    letters = dict(zip(free, shape, strict=True)) | letters_of_row(formula, values)
    grid = np.broadcast_to(Grid(values, letters).value(formula), list(letters.values()))
    # The letters that a row sums over have the same value everywhere on the grid.
    order = list(letters)
    whole = grid[tuple(slice(None) if letter in free else 0 for letter in order)]
    left = [letter for letter in order if letter in free]
    return np.transpose(whole, [left.index(letter) for letter in free])


# What a model's own equations name.


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("perceptron", {"z1": "delta1", "z2": "delta2"}),
        ("linear regression", {"Z": "Delta"}),
        ("classifier", {"Z1": "Delta1", "z_P": "Delta_P"}),
        ("layer", {"z": "delta"}),
        ("attention", {}),
        ("kernels", {}),
    ],
)
def test_error_signals_are_named_after_their_layers(name: str, expected: Mapping[str, str]) -> None:
    assert story_of(read_graph(name)).signals == expected


def test_no_error_signal_takes_a_letter_of_the_author_s() -> None:
    model = (
        "equations = '''\nz[i] = sum(W[i,j]*x[j], j) + b[i]\ndelta = sum(tanh(z[i]), i)\nL = delta**2\n'''"
    )
    assert error_signals(graph(read_model(f'{model}\ndata = ["x"]\n'))) == {}


def test_pre_activations_inside_an_activation_get_a_name() -> None:
    story = story_of(read_graph("gates"))
    assert dict(story.signals) == {"z_i": "delta_i", "z_g": "delta_g"}
    assert plain(story.graph.by_target["z_i"].written) == "Wi @ x + Ui @ h0 + bi"


def test_a_product_that_has_a_name_in_the_model_goes_by_it() -> None:
    rows = {plain(symbol): plain(formula) for symbol, formula, *_ in gradient_rows("mixture")}
    assert rows["∂L/∂m[k]"] == "-sum((x[n] - m[k])*q[n,k]/s[n], n)"


# Products in order.

ORDERED = [
    ("((x - m)/(2*sqrt(v + e)))/(sqrt(v + e))**2", "(x - m)/(2*(v + e)**(3/2))"),
    ("2*(z - y)/(2*n)", "1/n*(z - y)"),
    ("sum(a[i]*2*(x[i] - m)/n, i)", "2/n*sum(a[i]*(x[i] - m), i)"),
    ("-sum(g[i]*(1/sqrt(v + e)), i)", "-1/sqrt(v + e)*sum(g[i], i)"),
    ("exp(s)*y/exp(s)**2", "y/exp(s)"),
    ("(r[i] + r[i])/(2*n)", "1/n*r[i]"),
    ("a*(-y/p)*p", "-a*y"),
    ("a*(-n + h)", "a*(h - n)"),
    ("(2/3)*x*(3/4)", "x/2"),
]


@pytest.mark.parametrize(("before", "after"), ORDERED)
def test_a_product_is_put_in_order(before: str, after: str) -> None:
    formula = read(before, functions=("sqrt", "exp"))
    found = arranged(formula)
    assert plain(found) == after
    Proofs({}).equal(formula, found)
    assert arranged(found) == found


# Names for heavy parts prove no more than what holds.

EQUAL = [
    ("sum(exp(x[i])*a[i], i)*exp(c)", "sum(exp(x[k])*a[k]*exp(c), k)"),
    ("tanh(u)*(a + b)", "a*tanh(u) + b*tanh(u)"),
]
UNEQUAL = [
    ("sum(exp(x[i])*a[j], i)", "sum(exp(x[j])*a[i], j)"),
    ("exp(x[i])*a[j]", "exp(x[j])*a[j]"),
    ("tanh(u)*a", "tanh(v)*a"),
    ("exp(u)*a", "tanh(u)*a"),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_forms_that_agree_in_all_but_their_heavy_parts_are_proved(left: str, right: str) -> None:
    sides = [read(side, functions=("exp", "tanh")) for side in (left, right)]
    Proofs({}).equal(*with_heavy_parts_named(*sides))
    Proofs({}).equal(*sides)


@pytest.mark.parametrize(("left", "right"), UNEQUAL)
def test_naming_heavy_parts_proves_nothing_wrong(left: str, right: str) -> None:
    sides = [read(side, functions=("exp", "tanh")) for side in (left, right)]
    with pytest.raises(UnprovedError):
        Proofs({}).equal(*with_heavy_parts_named(*sides))
    with pytest.raises(UnprovedError):
        Proofs({}).equal(*sides)


def test_what_a_derivative_moves_is_never_named() -> None:
    pending = Derivative(read("exp(x)*exp(u)", functions=("exp",)), Name("x"), applied=True)
    named, _ = with_heavy_parts_named(pending, pending)
    assert plain(named) == "∂/∂x(exp(x)*part 0)"


@pytest.mark.slow
@pytest.mark.parametrize("name", [*IN_MATRICES, "softmax"])
def test_a_walkthrough_of_arrays_compiles_without_a_complaint(name: str, tmp_path: Path) -> None:
    from tests.test_latex_compiles import complaints

    assert complaints(latex(told(name)), tmp_path) == []


def test_relations_of_names_and_derivatives_introduce_the_error_signals() -> None:
    found = {
        plain(line.left.sides[0])
        for line in displayed(chapter(told("perceptron"), "gradient.title"))
        if isinstance(line.left, Relation) and not any(isinstance(n, Indexed) for n in walk(line.left))
    }
    assert found == {"delta1", "delta2"}


# What one page calls by one letter, and what it says of sizes.


def page(equations: str, shapes: str, data: str = "[]") -> Walkthrough:
    text = f"equations = '''\n{equations}\n'''\ndata = {data}\nbatch = false\n[shapes]\n{shapes}"
    return walkthrough(graph(read_model(text)))


VECTORS = 'W = ["m", "n"]\nx = ["n"]\ny = ["m"]'


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("x @ x.T", "x.T @ x"),
        ("x @ A @ x", "x.T @ A @ x"),
        ("(x @ A @ x)/(x @ x)", "(x.T @ A @ x)/(x.T @ x)"),
        ("x @ A", "A.T @ x"),
        ("x @ A.T + y.T", "A @ x + y"),
        ("(A @ x - y) @ (A @ x - y)", "(A @ x - y).T @ (A @ x - y)"),
        ("A @ A.T @ x", "A @ A.T @ x"),
    ],
)
def test_a_vector_before_a_product_is_a_row(written: str, shown: str) -> None:
    ranks = {"x": 1, "y": 1, "A": 2}
    found = in_signs(read(written), ranks)
    assert plain(found) == shown
    assert in_signs(found, ranks) == found


@pytest.mark.parametrize("named", ["e", "q"])
def test_e_is_no_number_where_it_is_a_quantity(named: str) -> None:
    text = markdown(
        page(f"{named} = W @ x\np = softmax({named})\nL = -dot(y, log(p))", VECTORS, '["x", "y"]')
    )
    assert (r"\exp(e_i)" in text) == (named == "e")
    assert ("e^{" in text) == (named != "e")


@pytest.mark.parametrize("named", ["delta", "δ", "delta_1"])
def test_kronecker_s_delta_stands_in_brackets_where_the_letter_is_a_quantity_s(named: str) -> None:
    found = page(f"{named} = W @ x - y\nL = sum({named}**2)", VECTORS, '["x", "y"]')
    assert "tensor.independent_in_brackets" in said_macros(found)
    assert "[i = j]" in markdown(found)
    assert r"\delta_{ij}" not in markdown(found)


def test_an_index_letter_is_never_a_size() -> None:
    found = page("e = W @ x - y\nL = dot(e, e)", 'W = ["k", "i"]\nx = ["i"]\ny = ["k"]', '["y"]')
    indices = (index for line in lines(found) for node in nodes(line) for index in node.children)
    at = {each.name for node in indices for each in walk(node) if isinstance(each, Name)}
    assert at.isdisjoint({"k", "i"})


def test_a_size_that_nobody_declared_is_told_from_those_that_somebody_did() -> None:
    found = page("y[t] = sum(w[k]*x[t+k], k)\nL = mean(y[t]**2, t)", 'x = ["T"]\nw = ["K"]', '["x"]')
    [told_size] = [each for each in all_sentences(found) if each.macro == "tensor.size_found"]
    assert told_size.slots["sizes"] == read("N = T - K + 1")


def test_the_example_of_an_array_is_an_array() -> None:
    found = page("p = s*(W @ x)\nL = dot(y, p)**2", VECTORS, '["x", "y"]')
    [opening] = [each for each in all_sentences(found) if each.macro == "tensor.opening"]
    assert opening.slots["name"] == Name("W")


@pytest.mark.parametrize("name", ["softplus", "sigmoid", "tanh", "silu"])
@pytest.mark.parametrize("inside", ["c", "W @ v + c"])
def test_a_function_in_the_second_of_two_sums_has_its_slope_derived(name: str, inside: str) -> None:
    shapes = (
        'v = ["n"]\nb = ["n"]\nc = ["m"]\nW = ["m", "n"]'
        if "W" in inside
        else 'v = ["n"]\nb = ["n"]\nc = ["m"]'
    )
    text = f"equations = 'L = dot(b, v) + sum({name}({inside}))'\ndata = ['v']\n[shapes]\n{shapes}"
    gradient = interface.read(text).gradient()
    for each in (gradient, gradient.hessian_vector_product()):
        found = walkthrough(each.graph)
        assert cited_labels(found.sections) <= set(labels_of(found))


@pytest.mark.parametrize("letter", ["s", "t", "j"])
def test_a_line_of_ours_never_has_the_name_of_an_index_letter(letter: str) -> None:
    equations = (
        "P = softmax(Z, axis=1)\na[i] = P[0,i]*c[i]\n"
        "b[i] = sum(a[r]*M[r,i], r)*P[1,i]\nL = -log(sum(b[i], i))"
    )
    for old in ("[i]", ",i]", ", i)"):
        equations = equations.replace(old, old.replace("i", letter))
    shapes = "Z = [3, 'S']\nM = ['S', 'S']\nc = ['S']"
    text = f"equations = '''\n{equations}\n'''\ndata = ['M', 'c']\n[shapes]\n{shapes}"
    gradient = interface.read(text).gradient()
    for each in (gradient.graph, gradient.hessian_vector_product().graph):
        assert letter not in {line.target for line in each.equations}
        walkthrough(each)


def test_two_arrays_that_are_read_in_several_places_are_spoken_of_as_two() -> None:
    found = page("L = sum(T[i]*T[j]*x[i]*x[j], i, j)", 'T = ["n"]\nx = ["n"]')
    assert "tensor.places_many" in said_macros(found)
    found = page("L = sum(T[i]*T[j]*x[i]*x[j], i, j)", 'T = ["n"]\nx = ["n"]', '["x"]')
    assert "tensor.places" in said_macros(found)


@pytest.mark.parametrize("inside", ["u[i] + T[i,j]", "u[i]*T[i,j]"])
def test_a_quotient_by_its_name_in_a_product_by_its_own_is_proved(inside: str) -> None:
    lines = f"a[j] = log(sum(exp({inside}), i))\nL = log(sum(exp(a[j]), j))"
    text = f"equations = '''\n{lines}\n'''\n[shapes]\nu = ['m']\nT = ['m', 'n']"
    found = walkthrough(interface.read(text).gradient().hessian_vector_product().graph)
    assert "tensor.by" in said_macros(found)
