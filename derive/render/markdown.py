"""The walkthrough as Markdown: mathematics between dollars, figures as files beside the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from derive import notation
from derive.formula import Formula
from derive.render.displays import LINE, Note, Row, Rows, Setting, rows
from derive.render.figures import file_names
from derive.render.inline import check, inline, shape
from derive.render.listing import fence
from derive.render.numbering import numbers
from derive.render.sentences import Part, Term, parts
from derive.render.words import markdown_words
from derive.templating import folder
from derive.typesetting import linear, width, with_open_fractions
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

_RULES = {"l": ":--", "c": ":-:", "r": "--:"}


def markdown(walkthrough: Walkthrough) -> str:
    """The document as Markdown; its figures are `derive.render.figures`.

    Raises DeriveError for notation that is no mathematics.
    """
    check(walkthrough.notation)
    return _Page(walkthrough).text()


@dataclass(frozen=True, slots=True)
class _Placed:
    """A block with its level of sections."""

    block: Block
    level: int


@dataclass(frozen=True, slots=True)
class _Heading:
    signs: str
    title: Sentence
    blocks: tuple[_Placed, ...]


@dataclass(frozen=True, slots=True)
class _Image:
    file: str
    caption: Sentence


@dataclass(frozen=True, slots=True)
class _Item:
    letter: str
    blocks: tuple[_Placed, ...]


@dataclass(frozen=True, slots=True)
class _Grid:
    head: tuple[Cell, ...]
    rules: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: Sentence | None


@dataclass(frozen=True)
class _Page:
    walkthrough: Walkthrough

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        return numbers(self.walkthrough)

    @cached_property
    def files(self) -> Mapping[int, str]:
        return file_names(self.walkthrough)

    @cached_property
    def environment(self) -> Environment:
        found = Environment(
            loader=FileSystemLoader(folder() / "markdown"),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            undefined=StrictUndefined,
            autoescape=False,
        )
        found.filters.update(math=self.math, plain=self.plain, block=self.block, line=self.line)
        return found

    @cached_property
    def macros(self) -> Mapping[str, Callable[..., str]]:
        return vars(self.environment.get_template("blocks.md.jinja").module)

    def text(self) -> str:
        """The whole document."""
        return self.environment.get_template("page.md.jinja").render(walkthrough=self.walkthrough)

    def math(self, shown: Cell) -> str:
        """Anything that a sentence or a cell holds."""
        match shown:
            case Formula():
                return f"${_safe(inline(shown, self.walkthrough.notation))}$"
            case Sentence():
                return "".join(map(self._part, parts(shown)))
            case Reference(label):
                return f"({self.numbers[label]})"
            case Shape():
                return f"${_safe(shape(shown, self.walkthrough.notation))}$"
            case None:
                return ""
        return markdown_words(str(shown))

    def plain(self, sentence: Sentence) -> str:
        """A sentence without mathematics, for those who cannot see a figure."""
        return markdown_words("".join(map(self._said, parts(sentence))))

    def _said(self, part: Part) -> str:
        match part:
            case Formula():
                return linear(notation.latex(part, self.walkthrough.notation))
            case Reference(label):
                return f"({self.numbers[label]})"
            case Shape():
                return linear(shape(part, self.walkthrough.notation))
            case Term(text):
                return text
        return part

    def _part(self, part: Part) -> str:
        if isinstance(part, Term):
            return f"*{markdown_words(part.text)}*"
        return self.math(part)

    def block(self, placed: _Placed | Block) -> str:
        """A block by the macro of its kind."""
        if not isinstance(placed, _Placed):
            placed = _Placed(placed, 2)
        block = placed.block
        match block:
            case Section(title, inner):
                held = tuple(_Placed(each, placed.level + 1) for each in inner)
                return self.macros["section"](_Heading("#" * placed.level, title, held))
            case Paragraph():
                return self.macros["paragraph"](block)
            case Display():
                return self.macros["display"](self._rows(block))
            case Table():
                return self.macros["table"](_grid(block))
            case Figure():
                return self.macros["figure"](_Image(self.files[id(block)], block.caption))
            case Code(text):
                return self.macros["code"](block, fence(text))
            case Steps(entries):
                return self.macros["steps"](tuple(_item(each, placed.level) for each in entries))

    def _rows(self, display: Display) -> Rows:
        setting = Setting(self._display, self._note, self.numbers.__getitem__, _unchanged, LINE)
        return rows(display, setting)

    def _display(self, formula: Formula) -> str:
        return _safe(with_open_fractions(notation.latex(formula, self.walkthrough.notation)))

    def _note(self, line: Line) -> Note | None:
        """A reason, as text and mathematics in turns: no dollars stand inside a display."""
        if line.note is None:
            return None
        found = parts(line.note)
        pieces = "".join(map(self._noted, found))
        return Note(pieces, sum(width(self._noted(each), display=False) for each in found))

    def _noted(self, part: Part) -> str:
        match part:
            case Formula():
                return _safe(inline(part, self.walkthrough.notation))
            case Reference(label):
                return rf"\text{{({self.numbers[label]})}}"
            case Shape():
                return _safe(shape(part, self.walkthrough.notation))
            case Term(text):
                return rf"\text{{{_letters(text)}}}"
        return rf"\text{{{_letters(part)}}}"

    def line(self, row: Row) -> str:
        """A row of a display."""
        left = f"{{}}{row.left}" if row.left[:1] in ("-", "+", "=", ">") else row.left
        text = f"{left} &{row.sign} {row.right}".strip()
        if row.below:
            text = rf"& \qquad {row.note}"
        reasons = [
            each
            for each in (None if row.below else row.note, row.number and rf"\text{{({row.number})}}")
            if each
        ]
        text += r" && \quad " + r" \quad ".join(reasons) if reasons else ""
        return text + row.end.replace("*", "")


def _item(entry: Entry, level: int) -> _Item:
    return _Item(entry.letter, tuple(_Placed(each, level) for each in entry.blocks))


def _grid(table: Table) -> _Grid:
    rules = tuple(_RULES[letter] for letter in table.alignment)
    rows = table.rows if table.total is None else (*table.rows, table.total)
    return _Grid(table.columns, rules, rows, table.caption)


def _safe(tex: str) -> str:
    """Mathematics without the characters that Markdown and HTML claim."""
    for character, command in (("<", r"\lt "), (">", r"\gt "), ("|", r"\vert ")):
        tex = tex.replace(character, command)
    return tex


def _letters(text: str) -> str:
    """Text inside mathematics: letters, digits and punctuation only."""
    return "".join(each for each in text if each not in "\\{}$^_&%#~<>|`*")


def _unchanged(tex: str, factor: float) -> str:
    return tex
