"""Programs, before any language: order, names, shared work, stable forms, rows and costs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings

import derive.model
from derive.equation import Equation
from derive.evaluate import evaluate, gradient_values, key_of
from derive.formula import Call, Indexed, Name, Reduction, walk
from derive.gradient import sweep
from derive.graph import Graph, graph
from derive.notation import plain
from derive.program import Line, Program, program
from derive.program.stability import SLOPES
from derive.targets.generation import function, source
from tests.benchmarks.networks import chain, network
from tests.models import Sample, indexed_models, scalar_models
from tests.test_gradient import NEAREST_KINK, flat

TWO_TWO_ONE = """
h1 = sigmoid(w1*x1 + w2*x2 + b1)
h2 = sigmoid(w3*x1 + w4*x2 + b2)
y_pred = sigmoid(w5*h1 + w6*h2 + b3)
L = (y_true - y_pred)**2
"""
SOFTMAX = "z[i] = sum(W[i,j]*x[j], j)\np[i] = exp(z[i])/sum(exp(z[k]), k)\nL = -sum(y[i]*log(p[i]), i)"


def made(text: str, **options: object) -> Program:
    return program(graph(derive.model.read(text)), **options)  # type: ignore[arg-type]


def shown(line: Line) -> str:
    return f"{plain(line.left)} = {plain(line.formula)}"


def check_order(found: Program) -> None:
    """Every line reads inputs, sizes and lines above it, and is read or returned."""
    known = {each.name for each in found.inputs} | set(found.lengths) | set(found.derived) | {"pi"}
    wanted = {found.value, *(target for _, target in found.gradient)}
    read = {name for line in found.lines for name in line.reads}
    for line in found.lines:
        letters = {*line.indices, *(letter for term in line.terms for letter in term.summed)}
        letters |= {bound.name for node in line.nodes for bound in getattr(node, "bounds", ())}
        assert set(line.reads) - letters <= known, shown(line)
        assert line.target not in known
        assert line.target in read | wanted, shown(line)
        known.add(line.target)
    assert wanted <= known


@pytest.mark.parametrize("samples", [False, True], ids=["one sample", "rows"])
@given(sample=scalar_models())
@settings(max_examples=60, deadline=None)
def test_lines_read_what_is_above_them_and_none_is_idle(samples: bool, sample: Sample) -> None:
    check_order(program(sample.graph(), samples=samples))


@pytest.mark.parametrize("samples", [False, True], ids=["one sample", "rows"])
@given(sample=indexed_models())
@settings(max_examples=40, deadline=None)
def test_lines_with_indices_do_too(samples: bool, sample: Sample) -> None:
    check_order(program(sample.graph(), samples=samples))


def values_of(found: Program, read: Graph, sample: Sample) -> dict[str, object]:
    """The lines' values to 50 digits, by the evaluation that the worked numbers use."""
    lines = [Equation(line.target, line.indices, line.formula, line.terms) for line in found.lines]
    sizes = {name: count for name, count in sample.sizes.items() if name in found.lengths}
    return dict(evaluate(lines, {**sizes, **sample.values}, shapes=found.shapes))


@given(sample=scalar_models())
@settings(max_examples=40, deadline=None)
def test_a_program_computes_the_gradient_to_50_digits(sample: Sample) -> None:
    read = sample.graph()
    assume(all(distance > NEAREST_KINK for distance in sample.problem(read).kinks()))
    found = program(read)
    lines = [line for line in found.lines if not any(_foreign(node) for node in line.nodes)]
    assume(len(lines) == len(found.lines))
    ours = values_of(found, read, sample)
    adjoints = sweep(read.equations, read.loss, functions=read.model.functions)
    exact = gradient_values(read, adjoints, sample.values)
    for name, target in found.gradient:
        expected = list(flat(exact[key_of(read.loss, name)])) if key_of(read.loss, name) in exact else [0.0]
        assert list(flat(ours[target])) == pytest.approx(expected, rel=1e-14, abs=1e-30), name  # type: ignore[arg-type]


