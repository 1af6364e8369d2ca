"""What a code target is: how a program becomes text, and text a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from derive.program import Program


@dataclass(frozen=True, slots=True)
class Target:
    """A language: whether its code takes rows of samples, the suffix of its files, and its writer."""

    name: str
    title: str
    suffix: str
    samples: bool
    write: Callable[[Program], str]
    load: Callable[[str], Generated] | None = None


@dataclass(frozen=True, slots=True)
class Generated:
    """A generated module, loaded: its function of the inputs, in the order of `inputs`."""

    module: ModuleType
    function: Callable[..., object]
