"""The settings of a model file: what each key adds to the draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from derive.errors import printable
from derive.formula import FormulaError, Grouping, Name, Negation, Number, Product, Sum, read, walk
from derive.model.layers import network
from derive.model.model import Size
from derive.model.notations import NoNotation, check_notation
from derive.model.samples import table
from derive.model.settings import Settings, shown
from derive.model.statements import FORMS, form_of, located_statements

Parts = dict[str, Any]


def setting_of(settings: Settings, key: str) -> Parts:
    """What a key of the file adds to the draft."""
    return KEYS[key](settings, settings.entries[key])


def _title(settings: Settings, entry: object) -> Parts:
    title = settings.string(entry, "title").strip()
    if not title.isprintable() or len(title) > 200:
        raise settings.error("the title is one short line of text", "title")
    return {"title": title} if title else {}


def _form(settings: Settings, entry: object) -> Parts:
    settings.check_word(settings.string(entry, "form"), FORMS, "form of equations", "form")
    return {}


def _equations(settings: Settings, entry: object) -> Parts:
    text = settings.string(entry, "equations")
    if "network" in settings.entries:
        raise settings.error("a model has equations or a network, not both", "network")
    form = settings.entries.get("form") or form_of(text)
    return {"form": form, "statements": located_statements(text, settings, form)}


def _loss(settings: Settings, entry: object) -> Parts:
    return {"loss": settings.string(entry, "loss")}


def _shapes(settings: Settings, entry: object) -> Parts:
    sections = settings.mapping(entry, "names and sizes", "shapes")
    return {"shapes": {key: _shape(settings, key, each) for key, each in sections.items()}}


def _shape(settings: Settings, key: str, entry: object) -> tuple[Size, ...]:
    if not isinstance(entry, list):
        suggestion = f'Write: {key} = ["m", "n"]'
        raise settings.error(
            f"the shape of {printable(key)} is a list of sizes", "shapes", key, suggestion=suggestion
        )
    for size in entry:
        if not _is_size(size):
            reason = f"{shown(size)} is no size: a size is a whole number from 1 on, or a name"
            raise settings.error(reason, "shapes", key)
    return tuple(entry)


def _is_size(entry: object) -> bool:
    """Whether an entry is a whole number, a name, or computed from names: "T - K + 1"."""
    if isinstance(entry, int) and not isinstance(entry, bool):
        return 0 < entry < 10**9
    if not isinstance(entry, str):
        return False
    try:
        nodes = list(walk(read(entry)))
    except FormulaError:
        return False
    kinds = (Name, Number, Sum, Product, Negation, Grouping)
    return all(isinstance(node, kinds) for node in nodes) and any(isinstance(node, Name) for node in nodes)


def _values(settings: Settings, entry: object) -> Parts:
    sections = settings.mapping(entry, "names and numbers", "values")
    for key, each in sections.items():
        if key in KEYS and isinstance(each, str | dict):
            suggestion = "Put it above the first [section]."
            raise settings.error(f"{key} stands among the values", "values", key, suggestion=suggestion)
    return {"values": {key: settings.value(each, "values", key) for key, each in sections.items()}}


def _notation(settings: Settings, entry: object) -> Parts:
    sections = settings.mapping(entry, "names and LaTeX", "notation")
    for key, each in sections.items():
        text = settings.string(each, "notation", key)
        try:
            check_notation(text)
        except NoNotation as error:
            reason = f"the notation of {printable(key)} is not taken: {error}"
            raise settings.error(reason, "notation", key) from None
    return {"notation": dict(sections)}


def _rate(settings: Settings, entry: object) -> Parts:
    rate = settings.number(entry, "learning_rate")
    if rate <= 0:
        raise settings.error("the learning rate is a positive number", "learning_rate")
    return {"learning_rate": rate}


def _batch(settings: Settings, entry: object) -> Parts:
    if entry is not False and not isinstance(entry, str):
        raise settings.error(
            f"batch is the name of a size in quotes, or false, not {shown(entry)}",
            "batch",
            suggestion='Write: batch = "N" if the samples are on the axis of size N, or batch = false.',
        )
    return {"batch": entry}


# In the order in which they are read: the form before the equations.
KEYS: Mapping[str, Callable[[Settings, Any], Parts]] = MappingProxyType(
    {
        "title": _title,
        "form": _form,
        "equations": _equations,
        "network": network,
        "data": lambda settings, entry: {"data": settings.names(entry, "data")},
        "parameters": lambda settings, entry: {"parameters": settings.names(entry, "parameters")},
        "wrt": lambda settings, entry: {"wrt": settings.names(entry, "wrt")},
        "loss": _loss,
        "learning_rate": _rate,
        "shapes": _shapes,
        "values": _values,
        "notation": _notation,
        "table": table,
        "batch": _batch,
    }
)
