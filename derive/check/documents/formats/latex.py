"""LaTeX: paragraphs, sections, lists and tables; displays of all kinds; no comments, no verbatim text."""

from __future__ import annotations

from collections.abc import Iterator

from derive.check.documents.blocks import Block, Reader
from derive.check.documents.source import Source
from derive.check.documents.texblocks import body
from derive.check.documents.texlines import code_lines


def blocks(file: str | None, text: str) -> Iterator[Block]:
    """The blocks of a text in LaTeX."""
    source = Source(file, text)
    yield from body(source, code_lines(source))


READER = Reader("latex", (".tex", ".ltx", ".latex"), blocks)
