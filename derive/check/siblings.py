"""Quantities of which a text prints the number alone, beside others of their kind that it works out."""

from __future__ import annotations

from derive.check.facts import Environment
from derive.formula import names

# Letters of weights: one with a number belongs to the equation that reads it.
_WEIGHTS = frozenset({"w", "W", "theta", "θ"})


def may_depend(name: str, by: str, known: Environment) -> bool:
    """Whether a quantity known by its number alone may depend on another, as its like does.

    out_o2 = 0.72, printed beside out_o1 = f(net_o1), depends on all that is common to them, h1 for one; not
    on what is net_o1's own. What its like reads is where they begin: h1 = 0.5 before h2 = f(h1).
    """
    if name in known.equations or name not in known.values:
        return False
    kind, tag = _parts(name)
    likes = [other for other in known.equations if other != name and _parts(other)[0] == kind]
    if not tag or not likes or tag == "0":
        return False
    reads = {like: _all_read(like, known) for like in likes}
    if any(name in read for read in reads.values()):
        return False
    return any(_is_common(by, tag, like, read, known) for like, read in reads.items())


def _is_common(by: str, tag: str, like: str, read: frozenset[str], known: Environment) -> bool:
    """Whether what a quantity reads stands for what one of its kind, with another tag, depends on."""
    kind, own = _parts(by)
    alike = {each for each in known.equations if own and _parts(each)[0] == kind}
    if by not in known.equations and not alike:
        return by in read and not (kind in _WEIGHTS and own and _is_weight_of(by, like, read, known))
    if own == tag and by not in read:
        return bool(alike & read)
    return by in read and not _belongs_to(by, like, read)


def _is_weight_of(by: str, like: str, read: frozenset[str], known: Environment) -> bool:
    """Whether of what a quantity is worked out from, it alone or what is its own reads a weight."""
    facts = (known.equations[each] for each in {like, *read} if each in known.equations)
    readers = [fact.name for fact in facts if by in names(fact.formula)]
    return len(readers) == 1 and (readers[0] == like or _belongs_to(readers[0], like, read))


def _belongs_to(name: str, like: str, read: frozenset[str]) -> bool:
    """Whether net_o1 is the own of out_o1, which reads no other net."""
    kind, own = _parts(name)
    return own == _parts(like)[1] and not any(_parts(each)[0] == kind for each in read - {name})


def _all_read(name: str, known: Environment) -> frozenset[str]:
    """Everything that a quantity is worked out from."""
    found, waiting = set[str](), [name]
    while waiting:
        fact = known.equations.get(waiting.pop())
        more = set(names(fact.formula)) - found if fact is not None else set[str]()
        found |= more
        waiting.extend(more)
    return frozenset(found)


def _parts(name: str) -> tuple[str, str]:
    """The kind of a quantity and which of them it is: out_o and o2, h and 1; no tag without a number."""
    kind = name.rstrip("0123456789")
    if kind == name:
        return name, ""
    return kind, name[len(kind.rpartition("_")[0]) :].lstrip("_") if "_" in kind else name[len(kind) :]
