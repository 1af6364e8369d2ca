"""The loss over the epochs as an SVG of rounded coordinates: the same bytes wherever it is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.evaluate import exact
from derive.numerals import magnitude

# The area of the curve inside the picture, in pixels.
LEFT, TOP, WIDTH, HEIGHT = 64, 40, 512, 240
# An axis has about so many ticks.
TICKS = 5
# More points than pixels show nothing more.
MOST_POINTS = 256


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis, in pixels."""

    at: int
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A picture of losses: a line through points, and its two axes."""

    title: str
    loss: str
    points: tuple[str, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


def curve(losses: Sequence[float], *, loss: str, title: str) -> Curve:
    """The losses before the first epoch and after each, from zero up."""
    most = Fraction(f"{max(losses):.4g}") or Fraction(1)
    epochs = len(losses) - 1
    across = [at for at in _ticks(Fraction(epochs)) if at.denominator == 1]
    return Curve(
        title,
        loss,
        tuple(_points(losses, most)),
        tuple(Tick(LEFT + round(WIDTH * at / epochs), f"{at}") for at in across),
        tuple(Tick(TOP + HEIGHT - round(HEIGHT * at / most), _decimal(at)) for at in _ticks(most)),
    )


def _points(losses: Sequence[float], most: Fraction) -> Iterator[str]:
    epochs = len(losses) - 1
    for epoch in dict.fromkeys(round(at * epochs / MOST_POINTS) for at in range(MOST_POINTS + 1)):
        across = LEFT + WIDTH * epoch / epochs
        up = TOP + HEIGHT * (1 - losses[epoch] / float(most))
        yield f"{across:.0f},{up:.0f}"


def _ticks(most: Fraction) -> list[Fraction]:
    """Round numbers from zero to the greatest value: steps of 1, 2 or 5 times a power of ten."""
    power = Fraction(10) ** (magnitude(exact(most)) - 1)
    step = next(each * power for each in (1, 2, 5, 10, 20) if most <= each * power * TICKS)
    return [step * count for count in range(int(most / step) + 1)]


def _decimal(value: Fraction) -> str:
    return f"{float(value):g}"
