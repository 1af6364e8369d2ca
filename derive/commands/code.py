"""`derive code`: the loss and its gradient as a program."""

from __future__ import annotations

from pathlib import Path

import click

from derive.commands.arguments import CodeTarget, model_argument, output_option
from derive.commands.messages import note, tell_inferred


@click.command()
@model_argument
@click.option(
    "-t", "--target", type=CodeTarget(), default="numpy", show_default=True, help="See: derive list targets."
)
@output_option
def code(model: Path, target: str, output: Path | None) -> None:
    """Write a function that returns the loss of MODEL and its gradient.

    The code stands alone: it imports nothing of derive.
    """
    from derive.interface import read
    from derive.writing import write

    read_model = read(model)
    tell_inferred(read_model)
    text = read_model.gradient().code(target)
    if output is None:
        click.echo(text, nl=False)
    else:
        write(output, text)
        note(f"Wrote {output}")
