"""The words that a document's formulas are read with: its functions, vectors and index letters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from derive.check.by_components import NOTHING_OWN, OwnFunctions, with_components
from derive.check.choices import with_choices
from derive.check.euler import EULER
from derive.check.layer_functions import with_layer_functions
from derive.check.primed import with_names
from derive.check.ranks import SOFTMAX_OF_ROWS, Ranks
from derive.check.sigmas import NO_SIGMAS, Sigmas
from derive.check.symmetries import Symmetries
from derive.errors import FormulaError
from derive.formula import (
    Call,
    Derivative,
    Elementwise,
    ElementwisePower,
    Formula,
    Grouping,
    Indexed,
    Name,
    Power,
    Product,
    read,
    rewrite,
    walk,
)
from derive.formula.letters import letter
from derive.formula.spellings import GREEK

# dL/da in plain text.
_DIFFERENTIALS = re.compile(r"(?<![\w.])d([^\W\d]\w*)\s*/\s*d([^\W\d]\w*)(?![\w(])")
# d/da (…) and d/da √a in plain text; names that begin with d are told by the operand that follows.
_OPERATORS = re.compile(r"(?<![\w.])d\s*/\s*d(?=[^\W\d]\w*(?:\s*[(√]|\s+\w))")
# d²y/da² and d^2/da^2 in plain text.
_HIGHER = re.compile(r"(?<![\w.])d(?:\^[2-4]|[²³⁴])\s*(?:[^\W\d]\w*)?\s*/\s*d(?=[^\W\d]\w*(?:\^[2-4]|[²³⁴]))")
# d2y/da2 and d2y/dadb, as programs spell them.
_SPELLED_OUT = re.compile(
    r"(?<![\w.])d([2-4])[^\W\d]*\s*/\s*d[^\W\d]+\1(?![\w(])"
    r"|(?<![\w.])d2[^\W\d]*\s*/\s*d[^\W\d_]d[^\W\d_](?![\w(])"
)
_RAISED = str.maketrans("234", "²³⁴")
# A longer run of letters is a word.
_LONGEST_RUN = 3
_SIGMA = frozenset({"sigma", "σ"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the document says of its words: see `derive.formula.read`.

    `multiplied` are vectors whose product with a point between them is a number.
    `letters` are names of one letter in running text; `layered` are quantities of the last layer, a^L, which
    the document defines for every layer, and `weights` what it reads there, w^L; `totals` are sums of what
    has their name and an index, L of L_t; `own` are functions that the document defines by components,
    `choices` those of a case, π(a), `primed` letters whose primes are names, `apart` those that are others in
    calligraphic type; `sigmas` tells where σ is the sigmoid, if it is a quantity, too; `euler` are the
    sections that speak of no quantity e.
    """

    functions: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    vectors: frozenset[str] = frozenset()
    multiplied: frozenset[str] = frozenset()
    indices: frozenset[str] = frozenset()
    raised: frozenset[str] = frozenset()
    layered: frozenset[str] = frozenset()
    weights: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    totals: frozenset[str] = frozenset()
    ranks: Mapping[int, Ranks | None] = field(default_factory=dict)
    symmetric: Symmetries = field(default_factory=Symmetries)
    own: OwnFunctions = NOTHING_OWN
    choices: frozenset[str] = frozenset()
    sigmas: Sigmas = NO_SIGMAS
    primed: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    euler: frozenset[int] = frozenset()

    def at(self, section: int) -> Vocabulary:
        """The words of a section: σ may be the sigmoid in it, e Euler's number, and quantities elsewhere."""
        found = self
        if section in self.sigmas.sigmoid:
            found = replace(found, names=found.names - _SIGMA, sigmas=NO_SIGMAS)
        if section in self.euler and EULER in self.names:
            found = replace(found, names=found.names - {EULER})
        return found

    def read(self, text: str, form: str) -> Formula:
        """The formula of a text; raises FormulaError."""
        if form == "plain":
            text = _DIFFERENTIALS.sub(self._differentials, _SPELLED_OUT.sub(self._of_higher_order, text))
            if "d" not in self.names:
                text = _OPERATORS.sub(lambda match: match[0].replace("d", "ⅆ", 2), text)
                text = _HIGHER.sub(lambda match: f"ⅆ{match[0][1:-1]}ⅆ", text)
        formula = read(
            text,
            form="text" if form == "plain" else form,
            functions=self.functions | {SOFTMAX_OF_ROWS},
            names=self.names,
            vectors=self.vectors | self.multiplied,
            indices=self.indices,
            raised=self.raised,
            arrays=True,
            apart=self.apart,
        )
        if self.primed:
            formula = with_names(formula, self.primed)
        if not self.ranks:
            formula = rewrite(formula, _by_number)
        if self.totals:
            formula = rewrite(formula, self._total)
        if self.layered or self.weights:
            formula = rewrite(formula, self._of_layers)
        elif form == "plain":
            formula = self._apart(formula)
        formula = with_layer_functions(formula)
        if not self.functions & _SIGMA:
            formula = rewrite(formula, _with_sigmoid)
        return with_components(with_choices(formula, self.choices, self.indices), self.own)

    def _apart(self, formula: Formula) -> Formula:
        """wx as w x, where both are names of the text and wx is none."""
        letters = self.letters | self.names | {node.name for node in walk(formula) if isinstance(node, Name)}

        def apart(node: Formula) -> Formula:
            if not isinstance(node, Name) or node.name in self.names or node.name in self.functions:
                return node
            if not 2 <= len(node.name) <= _LONGEST_RUN or not node.name.isalpha() or node.name in GREEK:
                return node
            spelled = tuple(map(letter, node.name))
            return Grouping(Product(tuple(map(Name, spelled)))) if set(spelled) <= letters else node

        if any(isinstance(each, Power) and apart(each.base) is not each.base for each in walk(formula)):
            raise FormulaError("it is open what is raised to a power here", 0)
        return rewrite(formula, apart)

    def _total(self, node: Formula) -> Formula:
        """L beside L_t as a quantity of its own."""
        return (
            Name(total(node.name), node.at) if isinstance(node, Name) and node.name in self.totals else node
        )

    def _of_layers(self, node: Formula) -> Formula:
        """a^L of the last layer as a^l is defined for every layer."""
        if (
            isinstance(node, Derivative)
            and isinstance(node.wrt, Name)
            and f"{node.wrt.name}^L" in self.layered
        ):
            # ∇_a C is by the outputs, a^L.
            return Derivative(node.of, Indexed(f"{node.wrt.name}^", (Name("L"),)), node.total, node.applied)
        if isinstance(node, Name | Indexed) and node.name in self.layered | self.weights:
            name, _, last = node.name.partition("^")
            return Indexed(f"{name}^", (Name(last), *node.children), node.at)
        return node

    def _differentials(self, match: re.Match[str]) -> str:
        """dL/da as a derivative, character for character, unless these are names of the document."""
        if any(f"d{each}" in names for each in match.groups() for names in (self.names, self.functions)):
            return match[0]
        return "".join(
            "ⅆ" if at in (0, match.start(2) - match.start() - 1) else c for at, c in enumerate(match[0])
        )

    def _of_higher_order(self, match: re.Match[str]) -> str:
        """d2y/da2 as ⅆ²y/ⅆa², character for character, unless d2y is a name of the document."""
        above, slash, below = match[0].partition("/")
        if above.strip() in self.names or below.strip() in self.names:
            return match[0]
        by = below.lstrip()
        apart = "".join("ⅆ" if at == 0 or (each == "d" and at == 2) else each for at, each in enumerate(by))
        spelled = f"ⅆ{above[1:]}{slash}{below[: len(below) - len(by)]}{apart}"
        return spelled.translate(_RAISED)


def total(name: str) -> str:
    """The name of a sum of quantities that have the same letter."""
    return f"Σ{name}"


def _by_number(node: Formula) -> Formula:
    """A product number by number is a product where the document has no arrays, and a power a power."""
    if isinstance(node, ElementwisePower):
        return Power(node.base, node.exponent)
    return Product(node.factors) if isinstance(node, Elementwise) else node


def _with_sigmoid(node: Formula) -> Formula:
    """σ of something is the sigmoid, where the document does not say otherwise."""
    if isinstance(node, Call) and node.function in _SIGMA:
        return Call("sigmoid", node.arguments, node.primes, node.at)
    return node
