"""Jupyter notebooks: cells in Markdown, and the comments of cells with code; places name the cell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

from derive.check.documents.blocks import Block, Reader
from derive.check.documents.commented import comments
from derive.check.documents.formats.markdown import source_blocks
from derive.check.documents.languages import LANGUAGES, Language
from derive.check.documents.source import DocumentError, Source
from derive.errors import Place

_NO_NOTEBOOK = "is no notebook: "


def blocks(file: str | None, text: str) -> Iterator[Block]:
    """The blocks of all cells, in order."""
    notebook = _loaded(file, text)
    language = _language(notebook)
    for number, cell in enumerate(_cells(file, notebook), start=1):
        kind = cell.get("cell_type")
        if kind not in ("markdown", "code"):
            continue
        source = Source(file, _text(file, cell, number), number)
        if kind == "markdown":
            yield from source_blocks(source)
        else:
            yield Block("gap", source.excerpt(0, 0))
            yield from comments(source, language)


def _loaded(file: str | None, text: str) -> dict[str, object]:
    try:
        found = json.loads(text, parse_int=_nothing, parse_float=_nothing)
    except json.JSONDecodeError as fault:
        line = text.split("\n")[fault.lineno - 1][:200]
        place = Place(file, fault.lineno, fault.colno - 1, line)
        raise DocumentError(f"{_NO_NOTEBOOK}{fault.msg}", place) from None
    except RecursionError:
        raise DocumentError(f"{_NO_NOTEBOOK}it is nested too deeply", Place(file, 1, 0, "")) from None
    if not isinstance(found, dict):
        raise DocumentError(f"{_NO_NOTEBOOK}it has no cells", Place(file, 1, 0, ""))
    return cast("dict[str, object]", found)


def _nothing(number: str) -> None:
    """The numbers of a notebook are not read; one of a million digits would not even be a number."""


def _cells(file: str | None, notebook: dict[str, object]) -> list[dict[str, object]]:
    """The cells; older notebooks keep them in worksheets."""
    cells = notebook.get("cells")
    if cells is None and isinstance(sheets := notebook.get("worksheets"), list):
        sheet = next(iter(sheets), None)
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise DocumentError(f"{_NO_NOTEBOOK}it has no cells", Place(file, 1, 0, ""))
    return cast("list[dict[str, object]]", cells)


def _text(file: str | None, cell: dict[str, object], number: int) -> str:
    text = cell.get("source", cell.get("input", ""))
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        text = "".join(text)
    if not isinstance(text, str):
        raise DocumentError(f"{_NO_NOTEBOOK}cell {number} has no text", Place(file, 1, 0, ""))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _language(notebook: dict[str, object]) -> Language:
    metadata = notebook.get("metadata")
    spoken = metadata.get("language_info") if isinstance(metadata, dict) else None
    name = str(spoken.get("name", "")).lower() if isinstance(spoken, dict) else ""
    return next((each for each in LANGUAGES if each.name == name), LANGUAGES[0])


READER = Reader("notebook", (".ipynb",), blocks)
