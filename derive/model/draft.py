"""What a model's text says before it is checked: statements, and settings with the places they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from derive.errors import ModelError, Place
from derive.model.model import Size, Table, Value
from derive.model.settings import Settings
from derive.model.statements import Statement


@dataclass(frozen=True)
class Draft:
    """The parts of a model file; None where the author says nothing. `settings` locates them."""

    name: str
    title: str
    statements: tuple[Statement, ...]
    source: str
    form: str = "plain"
    file: str | None = None
    data: tuple[str, ...] | None = None
    parameters: tuple[str, ...] | None = None
    wrt: tuple[str, ...] | None = None
    loss: str | None = None
    shapes: Mapping[str, tuple[Size, ...]] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    notation: Mapping[str, str] = field(default_factory=dict)
    table: Table | None = None
    learning_rate: Fraction | None = None
    batch: str | bool | None = None
    settings: Settings | None = None

    @cached_property
    def listed(self) -> frozenset[str]:
        """The names that the file's settings speak of: the author knows them."""
        lists = (self.data, self.parameters, self.wrt)
        columns = (column.partition("[")[0] for column in (self.table.columns if self.table else ()))
        return frozenset(
            (*(name for each in lists for name in each or ()), *self.values, *self.shapes, *columns)
        )

    def place(self, *path: str) -> Place | None:
        """Where a setting stands in the file."""
        return self.settings.place(*path) if self.settings else None

    def error(self, reason: str, *path: str, suggestion: str | None = None) -> ModelError:
        """A fault in a setting."""
        if self.settings is None:
            return ModelError(reason, suggestion=suggestion)
        return self.settings.error(reason, *path, suggestion=suggestion)
