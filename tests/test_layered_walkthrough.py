"""Deep networks: one step back is told once, and every layer is an instance of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from derive.formula import Call, Name, names, walk
from derive.graph import graph
from derive.model import read
from derive.walkthrough import walkthrough
from derive.walkthrough.builder import story_of
from derive.walkthrough.layers import layers_chapter
from derive.walkthrough.layers.activations import prove_general
from derive.walkthrough.layers.network import Layer, generic, layers, with_names
from derive.walkthrough.partials import Told
from derive.walkthrough.proofs import Proofs, UnprovedError
from derive.walkthrough.story import Story
from derive.walkthrough.tensors.adjoints import Backward
from derive.walkthrough.tensors.chapter import sections
from derive.walkthrough.tree import Line, Section, Table, Walkthrough, blocks, lines

SHAPES = "x = [3]\ny = [2]\n"


def deep(count: int, *, activation: str = "tanh", last: str = "dot(z{0} - y, z{0} - y)/2") -> str:
    """A network in matrix notation, three neurons wide, two at its end."""
    written, shapes = [], [SHAPES]
    for at in range(1, count + 1):
        written.append(f"z{at} = W{at} @ {'x' if at == 1 else f'a{at - 1}'} + b{at}")
        width = 2 if at == count else 3
        shapes.append(f"W{at} = [{width}, 3]\nb{at} = [{width}]\n")
        if at < count:
            written.append(f"a{at} = {activation}(z{at})")
    written.append(f"L = {last.format(count)}")
    return _toml("\n".join(written), "".join(shapes))


def _toml(equations: str, shapes: str = "") -> str:
    return f'equations = """\n{equations}\n"""\ndata = ["x", "y"]\n[shapes]\n{shapes}'


ROWS = '''equations = """
Z1 = X @ W1.T + b1
A1 = sigmoid(Z1)
Z2 = A1 @ W2.T + b2
A2 = sigmoid(Z2)
Z3 = A2 @ W3.T + b3
L = sum((Y - Z3)**2)/N
"""
data = ["X", "Y"]
[shapes]
X = ["N", "d"]
Y = ["N", "r"]
W1 = ["p", "d"]
b1 = ["p"]
W2 = ["q", "p"]
b2 = ["q"]
W3 = ["r", "q"]
b3 = ["r"]
'''
BY_INDEX = _toml(
    """z1[i] = sum(W1[i,j]*x[j], j) + b1[i]
