"""The walkthrough as a LaTeX article."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial

from jinja2 import Environment

from derive import notation
from derive.figures import tikz
from derive.figures.environments import tex_environment
from derive.formula import Formula
from derive.render.displays import LINE, Note, Row, Rows, Setting, rows
from derive.render.figures import drawing
from derive.render.inline import check, inline, shape
from derive.render.listing import listing
from derive.render.numbering import anchors, numbers
from derive.render.sentences import Part, Term, parts
from derive.render.tables import Grid, Spelling, grids
from derive.render.words import latex_words
from derive.typesetting import flowing, width, with_open_fractions
from derive.typesetting.symbols import text_width
from derive.walkthrough.tree import (
    Block,
    Cell,
    Code,
    Display,
    Entry,
    Figure,
    Line,
    Paragraph,
    Reference,
    Section,
    Sentence,
    Shape,
    Steps,
    Table,
    Walkthrough,
)

# Reasons are set smaller than mathematics; lists are indented.
_SMALL = 0.83
_LIST_INDENT = 2.4
# Wider mathematics in running text must be able to break.
_LONGEST_INLINE = 12.0


def latex(walkthrough: Walkthrough) -> str:
    """The document for pdflatex, complete; raises DeriveError for notation that is no mathematics."""
    check(walkthrough.notation)
    return _Article(walkthrough).text()


@dataclass(frozen=True, slots=True)
class _Heading:
    """A section with the command for its level."""

    command: str
    title: Sentence
    blocks: tuple[_Placed, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A block with its level of sections, the width it has, and whether it stands below text."""

    block: Block
    level: int
    line: float
    follows_text: bool = True


@dataclass(frozen=True, slots=True)
class _Picture:
    picture: str
    caption: Sentence


@dataclass(frozen=True, slots=True)
class _Item:
    letter: str
    anchor: str | None
    blocks: tuple[_Placed, ...]


@dataclass(frozen=True)
class _Article:
    walkthrough: Walkthrough

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        return numbers(self.walkthrough)

    @cached_property
    def anchors(self) -> Mapping[str, str]:
        return anchors(self.walkthrough)

    @cached_property
    def environment(self) -> Environment:
        found = tex_environment("latex")
        found.filters.update(math=self.math, block=self.block, line=self.line)
        return found

    @cached_property
    def macros(self) -> Mapping[str, Callable[..., str]]:
        return vars(self.environment.get_template("blocks.tex.jinja").module)

    def text(self) -> str:
        """The whole document."""
        template = self.environment.get_template("article.tex.jinja")
        return template.render(walkthrough=self.walkthrough).lstrip("\n")

    def math(self, shown: Cell) -> str:
        """Anything that a sentence or a cell holds."""
        match shown:
            case Formula():
                return f"${self.inline(shown)}$"
            case Sentence():
                return "".join(map(self._part, parts(shown)))
            case Reference(label):
                return self._citation(label)
            case Shape():
                return f"${shape(shown, self.walkthrough.notation)}$"
            case None:
                return ""
        return latex_words(str(shown))

    def inline(self, formula: Formula) -> str:
        """Mathematics within a line."""
        return flowing(inline(formula, self.walkthrough.notation), _LONGEST_INLINE, LINE)

    def _display(self, formula: Formula) -> str:
        return with_open_fractions(notation.latex(formula, self.walkthrough.notation))

    def _part(self, part: Part) -> str:
        if isinstance(part, Term):
            return rf"\emph{{{latex_words(part.text)}}}"
        return self.math(part)

    def _citation(self, label: str) -> str:
        anchor = self.anchors[label]
        if self.numbers[label].isdecimal():
            return rf"\eqref{{{anchor}}}"
        return rf"\hyperlink{{{anchor}}}{{({self.numbers[label]})}}"

    def block(self, placed: _Placed | Block) -> str:
        """A block by the macro of its kind."""
        if not isinstance(placed, _Placed):
            placed = _Placed(placed, 0, LINE)
        block, line = placed.block, placed.line
        match block:
            case Section(title, inner):
                command = "section" if placed.level == 0 else "subsection"
                held = _placed(inner, placed.level + 1, line)
                return self.macros["section"](_Heading(command, title, held))
            case Paragraph():
                return self.macros["paragraph"](block)
            case Display():
                return self.macros["display"](
                    replace(self._rows(block, line), follows_text=placed.follows_text)
                )
            case Table():
                return "".join(map(self.macros["table"], self._grids(block, line)))
            case Figure():
                return self.macros["figure"](_Picture(tikz(drawing(block, self.walkthrough)), block.caption))
            case Code(text):
                return self.macros["code"](listing(text))
            case Steps(entries):
                return self.macros["steps"](tuple(map(partial(self._item, placed), entries)))

    def _item(self, placed: _Placed, entry: Entry) -> _Item:
        anchor = None if entry.label is None else self.anchors[entry.label]
        held = _placed(entry.blocks, placed.level, placed.line - _LIST_INDENT)
        return _Item(entry.letter, anchor, held)

    def _rows(self, display: Display, line: float) -> Rows:
        return rows(display, Setting(self._display, self._note, self.numbers.__getitem__, _smaller, line))

    def _note(self, line: Line) -> Note | None:
        if line.note is None:
            return None
        found = parts(line.note)
        return Note("".join(map(self._part, found)), _SMALL * sum(map(self._part_width, found)))

    def _part_width(self, part: Part) -> float:
        match part:
            case Formula():
                return width(self.inline(part), display=False)
            case Shape():
                return width(shape(part, self.walkthrough.notation), display=False)
            case Reference():
                return 1.8
            case Term(text):
                return text_width(text)
        return text_width(part)

    def line(self, row: Row) -> str:
        """A row of a display as a line of LaTeX."""
        # A sign inside keeps its distance from the indentation, as it does at the start of a cell.
        opening = "" if row.sign else "{}"
        right = rf"\mathrlap{{{opening}{row.right}}}" if row.wide else row.right
        reason = "" if row.note is None else rf"\reason{{{row.note}}}"
        text = f"{row.left} &{row.sign} {reason if row.below else right}".rstrip()
        text += f" && {reason}" if reason and not row.below else ""
        text += r" \notag" if row.silent else ""
        text += rf" \label{{{self.anchors[row.label]}}}" if row.label is not None else ""
        return text + row.end

    def _grids(self, table: Table, line: float) -> tuple[Grid, ...]:
        caption = None if table.caption is None else self.math(table.caption)
        return grids(table, Spelling(self._cell, self.math, self._cell_width), caption, line)

    def _cell(self, formula: Formula) -> str:
        return inline(formula, self.walkthrough.notation)

    def _cell_width(self, cell: Cell) -> float:
        match cell:
            case Formula():
                return width(self._cell(cell))
            case Sentence():
                return sum(map(self._part_width, parts(cell)))
            case Shape():
                return self._part_width(cell)
        return 0.0 if cell is None else text_width(str(cell))


def _placed(blocks: tuple[Block, ...], level: int, line: float) -> tuple[_Placed, ...]:
    before = (None, *blocks)
    return tuple(
        _Placed(block, level, line, isinstance(above, Paragraph | Display))
        for above, block in zip(before, blocks, strict=False)
    )


def _smaller(tex: str, factor: float) -> str:
    return rf"\scalebox{{{int(100 * factor) / 100:.2f}}}{{$\displaystyle {tex}$}}"
