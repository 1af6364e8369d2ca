"""Random models as text, with a point: what the laws about gradients are tried on."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from hypothesis import strategies as st

import derive.model
from derive.graph import Graph, graph
from tests.dual import Floats, Problem

Exact: TypeAlias = "Fraction | tuple[Exact, ...]"


@dataclass(frozen=True)
class Sample:
    """The text of a model with a value for every input; `sizes` of its index letters."""

    text: str
    values: Mapping[str, Exact]
    sizes: Mapping[str, int]

    def graph(self) -> Graph:
        """The model as derive reads it."""
        return graph(derive.model.read(self.text))

    def problem(self, read: Graph) -> Problem:
        """The same model for the tests' own interpreter: as it was read, before any line is lifted."""
        model = read.model
        functions = {
            name: (row.parameters, body) for name, row in model.functions.items() if (body := row.body())
        }
        inputs = {name: _floats(value) for name, value in self.values.items()}
        named = {
            size: float(self.sizes[letter])
            for letters in read.letters.values()
            for letter, size in letters.items()
            if isinstance(size, str) and letter in self.sizes
        }
        return Problem(model.equations, model.loss, {**named, **inputs}, self.sizes, functions)


def _floats(value: Exact) -> Floats:
    return [_floats(each) for each in value] if isinstance(value, tuple) else float(value)


# What a line may be made of. Arguments are kept small, so that values stay within what floats tell apart.
UNARY = (
    "sigmoid({0})",
    "tanh({0})",
    "sin({0})",
    "cos({0})",
    "arctan({0})",
    "erf({0})",
    "gelu({0})",
    "silu({0})",
    "softplus({0})",
    "exp(-{0}**2)",
    "exp(sin({0}))",
    "log(2 + sin({0}))",
    "log(1 + {0}**2)",
    "sqrt(1 + {0}**2)",
    "tan(sin({0}))",
    "softsign({0})",
    "-{0}",
    "{0}**2",
    "{0}**3",
    "2*{0}",
    "{0}/4",
    "(1 - {0})",
    "1/(1 + {0}**2)",
    "(1.5 + cos({0}))**0.5",
    "2**sin({0})",
    "sigmoid(3*{0} - 1)*{0}",
    "{0}*exp(-{0}**2)",
    "sinh(sin({0}))",
    "cosh(cos({0}))",
)
KINKED = (
    "relu({0})",
    "leaky_relu({0})",
    "leaky_relu({0}, 0.2)",
    "elu({0})",
    "abs({0})",
    "sign({0})*{0}",
    "max({0}, 0.25)",
    "({0} if {0} > 0.5 else 2*{0} - 1)",
)
BINARY = (
    "({0} + {1})",
    "({0} - {1})",
    "{0}*{1}",
    "{0}*{1}",
    "{0}/(2 + sin({1}))",
    "(1.5 + sin({0}))**cos({1})",
    "sigmoid({0} + {1})",
    "tanh({0}*{1} + 0.5)",
    "({0} - {1})**2",
)
KINKED_PAIRS = (
    "max({0}, {1})",
    "min({0}, {1})",
    "({0} if {0} < {1} else {1}**2)",
)

# Scalar inputs, in several spellings.
INPUTS = ("x1", "x2", "w1", "w2", "w3", "b1", "lambda", "β")


def numbers() -> st.SearchStrategy[Fraction]:
    """Values near zero, of either sign, with two decimals."""
    return st.integers(-200, 200).map(lambda hundredths: Fraction(hundredths, 100))


def expressions(leaves: Sequence[str], *, kinks: bool = True) -> st.SearchStrategy[str]:
    """Right sides over some names, up to a few levels deep."""
    one = UNARY + (KINKED if kinks else ())
    two = BINARY + (KINKED_PAIRS if kinks else ())

    def compound(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        part = parts.map(lambda text: text if text in leaves else f"({text})")
        pairs = st.builds(lambda form, a, b: form.format(a, b), st.sampled_from(two), part, part)
        singles = st.builds(lambda form, a: form.format(a), st.sampled_from(one), part)
        return st.one_of(pairs, singles)

    return st.recursive(st.sampled_from(tuple(leaves)), compound, max_leaves=5)


@st.composite
def scalar_models(draw: st.DrawFn, *, kinks: bool = True) -> Sample:
    """Lines that mix inputs and earlier names, so that most inputs reach the loss on several paths."""
    inputs = draw(st.lists(st.sampled_from(INPUTS), min_size=1, max_size=4, unique=True))
    names, lines = list(inputs), []
    for number in range(draw(st.integers(1, 5))):
        recent = names[-3:] + names  # the last lines are read more often
        right = draw(expressions(recent, kinks=kinks))
        name = f"h{number + 1}"
        lines.append(f"{name} = {right}")
        names.append(name)
    mixed = " + ".join(
        f"{name}**2" for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=3))
    )
    lines.append(f"L = {names[-1]}*{names[len(inputs)]} + {mixed} - {' - '.join(inputs)}")
    text = "\n".join(lines)
    return Sample(text, {name: draw(numbers()) for name in inputs}, {})


