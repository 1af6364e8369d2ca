"""What is found in a document: formulas with their places, tables, comments to derive, faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from derive.check.documents.macros import Expansion, Macro, expanded
from derive.check.documents.source import Excerpt
from derive.errors import ModelError, Place

NO_MACROS: Mapping[str, Macro] = MappingProxyType({})
Form = Literal["latex", "plain"]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading; `guessed` if nothing marks it as one but its shape."""

    level: int
    title: str
    heading: Excerpt
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """Where in a table something stands: `table` counts the tables of a document, rows and columns from 0.

    `header` is the text at the head of the column, `row_name` the first cell of the row.
    """

    table: int
    row: int
    column: int
    header: str
    row_name: str


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a table, row by row; the first row is its head if `header`."""

    rows: tuple[tuple[Excerpt, ...], ...]
    header: bool
    section: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Fragment:
    """A formula as it stands in a document.

    `formula` is the mathematics, `written` the same with its delimiters; `opening` is the delimiter, empty
    for a formula in running text. `before` and `after` are the rest of its sentence; for a display that
    stands alone, the sentences next to it. `label` names its list entry or its number: `a.`, `(1)`.
    `continues` is the number of the fragment whose chain it goes on with, for it starts with a relation
    sign; `explains` of the one in whose "where …" clause it stands.
    """

    formula: Excerpt
    written: Excerpt
    form: Form
    display: bool
    opening: str = ""
    section: tuple[Section, ...] = ()
    before: str = ""
    after: str = ""
    label: str = ""
    cell: Cell | None = None
    continues: int | None = None
    explains: int | None = None
    macros: Mapping[str, Macro] = field(default_factory=lambda: NO_MACROS, repr=False)

    @property
    def text(self) -> str:
        """The mathematics exactly as written."""
        return self.formula.text

    def place(self, at: int = 0, length: int | None = None) -> Place:
        """The place in the document of `length` characters at an offset of `text`."""
        return self.formula.place(at, length)

    def expanded(self) -> Expansion:
        """The mathematics with the document's macros written out; raises FormulaError if that never ends."""
        return expanded(self.text, self.macros)


@dataclass(frozen=True, slots=True)
class Directive:
    """A comment to derive: what follows `derive:` in a comment that readers do not see."""

    content: Excerpt
    section: tuple[Section, ...] = ()

    @property
    def text(self) -> str:
        """What it says."""
        return self.content.text


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that states a number: "the output for this input is 0.7216"; `number` is what it states."""

    sentence: Excerpt
    number: Excerpt
    section: tuple[Section, ...] = ()

    @property
    def text(self) -> str:
        """The sentence as written."""
        return self.sentence.text


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of the document itself: a delimiter without its partner, an encoding that is none."""

    reason: str
    excerpt: Excerpt

    @property
    def place(self) -> Place:
        """Where the fault lies."""
        return self.excerpt.place()

    def report(self) -> str:
        """File, line and reason, and the line with a caret."""
        return ModelError(self.reason, self.place).report()


Entry = Fragment | Table | Directive | Statement


@dataclass(frozen=True, slots=True)
class Document:
    """All that was found in a document, in reading order."""

    file: str | None
    format: str
    fragments: tuple[Fragment, ...] = ()
    tables: tuple[Table, ...] = ()
    directives: tuple[Directive, ...] = ()
    statements: tuple[Statement, ...] = ()
    sections: tuple[Section, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Formulas, tables, comments to derive and statements, one after the other as they are read."""
        found: list[Entry] = [*self.fragments, *self.tables, *self.directives, *self.statements]
        return tuple(sorted(found, key=_order))


def _order(entry: Entry) -> tuple[int, int]:
    """The cell of a notebook and the offset in its text that an entry starts at."""
    match entry:
        case Fragment():
            excerpt = entry.written
        case Table():
            excerpt = next((cell for row in entry.rows for cell in row if cell.pieces), entry.rows[0][0])
        case Directive():
            excerpt = entry.content
        case Statement():
            excerpt = entry.sentence
    return excerpt.source.cell or 0, excerpt.start
