"""Where the templates are, and how Jinja reads those of code."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def folder() -> Path:
    """The templates: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


@cache
def code_environment() -> Environment:
    """Jinja for code: literal indentation, control lines that leave nothing behind, no silent typos."""
    return Environment(
        loader=FileSystemLoader(folder() / "code"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,
    )


@cache
def page_environment(name: str) -> Environment:
    """Jinja for the web pages of a folder: every text is escaped."""
    return Environment(
        loader=FileSystemLoader(folder() / name),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        autoescape=True,
    )
