"""The samples that a command is given: a CSV file read as the model says, or the model's own."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

from derive.errors import ModelError
from derive.graph import Graph
from derive.model import Model, Recipe, Table, read_table
from derive.model.text import read_text
from derive.training.prediction import Verdict, judge, needed, output, predictions
from derive.training.samples import samples
from derive.training.start import Floats, as_array


def table_of(model: Model, path: Path | None) -> Table:
    """The rows of a file, its columns treated as the model treats its own; without a file its own rows.

    Raises ModelError where there are none.
    """
    if path is None:
        if model.table is None or not model.table.rows:
            raise ModelError("the model has no samples of its own: name a CSV file")
        return model.table
    recipe = Recipe() if model.table is None else model.table.recipe
    return read_table(path, _fitting(recipe, path), (*model.data, *model.parameters))


def _fitting(recipe: Recipe, path: Path) -> Recipe:
    """The recipe for the columns that a file has: one that predictions need not may be missing."""
    header = next(csv.reader(StringIO(read_text(path))), [])
    return recipe.without(recipe.columns - {column.strip() for column in header})


def answer(graph: Graph, table: Table) -> tuple[str, Verdict | None]:
    """The prediction for every row as CSV, and how it compares with the labels, if the table has them."""
    model = graph.model
    found = output(model)
    missing = [name for name in model.parameters if name in graph.inputs and name not in model.values]
    if missing:
        raise ModelError(
            f"the model gives no value to {', '.join(missing)}",
            suggestion="Train it first, and predict with the file that train writes.",
        )
    known = [name for name in (found.label,) if name in table.columns]
    rows = samples(graph, table, needed=(*needed(graph, found.prediction), *known))
    values = {name: as_array(model.values[name]) for name in model.parameters if name in model.values}
    predicted = predictions(graph, found.prediction, values, rows)
    verdict = judge(predicted, rows.arrays[found.label]) if known else None
    return _csv(found.prediction, predicted, table), verdict


def _csv(prediction: str, predicted: Floats, table: Table) -> str:
    """A row for each sample, under its label if it has one."""
    columns = predicted.reshape(len(predicted), -1).tolist()
    heads = [prediction] if predicted.ndim == 1 else [f"{prediction}[{at}]" for at in range(len(columns[0]))]
    rows = [[f"{each:.6g}" for each in row] for row in columns]
    if table.labels:
        heads.insert(0, table.recipe.label or "name")
        rows = [[label, *row] for label, row in zip(table.labels, rows, strict=True)]
    written = StringIO()
    csv.writer(written, lineterminator="\n").writerows([heads, *rows])
    return written.getvalue()
