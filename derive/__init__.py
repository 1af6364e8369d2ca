"""From named equations to a verified backpropagation walkthrough and gradient code.

model = derive.read("two-two-one.toml")
gradient = model.gradient()
gradient["w1"]
report = derive.check("notes.md")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derive.check import check, check_claim
    from derive.errors import DeriveError, ModelError
    from derive.interface import Gradient, Model, Partial, Point, read

__all__ = [
    "DeriveError",
    "Gradient",
    "Model",
    "ModelError",
    "Partial",
    "Point",
    "check",
    "check_claim",
    "read",
]

_HOMES = {"DeriveError": "derive.errors", "ModelError": "derive.errors", "check_claim": "derive.check"}


def __getattr__(name: str) -> object:
    """A public name, imported when it is first asked for: `import derive` stays cheap (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module 'derive' has no attribute {name!r}")
    from importlib import import_module

    if name == "check":
        # The package of this name is the function, too.
        return import_module("derive.check")
    return getattr(import_module(_HOMES.get(name, "derive.interface")), name)


def __dir__() -> list[str]:
    return sorted(__all__)
