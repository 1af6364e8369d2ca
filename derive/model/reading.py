"""From a file or a text to a model."""

from __future__ import annotations

from pathlib import Path

from derive.errors import ModelError, printable
from derive.model.assembling import assemble
from derive.model.draft import Draft
from derive.model.model import Model
from derive.model.statements import LONGEST_TEXT, statements
from derive.model.toml import read_toml


def read(source: str | Path) -> Model:
    """The model in a file, or in a text: whatever holds `=` or a line break is a text.

    Raises ModelError, with the place and the reason, for whatever is no model.
    """
    if isinstance(source, str) and ("=" in source or "\n" in source):
        return _model(source, name="model", file=None, folder=Path())
    path = Path(source)
    text = read_text(path)
    return _model(text, name=path.stem, file=path.name, folder=path.parent)


def _model(text: str, *, name: str, file: str | None, folder: Path) -> Model:
    if len(text) > LONGEST_TEXT:
        raise ModelError(f"{file or 'this text'} is too long for a model: {len(text):,} characters")
    if file is not None and file.endswith(".toml"):
        return assemble(read_toml(text, name=name, file=file, folder=folder))
    lines = tuple(statements(text, file=file))
    return assemble(Draft(name=name, title=name, statements=lines, source=text, file=file))


def read_text(path: Path) -> str:
    """The text of a file in UTF-8."""
    shown = printable(str(path))
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ModelError(f"there is no file {shown}") from None
    except IsADirectoryError:
        raise ModelError(f"{shown} is a folder, not a file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ModelError(f"{shown} cannot be read: {reason}") from None
    if b"\0" in raw:
        raise ModelError(f"{shown} is no text")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ModelError(f"{shown} is not in UTF-8: line {line}") from None
