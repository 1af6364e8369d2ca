"""The LaTeX form, as textbooks write it: the table of its spellings."""

from __future__ import annotations

from derive.formula.binding import ATOM, POWER, PRODUCT, SUM
from derive.formula.operators import add, minus, plus
from derive.formula.pratt import Form, Join
from derive.formula.tex.cells import cells
from derive.formula.tex.evaluated import enclosed, evaluated, limit
from derive.formula.tex.fractions import fraction, gradient, operator, root
from derive.formula.tex.functions import digits, function, letter
from derive.formula.tex.groups import annotated, box, braces, brackets, fence, parenthesised, scalar_product
from derive.formula.tex.names import quantity
from derive.formula.tex.products import (
    ADJACENT,
    divide,
    factorial,
    juxtapose,
    misplaced_subscript,
    multiply,
    primed,
    scripted,
)
from derive.formula.tex.reductions import reduction
from derive.formula.tex.tokens import tokens

TEX = Form(
    tokens,
    {
        "number": digits,
        "letter": letter,
        "word": letter,
        "accent": letter,
        "font": letter,
        "function": function,
        "reduction": reduction,
        "fraction": fraction,
        "root": root,
        "(": parenthesised,
        "[": brackets,
        "{": braces,
        "|(": fence("abs", ")|"),
        "‖(": fence("norm", ")‖"),
        "⟨": scalar_product,
        "box": box,
        "crossed": box,
        "annotated": annotated,
        "∇": gradient,
        "limit": limit,
        "evaluated(": enclosed,
        "cells": cells,
        "∂": operator,
        "ⅆ": operator,
        "-": minus,
        "+": plus,
    },
    {
        **{kind: Join(PRODUCT, juxtapose) for kind in ADJACENT},
        "+": Join(SUM, add),
        "-": Join(SUM, add),
        "*": Join(PRODUCT, multiply),
        "/": Join(PRODUCT, divide),
        "^": Join(POWER, scripted),
        "_": Join(ATOM, misplaced_subscript),
        "'": Join(ATOM, primed),
        "evaluated": Join(ATOM, evaluated),
        "!": Join(ATOM, factorial),
    },
    quantity,
)
