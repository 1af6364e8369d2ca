"""Files of text."""

from __future__ import annotations

from pathlib import Path

from derive.errors import ModelError, printable


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
