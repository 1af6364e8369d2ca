"""The LaTeX form, as textbooks write it: the table of its spellings."""

from __future__ import annotations

from derive.formula.binding import ATOM, POWER, PRODUCT, SUM
from derive.formula.operators import add, derivative, minus, number, parentheses, plus
from derive.formula.pratt import Form, Join
from derive.formula.tex.cells import cells
from derive.formula.tex.fractions import fraction, root
from derive.formula.tex.functions import function, letter, reduction
from derive.formula.tex.groups import box, braces, brackets, fence
from derive.formula.tex.names import quantity
from derive.formula.tex.products import (
    ADJACENT,
    divide,
    juxtapose,
    misplaced_subscript,
    multiply,
    primed,
    scripted,
)
from derive.formula.tex.tokens import tokens

TEX = Form(
    tokens,
    {
        "number": number,
        "letter": letter,
        "word": letter,
        "accent": letter,
        "font": letter,
        "function": function,
        "reduction": reduction,
        "fraction": fraction,
        "root": root,
        "(": parentheses,
        "[": brackets,
        "{": braces,
        "|(": fence("abs", ")|"),
        "‖(": fence("norm", ")‖"),
        "box": box,
        "cells": cells,
        "∂": derivative,
        "ⅆ": derivative,
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
    },
    quantity,
)
