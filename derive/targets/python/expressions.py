"""Formulas as Python expressions: arrays are lists, sums are generators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from derive.errors import DeriveError
from derive.formula import ONE, Bound, Call, Formula, Negation, Power, Quotient, Reduction, Sum, rewrite
from derive.targets.expressions import Expressions, check_whole
from derive.targets.functions import Vocabulary
from derive.tidy import rational

# The row's name, and what the module math or the language calls it.
LIBRARY: Mapping[str, str] = {
    "exp": "exp",
    "log": "log",
    "sqrt": "sqrt",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "erf": "erf",
    "abs": "abs",
    "max": "max",
    "min": "min",
}
BUILTIN = frozenset({"abs", "max", "min"})
VOCABULARY = Vocabulary("python", LIBRARY)


class Python(Expressions):
    """Writes formulas; `sizes` gives the text of the size of each index letter."""

    def __init__(self, sizes: Mapping[str, str]) -> None:
        self.sizes = sizes

    def call(self, formula: Call) -> str:
        arguments = ", ".join(map(self.write, formula.arguments))
        return f"{VOCABULARY.called(formula.function)}({arguments})"

    def power(self, formula: Power) -> str:
        """A power; ** would make a complex number of a negative base and a broken exponent."""
        if is_whole(formula.exponent):
            return super().power(formula)
        return f"pow({self.write(formula.base)}, {self.write(formula.exponent)})"

    def other(self, formula: Formula) -> str:
        if not isinstance(formula, Reduction):
            return super().other(formula)
        loops = self.loops(bound.name for bound in formula.bounds)
        body = self.write(formula.body)
        match formula.kind:
            case "sum" | "max" | "min":
                return f"{formula.kind}({body}{loops})"
            case "prod":
                return f"math.prod({body}{loops})"
            case "argmax" | "argmin":
                (bound,) = formula.bounds
                size = self.sizes[bound.name]
                return f"{formula.kind[3:]}(range({size}), key=lambda {bound.name}: {body})"
        raise DeriveError(f"{formula.kind} cannot be written in Python")

    def loops(self, letters: Iterable[str]) -> str:
        """The for clauses over index letters."""
        return "".join(f" for {letter} in range({self.sizes[letter]})" for letter in letters)

    def array(self, formula: Formula, letters: Iterable[str]) -> str:
        """A formula for every value of the letters: nested lists."""
        text = self.write(formula)
        for letter in reversed(list(letters)):
            text = f"[{text}{self.loops((letter,))}]"
        return text


def is_whole(exponent: Formula) -> bool:
    """Whether an exponent is a whole number."""
    value = rational(exponent)
    return value is not None and value.denominator == 1


def prepared(formula: Formula, words: Mapping[str, str]) -> Formula:
    """A formula in the functions of Python, its bound letters spelled for it.

    A sigmoid is written out, so that a neuron is one line; exp_or_inf keeps it from overflowing.
    """

    def change(node: Formula) -> Formula:
        match node:
            case Call("sigmoid", (Negation(opposite),)):
                return Quotient(ONE, Sum((ONE, Call("exp", (opposite,)))))
            case Call("sigmoid", (argument,)):
                return Quotient(ONE, Sum((ONE, Call("exp", (Negation(argument),)))))
            case Reduction(kind, body, bounds):
                check_whole(node)
                return Reduction(kind, body, tuple(Bound(words.get(b.name, b.name)) for b in bounds))
        return node

    return rewrite(VOCABULARY.known(formula), change)
