"""The layers form: a network by its layers, written out with the textbook's names.

Neurons are h1, h2, … with one hidden layer, h1_1, h1_2, … (layer, number) with several; weights w1, w2,
… and biases b1, b2, … run on from neuron to neuron; outputs are o1, o2, …. The matrix form has W1, b1,
z1, a1 for the first layer, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from derive.errors import nearest
from derive.functions import FUNCTIONS, function
from derive.losses import LOSSES, loss
from derive.model.model import Size
from derive.model.settings import Settings
from derive.model.statements import statements

KEYS = ("layers", "activation", "output", "loss", "form", "matrix_from")
MOST_NEURONS = 20_000
IDENTITY = ("identity", "linear", "none")


@dataclass(frozen=True, slots=True)
class Network:
    """What the author says: neurons by layer, inputs first; a function for each layer of neurons; the loss."""

    layers: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str


def network(settings: Settings, entry: object) -> dict[str, Any]:
    """The equations, data, parameters and shapes that a `network` entry stands for."""
    if not isinstance(entry, dict):
        raise settings.error("network is a table", "network", "Write: network = {layers = [2, 2, 1]}")
    for key in entry:
        if key not in KEYS:
            near = nearest(key, KEYS)
            raise settings.error(
                f"{key} is no setting of a network", key, f"Did you mean {near}?" if near else None
            )
    found = Network(_layers(settings, entry), (), _loss(settings, entry))
    found = Network(found.layers, tuple(_activations(settings, entry, found)), found.loss)
    written = _matrices(found) if _is_matrix(settings, entry, found) else _neurons(settings, found)
    place = settings.place("network")
    lines = statements("\n".join(written.lines), file=settings.file, first_line=place.line if place else 1)
    parts: dict[str, Any] = {
        "statements": tuple(lines),
        "data": written.data,
        "parameters": written.parameters,
    }
    return {**parts, "shapes": written.shapes} if written.shapes else parts


@dataclass(frozen=True, slots=True)
class _Written:
    lines: tuple[str, ...]
    data: tuple[str, ...]
    parameters: tuple[str, ...]
    shapes: Mapping[str, tuple[Size, ...]]


def _layers(settings: Settings, entry: Mapping[str, object]) -> tuple[int, ...]:
    layers = entry.get("layers")
    good = isinstance(layers, list) and len(layers) > 1
    if not good or not all(type(width) is int and width > 0 for width in layers):  # type: ignore[union-attr]
        raise settings.error(
            "layers is a list of at least two widths, inputs first", "layers", "Write: layers = [2, 2, 1]"
        )
    assert isinstance(layers, list)
    if sum(layers) > MOST_NEURONS:
        raise settings.error(f"{sum(layers):,} neurons are more than {MOST_NEURONS:,}", "layers")
    return tuple(layers)


def _activations(
    settings: Settings, entry: Mapping[str, object], found: Network
) -> Iterator[str]:
    """The function of each layer of neurons; `output` names that of the last."""
    given = entry.get("activation", "sigmoid")
    count = len(found.layers) - 1
    names = [given] * count if isinstance(given, str) else given
    if not isinstance(names, list) or len(names) != count:
        raise settings.error(f"activation is a name, or a list of {count}", "activation")
    if "output" in entry:
        names = [*names[:-1], entry["output"]]
    elif loss(found.loss) and found.loss == "softmax_cross_entropy":
        names = [*names[:-1], "identity"]
    for name in names:
        yield _function(settings, str(name))


def _function(settings: Settings, name: str) -> str:
    if name in IDENTITY:
        return ""
    row = function(name.replace(" ", "_"))
    if row is None or row.fewest > 1:
        near = nearest(name, [each.name for each in FUNCTIONS if each.fewest == 1])
        raise settings.error(
            f"{name} is no activation", name, f"Did you mean {near}?" if near else None
        )
    return row.name


def _loss(settings: Settings, entry: Mapping[str, object]) -> str:
    name = str(entry.get("loss", "squared error"))
    row = loss(name)
    if row is None:
        near = nearest(name, [each.title for each in LOSSES])
        raise settings.error(f"{name} is no loss", name, f"Did you mean {near}?" if near else None)
    return row.name


def _is_matrix(settings: Settings, entry: Mapping[str, object], found: Network) -> bool:
    form, start = entry.get("form", "neurons"), entry.get("matrix_from")
    if form not in ("neurons", "matrix"):
        raise settings.error(f"{form} is no form of a network", "form", "There are neurons and matrix.")
    if start is not None and type(start) is not int:
        raise settings.error("matrix_from is a number of neurons", "matrix_from")
    return form == "matrix" or (type(start) is int and max(found.layers) >= start)


def _neurons(settings: Settings, found: Network) -> _Written:
    """One equation a neuron."""
    inputs, *hidden, outputs = found.layers
    before = _numbered("x", inputs)
    data, lines, parameters, biases = list(before), [], [], []
    weight = 0
    for layer, width in enumerate([*hidden, outputs], 1):
        last = layer == len(hidden) + 1
        after = _numbered("o", outputs, always=True) if last else _units(layer, width, len(hidden))
        for name in after:
            own = [f"w{weight + at}" for at in range(1, len(before) + 1)]
            weight += len(before)
            parameters += own
            biases.append(f"b{len(biases) + 1}")
            products = [f"{w}*{x}" for w, x in zip(own, before, strict=True)]
            inner = " + ".join([*products, biases[-1]])
            alias = "y_pred = " if last and outputs == 1 else ""
            lines.append(f"{alias}{name} = {_applied(found.activations[layer - 1], inner)}")
        before = after
    labels = ["y_true"] if outputs == 1 else _numbered("y", outputs)
    results = ["y_pred"] if outputs == 1 else before
    lines.append(f"L = {_total(settings, found.loss, labels, results)}")
    return _Written(tuple(lines), (*data, *labels), (*parameters, *biases), {})


def _units(layer: int, width: int, hidden: int) -> list[str]:
    if hidden == 1:
        return _numbered("h", width, always=True)
    return [f"h{layer}_{number}" for number in range(1, width + 1)]


def _numbered(stem: str, count: int, *, always: bool = False) -> list[str]:
    if count == 1 and not always:
        return [stem]
    return [f"{stem}{number}" for number in range(1, count + 1)]


def _applied(activation: str, inner: str) -> str:
    return f"{activation}({inner})" if activation else inner


def _total(
    settings: Settings, name: str, labels: Sequence[str], results: Sequence[str]
) -> str:
    """The loss over all outputs."""
    row = loss(name)
    assert row is not None
    if row.vectors and name != "mean_squared_error":
        raise settings.error(
            f"the {row.title} takes a vector of outputs", "loss", 'Write: form = "matrix"'
        )
    each = "squared_error" if row.vectors else name
    terms = [f"{each}({y}, {p})" for y, p in zip(labels, results, strict=True)]
    total = " + ".join(terms)
    return f"({total})/{len(terms)}" if row.vectors and len(terms) > 1 else total


def _matrices(found: Network) -> _Written:
    """One equation for the sums of a layer, one for its outputs."""
    lines, parameters, shapes = [], [], {}
    before, shapes["x"] = "x", (found.layers[0],)
    for layer, width in enumerate(found.layers[1:], 1):
        shapes[f"W{layer}"] = (width, found.layers[layer - 1])
        shapes[f"b{layer}"] = (width,)
        parameters += [f"W{layer}", f"b{layer}"]
        lines.append(f"z{layer}[i] = sum(W{layer}[i,j]*{before}[j], j) + b{layer}[i]")
        before = f"z{layer}"
        activation = found.activations[layer - 1]
        if activation:
            before = f"a{layer}"
            alias = "y_pred[i] = " if layer == len(found.layers) - 1 else ""
            lines.append(f"{alias}{before}[i] = {activation}(z{layer}[i])")
            before = "y_pred" if alias else before
    shapes["y_true"] = (found.layers[-1],)
    lines.append(f"L = {_vector_loss(found.loss, before)}")
    return _Written(tuple(lines), ("x", "y_true"), tuple(parameters), shapes)


def _vector_loss(name: str, result: str) -> str:
    row = loss(name)
    assert row is not None
    if row.vectors:
        return f"{name}(y_true, {result})"
    return f"sum({name}(y_true[i], {result}[i]), i)"
