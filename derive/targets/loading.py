"""Generated Python as a module that can be called."""

from __future__ import annotations

import importlib.util
from importlib.abc import InspectLoader
from types import ModuleType

from derive.targets.target import Generated

FUNCTION = "loss_and_gradient"


class _Text(InspectLoader):
    """Loads a module from a text that derive wrote.

    This is the one place where text becomes code. The text comes from our templates and printers; of a
    model it holds only identifiers, checked one by one, numbers, and strings in quotes.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def get_source(self, fullname: str) -> str:
        return self.text


def loaded(text: str) -> Generated:
    """The module of a generated text and its function."""
    loader = _Text(text)
    spec = importlib.util.spec_from_loader("derive_generated", loader)
    assert spec is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return Generated(module, getattr(module, FUNCTION))