def _foreign(node: object) -> bool:
    return isinstance(node, Call) and bool(node.primes)


# Names of the author that a program would have given to lines of its own.
TAKEN = """
difference = w*x
dL_dw = exp(difference) + difference**2
z_h = sigmoid(dL_dw*v + z1)
h = tanh(z_h*v + mean_L*N + n)
L = (y - h)**2 + (y - h)**3 + log(1 - z_h)
"""


@pytest.mark.parametrize("samples", [False, True], ids=["one sample", "rows"])
def test_invented_names_never_meet_the_authors(samples: bool) -> None:
    found = made(TAKEN, samples=samples)
    targets = [line.target for line in found.lines]
    own = {"difference", "dL_dw", "z_h", "h", "L"}
    assert len(set(targets)) == len(targets)
    assert not set(targets) & {each.name for each in found.inputs}
    assert own <= {each.target for each in found.equations}
    written = {line.target: plain(line.formula) for line in found.lines if line.of is None}
    assert {"difference", "dL_dw", "h"} <= set(written)
    check_order(found)


def calls(found: Program) -> Iterator[str]:
    return (node.function for line in found.lines for node in line.nodes if isinstance(node, Call))


@pytest.mark.parametrize("text", [TWO_TWO_ONE, chain(3), network(3, 5, 4, 2)], ids=["2-2-1", "deep", "wide"])
def test_every_neuron_computes_its_exponential_once(text: str) -> None:
    found = made(text)
    assert list(calls(found)).count("sigmoid") == text.count("sigmoid")


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("L = (y - exp(w*x))**2", "exp(w*x)"),
        ("L = sin(w*x)*exp(sin(w*x))", "sin(w*x)"),
        ("a = exp(w*x)\nL = a**2 + exp(w*x)", "exp"),
        ("L = (w*x - y)**2/2", "w*x - y"),
        ("L = sum((y[i] - w*x[i])**4, i)", "y[i] - w*x[i]"),
    ],
)
def test_shared_work_is_done_once(text: str, once: str) -> None:
    assert sum(plain(line.formula).count(once) for line in made(text).lines) == 1


def test_the_gradient_costs_a_small_multiple_of_the_value() -> None:
    for text in (TWO_TWO_ONE, chain(4), network(4, 8, 8, 1)):
        found = made(text)
        whole, value = found.cost[()], found.value_cost[()]
        assert whole.arithmetic <= 3 * value.arithmetic
        assert whole.functions == value.functions


@given(sample=scalar_models(kinks=False))
@settings(max_examples=60, deadline=None)
def test_the_stated_cost_is_that_of_the_text(sample: Sample) -> None:
    read = sample.graph()
    text = source(read, "python")
    assume("def " not in text.split("def loss_and_gradient")[0].replace("def exp_or_inf", ""))
    arithmetic, functions = counted(text)
    stated = program(read).cost[()]
    assert (stated.arithmetic, stated.functions) == (arithmetic, functions)


def counted(text: str) -> tuple[int, int]:
    """Arithmetic operations and function calls in the generated function, as an engineer counts them."""
    body = next(
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name == "loss_and_gradient"
    )
    arithmetic = functions = 0
    for node in ast.walk(body):
        match node:
            case ast.BinOp(ast.Constant() | ast.UnaryOp(_, ast.Constant()), ast.Div(), ast.Constant()):
                pass  # a fraction of numbers is a number
            case ast.BinOp(_, ast.Pow(), ast.Constant(2 | 3 as exponent)):
                arithmetic += exponent - 1
            case ast.BinOp(_, ast.Pow(), _):
                functions += 1
            case ast.BinOp():
                arithmetic += 1
            case ast.UnaryOp(ast.USub(), operand) if not isinstance(operand, ast.Constant):
                arithmetic += 1
            case ast.Call(ast.Name("abs" | "max" | "min")):
                arithmetic += 1
            case ast.Call(ast.Name(name)) if name != "loss_and_gradient":
                functions += 1
    return arithmetic, functions


