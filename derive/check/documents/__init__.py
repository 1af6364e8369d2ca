"""The first stage of the check: a document becomes formulas with their places.

A reader for each format is a file in `formats/`; a new one changes no line here.
"""

from derive.check.documents.document import (
    Cell,
    Directive,
    Document,
    Entry,
    Finding,
    Fragment,
    Section,
    Statement,
    Table,
)
from derive.check.documents.macros import Expansion, Macro, expanded
from derive.check.documents.reading import formats, read, read_bytes, read_text, suffixes
from derive.check.documents.source import DocumentError, Excerpt, Source

__all__ = [
    "Cell",
    "Directive",
    "Document",
    "DocumentError",
    "Entry",
    "Excerpt",
    "Expansion",
    "Finding",
    "Fragment",
    "Macro",
    "Section",
    "Source",
    "Statement",
    "Table",
    "expanded",
    "formats",
    "read",
    "read_bytes",
    "read_text",
    "suffixes",
]
