"""`derive walkthrough`: the derivation as a document."""

from __future__ import annotations

from pathlib import Path

import click

from derive.commands.arguments import model_argument, output_option
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
@output_option
def walkthrough(model: Path, form: str | None, output: Path | None) -> None:
    """Derive the gradient of MODEL step by step, with reasons and worked numbers.

    Markdown written to a file gets its figures as SVG files beside it.
    """
    from derive.interface import read

    read_model = read(model)
    tell_inferred(read_model)
    document = read_model.gradient().walkthrough()
    if output is not None:
        suffix = SUFFIXES[form] if form else output.suffix
        for path in document.write(output, suffix=suffix):
            note(f"Wrote {path}")
    elif form == "markdown":
        click.echo(document.markdown(), nl=False)
        note("Its figures are files beside it: write it with -o to get them.")
    else:
        click.echo(document.latex(), nl=False)
