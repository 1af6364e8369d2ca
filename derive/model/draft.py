"""What a model's text says before it is checked: statements, and settings with the places they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from derive.errors import Place
from derive.model.model import Size, Table, Value
from derive.model.statements import Statement


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts of a model file; None where the author says nothing. `places` locates the settings."""

    name: str
    title: str
    statements: tuple[Statement, ...]
    source: str
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
    places: Mapping[str, Place] = field(default_factory=dict)
