"""Standard assumptions, tried before a claim counts as wrong: labels, weights, positive names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import sympy
from sympy import Expr, Symbol

from derive.agreement.domains import BINARY, COLUMN_SIMPLEX, POSITIVE, SIGNED, SIMPLEX, Domain
from derive.expression import component_parts, parts, symbol, symbols

# How labels and their weights are called: y, y_true, t, t1, target, label, …
_LABEL = re.compile(r"^(y|t|target|label|d)([_\d\[{].*|true|)$", re.IGNORECASE)
_STEM = re.compile(r"[0-9\[_{].*$")
_NUMBERED = re.compile(r"^(.*?)_?\{?\[?(\d+)\]?\}?$")
_PREDICTED = re.compile(r"(hat|pred|predicted|out|output)", re.IGNORECASE)
# Functions whose identities often hold for positive numbers only.
_OF_POSITIVE = (sympy.log, sympy.Abs, sympy.Pow)
MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class Assumption:
    """What is assumed, in words, and how: values put in, each to be proved, or domains."""

    text: str
    values: tuple[Mapping[Symbol, Expr], ...] = ()
    domains: Mapping[str, Domain] | None = None


def standard_assumptions(
    left: Expr, right: Expr, domains: Mapping[str, Domain], labels_of: Collection[str] | None = None
) -> Iterator[Assumption]:
    """The assumptions that may be meant, the weakest first.

    Labels are known by their names; with `labels_of` only those are that begin with one of these.
    """
    names = frozenset(each.name for each in symbols(left) | symbols(right) if each.name not in domains)
    of_names = _of_names(names, None if labels_of is None else frozenset(labels_of))
    if of_names is None:
        return
    yield from of_names
    yield from _positive(left, right, domains)


@lru_cache(maxsize=4096)
def _of_names(every: frozenset[str], labels_of: frozenset[str] | None) -> tuple[Assumption, ...] | None:
    """The assumptions on labels among some names; None where there are too many names for any."""
    letters = {atom.name for name in every for each in component_parts(name)[1] for atom in symbols(each)}
    names = sorted(every - letters)
    if len({name.partition("[")[0] for name in names}) > MOST_NAMES:
        return None
    return tuple(_of_labels(names, labels_of))


def _of_labels(names: list[str], labels_of: Collection[str] | None) -> Iterator[Assumption]:
    labels = [name for name in names if _LABEL.match(name) and not _PREDICTED.search(name)]
    weights = [name for name in labels if "[" in name]
    if labels_of is not None:
        labels = [name for name in labels if _STEM.sub("", name) in labels_of]
        weights = [name for name in names if "[" in name and _STEM.sub("", name) in labels_of]
    # A claim about nothing but a label is no claim about a loss.
    if len(names) > 1:
        for name in labels:
            if "[" in name:
                continue
            yield _finite(name, BINARY)
            yield _finite(name, SIGNED)
    yield from _simplex(labels)
    for quantity in dict.fromkeys(name.partition("[")[0] for name in weights):
        ranks = {len(component_parts(name)[1]) for name in weights if name.startswith(f"{quantity}[")}
        if len(ranks) == 1:
            yield Assumption(f"the elements of {quantity} sum to 1", domains={quantity: SIMPLEX})
        if ranks == {2}:
            columns = {quantity: COLUMN_SIMPLEX}
            yield Assumption(f"the elements of each column of {quantity} sum to 1", domains=columns)


def _finite(name: str, domain: Domain) -> Assumption:
    values = tuple({symbol(name): sympy.Integer(value)} for value in domain.values)
    return Assumption(f"{name} {domain.text}", values)


def _simplex(labels: list[str]) -> Iterator[Assumption]:
    """Numbered labels that sum to one."""
    groups: dict[str, list[str]] = {}
    for name in labels:
        if numbered := _NUMBERED.match(name):
            groups.setdefault(numbered[1], []).append(name)
    for members in groups.values():
        if len(members) > 1:
            members.sort(key=lambda name: int(_NUMBERED.match(name)[2]))  # type: ignore[index]
            rest = sympy.Integer(1) - sympy.Add(*map(symbol, members[:-1]))
            yield Assumption(f"{' + '.join(members)} = 1", ({symbol(members[-1]): rest},))


def _positive(left: Expr, right: Expr, domains: Mapping[str, Domain]) -> Iterator[Assumption]:
    """Positive values for the names below logarithms, roots and powers that are not whole."""
    names = sorted((_below(left) | _below(right)) - domains.keys())
    if names:
        yield Assumption(", ".join(f"{name} > 0" for name in names), domains=dict.fromkeys(names, POSITIVE))


@lru_cache(maxsize=4096)
def _below(side: Expr) -> frozenset[str]:
    """The names below logarithms, roots and powers that are not whole."""
    found: set[str] = set()
    for part in parts(side):
        if isinstance(part, _OF_POSITIVE) and not (part.is_Pow and part.exp.is_Integer):
            found.update(each.name for each in symbols(part.args[0]))
    return frozenset(found)
