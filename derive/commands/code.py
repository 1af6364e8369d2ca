"""`derive code`: the loss and its gradient as a program."""

from __future__ import annotations

from pathlib import Path

import click

from derive.commands.arguments import CodeTarget, model_argument, output_option
from derive.commands.derivatives import gradient_of, second_options
from derive.commands.messages import note, tell_inferred


@click.command(short_help="Write the loss and its gradient as code.")
@model_argument
@click.option(
    "-t", "--target", type=CodeTarget(), default="numpy", show_default=True, help="See: derive list targets."
)
@click.option(
    "--reduction",
    type=click.Choice(["mean", "sum", "rows"]),
    default="mean",
    show_default=True,
    help="What becomes of the losses of several samples, where the code takes rows of them.",
)
@second_options
@output_option
def code(
    model: Path, target: str, reduction: str, second: str | None, hessian_vector: bool, output: Path | None
) -> None:
    """Write a function that returns the loss of MODEL and its gradient.

    The code stands alone: it imports nothing of derive. With --hessian-vector it returns the derivative
    of the loss along a vector, and the Hessian times that vector by parameters' names.
    """
    from derive.interface import read
    from derive.writing import write

    read_model = read(model)
    tell_inferred(read_model)
    gradient = gradient_of(read_model, second, hessian_vector=hessian_vector)
    text = gradient.code(target, reduction=reduction)
    if output is None:
        click.echo(text, nl=False)
    else:
        write(output, text)
        note(f"Wrote {output}")
