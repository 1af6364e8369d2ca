"""Runs of letters in LaTeX: ABC of matrices is a product of three, dW beside W is one name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_COMMAND = re.compile(
    r"\\(?:text|mathrm|operatorname|mathit|textrm)\*?\s*\{[^{}]*\}|\\[A-Za-z]+|_\s*\{[^{}]*\}"
)
_RUN = re.compile(r"(?<![A-Za-z\\])[A-Z]{3,4}(?![A-Za-z_])")
_ALONE = re.compile(r"(?<![A-Za-z\\])[A-Z](?![A-Za-z])")
# TeX raises one letter: X^TAX is X^T, A and X.
_RAISED = re.compile(r"\^\s*[A-Z]")
_PAIR = re.compile(r"(?<![A-Za-z\\])[A-Z]{2}(?![A-Za-z])")
_PAIR_DEFINED = re.compile(r"^[\s&]*([A-Z]{2})[\s&]*=")
_PAIR_SLOPE = re.compile(r"\\frac\s*\{\s*(?:\\partial|d)(?:\\[,;:!]|\s)*([A-Z]{2})\s*\}")
# AC(q) = at the beginning of a formula, and AC'(q) or AC anywhere.
_CALL_DEFINED = re.compile(r"^[\s&]*([A-Z]{2,4})\s*(?:\\left\s*)?\(\s*[a-z]\s*(?:\\right\s*)?\)[\s&]*=")
_CALLED = re.compile(r"(?<![A-Za-z\\])([A-Z]{2,4})(?![A-Za-z_])(?=\s*'*\s*(?:\\left\s*)?\()")
# A = 2.
_GIVEN = re.compile(r"(?<![A-Za-z\\])([A-Z])[\s&]*=")
_FRACTIONS = frozenset({r"\frac", r"\dfrac", r"\tfrac"})
_HEAD = re.compile(r"(?:^|[=&\n]|\\\\|\\quad)\s*$")
# What only matrices have.
_OF_MATRICES = re.compile(
    r"\^\s*(?:\{?\s*(?:T|\\top|\\intercal)\b|\{\s*-\s*(?:1|T|\\top)\s*\})"
    r"|\\(?:mathrm|operatorname|text)\{[Tt]r\}"
)
# dW^{[1]} = or db =, at the beginning of a formula.
_DIFFERENTIAL = re.compile(
    r"(?:^|\\\\|\\begin\{\w+\*?\})[\s&]*d([A-Za-z])\s*(?:_\{?\w+\}?)?\s*"
    r"(?:\^\s*\{?\s*[\[({<]|&?\s*(?:=|\\gets))"
)
_OTHERS = re.compile(r"(?<![A-Za-z\\])d[A-Z](?![A-Za-z])")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{\s*d[^{}]*\}\s*\{\s*d[^{}]*\}|d[A-Z]\s*/\s*d")


def letters_of_products(texts: Iterable[str]) -> frozenset[str]:
    """The capitals of runs like AXB whose letters stand alone elsewhere in a text of matrices."""
    bare = [_RAISED.sub("^ ", _COMMAND.sub(" ", each)) for each in texts if _OF_MATRICES.search(each)]
    alone = {letter for each in bare for letter in _ALONE.findall(each)}
    alone.update(letter for each in bare for pair in _PAIR.findall(each) for letter in pair)
    return frozenset(
        letter
        for each in bare
        for run in _products(each)
        if set(run) <= alone | _letters_above(each, run)
        for letter in run
    )


def _letters_above(text: str, run: str) -> set[str]:
    """The letters of a run that the same text writes with a T or a -1 above."""
    return {letter for letter in run if re.search(rf"(?<![A-Za-z\\]){letter}\s*\^", text)}


def _products(text: str) -> Iterator[str]:
    """The runs of capitals that are not what a formula defines."""
    for match in _RUN.finditer(text):
        following = text[match.end() :].lstrip(" &")
        if not (following.startswith("=") and _HEAD.search(text[: match.start()])):
            yield match[0]


def names_of_pairs(texts: Iterable[str]) -> frozenset[str]:
    r"""KL and PV, where a formula begins with one: KL = \ldots

    It is no product where the text takes its derivative, or never writes its letters apart or turned round.
    """
    known = tuple(_COMMAND.sub(_emptied, each) for each in texts)
    heads = {pair for each in known for pair in _PAIR_DEFINED.findall(each)}
    if not heads:
        return frozenset()
    sloping = {pair for each in known for pair in _PAIR_SLOPE.findall(each)}
    apart = {letter for each in known for letter in _ALONE.findall(each)}
    pairs = {pair for each in known for pair in _PAIR.findall(each)}
    whole = {pair for pair in heads if not apart & set(pair) and pair[::-1] not in pairs}
    return frozenset(heads & sloping | whole)


def names_of_calls(sections: Iterable[Iterable[str]]) -> frozenset[str]:
    """AC and MR, where a formula begins with AC(q) =: functions, and no product with a function C.

    It is open where a section or a formula that has AC(q) says what A is, or has it alone.
    """
    heads, products = set[str](), set[str]()
    for texts in sections:
        known = [_COMMAND.sub(_emptied, each) for each in texts]
        given = {letter for each in known for letter in _GIVEN.findall(each)}
        for each in known:
            heads.update(_CALL_DEFINED.findall(each))
            alone = given.union(_ALONE.findall(each))
            products.update(run for run in _CALLED.findall(each) if run[0] in alone)
    return frozenset(heads - products)


def _emptied(match: re.Match[str]) -> str:
    """What stands for a command: the sign of a derivative stays."""
    return r"\partial " if match[0] == r"\partial" else r"\frac" if match[0] in _FRACTIONS else " "


def names_of_slopes(texts: Iterable[str]) -> frozenset[str]:
    """dW, dZ and db, where a text writes gradients of a cost so: for one of a capital at least."""
    known = tuple(texts)
    found = {f"d{letter}" for each in known for letter in _DIFFERENTIAL.findall(each)}
    if not any(name[1].isupper() for name in found):
        return frozenset()
    return frozenset(found.union(*(_OTHERS.findall(_FRACTION.sub(" ", each)) for each in known)))
