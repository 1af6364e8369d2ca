"""The evidence for a verdict in words: the point at which sides differ, the facts, what holds it up."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.check.facts import Fact
from derive.check.findings import Finding
from derive.check.verdict import Judgement
from derive.errors import DeriveError
from derive.formula import Formula, Indexed, Name, Relation, read
from derive.notation import unicode_text

# So many names of a counterexample are told; the others have values too, but nobody reads them.
MOST_NAMES = 6


def point(judgement: Judgement, finding: Finding) -> dict[str, str]:
    """The values of the names at a counterexample, as short decimals or fractions."""
    if judgement.counterexample is None:
        return {}
    spelled = finding.notation if finding.form == "plain" else {}
    values = judgement.counterexample.values
    return {spelled.get(name, name): number(value) for name, value in values.items()}


def number(value: Fraction) -> str:
    """A decimal where it ends soon, else a fraction."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return str(value) if rest != 1 or value.denominator > 10**6 else f"{float(value):.10g}"


def fact(each: Fact, finding: Finding) -> str:
    """A fact in the document's notation, with its line."""
    left = _head(each)
    spelled = left if isinstance(left, str) else finding.spelled(left)
    return f"{spelled} = {finding.spelled(each.formula)} ({where(each)})"


def equation(each: Fact) -> Relation | None:
    """A fact as a formula; None if its name is none that could be read."""
    left = _head(each)
    return None if isinstance(left, str) else Relation((left, each.formula), ("=",))


def where(each: Fact) -> str:
    """The line of the document in which a fact stands."""
    return f"line {each.line}" if each.line else "given"


def _head(each: Fact) -> Formula | str:
    left = each.name
    if each.parameters:
        left = f"{left}({', '.join(each.parameters)})"
    elif each.letters:
        left = f"{left}[{','.join(each.letters)}]"
    try:
        return read(left)
    except DeriveError:
        return left


def _told(name: str) -> str:
    """The name of a quantity as people write it."""
    quantity, bracket, inside = name.partition("[")
    if "^" not in name or not bracket:
        return name
    return unicode_text(Indexed(quantity, tuple(map(Name, inside.rstrip("]").split(",")))))


def sentences(finding: Finding, *, expected: bool = True) -> Iterator[str]:
    """Why the verdict is what it is, a sentence a line; `expected` tells what should stand there, too."""
    judgement = finding.claim.judgement
    if judgement.reason:
        yield judgement.reason
    values = point(judgement, finding)
    found = judgement.counterexample
    if found is not None:
        told = ", ".join(f"{_told(name)} = {value}" for name, value in list(values.items())[:MOST_NAMES])
        more = ", …" if len(values) > MOST_NAMES else ""
        where = f"at {told}{more}: " if told else "in numbers: "
        yield f"{where}{found.left} on the left, {found.right} on the right"
    if expected and judgement.expected is not None:
        yield f"it should be {finding.spelled(judgement.expected)}"
    for text in judgement.assumptions:
        yield f"assuming that {text}"
