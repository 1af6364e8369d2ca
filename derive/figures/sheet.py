"""What both kinds of figures share: the part shown of a large model, labels, descriptions."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

from derive.figures.drawing import EM
from derive.figures.layout import Columns, Edge
from derive.formula import Formula, Name
from derive.notation import latex
from derive.typesetting import linear_width, width

Paths = Sequence[tuple[str, ...]]

# What stands for the columns and shapes that are left out.
DOTS = "…"
# A description names so many arrows at most.
_MOST_TOLD = 40


def label(formula: Formula | str, notation: Mapping[str, str]) -> str:
    """The LaTeX of a quantity or of its name."""
    return latex(Name(formula) if isinstance(formula, str) else formula, notation)


def label_width(tex: str) -> float:
    """How wide a label is, in centimetres: set by TeX, or on one line of text, whichever is wider."""
    return EM * max(width(tex, display=False), linear_width(tex))


def shown(columns: Columns, most_columns: int, most_rows: int) -> Columns:
    """The columns without the middle of what is too long or too high, which dots stand for."""
    visible = tuple(shortened(column, most_rows, str(at)) for at, column in enumerate(columns))
    if len(visible) <= most_columns:
        return visible
    first = most_columns // 2
    return (*visible[:first], (DOTS,), *visible[len(visible) - (most_columns - first - 1) :])


def shortened(column: tuple[str, ...], most: int, mark: str) -> tuple[str, ...]:
    """A column without the middle of what is too many; the mark tells its dots from others."""
    if len(column) <= most:
        return column
    return (*column[: most - 2], DOTS + mark, column[-1])


def is_dots(name: str) -> bool:
    """Whether a place in a column stands for what is left out."""
    return name.startswith(DOTS)


def visible(edges: Iterable[Edge], columns: Columns, every: Columns) -> list[Edge]:
    """The edges between shapes that are shown, and arrows into and out of the dots between columns.

    `every` are the columns before some were left out: what leads to one of these, or over them, leads to
    the dots.
    """
    place = {name: at for at, column in enumerate(columns) for name in column}
    gap = place.get(DOTS)
    shown_edges = [(start, end) for start, end in edges if start in place and end in place]
    if gap is None:
        return shown_edges
    found = [edge for edge in shown_edges if not place[edge[0]] < gap < place[edge[1]]]
    after = len(every) - (len(columns) - gap - 1)
    left = {name for column in every[:gap] for name in column}
    right = {name for column in every[after:] for name in column}
    found += [(start, DOTS) for start, end in edges if start in left and start in place and end not in left]
    found += [(DOTS, end) for start, end in edges if end in right and end in place and start not in right]
    return list(dict.fromkeys(found))


def edges_on(paths: Paths) -> frozenset[Edge]:
    """The edges that some path walks over."""
    return frozenset(edge for path in paths for edge in itertools.pairwise(path))


def description(edges: Sequence[Edge]) -> str:
    """The arrows in words, by what they start from: x1 leads to h1 and h2."""
    reached: dict[str, list[str]] = {}
    for start, end in edges[:_MOST_TOLD]:
        reached.setdefault(start, []).append(end)
    told = [f"{start} leads to {_listed(ends)}" for start, ends in reached.items()]
    return "; ".join([*told, "…"] if len(edges) > _MOST_TOLD else told) + "."


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def keys(names: Iterable[str]) -> dict[str, str]:
    """A key for every name: itself where it is plain letters and digits, else a number."""
    found: dict[str, str] = {}
    for at, name in enumerate(names):
        plain = name.isascii() and name.isidentifier()
        found[name] = name if plain else f"shape{at}" if f"shape{at}" not in found else f"shape{at}-"
    return found
