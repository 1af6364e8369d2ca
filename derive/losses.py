"""The table of losses: a row each. A loss is a function too, so it can stand in an equation as a call."""

from __future__ import annotations

from dataclasses import dataclass

from derive.formula import Formula, read
from derive.functions import Function


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss of a label (its first parameter) and a prediction.

    `vectors` names the parameters that have an index, with its letter in `definition`; `matrix` says the same
    in matrix notation. `labels` are the values that a label takes, empty for any number; `simplex` says that
    labels are weights that sum to 1.
    """

    name: str
    title: str
    parameters: tuple[str, ...]
    definition: str
    explanation: str
    vectors: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    simplex: bool = False
    aliases: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    matrix: str = ""

    @property
    def function(self) -> Function:
        """The loss as a function of its parameters."""
        return Function(
            self.name,
            self.parameters,
            self.definition,
            title=self.title,
            aliases=self.aliases,
            defaults=self.defaults,
        )

    def body(self) -> Formula:
        """The definition in the parameters."""
        body = self.function.body()
        assert body is not None
        return body

    def whole(self) -> Formula:
        """The definition without indices, for parameters that may be arrays."""
        return read(self.matrix, functions=("log", "softmax")) if self.matrix else self.body()


LOSSES: tuple[Loss, ...] = (
    Loss(
        "squared_error",
        "squared error",
        ("y", "p"),
        "(y - p)**2",
        "It is 0 where the prediction meets the label and grows with the square of their distance.",
    ),
    Loss(
        "half_squared_error",
        "half squared error",
        ("y", "p"),
        "(y - p)**2/2",
        "Half the squared error: the factor 2 of its derivative cancels.",
    ),
    Loss(
        "mean_squared_error",
        "mean squared error",
        ("y", "p"),
        "mean((y[n] - p[n])**2, n)",
        "The average of the squared errors over all samples.",
        vectors=("y", "p"),
        matrix="mean((y - p)**2)",
        aliases=("mse",),
    ),
    Loss(
        "binary_cross_entropy",
        "binary cross-entropy",
        ("y", "p"),
        "-(y*log(p) + (1 - y)*log(1 - p))",
        "It is the negative logarithm of the probability that the prediction gives to the label.",
        labels=("0", "1"),
        aliases=("cross_entropy", "bce", "logistic_loss"),
    ),
    Loss(
        "softmax_cross_entropy",
        "softmax cross-entropy",
        ("y", "z"),
        "-sum(y[i]*log(exp(z[i])/sum(exp(z[j]), j)), i)",
        "The scores become probabilities by softmax; it is the negative logarithm of the label's one.",
        vectors=("y", "z"),
        matrix="-sum(y*log(softmax(z)))",
        labels=("0", "1"),
        simplex=True,
        aliases=("categorical_cross_entropy",),
    ),
    Loss(
        "hinge",
        "hinge loss",
        ("y", "z"),
        "max(0, 1 - y*z)",
        "It is 0 where the score has the label's sign and a margin of at least 1.",
        labels=("-1", "1"),
        aliases=("hinge_loss",),
    ),
    Loss(
        "huber",
        "Huber loss",
        ("y", "p", "d"),
        "(y - p)**2/2 if abs(y - p) <= d else d*(abs(y - p) - d/2)",
        "Up to the distance d it is half the squared error, and beyond it grows linearly.",
        aliases=("huber_loss",),
        defaults=("1",),
    ),
    Loss(
        "absolute_error",
        "absolute error",
        ("y", "p"),
        "abs(y - p)",
        "The distance of the prediction from the label.",
    ),
)

_BY_NAME = {name: row for row in LOSSES for name in (row.name, *row.aliases)}


def loss(name: str) -> Loss | None:
    """The row of a loss, by its name, an alias or its title: `squared_error`, `squared error`."""
    return _BY_NAME.get(name.strip().lower().replace(" ", "_").replace("-", "_"))