def test_the_cost_of_arrays_is_told_by_their_sizes() -> None:
    found = made("a[i] = tanh(sum(W[i,j]*x[j], j))\nL = sum(a[i]**2, i)")
    assert found.value_cost[("I", "J")].arithmetic == 2
    assert found.value_cost[("I",)].functions == 1
    assert ("I", "J") in found.cost


# Formulas that overflow or lose their digits as they stand, at points where they would.
UNSTABLE = [
    ("L = log(1 + exp(w))", 800),
    ("L = log(exp(-w) + 1)", -800),
    ("L = log(exp(w) + exp(x))", 800),
    ("L = exp(w)/(exp(w) + exp(x))", 800),
    ("L = exp(w)/(exp(x) + exp(w))", -800),
    ("L = exp(w)/(1 + exp(w))", 800),
    ("L = 1/(1 + exp(w))", 800),
    ("L = log(cosh(w))", -800),
    ("L = (exp(w) - exp(-w))/(exp(w) + exp(-w))", 800),
    ("p = sigmoid(w)\nL = -log(1 - p)", 50),
    ("p = 1/(1 + exp(-w))\nq = 1 - p\nL = -log(q)", 800),
    ("e = exp(-w)\np = 1/(1 + e)\nL = -log(p)", -800),
    ("p = sigmoid(w)\nq = p\nL = -log(q)", -800),
    ("p = sigmoid(w)\nL = 1 - p", 60),
    ("p = exp(w)/(exp(w) + exp(x) + exp(2*x))\nL = -log(p)", -800),
    ("p = exp(x)/(exp(w) + exp(x) + exp(2*x))\nL = p", 800),
    ("L = log(exp(w) + exp(x) + exp(x - w))", 800),
    ("a = exp(w + x)\nb = exp(x)\nc = exp(w*x)\ns = a + b + c\nL = -log(a/s) - log(b/s)", 800),
    ("f(t) = log(1 + exp(t))\nL = f(w)*f(x)", 800),
    ("L = silu(w)", 1e6),
    ("L = exp(x)/exp(w)", -400),
    ("L = exp(w)/exp(w + x)", -800),
    ("L = (x - 2)*(x - 2)/exp(w)", -400),
    ("L = x - 1/exp(w)", -400),
    ("L = (w + x)/exp(2*w)", -200),
    ("L = binary_cross_entropy(x, sigmoid(w))", 800),
]
FUNCTIONS: Mapping[str, object] = {
    "exp": mpmath.exp,
    "log": mpmath.log,
    "cosh": mpmath.cosh,
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "silu": lambda z: z / (1 + mpmath.exp(-z)),
    "f": lambda z: mpmath.log(1 + mpmath.exp(z)),
    "binary_cross_entropy": lambda y, p: -(y * mpmath.log(p) + (1 - y) * mpmath.log(1 - p)),
}


def literally(text: str, w: object) -> object:
    """The model's loss as it stands, in a thousand digits, with x = 3/4."""
    space: dict[str, object] = {**FUNCTIONS, "w": w, "x": mpmath.mpf("0.75")}
    for line in text.splitlines():
        name, _, right = line.partition(" = ")
        if "(" not in name:
            space[name] = evaluated(ast.parse(right, mode="eval").body, space)
    return space["L"]


def evaluated(node: ast.expr, space: Mapping[str, object]) -> object:
    """The value of a piece of arithmetic."""
    match node:
        case ast.Constant(value):
            return mpmath.mpf(str(value))
        case ast.Name(name):
            return space[name]
        case ast.UnaryOp(_, operand):
            return -evaluated(operand, space)  # type: ignore[operator]
        case ast.Call(ast.Name(name), arguments):
            return space[name](*(evaluated(each, space) for each in arguments))  # type: ignore[operator]
        case ast.BinOp(left, sign, right):
            one, other = evaluated(left, space), evaluated(right, space)
            signs = {ast.Add: "__add__", ast.Sub: "__sub__", ast.Mult: "__mul__", ast.Div: "__truediv__"}
            return getattr(one, signs[type(sign)])(other)
    raise AssertionError(ast.unparse(node))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("language", ["python", "numpy"])
