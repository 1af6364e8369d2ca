"""Groups of axes, letters and sizes that agree, each with a number and a name where something tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from derive.errors import ModelError
from derive.model.model import Size

# An axis of a quantity, an index letter in its scope, or a size by its name.
Member = tuple[str, int] | tuple[int, str] | str


class Known(NamedTuple):
    """A size, and what tells it."""

    size: Size
    source: str


# What to say where two things tell differently.
Fault = Callable[[Known, Known], ModelError]


class Groups:
    """Members merged one pair at a time."""

    def __init__(self) -> None:
        self._parents: dict[Member, Member] = {}
        self._numbers: dict[Member, Known] = {}
        self._names: dict[Member, Known] = {}

    def root(self, member: Member) -> Member:
        """The member that stands for the group."""
        parents = self._parents
        while member in parents:
            above = parents[member]
            parents[member] = parents.get(above, above)
            member = above
        return member

    def merge(self, one: Member, other: Member, fault: Fault) -> None:
        """Make two groups one."""
        kept, gone = self.root(one), self.root(other)
        if kept == gone:
            return
        self._parents[gone] = kept
        for known in (self._names, self._numbers):
            if gone in known:
                left, right = known.setdefault(kept, known[gone]), known[gone]
                if left.size != right.size:
                    raise fault(left, right)

    def tell(self, member: Member, known: Known, fault: Fault) -> None:
        """Give a group its number or its name."""
        if isinstance(known.size, str):
            self._names.setdefault(self.root(known.size), known)
            self.merge(known.size, member, fault)
            return
        before = self._numbers.setdefault(self.root(member), known)
        if before.size != known.size:
            raise fault(before, known)

    def number(self, member: Member) -> Known | None:
        """The number of values, if something tells it."""
        return self._numbers.get(self.root(member))

    def name(self, member: Member) -> Known | None:
        """The name of the size, if it has one."""
        return self._names.get(self.root(member))

    @property
    def names(self) -> frozenset[str]:
        """The names of all sizes."""
        return frozenset(str(known.size) for known in self._names.values())
