"""The findings as text for people and for machines: a file for each format."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from derive.check.findings import Report

__all__ = ["names", "rendered"]


class _Format(Protocol):
    """A module of this folder."""

    def rendered(self, reports: Sequence[Report], *, strict: bool, colour: bool) -> str: ...


@cache
def names() -> tuple[str, ...]:
    """The names of the formats."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem[0] != "_"))


def rendered(name: str, reports: Sequence[Report], *, strict: bool = False, colour: bool = False) -> str:
    """The reports of some documents in a format."""
    module = cast(_Format, import_module(f"{__name__}.{name}"))
    return module.rendered(reports, strict=strict, colour=colour)
