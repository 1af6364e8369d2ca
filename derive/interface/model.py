"""A model as its users meet it: read from a file or a text, and asked for its gradient."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from derive import model as models

if TYPE_CHECKING:
    from derive.interface.gradient import Gradient


class Model(models.Model):
    """A model as read: its equations, and what follows from them."""

    __slots__ = ()

    def gradient(self) -> Gradient:
        """The derivatives of the loss by every parameter (by `wrt`, where the model names it)."""
        from derive.interface.gradient import Gradient

        return Gradient(self)


def read(source: str | Path) -> Model:
    """The model in a file, or in a text: whatever holds `=` or a line break is a text.

    Raises ModelError, with the place and the reason, for whatever is no model.
    """
    found = models.read(source)
    return Model(**{each.name: getattr(found, each.name) for each in dataclasses.fields(found)})
