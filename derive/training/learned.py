"""The learned values as a model file: what the author wrote, comments and all, with new numbers."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import tomlkit

from derive.model import Model, Value

Floats = np.ndarray[Any, np.dtype[np.float64]]


def learned_file(model: Model, values: Mapping[str, Floats], *, digits: int = 17) -> str:
    """The text of the model's file with the learned values; its own values of data are kept.

    `digits` are significant; 17 give back the very floats.
    """
    document = tomlkit.parse(model.source) if _is_toml(model) else _document(model)
    table = document.setdefault("values", tomlkit.table())
    for name, value in values.items():
        table[name] = _rounded(value.tolist(), digits)
    return tomlkit.dumps(document)


def _is_toml(model: Model) -> bool:
    try:
        return "equations" in tomlkit.parse(model.source) or "network" in tomlkit.parse(model.source)
    except tomlkit.exceptions.TOMLKitError:
        return False


def _document(model: Model) -> tomlkit.TOMLDocument:
    """A file for a model that was written as bare equations."""
    document = tomlkit.document()
    document["equations"] = tomlkit.string(f"\n{model.source.strip()}\n", multiline=True)
    document["parameters"] = list(model.parameters)
    if model.values:
        document["values"] = {name: _plain(value) for name, value in model.values.items()}
    return document


def _rounded(value: Any, digits: int) -> Any:
    if isinstance(value, list):
        return [_rounded(each, digits) for each in value]
    return float(f"{value:.{digits}g}")


def _plain(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    assert isinstance(value, Fraction)
    return int(value) if value.denominator == 1 else str(value)
