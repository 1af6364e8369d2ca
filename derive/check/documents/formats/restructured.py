"""reStructuredText: the role and the directive `math`, sections by their underlines, no literal blocks."""

from __future__ import annotations

from collections.abc import Iterator

from derive.check.documents.blocks import Block, Reader
from derive.check.documents.source import Source
from derive.check.documents.typed import typed


def blocks(file: str | None, text: str) -> Iterator[Block]:
    """The blocks of a text in reStructuredText."""
    source = Source(file, text)
    yield from typed(source, source.lines())


READER = Reader("rst", (".rst", ".rest"), blocks)
