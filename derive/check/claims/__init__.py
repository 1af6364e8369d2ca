"""The kinds of claims, a file each: which assertions are of the kind, and how one is judged."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from derive.check.assertions import Assertion
from derive.check.course import Course
from derive.check.passages import Passage
from derive.check.verdict import Claim

__all__ = ["claim"]


class _Kind(Protocol):
    """A module of this folder: the kinds are asked in the order of `ORDER`."""

    ORDER: int

    def claim(self, said: Assertion, passage: Passage, course: Course) -> Claim | None: ...


@cache
def _kinds() -> tuple[_Kind, ...]:
    modules = (import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__))
    found = [cast(_Kind, module) for module in modules]
    return tuple(sorted(found, key=lambda kind: kind.ORDER))


def claim(said: Assertion, passage: Passage, course: Course) -> Claim:
    """What an assertion claims, judged; every assertion is of some kind."""
    for kind in _kinds():
        found = kind.claim(said, passage, course)
        if found is not None:
            return found
    raise AssertionError("the last kind takes every assertion")
