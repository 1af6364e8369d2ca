"""A walkthrough as text: LaTeX, Markdown."""

from derive.render.figures import figures
from derive.render.latex import latex
from derive.render.markdown import markdown

__all__ = ["figures", "latex", "markdown"]