@pytest.mark.parametrize(("text", "point"), UNSTABLE, ids=[text for text, _ in UNSTABLE])
def test_code_keeps_its_digits_where_the_formula_would_lose_them(
    text: str, point: float, language: str
) -> None:
    read = graph(derive.model.read(text))
    arguments = [point if name == "w" else 0.75 for name in read.inputs]
    value, *slopes = function(read, language)(*arguments)
    slope = slopes[0]["w"] if language == "numpy" else dict(zip(read.parameters, slopes, strict=True))["w"]
    with mpmath.workdps(2000):
        step = mpmath.mpf(10) ** -900
        expected = literally(text, mpmath.mpf(point))
        quotient = (literally(text, point + step) - literally(text, point - step)) / (2 * step)  # type: ignore[operator]
        assert float(value) == pytest.approx(float(expected), rel=1e-13, abs=1e-300)  # type: ignore[arg-type]
        assert float(slope) == pytest.approx(float(quotient), rel=1e-13, abs=1e-16)


@pytest.mark.parametrize("name", SLOPES)
def test_a_stable_slope_is_that_of_the_row(name: str) -> None:
    from derive.agreement import agree
    from derive.formula import read, replace

    row = SLOPES[name]
    unstable = replace(read(row.unstable), {Name("f"): Call(name, (Name("t"),))})
    assert agree(unstable, read(row.stable)).verdict == "proved"


# Shares m[i]*exp(z[i]) of their sum, written in one way or another.
MASKED = [
    "p[i] = m[i]*exp(z[i])/sum(m[k]*exp(z[k]), k)",
    "e[i] = m[i]*exp(z[i])\np[i] = e[i]/sum(e[k], k)",
    "e[i] = exp(z[i])\np[i] = m[i]*e[i]/sum(m[k]*e[k], k)",
    "e[i] = exp(z[i])\nb[i] = m[i]*e[i]\ns = sum(b[k], k)\np[i] = b[i]/s",
    "q[i] = exp(z[i])/sum(m[k]*exp(z[k]), k)\np[i] = q[i]*m[i]",
    "p[i] = exp(z[i])*m[i]/sum(exp(z[k])*m[k], k)",
    "e[i] = exp(z[i])\ns = sum(m[i]*e[i], i)\np[i] = (m[i]*e[i] if m[i] > 0 else 0)/s",
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("far", [0.0, 1000.0, -1000.0])
@pytest.mark.parametrize("text", MASKED)
def test_weighted_exponentials_over_their_sum_do_not_overflow(text: str, far: float) -> None:
    model = derive.read(
        f"equations = '''\n{text}\nL = sum(y[i]*p[i], i)\n'''\ndata = ['y', 'm']\nbatch = false"
    )
    y, m, z = np.array([1.0, 2.0, 4.0, 8.0]), np.array([1.0, 1.0, 0.0, 2.0]), np.array([0.5, -1.0, 1.0, 0.0])
    share = m * np.exp(z) / (m * np.exp(z)).sum()
    loss, slopes = model.gradient().function("numpy")(y, m, z + far)
    assert loss == pytest.approx(y @ share, rel=1e-12)
    assert slopes["z"] == pytest.approx(share * (y - y @ share), rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "s = sum(m[k]*exp(z[k]), k)\nL = 1/s",
        "s = sum(m[k]*exp(z[k]), k)\nL = sum(exp(z[i])*exp(z[i])/s, i)",
        "e[i] = exp(z[i])\ns = sum(m[k]*e[k], k)\nL = sum((1 + e[i])/s, i)",
        "e[i] = exp(z[i])\ns = sum(m[k]*e[k], k)\nL = sum(tanh(e[i])/s, i)",
        "e[i,j] = exp(z[i]*m[j])\ns[i] = sum(m[k]*e[i,k], k)\nL = sum(e[i,j]/s[j], i, j)",
        "e[i,j] = exp(z[i]*m[j])\ns[i] = sum(m[k]*e[i,k], k)\nL = sum(s[i], i)/sum(s[i], i)",
    ],
)
def test_nothing_is_shifted_where_the_shift_would_not_cancel(text: str) -> None:
    found = made(text)
    assert not any(
        isinstance(term.body, Reduction) and term.body.kind == "max"
        for line in found.lines
        for term in line.terms
    )


