"""The document tree that every format prints: sections, sentences, displays, tables, figures.

The tree holds mathematics as Formula and words as Sentence; it never holds text of a format. A renderer needs
nothing but the tree (with `Walkthrough.graph` for the figures and `Walkthrough.notation` for the spelling of
names) and the macros of `templates/sentences/`.

`Sentence("gradient.product", slots)` is the macro `product` of `templates/sentences/gradient.jinja`
(standard Jinja delimiters) called with the slots as keyword arguments. Macros write plain words without
markup, and every slot goes through the one filter `math`, alone or mapped over a tuple and joined:

    {{ node | math }}        {{ nodes | map("math") | join(", ") }}

So a format gives `math` one meaning for each kind of slot: a Formula is mathematics inside the line, a
Reference is the number of the line that it cites (in parentheses, a link where the format has links), a
Shape is 10 × 64 or z ∈ ℝ^128, a str is text to be escaped, an int is digits, a Sentence (a phrase inside a
sentence) is rendered in its turn. A second filter, `term`, sets off a word of the field where it is
introduced: {{ "backpropagation" | term }}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from derive.formula import Formula
from derive.graph import Graph


@dataclass(frozen=True, slots=True)
class Reference:
    """Cites the line of a display, or the entry of a list of steps, that carries this label."""

    label: str


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the axes of an array, 10 × 64; none of a number.

    With a quantity it is the statement that the quantity has this shape, z ∈ ℝ^{10 × 64}; a `member` without
    one is the end of that statement, set beside a line that shows the quantity: ∈ ℝ^{10 × 64}.
    """

    sizes: tuple[Formula, ...]
    quantity: Formula | None = None
    member: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, a heading or a phrase: a macro (`file.name`) with its slots."""

    macro: str
    slots: Mapping[str, Slot] = field(default_factory=lambda: MappingProxyType({}))


Slot: TypeAlias = "Formula | Reference | Shape | Sentence | str | int | tuple[Slot, ...]"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences in a row, one space between neighbours; `heading` runs in before them, in bold, say."""

    sentences: tuple[Sentence, ...]
    heading: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a display, `left sign right`.

    Without `left` it goes on with the chain above: its sign stands under the sign of the line before.
    Without `right` it is `left` alone. Signs are "=", "≈", "←", "<", "≤", ">", "≥", "→". `note` is the
    reason, set quietly at the right of the line. `boxed` puts a box around `right`. A line with a `label`
    is numbered, and a Reference with that label cites it. A side may be longer than a page is wide
    (hundreds of nodes): the renderer breaks it, at its outermost signs first. A line `apart` is the first of
    a story of its own within the display.
    """

    left: Formula | None
    right: Formula | None
    sign: str = "="
    note: Sentence | None = None
    boxed: bool = False
    label: str | None = None
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Display:
    """Lines of mathematics set apart from the text, aligned at their signs."""

    lines: tuple[Line, ...]


Cell: TypeAlias = "Formula | Sentence | Reference | Shape | str | int | None"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column heads; `alignment` has a letter for each column (l, c, r); None is an empty cell.

    `total` is a last row set off by a rule. A table may be longer than a page.
    """

    columns: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    alignment: str
    caption: Sentence | None = None
    total: tuple[Cell, ...] | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing of `Walkthrough.graph`: "network" (layers of neurons) or "graph" (the computation graph).

    `paths` (each from a node to the loss, as Graph.paths gives them) are drawn strong and the rest pale;
    without paths, everything is drawn alike.
    """

    drawing: str
    caption: Sentence
    paths: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list of steps, cited by its label; `letter` stands in its parentheses: a, …, z, aa."""

    letter: str
    blocks: tuple[Block, ...]
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """A list of steps, (a), (b), (c), …; a Reference to an entry reads "(b)"."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A program, set line by line; `language` is its name for those who colour it: python."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it; a section among the blocks is a subsection (two levels)."""

    title: Sentence
    blocks: tuple[Block, ...]


Block: TypeAlias = "Section | Paragraph | Display | Table | Figure | Steps | Code"


@dataclass(frozen=True, slots=True)
class Walkthrough:
    """A model's derivation as a document, ready for every format.

    `title` is the author's text; `notation` overrides the LaTeX spelling of names; figures are drawn from
    `graph`.
    """

    title: str
    sections: tuple[Section, ...]
    graph: Graph
    notation: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def blocks(walkthrough: Walkthrough) -> Iterator[Block]:
    """Every block of the document in reading order, a section before what it holds."""
    yield from blocks_in(walkthrough.sections)


def blocks_in(sections: tuple[Section, ...]) -> Iterator[Block]:
    """Every block of the sections in reading order."""
    waiting: list[Block] = list(reversed(sections))
    while waiting:
        block = waiting.pop()
        yield block
        match block:
            case Section(blocks=inner):
                waiting.extend(reversed(inner))
            case Steps(entries):
                waiting.extend(each for entry in reversed(entries) for each in reversed(entry.blocks))


def lines(walkthrough: Walkthrough) -> Iterator[Line]:
    """Every line of every display, in reading order."""
    for block in blocks(walkthrough):
        if isinstance(block, Display):
            yield from block.lines
