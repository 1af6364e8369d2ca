"""`derive walkthrough`: the derivation as a document."""

from __future__ import annotations

from pathlib import Path

import click

from derive.commands.arguments import CodeTarget, model_argument, output_option
from derive.commands.derivatives import gradient_of, second_options
from derive.commands.messages import note, tell_inferred

SUFFIXES = {"latex": ".tex", "markdown": ".md"}


@click.command(short_help="Derive the gradient step by step.")
@model_argument
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(list(SUFFIXES)),
    help="The format; without it the suffix of --output decides, else LaTeX.",
)
@click.option(
    "--wrt",
    metavar="PARAMETERS",
    multiple=True,
    help="Tell the story of these parameters alone: W1, or W1,b1; may be given again.",
)
@click.option(
    "--brief", "extent", flag_value="brief", help="The results only: the model, its gradient, the code."
)
@click.option("--full", "extent", flag_value="full", help="The walkthrough, and the code after it.")
@click.option(
    "-t",
    "--target",
    type=CodeTarget(),
    default="numpy",
    show_default=True,
    help="The language of the code in --brief and --full.",
)
@second_options
@output_option
def walkthrough(
    model: Path,
    form: str | None,
    wrt: tuple[str, ...],
    extent: str | None,
    target: str,
    second: str | None,
    hessian_vector: bool,
    output: Path | None,
) -> None:
    """Derive the gradient of MODEL step by step, with reasons and worked numbers.

    Markdown written to a file gets its figures as SVG files beside it.
    """
    from derive.interface import read

    read_model = read(model)
    tell_inferred(read_model)
    names = [name.strip() for each in wrt for name in each.split(",") if name.strip()]
    gradient = gradient_of(read_model, second, hessian_vector=hessian_vector)
    document = gradient.walkthrough(names, extent=extent or "usual", target=target)
    if output is not None:
        suffix = SUFFIXES[form] if form else output.suffix
        for path in document.write(output, suffix=suffix):
            note(f"Wrote {path}")
    elif form == "markdown":
        click.echo(document.markdown(), nl=False)
        note("Its figures are files beside it: write it with -o to get them.")
    else:
        click.echo(document.latex(), nl=False)