# Index letters with the number of their values, and arrays with the numbers of theirs.
SIZES: Mapping[str, int] = {"i": 2, "k": 2, "j": 3, "n": 2}
ARRAYS: Mapping[str, tuple[int, ...]] = {
    "c": (),
    "u": (2,),
    "v": (2,),
    "t": (3,),
    "A": (2, 3),
    "G": (2, 2),
    "X": (2, 3),
}
# Lines that use a feature of indices each, over the arrays above.
SPECIAL = (
    ("p[i] = exp(u[i])/sum(exp(u[k]), k)", "p", (2,)),
    ("m = max(t[j], j)", "m", ()),
    ("m = min(u[i]*v[i], i)", "m", ()),
    ("q[i] = sum(t[i+k]*u[k], k)", "q", (2,)),
    ("d = sum(G[i,i]*u[i], i)", "d", ()),
    ("d[i] = G[i,i] + G[i,0]*v[1]", "d", (2,)),
    ("s[i] = u[i]*sum(A[i,j]*t[j], j)/(1 + sum(t[j]**2, j))", "s", (2,)),
    ("r = mean((u[i] - v[i])**2, i)", "r", ()),
    ("y[n] = sum(X[n,j]*sum(A[i,j]*u[i], i), j)", "y", (2,)),
)
TARGETS = ((), ("i",), ("j",), ("n",), ("i", "j"), ("n", "i"), ("i", "k"))
# More of each, for models of up to four lines and three indices.
WIDE_ARRAYS = {**ARRAYS, "H": (2, 2, 3)}
WIDE_SPECIAL = (
    *SPECIAL,
    ("m = max(A[i,j]*v[i], i, j)", "m", ()),
    ("m[n] = max(X[n,j] + c*t[j], j)", "m", (2,)),
    ("h[n,i] = sum(H[n,i,j]*t[j], j) + H[n,0,2]", "h", (2, 2)),
    ("h[j] = sum(H[i,i,j]*H[i,k,j], i, k)", "h", (3,)),
    ("a[n,k] = exp(G[n,k])/sum(exp(G[n,i]), i)", "a", (2, 2)),
)
WIDE_TARGETS = (*TARGETS, ("n", "i", "j"))


@st.composite
def indexed_models(draw: st.DrawFn, *, kinks: bool = True, wide: bool = False) -> Sample:
    """One to three lines over arrays (four if wide): sums over letters, repeated operands, earlier lines."""
    arrays_read = WIDE_ARRAYS if wide else ARRAYS
    shapes = dict(arrays_read)
    lines = []
    if draw(st.booleans()):
        line, name, shape = draw(st.sampled_from(WIDE_SPECIAL if wide else SPECIAL))
        lines.append(line)
        shapes[name] = shape
    for number in range(draw(st.integers(1, 4 if wide else 3))):
        indices = draw(st.sampled_from(WIDE_TARGETS if wide else TARGETS))
        name = f"z{number + 1}"
        brackets = f"[{','.join(indices)}]" if indices else ""
        lines.append(f"{name}{brackets} = {draw(right_sides(indices, shapes, kinks=kinks))}")
        shapes[name] = tuple(SIZES[letter] for letter in indices)
    lines.append(f"L = {' + '.join(_summed(name, shape) for name, shape in shapes.items())}")
    text = "\n".join(lines)
    inputs = {name: draw(arrays(shape)) for name, shape in arrays_read.items()}
    return Sample(text, inputs, SIZES)


@st.composite
def right_sides(
    draw: st.DrawFn, indices: Sequence[str], shapes: Mapping[str, tuple[int, ...]], *, kinks: bool
) -> str:
    """Terms that between them run over every index, some of them summed over further letters."""
    terms = []
    for position in range(draw(st.integers(1, 2))):
        free = [letter for letter in SIZES if letter not in indices]
        summed = draw(st.lists(st.sampled_from(free), max_size=2, unique=True))
        letters = (*indices, *summed)
        factors = [
            draw(st.sampled_from(_atoms(shapes, (letter,))))
            for letter in (letters if not position else summed)
        ]
        body = draw(expressions(_atoms(shapes, (), letters), kinks=kinks))
        term = "*".join([*factors, f"({body})"])
        terms.append(f"sum({term}, {', '.join(summed)})" if summed else term)
    return draw(st.sampled_from((" + ", " - "))).join(terms)


def _atoms(
    shapes: Mapping[str, tuple[int, ...]], among: Sequence[str], letters: Sequence[str] = ()
) -> list[str]:
    """Components whose indices are all of `among`, or are drawn from `letters`."""
    found = []
    for name, shape in shapes.items():
        if (
            among
            and len(shape) == len(among)
            and all(SIZES[a] == n for a, n in zip(among, shape, strict=True))
        ):
            found.append(f"{name}[{','.join(among)}]")
        elif not among:
            choices = itertools.product(
                *([each for each in letters if SIZES[each] == size] for size in shape)
            )
            found += [f"{name}[{','.join(at)}]" if at else name for at in choices]
    return found


def _summed(name: str, shape: tuple[int, ...]) -> str:
    unused = iter(("i", "k")), iter(("j",))
    letters = [next(unused[size == 3]) for size in shape]
    body = f"{name}[{','.join(letters)}]" if letters else name
    return f"sum({body}**2, {', '.join(letters)})" if letters else f"sin({body})"


def arrays(shape: tuple[int, ...]) -> st.SearchStrategy[Exact]:
    if not shape:
        return numbers()
    return st.tuples(*(arrays(shape[1:]) for _ in range(shape[0])))
