"""Which matrices a text says are symmetric, and from where to where: to the end of the section, or anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from derive.check.positions import Position
from derive.check.ranks import Ranks, family

# A ∈ ℝⁿˣⁿ, and its sizes.
_DECLARED = re.compile(r"^\s*\\?([A-Za-z]+)\s*(?:\\in\b|∈)")
_SIZES = re.compile(r"\^\s*\{?\s*(\w+)\s*(?:\\times|×)\s*(\w+)")


@dataclass
class Symmetries:
    """What prose says of symmetry, in the order of the text."""

    said: list[tuple[str, Position, str]] = field(default_factory=list)
    declared: list[tuple[str, Position, bool]] = field(default_factory=list)

    def take(
        self, text: str, names: Iterable[str], position: Position, *, symmetric: bool, extent: str = ""
    ) -> None:
        """Take in a formula: its text and names, whether words beside it say `symmetric`, and how far."""
        declared = _DECLARED.match(text)
        if symmetric:
            whole = [declared[1]] if declared else []
            self.said.extend((family(name), position, extent) for name in (*names, *whole))
        elif declared:
            sizes = _SIZES.search(text)
            square = sizes is not None and sizes[1] == sizes[2]
            self.declared.append((family(declared[1]), position, square))

    @property
    def anywhere(self) -> frozenset[str]:
        """The matrices that are symmetric somewhere."""
        return frozenset(name for name, *_ in self.said)

    def at(self, position: Position) -> frozenset[str]:
        """The matrices that are symmetric at a place."""
        return frozenset(
            name for name, since, extent in self.said if self._holds(name, since, extent, position)
        )

    def _holds(self, name: str, since: Position, extent: str, position: Position) -> bool:
        if since.sentence > position.sentence:
            return False
        # What stands before the first heading may be of an introduction only.
        above = not since.within and position.within
        here = since.section in (0, *position.within) and (not above or extent)
        if not here and extent != "whole":
            return False
        return not any(
            each == name and since.sentence < at.sentence <= position.sentence
            for each, at, square in self.declared
            if not square or at.section != since.section
        )


@dataclass
class RanksByPlace:
    """The ranks of each section with what is symmetric at a place."""

    by_section: Mapping[int, Ranks | None]
    said: Symmetries
    _found: dict[tuple[int, frozenset[str]], Ranks | None] = field(default_factory=dict)

    def at(self, position: Position, section: int) -> Ranks | None:
        """The ranks at a place, the same object wherever the same is said."""
        known = self.by_section.get(section)
        if known is None or not self.said.said:
            return known
        here = frozenset(each for each in self.said.at(position) if known.known.get(each) == 2)
        if (section, here) not in self._found:
            anywhere = {each for each in self.said.anywhere if known.known.get(each) == 2}
            self._found[section, here] = replace(
                known, symmetric=known.symmetric | here, elsewhere=anywhere - here
            )
        return self._found[section, here]