a1[i] = sigmoid(z1[i])
z2[i] = sum(W2[i,j]*a1[j], j) + b2[i]
a2[i] = sigmoid(z2[i])
z3[i] = sum(W3[i,j]*a2[j], j) + b3[i]
a3[i] = sigmoid(z3[i])
L = sum((y[i] - a3[i])**2, i)"""
)
AS_LAYERS = """[network]
layers = [784, 128, 64, 10]
activation = "relu"
output = "softmax"
loss = "cross entropy"
"""
WITHOUT_BIAS = _toml(
    "z1 = W1 @ x\na1 = tanh(z1)\nz2 = W2 @ a1\na2 = tanh(z2)\nz3 = W3 @ a2\na3 = tanh(z3)\n"
    "L = sum((a3 - y)**2)",
    SHAPES + "W1 = [3, 3]\nW2 = [3, 3]\nW3 = [2, 3]\n",
)
AS_LAYERS_TO_THE_END = """[network]
layers = [3, 4, 4, 2]
activation = "sigmoid"
loss = "binary cross entropy"
form = "matrix"
"""
OWN_FUNCTIONS = {
    "another activation": deep(4).replace("a2 = tanh(z2)", "a2 = relu(z2)"),
    "another activation of rows": ROWS.replace("A1 = sigmoid(Z1)", "A1 = softplus(Z1)"),
    "another activation by index": BY_INDEX.replace("a2[i] = sigmoid(z2[i])", "a2[i] = tanh(z2[i])"),
}
NETWORKS = {
    "matrices": deep(4),
    "softmax": deep(3, activation="relu", last="softmax_cross_entropy(y, z{0})"),
    "rows": ROWS,
    "by index": BY_INDEX,
    "as layers": AS_LAYERS,
    "without biases": WITHOUT_BIAS,
    "as layers, an activation on the last": AS_LAYERS_TO_THE_END,
    **OWN_FUNCTIONS,
}
OTHERS = {
    "two layers": deep(2),
    "a shortcut": deep(4).replace("a3 = tanh(z3)", "a3 = tanh(z3) + a2"),
    "shared weights": deep(4).replace("W3 @", "W2 @").replace("W3 = [3, 3]\n", ""),
    "a loss that reads a hidden layer": deep(4).replace("L = ", "L = sum(a2**2) + "),
    "no network": _toml("z = W @ x\nL = sum((z - y)**2)", SHAPES + "W = [2, 3]\n"),
}


def story(text: str, folder: Path) -> Story:
    path = folder / "network.toml"
    path.write_text(text, encoding="utf-8")
    return story_of(graph(read(path)))


def told(text: str, folder: Path) -> Walkthrough:
    path = folder / "network.toml"
    path.write_text(text, encoding="utf-8")
    return walkthrough(graph(read(path)))


def titles(document: Walkthrough) -> list[str]:
    return [each.title.macro for each in blocks(document) if isinstance(each, Section)]


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_of_layers_is_told_by_four_equations(name: str, tmp_path: Path) -> None:
    document = told(NETWORKS[name], tmp_path)
    assert titles(document).count("layers.step_title") == 1
    assert titles(document).count("layers.equations_title") == 1


@pytest.mark.parametrize("name", NETWORKS)
def test_every_layer_is_found_with_all_its_parts(name: str, tmp_path: Path) -> None:
    found = layers(story(NETWORKS[name], tmp_path))
    assert len(found) >= 3
    assert all(one.output == other.source for one, other in pairwise(found))


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_plain_row_of_layers_is_told_equation_by_equation(name: str, tmp_path: Path) -> None:
    document = told(OTHERS[name], tmp_path)
    assert "layers.step_title" not in titles(document)


def test_the_length_of_the_text_does_not_grow_with_the_number_of_layers(tmp_path: Path) -> None:
    few, many = (told(deep(count), tmp_path) for count in (16, 48))
    assert titles(few) == titles(many)
    backward = [[line for line in lines(each) if _speaks_of_any_layer(line)] for each in (few, many)]
    assert len(backward[0]) == len(backward[1]) > 5
    assert _rows(few) == _rows(many)


@pytest.mark.parametrize("name", sorted(NETWORKS.keys() - OWN_FUNCTIONS.keys()))
def test_the_row_of_every_hidden_layer_is_the_stated_step(name: str, tmp_path: Path) -> None:
    """The row in the names of any layer is the general equation, and no two rows say different things."""
    one = story(NETWORKS[name], tmp_path)
    told = Told(one, Proofs(one.graph.model.functions))
    assert layers_chapter(one, told) is not None
    found = layers(one)
    said = {
        tuple(with_names(told.results[part], generic(layer, after, one)) for part in _parts(layer))
        for layer, after in pairwise(found)
    }
    assert len(said) == 1


@pytest.mark.parametrize("name", OWN_FUNCTIONS)
def test_layers_with_functions_of_their_own_are_told_with_the_slope_of_any(name: str, tmp_path: Path) -> None:
    stated = [line for line in lines(told(OWN_FUNCTIONS[name], tmp_path)) if _holds_for_hidden_layers(line)]
    slopes = [node for line in stated for node in walk(line.right or Name("")) if isinstance(node, Call)]
    assert len(stated) == 1
    assert [(each.function, each.primes) for each in slopes] == [("f ell", 1)]


def test_a_general_step_that_is_not_what_the_sweep_found_is_refused(tmp_path: Path) -> None:
    one = story(OWN_FUNCTIONS["another activation"], tmp_path)
    backward = Backward(one, Told(one, Proofs(one.graph.model.functions)))
    for _ in sections(backward, [each.target for each in one.graph.equations]):
        pass
    layer = layers(one)[1]
    prove_general(layer, backward)
    with pytest.raises(UnprovedError):
        prove_general(replace(layer, activation="tanh"), backward)


def _holds_for_hidden_layers(line: Line) -> bool:
    """Whether a line is one of the summary that speaks of every layer but the last."""
    signal = line.left is not None and any("elta" in name for name in names(line.left))
    return signal and line.note is not None and line.note.macro == "layers.holds"


def _parts(layer: Layer) -> tuple[str, ...]:
    return (layer.sum, *layer.parameters)


def _speaks_of_any_layer(line: Line) -> bool:
    sides = [side for side in (line.left, line.right) if side is not None]
    return any(
        isinstance(node, Name) and " ell" in node.name for side in sides for node in walk(side)
    ) or any(" ell" in name for side in sides for name in names(side))


def _rows(document: Walkthrough) -> int:
    (table,) = (
        each
        for each in blocks(document)
        if isinstance(each, Table) and getattr(each.columns[0], "macro", "") == "layers.column_layer"
    )
    return len(table.rows)


def test_the_output_of_softmax_with_cross_entropy_is_prediction_minus_label(tmp_path: Path) -> None:
    document = told(NETWORKS["softmax"], tmp_path)
    boxed = [line.right for line in lines(document) if line.boxed and line.left == Name("delta3")]
    assert [set(names(each)) for each in boxed if each is not None] == [{"p", "y"}]
