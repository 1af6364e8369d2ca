"""How the columns of a file become the data of a model."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeVar

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the columns of a file become those of a model.

    `rename` gives the model's name of a column; `shift` is subtracted, the result divided by `scale`;
    `centred` columns are shifted by their mean; `words` map labels in cells to numbers; `label` is the
    column that names the rows.
    """

    rename: Mapping[str, str] = field(default_factory=dict)
    shift: Mapping[str, Fraction] = field(default_factory=dict)
    scale: Mapping[str, Fraction] = field(default_factory=dict)
    centred: tuple[str, ...] = ()
    words: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)
    label: str | None = None

    def name(self, column: str) -> str:
        """The model's name of a column."""
        return self.rename.get(column, column)

    @property
    def columns(self) -> frozenset[str]:
        """The columns that the recipe speaks of."""
        named = {*self.rename, *self.shift, *self.scale, *self.centred, *self.words}
        return frozenset(named | ({self.label} if self.label else set()))

    def settled(self, means: Mapping[str, Fraction]) -> Recipe:
        """The recipe with the means of centred columns as fixed shifts, so that it fits other rows."""
        return replace(self, shift={**self.shift, **means}, centred=())

    def without(self, columns: Collection[str]) -> Recipe:
        """The recipe for a file that lacks some of its columns."""
        return replace(
            self,
            rename=_without(self.rename, columns),
            shift=_without(self.shift, columns),
            scale=_without(self.scale, columns),
            centred=tuple(column for column in self.centred if column not in columns),
            words=_without(self.words, columns),
            label=None if self.label in columns else self.label,
        )


def _without(entries: Mapping[str, Entry], columns: Collection[str]) -> dict[str, Entry]:
    return {column: entry for column, entry in entries.items() if column not in columns}
