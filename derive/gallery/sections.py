"""Where the index of the gallery lists an example, and what it says of it: a row each."""

from __future__ import annotations

from dataclasses import dataclass

# The sections in the order of the index; what has no row comes last.
SECTIONS = (
    "First steps",
    "Losses",
    "Networks",
    "Layers",
    "Normalisation",
    "Attention and recurrence",
    "Probability",
    "Geometry and finance",
    "Further examples",
)


@dataclass(frozen=True, slots=True)
class Row:
    """An example's section, and a sentence about it."""

    name: str
    section: str
    about: str


UNLISTED = Row("", "Further examples", "")

ROWS: tuple[Row, ...] = (
    Row("one-neuron", "First steps", "Two inputs, two weights, a bias and a sigmoid: one value, worked out."),
    Row("cosine", "First steps", "A formula of one variable, taken apart and differentiated link by link."),
    Row("feedforward", "First steps", "Three neurons that share their weights: a forward pass."),
    Row("two-two-one", "First steps", "The smallest network with a hidden layer, every partial in numbers."),
    Row("four-people", "First steps", "The same network trained on a table of four people."),
    Row("squared-error", "Losses", "The mean of squared differences, and its slope by each prediction."),
    Row(
        "logistic-regression",
        "Losses",
        "A sigmoid under cross-entropy, with the slope h - y.",
    ),
    Row("softmax-cross-entropy", "Losses", "Probabilities from scores, and the slope p - y that comes out."),
    Row("focal-loss", "Losses", "Cross-entropy with less weight on what is already classified well."),
    Row("infonce", "Losses", "A contrastive loss: each query is to find its key among those of the others."),
    Row("l2-regularisation", "Losses", "Least squares with a price on large weights."),
    Row("linear-regression", "Losses", "Least squares and the gradient of the normal equations."),
    Row("cosine-similarity", "Losses", "The cosine between two vectors, and how it turns with each of them."),
    Row(
        "three-hidden-layers",
        "Networks",
        "Nine neurons, with adjoints reused from layer to layer.",
    ),
    Row("mlp", "Networks", "A classifier of images with two hidden layers, told layer by layer."),
    Row("rbf-network", "Networks", "Gaussian bumps around learned centres, added up with weights."),
    Row("convolution", "Layers", "A filter slid along a signal, whose gradient is a convolution again."),
    Row("embedding", "Layers", "A row of a table chosen by a one-hot vector, which alone gets a gradient."),
    Row("dropout", "Layers", "A mask switches neurons off, and their gradients with them."),
    Row(
        "batch-normalisation", "Normalisation", "Each feature centred and scaled over the samples of a batch."
    ),
    Row("layer-normalisation", "Normalisation", "Each sample centred and scaled over its own features."),
    Row("rms-normalisation", "Normalisation", "Each sample divided by its root mean square."),
    Row("attention", "Attention and recurrence", "Queries, keys and values, with the slopes by all three."),
    Row("lstm-cell", "Attention and recurrence", "One step of a memory cell with three gates."),
    Row(
        "gru-cell",
        "Attention and recurrence",
        "One step of a cell that keeps or replaces its state.",
    ),
    Row("gaussian-likelihood", "Probability", "Normal densities with learned variances."),
    Row("gaussian-mixture", "Probability", "A weighted sum of normal densities, fitted by its logarithm."),
    Row(
        "variational-autoencoder",
        "Probability",
        "A random sample that a gradient passes through.",
    ),
    Row("pinhole-camera", "Geometry and finance", "How far a point in space lands from where it was seen."),
    Row("black-scholes", "Geometry and finance", "The price of an option, whose partials are its Greeks."),
)

_BY_NAME = {row.name: row for row in ROWS}


def row(name: str) -> Row:
    """The row of an example; one without a section of its own where it has none."""
    return _BY_NAME.get(name, UNLISTED)
