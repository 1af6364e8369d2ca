"""The names and signs of a variant."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from random import Random


@dataclass(frozen=True, slots=True)
class Names:
    """Letters of weights, biases, inputs, hidden values; names of output, function, loss, label, output."""

    weight: str
    bias: str
    input: str
    hidden: str
    output: str
    function: str
    loss: str
    true: str
    predicted: str
    mean: str
    times: str
    curly: str

    @property
    def neuron(self) -> str:
        """The output of a neuron alone."""
        return "m" if self.true == "y" else "y"

    @staticmethod
    def spoken(name: str) -> str:
        """A name without its LaTeX."""
        return name.replace("\\", "").replace("{", "").replace("}", "")

    def weights(self, *numbers: int) -> list[str]:
        return [f"{self.weight}_{each}" for each in numbers]

    def sum(self, at: int) -> str:
        """What the hidden neuron 1 or 2 weighs, or the output neuron as number 3."""
        one, other = self.weights(2 * at - 1, 2 * at)
        read = self.hidden if at == 3 else self.input
        return f"{one} {read}_1 + {other} {read}_2 + {self.bias}_{at}"

    def by(self, of: str, wrt: str) -> str:
        """The fraction of a partial derivative."""
        return rf"\frac{{{self.curly} {of}}}{{{self.curly} {wrt}}}"

    def along(self, *of: str) -> str:
        """The product of the partial derivatives along a path."""
        return f" {self.times} ".join(self.by(*each) for each in pairwise(of))

    def value(self, argument: str) -> str:
        return f"{self.function}({argument})"

    def slope(self, argument: str) -> str:
        return f"{self.function}'({argument})"


def drawn(random: Random) -> Names:
    """Names that do not meet."""
    true, predicted = random.choice(
        [("y_{true}", "y_{pred}"), ("t", "y_{net}"), ("y", "p"), ("y_{obs}", "y_{fit}")]
    )
    return Names(
        weight=random.choice(["w", "v", "u", r"\theta"]),
        bias=random.choice(["b", "c", r"\beta"]),
        input=random.choice(["x", "s"]),
        hidden=random.choice(["h", "a", "k"]),
        output=random.choice(["o", "q", "r"]),
        function=random.choice(["f", "g", r"\phi", r"\sigma"]),
        loss=random.choice(["L", "E", "C"]),
        true=true,
        predicted=predicted,
        mean=random.choice(["MSE", r"\text{MSE}", "M"]),
        times=random.choice(["*", r"\cdot", r"\times"]),
        curly=random.choice([r"\partial", r"\delta"]),
    )
