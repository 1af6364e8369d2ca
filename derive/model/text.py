"""Files of text: what they hold, or why it cannot be read."""

from __future__ import annotations

from pathlib import Path

from derive.errors import ModelError, Place, printable

# Larger files are neither models nor samples that a person could look at.
LONGEST_FILE = 50_000_000


def read_text(path: Path, *, longest: int = LONGEST_FILE) -> str:
    """The text of a file in UTF-8, of at most so many bytes."""
    shown = printable(str(path))
    try:
        with path.open("rb") as file:
            raw = file.read(longest + 1)
    except FileNotFoundError:
        raise ModelError(f"there is no file {shown}") from None
    except IsADirectoryError:
        raise ModelError(f"{shown} is a folder, not a file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ModelError(f"{shown} cannot be read: {reason}") from None
    if len(raw) > longest:
        raise ModelError(f"{shown} is too long: {longest:,} bytes are the most")
    if b"\0" in raw:
        raise ModelError(f"{shown} is no text: it holds a zero byte")
    return _decoded(raw, path.name, shown)


def _decoded(raw: bytes, name: str, shown: str) -> str:
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        start = raw.rfind(b"\n", 0, error.start) + 1
        line = raw[start:].partition(b"\n")[0].decode("utf-8", "replace")
        column = len(raw[start : error.start].decode("utf-8", "replace"))
        place = Place(name, raw.count(b"\n", 0, error.start) + 1, column, line)
        raise ModelError(f"{shown} is not in UTF-8", place, "Save it in UTF-8.") from None
