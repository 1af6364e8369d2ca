"""How a document lays out its derivatives, once its first ones have shown it, and the readings left open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from itertools import product

from derive.check.arrays import Arrays
from derive.check.axes import is_gradient, is_inverse, whole_exponent
from derive.check.ranks import COLUMN, MATRIX, ROW, SCALAR, Ranks
from derive.expression import MeaningError
from derive.formula import Derivative, Formula, Indexed, Name, Power, walk


@dataclass
class Layout:
    """The layout of a document as far as it is settled; `here` is the line that is being judged.

    `rows` is whether ∂L/∂x is a row, `flat` whether ∂L/∂W has the shape of the transpose of W, `turned`
    whether ∂z/∂x has ∂z_j/∂x_i at i, j; `across` whether vectors are added to the rows of matrices, `down`
    whether the softmax of a matrix is that of its columns.
    `settled` has the line that showed each of them, `words` how, where it is another kind that shows it;
    where the layout `varies`, none shows it for another.
    """

    rows: bool | None = None
    flat: bool | None = None
    turned: bool | None = None
    across: bool | None = None
    down: bool | None = None
    here: int = 0
    varies: bool = False
    settled: dict[str, int] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def turned_round(self, reading: Arrays, *formulas: Formula) -> Iterator[tuple[str, Arrays]]:
        """What formulas show of the layout that is open, each with the reading that has it otherwise."""
        for name in shown_by(reading, *formulas):
            if getattr(self, name) is None:
                flags = {each: getattr(reading, each) for each in (*_KINDS, "elementwise")}
                yield name, Arrays(ranks=reading.ranks, **{**flags, name: not flags[name]})

    def settle(self, reading: Arrays, name: str) -> None:
        """Keep to what a reading has from here on."""
        if self.varies:
            return
        setattr(self, name, getattr(reading, name))
        self.settled[name] = self.here

    def against(self, reading: Arrays, *formulas: Formula) -> str | None:
        """Where a reading lays derivatives out otherwise than the document does: in words, with the line."""
        for name in shown_by(reading, *formulas):
            known = getattr(self, name)
            if known is not None and known != getattr(reading, name):
                return f"line {self.settled[name]} {self.words.get(name) or _SHOWS[name][known]}"
        return None


_SHOWS = {
    "rows": (
        "writes the derivative by a vector as a column",
        "writes the derivative by a vector as a row",
    ),
    "flat": (
        "gives the derivative by a matrix the shape of that matrix",
        "gives the derivative by a matrix the shape of its transpose",
    ),
    "turned": (
        "has a row for each component of what is differentiated",
        "has a column for each component of what is differentiated",
    ),
    "across": ("adds a vector to each column of a matrix", "adds a vector to each row of a matrix"),
    "down": ("takes the softmax of each row", "takes the softmax of each column"),
}
# What fewer texts do, and none says of itself.
_UNUSUAL = {
    "rows": "the derivative by a vector is a row",
    "flat": "the derivative by a matrix has the shape of its transpose",
}
_KINDS = tuple(
    each.name for each in fields(Layout) if each.name not in ("here", "varies", "settled", "words")
)


def unusual(reading: Arrays, name: str) -> tuple[str, ...]:
    """What a reading takes for granted in a part of its layout where it does as fewer texts do, in words."""
    return (_UNUSUAL[name],) if name in _UNUSUAL and getattr(reading, name) else ()


def shown_by(reading: Arrays, *formulas: Formula) -> tuple[str, ...]:
    """Which parts of a layout formulas show."""
    found: dict[str, None] = dict.fromkeys(("down",) if len(reading.ranks.softmaxes) > 1 else ())
    for node in (each for formula in formulas for each in walk(formula)):
        if isinstance(node, Derivative):
            try:
                above, below = reading.axes(node.of), reading.axes(node.wrt)
            except MeaningError:
                continue
            if below != SCALAR and above != SCALAR and not _is_hessian(node):
                found["turned"] = None
            elif below in (COLUMN, ROW) and above == SCALAR and not is_gradient(node):
                found["rows"] = None
            elif below == MATRIX and above == SCALAR and not is_gradient(node):
                found["flat"] = None
        elif isinstance(node, Name | Indexed) and reading.ranks.is_bias(node):
            found["across"] = None
    return tuple(found)


def _is_hessian(node: Derivative) -> bool:
    return isinstance(node.of, Derivative) and is_gradient(node)


def readings(known: Ranks, layout: Layout, *formulas: Formula) -> Iterator[Arrays]:
    """The readings of formulas in the layouts that the document leaves open."""
    yield from _all(known, layout, formulas)


def others(known: Ranks, layout: Layout, *formulas: Formula) -> Iterator[Arrays]:
    """The readings in layouts that the document has decided against."""
    for each in _all(known, Layout(), formulas):
        if layout.against(each, *formulas) is not None:
            yield each


def _all(known: Ranks, layout: Layout, formulas: tuple[Formula, ...]) -> Iterator[Arrays]:
    shown = shown_by(Arrays(ranks=known), *formulas)
    choices: list[tuple[bool, ...]] = []
    for name in _KINDS:
        settled = getattr(layout, name)
        if settled is not None:
            choices.append((settled,))
        elif name == "down":
            choices.append(tuple(sorted(known.softmaxes)) or (False,))
        else:
            open_here = name in shown or (name == "across" and bool(known.biases))
            choices.append((False, True) if open_here else (False,))
    is_open = any(_is_open_power(known, each) for each in _nodes(formulas))
    powers = (False, True) if is_open else (False,)
    found = [
        Arrays(ranks=known, rows=rows, flat=flat, turned=turned, across=across, down=down, elementwise=power)
        for rows, flat, turned, across, down, power in product(*choices, powers)
    ]
    fitting = [each for each in found if len(formulas) != 2 or each.fits(*formulas)]
    yield from fitting or found


def _nodes(formulas: tuple[Formula, ...]) -> Iterator[Formula]:
    return (node for each in formulas for node in walk(each))


def _is_open_power(known: Ranks, node: Formula) -> bool:
    """Whether a square may be one of a matrix, or of each of its components."""
    if not isinstance(node, Power) or is_inverse(node.exponent) or whole_exponent(node.exponent) is None:
        return False
    return any(isinstance(each, Name | Indexed) and known.is_array(each.name) for each in walk(node.base))
