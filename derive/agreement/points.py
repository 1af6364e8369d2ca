"""Points at which a claim is tried: chosen by name and number, so that every run tries the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from flint import fmpq

from derive.agreement.domains import REAL, Domain


@lru_cache(maxsize=4096)
def _chance(name: str, attempt: int) -> int:
    """A number that the name and the attempt fix."""
    return int.from_bytes(sha256(f"{attempt} {name}".encode()).digest()[:6], "big")


def _value(domain: Domain, chance: int, attempt: int) -> fmpq:
    """A short decimal in the domain, away from 0, 1 and other special places."""
    if domain.values:
        return fmpq(domain.values[chance % len(domain.values)])
    if domain.low is not None and domain.high is not None:
        return domain.low + fmpq(2 * (chance % 48) + 3, 100) * (domain.high - domain.low)
    # Most attempts stay near 1 where functions bend, some go further out.
    reach = (17, 17, 29, 47, 113)[attempt % 5]
    size = fmpq(chance // 2 % reach * 10 + (3, 7, 6, 4, 9)[chance // 1000 % 5], 10 * (1 + reach // 8))
    if domain.low is not None:
        return domain.low + size
    if domain.high is not None:
        return domain.high - size
    # Every fourth attempt is positive throughout: logarithms and roots of many names have a value there.
    return size if chance % 2 or attempt % 4 == 1 else -size


@dataclass(slots=True)
class Point:
    """Values of all names at one attempt; `size` is the number of values of every index."""

    attempt: int
    domains: Mapping[str, Domain]
    sizes: frozenset[str] = frozenset()
    values: dict[str, fmpq] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The number of values of an index."""
        return 2 + self.attempt % 2

    def value(self, name: str) -> fmpq:
        """The value of a quantity or of a component with its indices as numbers."""
        found = self.values.get(name)
        if found is None:
            found = self.values[name] = self._chosen(name)
        return found

    def index(self, letter: str) -> int:
        """The value of a free index letter."""
        return _chance(letter, self.attempt) % self.size

    def _chosen(self, name: str) -> fmpq:
        if name in self.sizes:
            return fmpq(self.size)
        quantity, bracket, indices = name.partition("[")
        domain = self.domains.get(quantity, REAL)
        if domain.simplex and bracket:
            at = indices.rstrip("]").split(",")
            if int(at[domain.axis]) == self.size - 1:
                others = (self._beside(quantity, at, domain.axis, each) for each in range(self.size - 1))
                return 1 - sum(others, fmpq(0))
        return _value(domain, _chance(name, self.attempt), self.attempt)

    def _beside(self, quantity: str, at: list[str], axis: int, index: int) -> fmpq:
        """The component with another index along an axis."""
        places = list(at)
        places[axis] = str(index)
        return self.value(f"{quantity}[{','.join(places)}]")
