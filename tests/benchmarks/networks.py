"""Scalar networks of any size as text: one named equation for each neuron."""

from __future__ import annotations


def network(*widths: int) -> str:
    """A fully connected sigmoid network with squared error, inputs first."""
    before = [f"x{at}" for at in range(widths[0])]
    lines = []
    for layer, width in enumerate(widths[1:], 1):
        after = [f"a{layer}_{unit}" for unit in range(width)]
        for unit, name in enumerate(after):
            products = [f"w{layer}_{unit}_{at}*{each}" for at, each in enumerate(before)]
            lines.append(f"{name} = sigmoid({' + '.join(products)} + b{layer}_{unit})")
        before = after
    errors = [f"(y{at} - {each})**2" for at, each in enumerate(before)]
    return "\n".join([*lines, f"L = {' + '.join(errors)}"])


def chain(depth: int) -> str:
    """A deep and narrow network, 2-(4 × depth)-1."""
    return network(2, *[4] * depth, 1)


def indexed(*widths: int) -> str:
    """The same network with an equation for each layer: its text does not grow with the widths."""
    lines = [
        f"a{layer}[i] = sigmoid(sum(W{layer}[i,j]*a{layer - 1}[j], j) + b{layer}[i])"
        for layer in range(1, len(widths))
    ]
    text = "\n".join([*lines, f"L = sum((y[i] - a{len(widths) - 1}[i])**2, i)"])
    return text.replace("a0[", "x[")