def test_the_largest_score_takes_no_part_in_the_derivative() -> None:
    found = made(SOFTMAX, samples=True)
    shift = next(line for line in found.lines if line.target == "max_z")
    assert shift.indices == ("n",)
    assert not any("max_z" in name for _, name in found.gradient)
    assert "dL_dmax_z" not in {line.target for line in found.lines}


def rows_of(found: Program) -> set[str]:
    return {line.target for line in found.lines if line.indices[:1] == ("n",)}


def test_data_and_what_depends_on_them_get_rows() -> None:
    text = "c = exp(v)\nh = tanh(w*x + c)\nL = (y - h)**2"
    found = made(text, samples=True)
    assert {"h", "L"} <= rows_of(found)
    assert not {"c", "mean_L"} & rows_of(found)
    assert found.value == "mean_L"
    assert [each.shape for each in found.inputs if each.role == "data"] == [("N",), ("N",)]
    assert all(not each.shape for each in found.inputs if each.role == "parameter")


def test_a_model_with_samples_of_its_own_gets_no_other_rows() -> None:
    found = made("p[n] = sigmoid(sum(w[i]*x[n,i], i))\nL = sum((y[n] - p[n])**2, n)", samples=True)
    assert found.batch is None
    assert found.value == "L"


def test_a_derivative_by_data_is_no_batch(tmp_path: Path) -> None:
    path = tmp_path / "wrt.toml"
    path.write_text('equations = "h = tanh(w*x)\\nL = (y - h)**2"\ndata = ["x", "y"]\nwrt = ["x"]\n')
    found = program(graph(derive.model.read(path)), samples=True)
    shapes = {each.name: each.shape for each in found.inputs}
    assert shapes == {"x": (), "y": ("N",), "w": ()}


def test_a_derivative_that_is_zero_is_a_line_of_zeros() -> None:
    found = made("L = sum(w[i], i) + 0*v + 0*sum(u[i]*w[i], i)")
    right = {line.target: plain(line.formula) for line in found.lines}
    assert {name for name, _ in found.gradient} == {"w", "v", "u"}
    assert right["dL_dv"] == right["dL_du"] == "0"


def test_no_line_only_repeats_another() -> None:
    found = made("z[i] = sum(W[i,j]*x[j], j) + b[i]\nL = sum((y[i] - z[i])**2, i)")
    for line in found.backward:
        assert not isinstance(line.formula, (Name, Indexed)), shown(line)
    assert dict(found.gradient)["b"].startswith("dL_dz")


def test_a_value_that_is_the_same_along_an_axis_is_not_repeated() -> None:
    found = made(SOFTMAX, samples=True)
    assert next(line for line in found.lines if line.target == "dL_ds").indices == ("n",)
    assert "dL_de_z" not in {line.target for line in found.lines}


@pytest.mark.parametrize(
    "text", ["q = sum(t[i]**2, i)\nm = max(t[j], j)\nL = q*m", "m = min(t[k], k)\nL = m**2"]
)
def test_the_place_of_a_maximum_is_found_once(text: str) -> None:
    places = [formula for line in made(text).lines if (formula := plain(line.formula)).startswith("arg")]
    assert len(places) == 1
    assert re.fullmatch(r"arg(max|min)\(t\[(\w)\], \2\)", places[0])


def test_the_size_of_a_shifted_index_follows_from_the_others() -> None:
    found = made("y[i] = sum(x[i+k]*w[k], k)\nL = sum(y[i]**2, i)")
    (size,) = found.derived
    assert plain(found.derived[size]) == "N - (K - 1)"


def test_walking_a_line_meets_all_its_nodes() -> None:
    (line,) = made("L = sum(w[i]*x[i], i)").forward
    assert line.nodes == tuple(node for term in line.terms for node in walk(term.body))
