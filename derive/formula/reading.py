"""From text to Formula."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from derive.formula.plain import PLAIN
from derive.formula.pratt import Form, Parser
from derive.formula.tex.form import TEX
from derive.formula.tokens import Context
from derive.formula.tree import Formula

FORMS: Mapping[str, Form] = MappingProxyType({"plain": PLAIN, "latex": TEX})


def read(
    text: str,
    *,
    form: str = "plain",
    functions: Collection[str] = (),
    indices: Collection[str] = (),
    names: Collection[str] = (),
    vectors: Collection[str] = (),
) -> Formula:
    """The formula that a text spells, in plain or in LaTeX form; raises FormulaError with the place.

    `functions` are names that take arguments beside the known ones. The others serve LaTeX, where
    meaning hangs on them: `indices` are letters that index when they stand below, `names` are words of
    several letters (and letters, like e, that are quantities here), `vectors` make x · y a dot product.
    """
    return Parser(text, FORMS[form], Context(functions, indices, names, vectors)).whole()
