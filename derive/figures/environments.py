"""Jinja for LaTeX, with delimiters that LaTeX does not use, and for SVG, with escaping."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from derive.templating import folder


def tex_environment(name: str) -> Environment:
    r"""Templates of LaTeX in a folder: \VAR{…}, \BLOCK{…}, lines of control after %%, comments after %#."""
    return Environment(
        loader=FileSystemLoader(folder() / name),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,
        block_start_string=r"\BLOCK{",
        block_end_string="}",
        variable_start_string=r"\VAR{",
        variable_end_string="}",
        comment_start_string=r"\COMMENT{",
        comment_end_string="}",
        line_statement_prefix="%%",
        line_comment_prefix="%#",
    )


@cache
def svg_environment() -> Environment:
    """Templates of SVG: every text is escaped."""
    found = Environment(
        loader=FileSystemLoader(folder() / "figures"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=True,
    )
    found.filters["number"] = number
    return found


@cache
def tikz_environment() -> Environment:
    """Templates of TikZ."""
    found = tex_environment("figures")
    found.filters["number"] = number
    return found


def number(value: float) -> str:
    """A length with two digits at most: the same text on every machine."""
    text = f"{value + 1e-9:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
