"""What probably happened: small changes of a wrong side, a file for each kind of slip."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from derive.check.repairs.places import Repair, Setting
from derive.formula import Formula

__all__ = ["Repair", "Setting", "repairs"]


class _Kind(Protocol):
    """A module of this folder: `ORDER` says how soon it is tried, `HINT` where a student should look."""

    ORDER: int
    HINT: str

    def repaired(self, formula: Formula, setting: Setting) -> Iterator[Repair]: ...


@cache
def _kinds() -> tuple[_Kind, ...]:
    names = (each.name for each in pkgutil.iter_modules(__path__))
    modules = (import_module(f"{__name__}.{name}") for name in names)
    found = [cast(_Kind, module) for module in modules if hasattr(module, "repaired")]
    return tuple(sorted(found, key=lambda kind: kind.ORDER))


def repairs(formula: Formula, setting: Setting) -> Iterator[Repair]:
    """Changed forms of a formula, the likeliest slips first, none twice."""
    seen = {formula}
    for kind in _kinds():
        for repair in kind.repaired(formula, setting):
            if repair.formula not in seen:
                seen.add(repair.formula)
                yield replace(repair, hint=kind.HINT)
