"""`derive train`: gradient descent on data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from derive.commands.arguments import model_argument, output_option
from derive.commands.messages import fail, note, tell_inferred

if TYPE_CHECKING:
    from fractions import Fraction

    from derive.graph import Graph
    from derive.training import Samples, Settings, Training

_OPTIONS = (
    click.option(
        "--learning-rate",
        type=click.FloatRange(min=0, min_open=True),
        metavar="RATE",
        help="Without it the model's own, else 0.1.",
    ),
    click.option(
        "--epochs",
        type=click.IntRange(min=1),
        default=1000,
        show_default=True,
        metavar="N",
        help="The most epochs.",
    ),
    click.option(
        "--batch",
        type=click.IntRange(min=1),
        metavar="N",
        help="Samples a step: 1 for stochastic descent; without it all of them.",
    ),
    click.option(
        "--patience",
        type=click.IntRange(min=1),
        default=100,
        show_default=True,
        metavar="N",
        help="Stop early when N epochs in a row have hardly lowered the loss.",
    ),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        metavar="N",
        help="For the order of samples and for random first values.",
    ),
)


def settings_options(command: click.decorators.FC) -> click.decorators.FC:
    """The options that say how to descend, as one decorator."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command(short_help="Learn from samples by gradient descent.")
@model_argument
@click.argument("data", type=click.Path(path_type=Path), required=False)
@settings_options
@click.option(
    "--curve",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PATH",
    help="Draw the loss over the epochs (.png, .svg or .pdf; needs matplotlib).",
)
@output_option
def train(
    model: Path,
    data: Path | None,
    curve: Path | None,
    output: Path | None,
    **chosen: Any,
) -> None:
    """Train MODEL by gradient descent on the samples in DATA, a CSV file.

    Without DATA, on the model's own samples. What is learned is a model file again, which every command
    reads. The parameters start at the model's values, at random ones where it gives none.
    """
    from derive.graph import graph
    from derive.model import read
    from derive.training import Diverged, learned_file, picture, samples, table_of
    from derive.writing import write_all

    found = read(model)
    tell_inferred(found)
    with_roles = graph(found)
    table = table_of(found, data)
    rows = samples(with_roles, table)
    try:
        training = _descend(with_roles, rows, _settings(found.learning_rate, chosen))
    except Diverged as error:
        fail(error)
        sys.exit(1)
    moved = (model.parent, output.parent if output else Path())
    learned = learned_file(found, training.values, table=table, moved=moved)
    files: dict[Path, str | bytes] = {output: learned} if output else {}
    if curve is not None:
        files[curve] = picture(training.losses, loss=with_roles.loss, title=found.title, path=curve)
    write_all(files)
    _report(with_roles, training, rows)
    for path in files:
        note(f"Wrote {path}")
    if output is None:
        click.echo(learned, nl=False)


def _settings(own_rate: Fraction | None, chosen: dict[str, Any]) -> Settings:
    from derive.training import Settings

    rate = chosen.pop("learning_rate") or float(own_rate or 0.1)
    return Settings(learning_rate=rate, **chosen)


def _descend(graph: Graph, rows: Samples, settings: Settings) -> Training:
    """Train with a progress bar, which shows on a terminal only."""
    from derive.training import train

    def shown(loss: float | None) -> str | None:
        return None if loss is None else f"{graph.loss} = {loss:.4g}"

    with click.progressbar(
        length=settings.epochs,
        label="Training",
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
        item_show_func=shown,
        update_min_steps=max(1, settings.epochs // 200),
    ) as bar:
        return train(graph, rows, settings, watch=lambda epoch, loss: bar.update(1, loss))


def _report(graph: Graph, training: Training, rows: Samples) -> None:
    from derive.training import judged

    ended = "stopped early: the loss has settled" if training.stopped_early else "all of them run"
    note(f"{training.epochs} epochs, {ended}")
    note(f"{graph.loss}: {training.losses[0]:.4g} before, {training.loss:.4g} after")
    if training.loss == training.losses[0]:
        note("No epoch lowered the loss: try a smaller learning rate.")
    verdict = judged(graph, training.values, rows)
    if verdict is not None:
        note(f"{verdict}")
