"""Programs: the formulas of their comments and docstrings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from derive.check.documents.blocks import Block, Reader
from derive.check.documents.commented import comments
from derive.check.documents.languages import LANGUAGES, Language
from derive.check.documents.source import Source


def blocks(file: str | None, text: str) -> Iterator[Block]:
    """The blocks of a program's comments; without a file it is taken for Python."""
    yield from comments(Source(file, text), language(PurePath(file or "").suffix.lower()))


def language(suffix: str) -> Language:
    """The language of files with a suffix."""
    return next((each for each in LANGUAGES if suffix in each.suffixes), LANGUAGES[0])


READER = Reader("code", tuple(suffix for each in LANGUAGES for suffix in each.suffixes), blocks)
