"""Writes the gallery into a folder, and removes what an earlier gallery left there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from derive.errors import DeriveError
from derive.gallery.exhibits import exhibits
from derive.gallery.pages import MARK, index
from derive.writing import write, write_all

INDEX = "README.md"
_LINK = re.compile(r"\]\(([^()\s]+)\)")


def write_gallery(folder: Path) -> int:
    """Write all examples in all formats; returns the number of files. Nothing is left half-written."""
    stale = set(_listed(folder))
    written = contents()
    # The index comes last: until then the old one still tells what may be removed.
    listing = written.pop(INDEX)
    for name in sorted(stale - written.keys()):
        (folder / name).unlink(missing_ok=True)
    _make_folders({(folder / name).parent for name in written})
    write_all({folder / name: text for name, text in written.items()})
    write(folder / INDEX, listing)
    _remove_empty({(folder / name).parent for name in stale - written.keys()})
    return len(written) + 1


def contents() -> dict[str, str]:
    """The texts of the gallery by their paths inside it."""
    found = exhibits()
    files = {f"{each.name}/{name}": text for each in found for name, text in each.files.items()}
    return {**files, INDEX: index(found)}


def _listed(folder: Path) -> Iterator[str]:
    """The files that the index in a folder links: an earlier gallery wrote them."""
    path = folder / INDEX
    if not path.exists():
        return
    text = path.read_text(encoding="utf-8")
    if not text.startswith(MARK):
        reason = "was not written by the gallery, which would replace it: name another folder"
        raise DeriveError(f"{path} {reason}")
    for name in _LINK.findall(text):
        parts = PurePosixPath(name).parts
        if len(parts) == 2 and ".." not in parts:
            yield name


def _make_folders(folders: set[Path]) -> None:
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DeriveError(f"{folder} cannot be made: {error.strerror}") from None


def _remove_empty(folders: set[Path]) -> None:
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
