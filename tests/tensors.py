"""Random models in matrix notation, each with a loss of NumPy's own that the complex step differentiates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

Arrays = Mapping[str, Any]
Shape = tuple[int, ...]

# No two sizes are equal: what is transposed by mistake does not fit.
SHAPES: Mapping[str, Shape] = {
    "A": (2, 3),
    "B": (3, 4),
    "C": (2, 4),
    "D": (2, 2),
    "u": (2,),
    "v": (3,),
    "t": (4,),
    "c": (),
}
STEP = 1e-30


@dataclass(frozen=True)
class Part:
    """A formula: its text, its shape, and what it is of the inputs."""

    text: str
    shape: Shape
    value: Callable[[Arrays], Any]


@dataclass(frozen=True)
class TensorSample:
    """A model as the text of a file, with a value for every input that it reads."""

    text: str
    loss: Callable[[Arrays], Any]
    values: Arrays

    def gradient(self, name: str) -> Any:
        """∂L/∂name by complex steps."""
        found = np.zeros(np.shape(self.values[name]))
        for at in np.ndindex(found.shape):
            moved = np.array(self.values[name], complex)
            moved[at] += 1j * STEP
            found[at] = np.imag(self.loss({**self.values, name: moved})) / STEP
        return found


# Functions of every element, with what NumPy has for them in the complex plane.
ELEMENTWISE: Mapping[str, Callable[[Any], Any]] = {
    "sigmoid({0})": lambda x: 1 / (1 + np.exp(-x)),
    "tanh({0})": np.tanh,
    "sin({0})": np.sin,
    "exp(-{0}**2)": lambda x: np.exp(-(x**2)),
    "sqrt(1 + {0}**2)": lambda x: np.sqrt(1 + x**2),
    "{0}/(1 + {0}**2)": lambda x: x / (1 + x**2),
    "(1 - {0})": lambda x: 1 - x,
    "2*{0}": lambda x: 2 * x,
    "log(2 + sin({0}))": lambda x: np.log(2 + np.sin(x)),
    "-{0}": lambda x: -x,
}
PAIRS: Mapping[str, Callable[[Any, Any], Any]] = {
    "({0} + {1})": lambda a, b: a + b,
    "({0} - {1})": lambda a, b: a - b,
    "{0}*{1}": lambda a, b: a * b,
    "{0}/(2 + sin({1}))": lambda a, b: a / (2 + np.sin(b)),
    "tanh({0})*{1}": lambda a, b: np.tanh(a) * b,
    "({0} - {1})**2": lambda a, b: (a - b) ** 2,
}


def _softmax(x: Any) -> Any:
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)


def _of_one(one: Part) -> list[Part]:
    """What can be made of one formula."""
    found = [_made(form, one.shape, function, one) for form, function in ELEMENTWISE.items()]
    if one.shape:
        found += [
            _made("sum({0})", (), np.sum, one),
            _made("mean({0})", (), np.mean, one),
            _made("sum({0}**2)", (), lambda x: np.sum(x**2), one),
            _made("softmax({0})", one.shape, _softmax, one),
        ]
    if len(one.shape) == 2:
        rows, columns = one.shape
        found += [
            _made("({0}).T", (columns, rows), np.transpose, one),
            _made("sum({0}, axis=0)", (columns,), lambda x: np.sum(x, axis=0), one),
            _made("sum({0}, axis=1)", (rows,), lambda x: np.sum(x, axis=1), one),
            _made("mean({0}**2, axis=1)", (rows,), lambda x: np.mean(x**2, axis=1), one),
        ]
    return found


def _of_two(one: Part, two: Part) -> list[Part]:
    """What can be made of two formulas whose shapes fit."""
    found: list[Part] = []
    a, b = one.shape, two.shape
    if b == a[len(a) - len(b) :]:
        found += [_made(form, a, function, one, two) for form, function in PAIRS.items()]
    if len(a) == 2 and b and a[1] == b[0]:
        found.append(_made("{0} @ {1}", (a[0], *b[1:]), np.matmul, one, two))
    if len(a) == len(b) == 1:
        found.append(_made("outer({0}, {1})", (*a, *b), np.outer, one, two))
        found += [_made("dot({0}, {1})", (), np.dot, one, two)] if a == b else []
    return found


def _made(form: str, shape: Shape, function: Callable[..., Any], *operands: Part) -> Part:
    text = form.format(*(each.text for each in operands))
    return Part(f"({text})", shape, lambda at: function(*(each.value(at) for each in operands)))


@st.composite
def parts(draw: st.DrawFn, leaves: Mapping[str, Shape]) -> Part:
    """A formula over some names, a few operations deep."""
    made = [Part(name, shape, lambda at, name=name: at[name]) for name, shape in leaves.items()]
    found = draw(st.sampled_from(made))
    for _ in range(draw(st.integers(1, 4))):
        others = [part for other in made for part in (*_of_two(found, other), *_of_two(other, found))]
        found = draw(st.sampled_from([*_of_one(found), *others]))
    return found


@st.composite
def matrix_models(draw: st.DrawFn) -> TensorSample:
    """One to three lines of matrices and vectors, the later ones of the earlier ones, and a loss of all."""
    shapes = dict(SHAPES)
    lines: list[tuple[str, Part]] = []
    for number in range(draw(st.integers(1, 3))):
        part = draw(parts(shapes))
        lines.append((f"z{number + 1}", part))
        shapes[f"z{number + 1}"] = part.shape
    whole = [f"sum({name}**2)" if part.shape else f"{name}**2" for name, part in lines]
    text = "\n".join([*(f"{name} = {part.text}" for name, part in lines), f"L = {' + '.join(whole)}"])
    read = [name for name in SHAPES if re.search(rf"\b{name}\b", text)]
    declared = "\n".join(f"{name} = {list(SHAPES[name])}" for name in read if SHAPES[name])
    seed = draw(st.integers(0, 2**16))
    values = {
        name: np.random.default_rng(seed + at).uniform(-1, 1, SHAPES[name]) for at, name in enumerate(read)
    }

    def loss(at: Arrays) -> Any:
        known = dict(at)
        for name, part in lines:
            known[name] = part.value(known)
        return sum(np.sum(known[name] ** 2) for name, _ in lines)

    return TensorSample(f'equations = """\n{text}\n"""\n[shapes]\n{declared}\n', loss, values)
