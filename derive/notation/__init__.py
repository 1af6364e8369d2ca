"""Formulas as text: plain text that reads back, Unicode text for one line, LaTeX for pages."""

from derive.notation.tex import latex
from derive.notation.tex.arithmetic import IVERSON
from derive.notation.tex.names import function_latex, name_latex, split_subscript, upright
from derive.notation.text import plain, unicode_text

__all__ = [
    "IVERSON",
    "function_latex",
    "latex",
    "name_latex",
    "plain",
    "split_subscript",
    "unicode_text",
    "upright",
]
