"""The layers form: a network by its layers, written out with the textbook's names.

Neurons are h1, h2, … with one hidden layer, h1_1, h1_2, … (layer, number) with several; weights w1, w2,
… and biases b1, b2, … run on from neuron to neuron; outputs are o1, o2, …. The matrix form has W1, b1,
z1, a1 for the first layer, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from derive.formula import Formula, Indexed, Name, Number, Quotient, Reduction, plus, replace, rewrite
from derive.functions import FUNCTIONS, function
from derive.losses import LOSSES, Loss, loss
from derive.model.model import Size
from derive.model.settings import Settings, did_you_mean, shown
from derive.model.statements import Statement
from derive.notation import plain

KEYS = ("layers", "activation", "output", "loss", "form", "matrix_from")
FORMS = ("neurons", "matrix")
SOFTMAX = "softmax"
IDENTITY = ("identity", "linear", "none")
MOST_NEURONS = 20_000
# One equation a neuron: so many weights are the most, and so many outputs of a loss of vectors.
MOST_WEIGHTS, MOST_OUTPUTS = 20_000, 60
# From this width on, one equation a neuron is nothing to read: a layer is an equation of matrices.
MATRIX_FROM = 9
_KNOWN = "`derive list` names the known ones."


@dataclass(frozen=True, slots=True)
class Network:
    """What the author says: the widths, inputs first; a function for each layer after them; the loss."""

    layers: tuple[int, ...]
    activations: tuple[str, ...]
    loss: Loss


@dataclass(frozen=True, slots=True)
class _Written:
    lines: tuple[str, ...]
    data: tuple[str, ...]
    parameters: tuple[str, ...]
    shapes: Mapping[str, tuple[Size, ...]]


def network(settings: Settings, entry: object) -> dict[str, Any]:
    """The equations, data, parameters and shapes that a `network` entry stands for."""
    entries = settings.mapping(entry, "settings, such as layers = [2, 2, 1]", "network")
    settings.check_keys(entries, KEYS, "network", "network")
    for key in ("data", "parameters", "shapes"):
        if key in settings.entries:
            raise settings.error(f"a network knows its {key} itself", key)
    layers, found = _layers(settings, entries), _loss(settings, entries)
    described = Network(layers, tuple(_activations(settings, entries, layers, found)), found)
    is_matrix = _is_matrix(settings, entries, layers)
    if not is_matrix:
        _check_neurons(settings, layers, found)
    written = _matrices(described) if is_matrix else _neurons(described)
    place = settings.place("network")
    made = (Statement(line, line, 1, settings.file, made_from=place) for line in written.lines)
    return {
        "form": "plain",
        "statements": tuple(made),
        "data": written.data,
        "parameters": written.parameters,
        "shapes": written.shapes,
    }


def _layers(settings: Settings, entries: Mapping[str, object]) -> tuple[int, ...]:
    layers = entries.get("layers")
    if not isinstance(layers, list) or len(layers) < 2 or not all(type(width) is int for width in layers):
        path = ("network", "layers") if "layers" in entries else ("network",)
        reason = "layers is a list of at least two widths, inputs first"
        raise settings.error(reason, *path, suggestion="Write: layers = [2, 2, 1]")
    for width in layers:
        if width < 1:
            raise settings.error(f"a layer of {width} neurons", "network", "layers")
    if sum(layers) > MOST_NEURONS:
        reason = f"{shown(sum(layers))} neurons are more than {MOST_NEURONS:,}"
        raise settings.error(reason, "network", "layers")
    return tuple(layers)


def _activations(
    settings: Settings, entries: Mapping[str, object], layers: Sequence[int], found: Loss
) -> Iterator[str]:
    """The function of each layer of neurons; `output` names that of the last."""
    given, count = entries.get("activation", "sigmoid"), len(layers) - 1
    names = [given] * count if isinstance(given, str) else given
    if not isinstance(names, list) or len(names) != count:
        reason = f"activation is a name, or a list of {count}: one for each layer after the inputs"
        raise settings.error(reason, "network", "activation")
    if entries.get("output") == SOFTMAX and found.name == "softmax_cross_entropy":
        # The loss takes scores: its own softmax makes the probabilities.
        names = [*names[:-1], "identity"]
    elif "output" in entries:
        names = [*names[:-1], entries["output"]]
    elif found.name == "softmax_cross_entropy" and isinstance(given, str):
        # It takes scores: its own softmax makes the probabilities.
        names = [*names[:-1], "identity"]
    for at, name in enumerate(names):
        key = "output" if at == count - 1 and "output" in entries else "activation"
        yield _function(settings, name, "network", key)


def _function(settings: Settings, entry: object, *path: str) -> str:
    name = settings.string(entry, *path)
    if name in IDENTITY:
        return ""
    row = function(name) or function(name.strip().lower().replace(" ", "_").replace("-", "_"))
    if row is None or row.fewest > 1:
        known = [each.name for each in FUNCTIONS if each.fewest == 1] + [*IDENTITY]
        reason = f"{shown(name)} is no activation"
        suggestion = did_you_mean(name, known) or _KNOWN
        raise settings.error(reason, *path, name, suggestion=suggestion)
    return row.name


def _loss(settings: Settings, entries: Mapping[str, object]) -> Loss:
    name = settings.string(entries.get("loss", "squared error"), "network", "loss")
    row = loss("softmax_cross_entropy") if _takes_softmax(entries, name) else loss(name)
    if row is None:
        known = [word for each in LOSSES for word in (each.title, each.name)]
        suggestion = did_you_mean(name, known) or _KNOWN
        raise settings.error(f"{shown(name)} is no loss", "network", "loss", name, suggestion=suggestion)
    return row


def _takes_softmax(entries: Mapping[str, object], name: str) -> bool:
    """Whether the output is a softmax, whose loss is the cross-entropy of all classes."""
    return entries.get("output") == SOFTMAX and name.lower().replace("-", " ") == "cross entropy"


def _is_matrix(settings: Settings, entries: Mapping[str, object], layers: Sequence[int]) -> bool:
    form, start = entries.get("form"), entries.get("matrix_from", MATRIX_FROM)
    if form is not None:
        path = ("network", "form")
        settings.check_word(settings.string(form, *path), FORMS, "form of a network", *path)
        return form == "matrix"
    if type(start) is not int or start < 1:
        raise settings.error("matrix_from is a number of neurons", "network", "matrix_from")
    return max(layers) >= start


def _check_neurons(settings: Settings, layers: Sequence[int], found: Loss) -> None:
    """Refuse networks that one equation a neuron would write out endlessly."""
    weights = sum(before * after for before, after in pairwise(layers))
    hint = 'Write: form = "matrix"'
    if weights > MOST_WEIGHTS:
        reason = f"{weights:,} weights are too many for one equation a neuron"
        raise settings.error(reason, "network", "layers", suggestion=hint)
    if found.vectors and layers[-1] > MOST_OUTPUTS:
        reason = f"the {found.title} of {layers[-1]} outputs is too long for one equation a neuron"
        raise settings.error(reason, "network", "layers", suggestion=hint)


def _neurons(found: Network) -> _Written:
    """One equation a neuron."""
    inputs, *hidden, outputs = found.layers
    before = _numbered("x", inputs)
    data = list(before)
    lines: list[str] = []
    weights: list[str] = []
    biases: list[str] = []
    for layer, width in enumerate([*hidden, outputs], 1):
        last = layer == len(hidden) + 1
        after = _numbered("o", width) if last else _units(layer, width, len(hidden))
        for name in after:
            own = [f"w{len(weights) + at}" for at in range(1, len(before) + 1)]
            weights += own
            biases.append(f"b{len(biases) + 1}")
            products = [f"{w}*{x}" for w, x in zip(own, before, strict=True)]
            inner = " + ".join([*products, biases[-1]])
            alias = "y_pred = " if last and outputs == 1 else ""
            lines.append(f"{alias}{name} = {_applied(found.activations[layer - 1], inner)}")
        before = after
    labels = ["y_true"] if outputs == 1 else _numbered("y", outputs)
    results = ["y_pred"] if outputs == 1 else before
    lines.append(f"L = {_total(found.loss, labels, results)}")
    return _Written(tuple(lines), (*data, *labels), (*weights, *biases), {})


def _units(layer: int, width: int, hidden: int) -> list[str]:
    return _numbered("h" if hidden == 1 else f"h{layer}_", width)


def _numbered(stem: str, count: int) -> list[str]:
    return [f"{stem}{number}" for number in range(1, count + 1)]


def _applied(activation: str, inner: str) -> str:
    return f"{activation}({inner})" if activation else inner


def _total(row: Loss, labels: Sequence[str], results: Sequence[str]) -> str:
    """The loss over all outputs: a sum, or what the loss itself says of several."""
    if not row.vectors:
        return " + ".join(f"{row.name}({y}, {p})" for y, p in zip(labels, results, strict=True))
    return plain(_spread(row, dict(zip(row.parameters, (labels, results), strict=True))))


def _spread(row: Loss, units: Mapping[str, Sequence[str]]) -> Formula:
    """The definition of a loss of vectors with their components by name, its sums term by term."""
    count = len(units[row.parameters[0]])

    def change(node: Formula) -> Formula:
        match node:
            case Reduction(kind, body, (bound,)):
                terms = (replace(body, {Name(bound.name): Number(str(at))}) for at in range(count))
                total = plus(*(rewrite(term, named) for term in terms))
                return Quotient(total, Number(str(count))) if kind == "mean" and count > 1 else total
        return node

    def named(node: Formula) -> Formula:
        match node:
            case Indexed(name, (Number() as at,)) if name in units:
                return Name(units[name][int(at.value)])
        return node

    return rewrite(row.body(), change)


def _matrices(found: Network) -> _Written:
    """One equation for the sums of a layer, one for its outputs."""
    lines: list[str] = []
    parameters: list[str] = []
    shapes: dict[str, tuple[Size, ...]] = {"x": (found.layers[0],)}
    before, last = "x", len(found.layers) - 1
    for layer, width in enumerate(found.layers[1:], 1):
        shapes |= {f"W{layer}": (width, found.layers[layer - 1]), f"b{layer}": (width,)}
        parameters += [f"W{layer}", f"b{layer}"]
        activation = found.activations[layer - 1]
        # Scores are no prediction yet: the loss makes one of them.
        is_score = found.loss.name == "softmax_cross_entropy" and not activation
        alias = "y_pred = " if layer == last and not is_score else ""
        sums = f"z{layer} = W{layer} @ {before} + b{layer}"
        lines.append(sums if activation else alias + sums)
        before = f"z{layer}"
        if activation:
            lines.append(f"{alias}a{layer} = {activation}(z{layer})")
            before = f"a{layer}"
    shapes["y_true"] = (found.layers[-1],)
    name = found.loss.name
    measured = f"{name}(y_true, {before if is_score else 'y_pred'})"
    lines.append(f"L = {measured}" if found.loss.vectors else f"L = sum({measured})")
    return _Written(tuple(lines), ("x", "y_true"), tuple(parameters), shapes)
