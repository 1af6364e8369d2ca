"""From text to Formula."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from derive.formula.plain import PLAIN
from derive.formula.pratt import Form, Parser
from derive.formula.tex.form import TEX
from derive.formula.text import TEXT
from derive.formula.tokens import Context
from derive.formula.tree import Formula

FORMS: Mapping[str, Form] = MappingProxyType({"plain": PLAIN, "latex": TEX, "text": TEXT})


def read(
    text: str,
    *,
    form: str = "plain",
    functions: Collection[str] = (),
    indices: Collection[str] = (),
    names: Collection[str] = (),
    vectors: Collection[str] = (),
    raised: Collection[str] | None = None,
    arrays: bool = False,
    apart: Collection[str] = (),
) -> Formula:
    """The formula that a text spells, in plain or LaTeX form or as texts write; raises FormulaError.

    `functions` are names that take arguments beside the known ones. The others serve LaTeX, where
    meaning hangs on them: `indices` are letters that index when they stand below, `names` are words of
    several letters (and letters, like e, that are quantities here), `vectors` make x · y a dot product;
    `raised` are letters that index when they stand above: `l` of a^l, `(n)` of x^{(n+1)}; without it, all
    that stands above is a power; with `arrays` ⊙ is told from a product side by side. Letters that are
    `apart` are other quantities where they are calligraphic.
    """
    return Parser(
        text, FORMS[form], Context(functions, indices, names, vectors, raised, arrays, apart)
    ).whole()
