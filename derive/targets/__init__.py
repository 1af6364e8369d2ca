"""Code targets: a folder each, found by its name; a new one changes no line here.

A target's folder is a package with a module `target` that holds `TARGET`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from derive.errors import DeriveError, nearest, printable
from derive.targets.target import Generated, Target

__all__ = ["Generated", "Target", "names", "target"]


@cache
def names() -> tuple[str, ...]:
    """The names of the targets, in alphabetical order."""
    folder = Path(__file__).parent
    return tuple(sorted(path.parent.name for path in folder.glob("*/target.py")))


def target(name: str) -> Target:
    """The target of that name; refuses an unknown one."""
    if name not in names():
        near = nearest(name, names())
        hint = f"did you mean {near}?" if near else f"there are {', '.join(names())}"
        raise DeriveError(f"{printable(name)} is no code target; {hint}")
    found = import_module(f"derive.targets.{name}.target").TARGET
    assert isinstance(found, Target)
    return found
