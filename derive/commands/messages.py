"""What goes to stderr: errors with their place, and what the user should know beside the result."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from derive.errors import DeriveError
    from derive.model import Model


def fail(error: DeriveError) -> None:
    """Show what was refused, where and why."""
    first, *rest = error.report().split("\n")
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {first}", err=True, color=colour())
    for line in rest:
        is_caret = bool(line.strip()) and not line.strip(" …^")
        click.echo(click.style(line, fg="red") if is_caret else line, err=True, color=colour())


def note(text: str) -> None:
    """Say something that is not the result."""
    click.echo(text, err=True, color=colour())


def tell_inferred(model: Model) -> None:
    """List the parameters that the model file does not name as such."""
    if model.inferred:
        note(f"Parameters (inferred): {', '.join(model.inferred)}")


def colour() -> bool | None:
    """No colour where NO_COLOR asks for none; else where the stream is a terminal."""
    return False if os.environ.get("NO_COLOR") else None
