"""Facts from outside a document: a model, comments to derive, and a side file with one fact a line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from derive.check.assertions import Assertion, assertions
from derive.check.definitions import defined
from derive.check.documents.reading import content
from derive.check.facts import Fact
from derive.check.vocabulary import Vocabulary
from derive.errors import DeriveError, ModelError, locate
from derive.formula import Call, Formula, Name, Negation, Number, Quotient, Vector, walk
from derive.model.model import Model, Value

_LINES = re.compile(r"\s*lines?\s+([0-9]{1,9})\s*(?:(?:-|–|\.\.|to)\s*([0-9]{1,9}))?\s*:\s*")
_RANGE = re.compile(
    r"(?<![A-Za-z])([A-Za-z]{1,30}_?)\{?([0-9]{1,9})\}?\s*+"
    r"(?:\.\.|…|,\s*+(?:\.\.\.|…|\\dots|\\ldots)\s*+,)\s*+\1\{?([0-9]{1,9})\}?"
)
_BRACKET = re.compile(r"[\[({,\])}]")
# As many names a range may spell, as many characters a line may have, and as many facts a side file.
MOST_NAMES, LONGEST_LINE, MOST_FACTS = 1000, 20_000, 5_000


def facts_of_text(text: str, *, file: str | None = None) -> tuple[Fact, ...]:
    """The facts of a side file: `w1..w6 = 1, b = 0`, each line for the whole document or for `lines 5-20:`.

    A line that starts with # is a comment. Raises ModelError with the place of what is no fact.
    """
    found: list[Fact] = []
    offset = 0
    for line in text.splitlines(keepends=True):
        if line.strip() and not line.lstrip().startswith("#"):
            found.extend(_facts_of_line(line.rstrip(), text, offset, file))
        if len(found) > MOST_FACTS:
            place = locate(text, offset, 1, file=file)
            raise ModelError(f"more than {MOST_FACTS:,} facts", place)
        offset += len(line)
    return tuple(found)


def facts_of_file(path: Path) -> tuple[Fact, ...]:
    """The facts of a side file; raises DeriveError where it cannot be read."""
    try:
        text = content(path).decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise DeriveError(f"{path} cannot be read: {fault}") from None
    return facts_of_text(text, file=str(path))


def facts_of_directive(text: str, line: int, section: int, order: int) -> tuple[Fact, ...]:
    """The facts of a comment; they hold from where it stands, as if the document had said them there."""
    facts = _facts_of_line(text, text, 0, None)
    return tuple(
        Fact(each.name, each.kind, each.formula, order, line, section, each.parameters, each.letters)
        for each in facts
    )


def _facts_of_line(line: str, text: str, offset: int, file: str | None) -> Iterator[Fact]:
    if len(line) > LONGEST_LINE:
        reason = f"a line of {len(line):,} characters; {LONGEST_LINE:,} are the most"
        raise ModelError(reason, locate(text, offset, 1, file=file))
    scope = _LINES.match(line)
    at = scope.end() if scope else 0
    since, until = (int(scope[1]), int(scope[2] or scope[1])) if scope else (0, None)
    if until is not None and not 1 <= since <= until:
        place = locate(text, offset, at, file=file)
        raise ModelError("there are no such lines", place, "Write: lines 5-20: name = value.")
    for part in _parts(line[at:]):
        try:
            for fact in _facts_of_part(part):
                yield replace(fact, order=-1, section=0, since=since, until=until)
        except ModelError as fault:
            place = locate(text, offset + at, max(1, len(part.strip())), file=file)
            raise ModelError(fault.reason, place, fault.suggestion) from None
        at += len(part) + 1


def _facts_of_part(part: str) -> Iterator[Fact]:
    """The facts that one part of a line states, each name of a range one."""
    spread = _spread(part)
    if not spread:
        many = f"a range spells at most {MOST_NAMES:,} names"
        reason = many if spread is None else "a range runs upwards"
        raise ModelError(reason, None, "Write: w1..w6 = value.")
    for spelled in spread:
        facts = [fact for said in _said(spelled) for fact in defined(said, -1)]
        if not facts:
            raise ModelError("this is no fact", None, "Write: name = value, or name = formula.")
        yield from facts


def _said(text: str) -> Sequence[Assertion]:
    plain = assertions(text, Vocabulary(), "plain")
    if plain and not any(each.fault for each in plain):
        return plain
    return assertions(text, Vocabulary(), "latex")


def _parts(line: str) -> Iterator[str]:
    """The line between its commas that stand in no brackets, and in no range `w1, …, w6`."""
    start = depth = 0
    ranges = {at for match in _RANGE.finditer(line) for at in range(match.start(), match.end())}
    for match in _BRACKET.finditer(line):
        if match[0] == "," and depth == 0 and match.start() not in ranges:
            yield line[start : match.start()]
            start = match.end()
        depth = max(0, depth + (match[0] in "([{") - (match[0] in ")]}"))
    yield line[start:]


def _spread(part: str) -> Sequence[str] | None:
    """`w1..w6 = 1` for each of the names; None of too many, nothing if the range runs downwards."""
    found = _RANGE.search(part)
    if found is None:
        return (part,)
    low, high = int(found[2]), int(found[3])
    if high - low >= MOST_NAMES:
        return None
    before, after = part[: found.start()] + found[1], part[found.end() :]
    return [f"{before}{number}{after}" for number in range(low, high + 1)]


def facts_of_model(model: Model) -> tuple[Fact, ...]:
    """The equations, functions and values of a model."""
    found = [
        Fact(name, "function", body, -1, parameters=row.parameters)
        for name, row in model.functions.items()
        if (body := row.body()) is not None
    ]
    for each in model.equations:
        line = each.place.line if each.place else 0
        for name in (each.target, *each.aliases):
            found.append(Fact(name, "equation", each.formula, -1, line, letters=each.indices))
    found += [Fact(name, "value", _formula(value), -1) for name, value in model.values.items()]
    return (*found, *_aliased(model, {each.name for each in found}))


# What textbooks call the activation function whatever it is.
_LETTER = "f"
_ACTIVATIONS = frozenset({"sigmoid", "tanh", "relu", "softplus", "silu", "gelu", "elu", "leaky_relu"})


def _aliased(model: Model, taken: Collection[str]) -> Iterator[Fact]:
    """The letter f for the only activation function that a model calls."""
    called = {
        node.function
        for each in model.equations
        for node in walk(each.formula)
        if isinstance(node, Call) and len(node.arguments) == 1
    }
    activations = sorted(called & (_ACTIVATIONS | model.functions.keys()))
    if len(activations) == 1 and _LETTER not in taken:
        yield Fact(_LETTER, "function", Call(activations[0], (Name("x"),)), -1, parameters=("x",))


def _formula(value: Value) -> Formula:
    if isinstance(value, tuple):
        return Vector(tuple(map(_formula, value)))
    return _number(value)


def _number(value: Fraction) -> Formula:
    size: Formula = Number(str(abs(value.numerator)))
    if value.denominator != 1:
        size = Quotient(size, Number(str(value.denominator)))
    return Negation(size) if value < 0 else size
