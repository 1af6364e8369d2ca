"""`derive predict`: a model applied to data."""

from __future__ import annotations

from pathlib import Path

import click

from derive.commands.arguments import model_argument, output_option
from derive.commands.messages import note


@click.command(short_help="Apply a model to samples.")
@model_argument
@click.argument("data", type=click.Path(path_type=Path), required=False)
@output_option
def predict(model: Path, data: Path | None, output: Path | None) -> None:
    """Apply MODEL, with its values, to the samples in DATA, a CSV file; the answer is CSV.

    Without DATA, to the model's own samples. The model needs a value for every parameter: train it first.
    """
    from derive.graph import graph
    from derive.model import read
    from derive.training import answer, table_of
    from derive.writing import write

    found = read(model)
    text, verdict = answer(graph(found), table_of(found, data))
    if output is None:
        click.echo(text, nl=False)
    else:
        write(output, text)
        note(f"Wrote {output}")
    if verdict is not None:
        note(f"{verdict}")
