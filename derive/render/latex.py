"""The walkthrough as a LaTeX article."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

from jinja2 import Environment

from derive import notation
from derive.figures import tikz
from derive.figures.environments import tex_environment
from derive.formula import Formula, Relation
from derive.render.displays import LINE, Note, Row, Rows, Setting, rows
from derive.render.figures import drawing
from derive.render.inline import inline
from derive.render.numbering import anchors, numbers
from derive.render.sentences import Part, Term, parts
from derive.render.tables import Grid, Spelling, grid
from derive.render.words import latex_words
from derive.typesetting import read, width
from derive.typesetting.symbols import text_width
from derive.walkthrough.tree import (
    Block,
    Cell,
    Display,
    Entry,
    Figure,
    Line,
    Paragraph,
    Reference,
    Section,
    Sentence,
    Steps,
    Table,
    Walkthrough,
)

# Reasons are set smaller than mathematics; lists are indented.
_SMALL = 0.83
_LIST_INDENT = 2.4


def latex(walkthrough: Walkthrough) -> str:
    """The document for pdflatex, complete; raises DeriveError for notation that is no mathematics."""
    for spelled in walkthrough.notation.values():
        read(spelled)
    return _Article(walkthrough).text()


@dataclass(frozen=True, slots=True)
class _Heading:
    """A section with the command for its level."""

    command: str
    title: Sentence
    blocks: tuple[_Placed, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A block with its level of sections and the width it has."""

    block: Block
    level: int
    line: float


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
            case None:
                return ""
        return latex_words(str(shown))

    def inline(self, formula: Formula) -> str:
        """Mathematics within a line."""
        return inline(formula, self.walkthrough.notation)

    def _display(self, formula: Formula) -> str:
        return notation.latex(formula, self.walkthrough.notation)

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
                held = tuple(_Placed(each, placed.level + 1, line) for each in inner)
                return self.macros["section"](_Heading(command, title, held))
            case Paragraph():
                return self.macros["paragraph"](block)
            case Display():
                return self.macros["display"](self._rows(block, line))
            case Table():
                return self.macros["table"](self._grid(block))
            case Figure():
                return self.macros["figure"](_Picture(tikz(drawing(block, self.walkthrough)), block.caption))
            case Steps(entries):
                return self.macros["steps"](tuple(map(partial(self._item, placed), entries)))

    def _item(self, placed: _Placed, entry: Entry) -> _Item:
        anchor = None if entry.label is None else self.anchors[entry.label]
        held = tuple(_Placed(each, placed.level, placed.line - _LIST_INDENT) for each in entry.blocks)
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
            case Reference():
                return 1.8
            case Term(text):
                return text_width(text)
        return text_width(part)

    def line(self, row: Row) -> str:
        """A row of a display as a line of LaTeX."""
        right = rf"\mathrlap{{{row.right}}}" if row.wide else row.right
        text = f"{row.left} &{row.sign} {right}".rstrip()
        text += rf" && \reason{{{row.note}}}" if row.note is not None else ""
        text += r" \notag" if row.silent else ""
        text += rf" \label{{{self.anchors[row.label]}}}" if row.label is not None else ""
        return text + row.end

    def _grid(self, table: Table) -> Grid:
        caption = None if table.caption is None else self.math(table.caption)
        return grid(table, Spelling(self._cell, self.math), caption)

    def _cell(self, formula: Formula) -> str:
        return self._display(formula) if isinstance(formula, Relation) else self.inline(formula)


def _smaller(tex: str, factor: float) -> str:
    return rf"\scalebox{{{int(100 * factor) / 100:.2f}}}{{$\displaystyle {tex}$}}"
