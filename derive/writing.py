"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from derive.errors import DeriveError


def write(path: Path, content: str | bytes) -> None:
    """Write a file in one stroke: a reader, or a crash, never meets half of it. Text is UTF-8 with \\n."""
    write_all({path: content})


def write_all(contents: Mapping[Path, str | bytes]) -> None:
    """Write several files; nothing takes its place before all of them are on the disk."""
    waiting: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            waiting[path] = _beside(path, content)
        for path in list(waiting):
            waiting[path].replace(path)
            del waiting[path]
    except OSError as error:
        reason = error.strerror or str(error)
        raise DeriveError(f"{path} cannot be written: {reason}") from None
    finally:
        for rest in waiting.values():
            rest.unlink(missing_ok=True)


def _beside(path: Path, content: str | bytes) -> Path:
    """The content in a file beside its final place, on the same disk."""
    raw = content if isinstance(content, bytes) else content.encode("utf-8")
    if path.is_dir():
        raise IsADirectoryError(None, "it is a folder")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
    beside = Path(name)
    beside.chmod(_mode(path))
    return beside


def _mode(path: Path) -> int:
    """The permissions that the file has, or that a new file gets here."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
