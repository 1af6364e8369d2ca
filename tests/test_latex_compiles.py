"""Walkthroughs of many models through pdflatex: no error, no undefined reference, nothing off the page.

The shipped examples are compiled with the gallery; here are models that strain the page, and TeX as the
oracle of widths.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from derive import model
from derive.figures import computation_graph, network, tikz
from derive.functions import FUNCTIONS
from derive.graph import Graph, graph
from derive.losses import LOSSES, Loss
from derive.notation import latex as written
from derive.render import latex
from derive.typesetting import width
from derive.walkthrough import walkthrough
from derive.walkthrough.tree import lines
from tests.drawings import layers

pytestmark = pytest.mark.slow

COMPLAINT = re.compile(r"^!|Overfull|undefined|multiply.defined|Missing char|Rerun to get", re.IGNORECASE)
MLP = """
title = 'A perceptron: 50% of \\\\input{x} $y$ #1_2 & λ → 名'
equations = '''
z1 = W1 @ x + b1
a1 = relu(z1)
z2 = W2 @ a1 + b2
p = softmax(z2)
L = -sum(y*log(p))
'''
data = ["x", "y"]
[shapes]
W1 = [3, 2]
W2 = [2, 3]
b1 = [3]
b2 = [2]
x = [2]
y = [2]
[values]
W1 = [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]]
b1 = [0, 0.1, 0]
W2 = [[0.7, -0.2, 0.1], [0.3, 0.4, -0.5]]
b2 = [0.05, 0]
x = [1, -2]
y = [1, 0]
"""
NAMES = """
equations = '''
hidden_activation = tanh(weight_from_age*age_in_years + weight_from_income*income_per_month + bias_of_hidden)
prediction = sigmoid(weight_to_output*hidden_activation + bias_of_output_unit)
total_loss = (observed_risk - prediction)**2 + penalty*(weight_from_age**2 + weight_to_output**2)
'''
data = ["age_in_years", "income_per_month", "observed_risk", "penalty"]
learning_rate = 0.1
[values]
age_in_years = 2
income_per_month = 3
observed_risk = 1
penalty = 0.01
weight_from_age = 0.5
weight_from_income = -0.25
bias_of_hidden = 0.125
weight_to_output = 1.5
bias_of_output_unit = -0.5
"""
WIDE = """
h1 = tanh({first} + b1)
h2 = sigmoid({second} + b2)
L = (t - silu(u1*h1 + u2*h2))**2/2 + abs(u1)
""".format(
    first=" + ".join(f"w{at}*x{at}" for at in range(1, 15)),
    second=" + ".join(f"v{at}*x{at}" for at in range(1, 15)),
)
RATIONAL = """
equations = '''
n = a**2 + 3*a*b*c + b**2*c**3 + 4*a*b**3 + 5*a**3*c**2 + 6*b*c*d
f = (a**3*b + 2*n*c + 3*b**2*d + 4*c*d**2)/(1 + a**2 + b**2 + c**2 + d**2 + exp(a*b + c*d))
'''
wrt = ["a", "b", "c", "d"]
[values]
a = 1
b = 2
c = 3
d = 4
"""
GREEK = """
equations = '''
η_hat = σ2*α + λ
y_hat = lambda*sin(theta_1) + β*η_hat**2
L = sum((y_hat - t[i])**2*m[i,j], i, j)
'''
data = ["t", "m"]
[shapes]
t = ["n"]
m = ["n", "k"]
"""
CONVOLUTION = """
equations = '''
z[i] = sum(k[j]*x[i+j], j) + b
a[i] = tanh(z[i])
L = sum((a[i] - y[i])**2, i)/2
'''
data = ["x", "y"]
[shapes]
x = ["T"]
k = ["K"]
z = ["T - K + 1"]
y = ["T - K + 1"]
"""
MODELS = {
    "perceptron": MLP,
    "long names": NAMES,
    "wide": WIDE,
    "rational": RATIONAL,
    "greek": GREEK,
    "convolution": CONVOLUTION,
    "nested": "J = exp(sin(log(1 + exp(-(a + b)**2/(1 + c**2)))/(1 + sqrt(1 + a**2*b**2)))**3)*cos(a*b*c)",
    "layered": "network = {layers = [3, 4, 4, 2], activation = 'relu', loss = 'squared error'}",
    "deep": "network = {layers = [2, 3, 3, 3, 3, 3, 1], activation = 'tanh', loss = 'squared error'}",
}


@pytest.fixture(scope="module", autouse=True)
def tex() -> None:
    if shutil.which("pdflatex") is None and not os.environ.get("DERIVE_ALL_TARGETS"):
        pytest.skip("there is no pdflatex on this machine")


def compiled(text: str, folder: Path) -> str:
    """The log of the second run."""
    (folder / "page.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    for _ in range(2):
        result = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        assert result.returncode == 0, result.stdout.decode("utf-8", "replace")[-1500:]
    return (folder / "page.log").read_text(encoding="utf-8", errors="replace")


def complaints(text: str, folder: Path) -> list[str]:
    return [line for line in compiled(text, folder).splitlines() if COMPLAINT.search(line)]


@pytest.mark.parametrize("name", MODELS)
def test_a_walkthrough_compiles_without_a_complaint(name: str, tmp_path: Path) -> None:
    document = latex(walkthrough(graph(model.read(MODELS[name]))))
    assert complaints(document, tmp_path) == []


def every_function() -> str:
    """A model that calls every function of the table of one argument."""
    rows = [row for row in FUNCTIONS if len(row.parameters) == 1]
    terms = [f"{row.name}(w{at}*x)" for at, row in enumerate(rows, 1)]
    return "\n".join(
        [
            *(f"h{at} = {term}" for at, term in enumerate(terms, 1)),
            "L = " + " + ".join(f"h{at}" for at in range(1, len(terms) + 1)),
        ]
    )


def test_every_function_of_the_table_is_set_within_the_page(tmp_path: Path) -> None:
    document = latex(walkthrough(graph(model.read(every_function()))))
    assert complaints(document, tmp_path) == []


@pytest.mark.parametrize("loss", LOSSES, ids=lambda row: row.name)
def test_every_loss_of_the_table_is_set_within_the_page(loss: Loss, tmp_path: Path) -> None:
    arguments = ", ".join(("y", "p", "0.5")[: len(loss.parameters)])
    line, shapes = "p = sigmoid(w*x + b)", ""
    if loss.vectors:
        line, shapes = "p[i] = sigmoid(w*x[i] + b)", "[shapes]\nx = ['n']\ny = ['n']\n"
    equations = f"equations = '''\n{line}\nL = {loss.name}({arguments})\n'''\n"
    read = model.read(f"{equations}parameters = ['w', 'b']\n{shapes}")
    assert complaints(latex(walkthrough(graph(read))), tmp_path) == []


def test_drawings_fit_on_the_page(tmp_path: Path) -> None:
    pictures: list[str] = []
    for sizes in ((2, 2, 1), (3, 4, 2, 1), (10, 12, 12, 3), (2, *[2] * 14, 1), (30, 1), (2, 1, 30)):
        found: Graph = graph(model.read(layers(*sizes)))
        drawings = [computation_graph(found), network(found)]
        pictures += [tikz(each) for each in drawings if each is not None]
    begin = (
        r"\documentclass[11pt]{article}\usepackage[textwidth=15cm,textheight=24cm]{geometry}"
        r"\usepackage[T1]{fontenc}\usepackage{lmodern,amsmath,tikz}\usetikzlibrary{arrows.meta,backgrounds}"
        r"\setlength{\parindent}{0pt}\begin{document}"
    )
    assert complaints("\n\n".join([begin, *pictures, r"\end{document}"]), tmp_path) == []


def test_no_formula_is_wider_than_it_was_taken_for(tmp_path: Path) -> None:
    """TeX measures every side of every display; what this package believed is at most a little more."""
    found = [walkthrough(graph(model.read(text))) for text in MODELS.values()]
    sides = sorted(
        {
            written(side)
            for document in found
            for line in lines(document)
            for side in (line.left, line.right)
            if side is not None
        }
    )
    begin = r"\documentclass[11pt]{article}\usepackage[T1]{fontenc}\usepackage{lmodern,amsmath}\newlength\x"
    measuring = (
        rf"\settowidth{{\x}}{{$\displaystyle {side}$}}\typeout{{measured {at} \the\x}}"
        for at, side in enumerate(sides)
    )
    log = compiled("\n".join([begin, r"\begin{document}", *measuring, r"x\end{document}"]), tmp_path)
    measured = dict(re.findall(r"^measured (\d+) ([\d.]+)pt$", log, re.MULTILINE))
    assert len(measured) == len(sides) > 200
    for at, side in enumerate(sides):
        real = float(measured[str(at)]) / 10.95
        assert real - 0.4 <= width(side) <= 1.04 * real + 0.8, side
