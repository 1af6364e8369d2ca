"""Letters with a prime that are names of their own: D = σ(u) beside D' = σ(v)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from derive.formula import Call, Derivative, Formula, Name, names, rewrite, walk

PRIME = "'"


def primed_names(chains: Iterable[Sequence[Formula]]) -> frozenset[str]:
    """The letters whose primes are names: what they stand for is of one form, and of other quantities."""
    bodies: dict[Formula, Formula] = {}
    for chain in chains:
        if len(chain) > 1:
            bodies.setdefault(chain[0], chain[1])
    return frozenset(_named_twice(bodies))


def with_names(formula: Formula, primed: Collection[str]) -> Formula:
    """The formula with these letters' primes as names."""

    def named(node: Formula) -> Formula:
        letter = primed_letter(node)
        return Name(f"{letter}′") if letter is not None and letter in primed else node

    return rewrite(formula, named)


def primed_letter(node: Formula) -> str | None:
    """The letter that a prime stands behind, without an argument."""
    match node:
        case Derivative(Name(letter), Name(mark)) if mark == PRIME:
            return letter
    return None


def _named_twice(bodies: dict[Formula, Formula]) -> Iterator[str]:
    for head, body in bodies.items():
        letter = primed_letter(head)
        other = bodies.get(Name(letter)) if letter else None
        # Linear forms are those of derivatives, too: p = m v and p' = m a.
        if letter is None or other is None or not any(isinstance(node, Call) for node in walk(body)):
            continue
        if _form(body) == _form(other) and set(names(body)) != set(names(other)):
            yield letter


def _form(formula: Formula) -> Formula:
    """A formula with its names left open."""
    blank = Name("_")
    return rewrite(formula, lambda node: blank if isinstance(node, Name) or primed_letter(node) else node)
