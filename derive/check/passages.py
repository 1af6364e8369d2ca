"""The formulas of a document as the check takes them, and the words that they are read with."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from derive.check.assertions import Assertion, assertions
from derive.check.bare_numbers import without_units
from derive.check.by_components import own_functions
from derive.check.calligraphic import letters_apart
from derive.check.choices import chosen, functions_of_choices
from derive.check.definitions import defined, name_of
from derive.check.dots import DOT, TWO_DOTS
from derive.check.euler import EULER, sections_of_euler
from derive.check.facts import Fact
from derive.check.fitting import ranks_by_section
from derive.check.gradient_names import gradient_names
from derive.check.introductions import NO_WORDS, Wording
from derive.check.layout import typed, usual
from derive.check.partials import partials_of
from derive.check.positions import NOWHERE, Position
from derive.check.primed import primed_names
from derive.check.raised import raised_letters
from derive.check.ranks import Ranks
from derive.check.runs import letters_of_products, names_of_calls, names_of_pairs, names_of_slopes
from derive.check.sigmas import NO_SIGMAS, OPEN, Sigmas, sigmas
from derive.check.symmetries import Symmetries
from derive.check.vocabulary import Vocabulary
from derive.errors import FormulaError
from derive.formula import (
    Call,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Product,
    Reduction,
    Transpose,
    Vector,
    walk,
)
from derive.formula.letters import canonical
from derive.formula.spellings import GREEK, KNOWN
from derive.formula.tex.commands import PROSE


@dataclass(frozen=True, slots=True)
class Passage:
    """A formula of a document: its text, its line, the number of its section, how it is spelled.

    `position` is its place in the course of the text; `scope` numbers the comment of a program that it stands
    in; `alone` says that a sign before its first side goes on with nothing, `display` that it stands on lines
    of its own, `wording` what the words beside it say of it, `unit` what its last number is counted in.
    `fault` says why it is not read at all.
    """

    text: str
    line: int = 1
    section: int = 0
    form: str = "latex"
    scope: int = 0
    alone: bool = False
    display: bool = False
    wording: Wording = NO_WORDS
    unit: str = ""
    fault: FormulaError | None = None
    position: Position = NOWHERE

    def asserted(self, words: Vocabulary) -> tuple[Assertion, ...]:
        """What it asserts, read with the words of the document."""
        if self.fault is not None:
            return (Assertion(self.text, 0, fault=self.fault),)
        if (found := words.sigmas.left_open(self.section, self.text)) is not None:
            return (Assertion(self.text, 0, fault=FormulaError(OPEN, found.start(), len(found[0]) - 1)),)
        return without_units(assertions(self.text, words.at(self.section), self.form, self.wording.data))


# Nobody writes, or reads, a formula of more characters.
LONGEST_FORMULA = 10_000


# Mixed numbers, 1\\tfrac12, and digits that are left out, 0.142…, in LaTeX.
_OPEN_NUMBER = re.compile(
    r"(?<![\w.}])\d+\\[td]?frac\s*(?:\d\s*\d|\{\s*\d+\s*\}\s*\{\s*\d+\s*\})(?=\s*(?:\Z|[=,;]|\.\s|\.\Z))"
    r"|\d\.\d+\s*(?:\.\.\.|…)"
)

# f' ∘ g: of functions the sign is no product.
_COMPOSED = re.compile(r"'\s*\\circ(?![A-Za-z])")


def passage_of(text: str, line: int = 1, section: int = 0, form: str = "latex") -> Passage:
    """A formula as the check takes it; one that is too long is not read."""
    fault = None
    if len(text) > LONGEST_FORMULA:
        reason = f"a formula of {len(text):,} characters; {LONGEST_FORMULA:,} are the most"
        text, fault = "", FormulaError(reason, 0)
    elif form == "latex" and (opened := _OPEN_NUMBER.search(text)) is not None:
        reason = "it is open what number this is: 1½ and 0.142… are not read"
        fault = FormulaError(reason, opened.start(), len(opened[0]))
    elif form == "latex" and (composed := _COMPOSED.search(text)) is not None:
        fault = FormulaError("a composition of functions is not read", composed.start(), len(composed[0]))
    text = usual(text) if form == "latex" else typed(text)
    return Passage(text, line, section, form, fault=fault)


def _is_spelled_out(name: str) -> bool:
    """Whether a name stands in the text as it is, and is not what a letter and its subscript make."""
    return "_" in name or canonical(name) != name


_WORD = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{2,}(?![A-Za-z])")
_LETTER_BELOW = re.compile(r"(?<![\\A-Za-z{])([A-Za-z])\s*_")
# dL/dw_1, in which dw is no word.
_SLOPE = re.compile(
    r"(?<![\\A-Za-z{])d([A-Za-z]*(?:_(?:\{[^{}]*\}|\w))?\s*/\s*(?:\\mathrm\s+)?)d(?=\s*[A-Za-z\\])"
)
# Nobody multiplies so many letters.
_LONG_WORD = 4
_BOUND = re.compile(r"\\(?:sum|prod|max|min)\s*(?:\\limits)?\s*_\s*\{?\s*([a-z])\b")
_STEP = re.compile(r"_\s*\{\s*([a-z])\s*[+-]\s*[0-9]+\s*\}")
# After an index comes the next letter: W_{jl}.
_PAIR = re.compile(r"_\s*\{\s*(?:[a-z]\s*,\s*)?[ijk]\s*(l)\s*\}")
# Below a name, these are indices everywhere; other letters are where the document sums over them.
_ALWAYS_INDICES = frozenset("ijk")


def vocabulary(passages: Sequence[Passage], given: Iterable[Fact] = ()) -> Vocabulary:
    """The functions, vectors and index letters that a document speaks of, from a first reading of it."""
    facts = tuple(given)
    letters = _ALWAYS_INDICES.union(*(_index_letters(each.text) for each in passages))
    texts = [each.text for each in passages if each.form == "latex"]
    below = {letter for text in texts for letter in _LETTER_BELOW.findall(text)}
    words = {word for text in texts for word in _words(text, below)}
    words |= {f"d{letter}" for letter in gradient_names(texts).letters}
    words |= letters_of_products(texts) | names_of_slopes(texts) | names_of_pairs(texts)
    # A model may have a parameter e: its exponentials are written exp.
    words |= {EULER for each in facts if EULER in (each.name, *each.operands)}
    first = Vocabulary(
        ranks={0: None},
        functions=names_of_calls(_by_section(passages).values()).union(
            each.name for each in facts if each.kind == "function"
        ),
        names=frozenset(words.union(each.name for each in facts if _is_spelled_out(each.name))),
        indices=letters - {each.name for each in facts},
        raised=raised_letters(each.text for each in passages if each.form == "latex"),
        apart=letters_apart(_by_section(passages).values()),
    )
    spoken = _Spoken()
    for passage in passages:
        for said in passage.asserted(first):
            spoken.take(passage, said)
    chains = [chain for each in spoken.chains.values() for chain in each]
    primed = primed_names(chains)
    own, choices = own_functions(chains), functions_of_choices(chains)
    of_vectors = own.of_arrays(spoken.functions)
    ranks = ranks_by_section(_by_section(passages), spoken.chains, of_vectors)
    functions = first.functions | spoken.functions
    functions |= {f"{name}{dots}" for name in functions for dots in (DOT, TWO_DOTS)}
    functions |= set(partials_of(spoken.several))
    names = first.names | (spoken.quantities - spoken.called - functions)
    return replace(
        first,
        functions=functions,
        names=names,
        sigmas=_sigmas(passages) if "sigma" in names else NO_SIGMAS,
        euler=sections_of_euler((each.section, each.text) for each in passages)
        if EULER in names
        else frozenset(),
        vectors=frozenset(
            spoken.vectors.union(each.name for each in facts if isinstance(each.formula, Vector))
        ),
        layered=frozenset({f"{name}L" for name in spoken.heads if name.endswith("^")} - spoken.heads),
        weights=frozenset({f"{name}L" for name in spoken.weights()} - spoken.heads),
        letters=frozenset(spoken.single),
        totals=frozenset(spoken.totals) - first.raised,
        multiplied=_multiplied(ranks, spoken.chains, apart=any(r"\odot" in text for text in texts)),
        ranks=ranks,
        symmetric=spoken.symmetric,
        own=own,
        indices=first.indices | chosen(chains, first.indices) | set(choices.values()),
        choices=frozenset(choices),
        primed=primed,
    )


def _sigmas(passages: Sequence[Passage]) -> Sigmas:
    return sigmas((each.section, each.text, each.wording.sigmoid) for each in passages)


@dataclass
class _Spoken:
    """What the assertions of a document speak of: its chains by section, and its names by their use."""

    chains: dict[int, list[list[Formula]]] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    several: list[Fact] = field(default_factory=list)
    quantities: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    heads: set[str] = field(default_factory=set)
    single: set[str] = field(default_factory=set)
    totals: set[str] = field(default_factory=set)
    vectors: set[str] = field(default_factory=set)
    symmetric: Symmetries = field(default_factory=Symmetries)

    def take(self, passage: Passage, said: Assertion) -> None:
        """Take in one assertion of a passage."""
        formulas = [side.formula for side in said.sides]
        pairs = list(pairwise(formulas))
        self.chains.setdefault(passage.section, []).append(formulas)
        self.vectors.update(name for each in formulas for node in walk(each) for name in _vectors(node))
        self.vectors.update(
            head.name for head, body in pairs if isinstance(head, Name) and isinstance(body, Vector)
        )
        self.heads.update(name for each in formulas[:-1] if (name := name_of(each)))
        self.totals.update(name for pair in pairs for name in _total(*pair))
        self.called.update(name for each in formulas[:-1] for name in _called(each))
        alone = [each.name for each in formulas if isinstance(each, Name)]
        words = passage.wording
        self.symmetric.take(
            passage.text, alone, passage.position, symmetric=words.symmetric, extent=words.extent
        )
        if passage.form == "plain":
            self.single.update(_single_letters(formulas))
        for fact in defined(said, 0):
            (self.functions if fact.kind == "function" else self.quantities).add(fact.name)
            if len(fact.parameters) > 1:
                self.several.append(fact)

    def weights(self) -> set[str]:
        """The names of what every layer has for itself, where the text says how a layer is worked out."""
        if not any(name.endswith("^") for name in self.heads):
            return set()
        sides = (side for chains in self.chains.values() for chain in chains for side in chain)
        read = {node.name for side in sides for node in walk(side) if isinstance(node, Indexed)}
        return {name for name in read - self.heads if name.endswith("^")}


def _multiplied(
    ranks: Mapping[int, Ranks | None], chains: Mapping[int, list[list[Formula]]], *, apart: bool
) -> frozenset[str]:
    """The vectors whose product with a point is a number: ⊙ stands `apart`, or a number is said to be one."""
    found: set[str] = set()
    for section, known in ranks.items():
        own = chains.get(section, ()) if known is not None else ()
        if known is not None and (apart or any(_is_product(known, chain) for chain in own)):
            nodes = (node for chain in own for side in chain for node in walk(side))
            found.update(n.name for n in nodes if isinstance(n, Name) and known.of(n.name) == 1)
    return frozenset(found)


def _is_product(known: Ranks, chain: Sequence[Formula]) -> bool:
    """Whether what is said to be a number is a product of two vectors."""
    head = chain[0] if chain else None
    if not isinstance(head, Name) or not known.is_said(head.name) or known.of(head.name) != 0:
        return False
    factors = chain[1].factors if len(chain) > 1 and isinstance(chain[1], Product) else ()
    return len(factors) == 2 and all(isinstance(f, Name) and known.of(f.name) == 1 for f in factors)


def _by_section(passages: Sequence[Passage]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for each in passages:
        if each.form == "latex":
            found.setdefault(each.section, []).append(each.text)
    return found


def _index_letters(text: str) -> Iterator[str]:
    """The letters that sums run over, and those that are counted on: h_{t-1}."""
    yield from _BOUND.findall(text)
    yield from _STEP.findall(text)
    yield from _PAIR.findall(text)


def _words(text: str, lettered: Collection[str]) -> Iterator[str]:
    """The words that an author uses as names: with a subscript, out_{h1}, or too long for a product.

    Where the text has x_i too, with `lettered` subscripts, mx_i is a product.
    """
    text = _SLOPE.sub(r" \1 ", text)
    for match in _WORD.finditer(text):
        word = match[0]
        if word in KNOWN or word in PROSE:
            continue
        raised = text[match.start() - 1 : match.start()] in ("_", "^")
        if (raised and len(word) < _LONG_WORD) or (len(word) == 2 and word[0] != "d" and word[1] in lettered):
            # TeX sets one letter below or above: x_iy_i, u^Tv_c.
            continue
        if len(word) >= _LONG_WORD or text[match.end() :].lstrip()[:1] == "_":
            yield word


def _total(head: Formula, body: Formula) -> Iterator[str]:
    """The name of a sum of quantities that have its letter: L = Σ_t L_t."""
    if not isinstance(head, Name):
        return
    for node in walk(body):
        if isinstance(node, Reduction) and node.kind == "sum":
            letters = {Name(bound.name) for bound in node.bounds}
            parts = (part for part in walk(node.body) if isinstance(part, Indexed) and part.name == head.name)
            yield from (part.name for part in parts if letters.issuperset(part.indices))


def _single_letters(formulas: Iterable[Formula]) -> Iterator[str]:
    for each in formulas:
        nodes = (node.name for node in walk(each) if isinstance(node, Name))
        yield from (name for name in nodes if len(name) == 1 or name in GREEK)


def _called(formula: Formula) -> Iterator[str]:
    """The name of a side that is one with its arguments, J(w, b), and no product s(1 - s)."""
    if isinstance(formula, Call) and any(isinstance(each, Name) for each in formula.arguments):
        yield formula.function


def _vectors(node: Formula) -> Iterator[str]:
    """The names that a product with a transpose multiplies."""
    if not isinstance(node, MatrixProduct):
        return
    for each in node.factors:
        inner = each.operand if isinstance(each, Transpose) else each
        inner = inner.inner if isinstance(inner, Grouping) else inner
        if isinstance(inner, Name):
            yield inner.name
        if isinstance(inner, Indexed) and "^" in inner.name and len(inner.indices) == 1:
            # x^{(i)} is one of many vectors x.
            yield inner.name.partition("^")[0]
