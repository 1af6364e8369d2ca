"""From a file, or a text, to a document: a reader for each format, a file each in `formats/`."""

from __future__ import annotations

import stat
from functools import cache
from importlib import import_module
from pathlib import Path

from derive.check.documents.assembling import assembled
from derive.check.documents.blocks import Reader
from derive.check.documents.decoding import Decoded, decoded
from derive.check.documents.document import Document, Finding
from derive.check.documents.source import DocumentError, Source
from derive.errors import nearest, printable

LARGEST_FILE = 50_000_000


@cache
def readers() -> tuple[Reader, ...]:
    """All readers, by the names of their files."""
    names = sorted(path.stem for path in (Path(__file__).parent / "formats").glob("*.py"))
    modules = (
        import_module(f"derive.check.documents.formats.{name}") for name in names if name != "__init__"
    )
    return tuple(module.READER for module in modules)


def formats() -> tuple[str, ...]:
    """The names of the formats."""
    return tuple(reader.name for reader in readers())


def suffixes() -> tuple[str, ...]:
    """The suffixes of files that can be read."""
    return tuple(suffix for reader in readers() for suffix in reader.suffixes)


def read(path: str | Path, *, form: str | None = None) -> Document:
    """The formulas of a file, by its suffix or by the format that is named; raises DocumentError."""
    path = Path(path)
    reader = _named(form) if form else _by_suffix(path)
    return _document(decoded(content(path), str(path)), reader, str(path))


def content(path: Path) -> bytes:
    """The bytes of a file; raises DocumentError where there is none, or one that is none or too large."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise DocumentError(f"{path}: Is a directory")
        if not stat.S_ISREG(mode):
            # To read from a pipe or a device may never end.
            raise DocumentError(f"{path}: is no file, but a pipe or a device")
        with path.open("rb") as file:
            found = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as fault:
        raise DocumentError(f"{path}: {getattr(fault, 'strerror', None) or fault}") from None
    if len(found) > LARGEST_FILE:
        raise DocumentError(f"{path} has more than {LARGEST_FILE:,} bytes")
    return found


def read_bytes(found: bytes, *, form: str, file: str) -> Document:
    """The formulas of what a stream holds; raises DocumentError."""
    if len(found) > LARGEST_FILE:
        raise DocumentError(f"{file} has more than {LARGEST_FILE:,} bytes")
    return _document(decoded(found, file), _named(form), file)


def read_text(text: str, *, form: str = "markdown", file: str | None = None) -> Document:
    """The formulas of a text in a format; raises DocumentError."""
    return _document(Decoded(text), _named(form), file)


def _document(found: Decoded, reader: Reader, file: str | None) -> Document:
    text, foreign = found.text.removeprefix("\ufeff"), found.foreign
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    faults: list[Finding] = []
    if foreign is not None:
        source = Source(file, text)
        reason = "this line is not UTF-8; the file is read as Latin-1"
        faults.append(Finding(reason, source.excerpt(*source.line(foreign))))
    return assembled(file, reader.name, reader.blocks(file, text), faults)


def _named(form: str) -> Reader:
    for reader in readers():
        if reader.name == form:
            return reader
    near = nearest(form, formats())
    hint = f"did you mean {near}?" if near else f"there are {', '.join(formats())}"
    raise DocumentError(f"{printable(form)} is no format of documents; {hint}")


def _by_suffix(path: Path) -> Reader:
    suffix = path.suffix.lower() or ".txt"
    for reader in readers():
        if suffix in reader.suffixes:
            return reader
    raise DocumentError(f"{path}: files with {suffix} are not read; name a format: {', '.join(formats())}")
