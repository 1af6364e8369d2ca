"""Models to draw, and the geometry of finished drawings."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

from derive.figures import Drawing
from derive.figures.drawing import Arrow, Point, Shape, bend, outline_towards

_STEPS = 8


def layers(*sizes: int) -> str:
    """A network of neurons in the plain form: inputs, hidden layers, outputs, a squared error."""
    lines: list[str] = []
    before = [f"x{at}" for at in range(1, sizes[0] + 1)]
    weight = 0
    for depth, size in enumerate(sizes[1:], 1):
        names = [f"n{depth}_{at}" for at in range(1, size + 1)]
        for name in names:
            terms = [f"w{weight + at}*{each}" for at, each in enumerate(before, 1)]
            weight += len(before)
            lines.append(f"{name} = tanh({' + '.join(terms)} + c_{name})")
        before = names
    lines.append("E = " + " + ".join(f"({name} - t_{name})**2" for name in before))
    return "\n".join(lines)


@st.composite
def scalar_models(draw: st.DrawFn) -> str:
    """Lines that mix earlier names, whatever comes of it."""
    known = ["x", "p", "q"]
    lines: list[str] = []
    for at in range(draw(st.integers(1, 9))):
        left, right = (draw(st.sampled_from(known)) for _ in range(2))
        pattern = draw(
            st.sampled_from(("{0}*{1}", "sin({0}) + {1}", "{0}**2", "{0}/(1 + {1}**2)", "{0} - {1}"))
        )
        lines.append(f"v{at} = {pattern.format(left, right)}")
        known.append(f"v{at}")
    # The last line uses all the others, so that none is dropped.
    lines.append("total_cost = " + " + ".join(f"v{at}" for at in range(len(lines))))
    return "\n".join(lines)


def course(arrow: Arrow, drawing: Drawing) -> list[Point]:
    """Places along an arrow, its ends included."""
    shapes = {each.key: each for each in drawing.shapes}
    start, end = shapes[arrow.start], shapes[arrow.end]
    if not arrow.curved:
        first, last = outline_towards(start, end.at), outline_towards(end, start.at)
        return [first.towards(last, step / 40) for step in range(41)]
    stops = [start.right, *arrow.through, end.left]
    return [bend(one, other, step / _STEPS) for one, other in pairwise(stops) for step in range(_STEPS + 1)]


def is_inside(point: Point, shape: Shape, margin: float = 0.01) -> bool:
    return (
        abs(point.x - shape.at.x) < shape.width / 2 - margin
        and abs(point.y - shape.at.y) < shape.height / 2 - margin
    )


def overlap(one: Shape, other: Shape) -> bool:
    return (
        abs(one.at.x - other.at.x) < (one.width + other.width) / 2 - 0.01
        and abs(one.at.y - other.at.y) < (one.height + other.height) / 2 - 0.01
    )
