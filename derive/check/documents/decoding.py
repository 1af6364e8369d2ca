"""From the bytes of a file to its text, with what was wrong with its encoding."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from derive.check.documents.source import DocumentError
from derive.errors import Place

# Longer marks first: that of UTF-32 begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 4096
# More control characters than this, and it is no text.
_MOST_CONTROLS = 0.02
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file and how it was encoded; `mark` stood before it.

    `foreign` is the line of the first byte that is no UTF-8, if the file was read as Latin-1 instead.
    """

    text: str
    encoding: str = "utf-8"
    mark: bytes = b""
    foreign: int | None = None

    def encoded(self, text: str) -> bytes:
        """Another text as a file of this kind."""
        return self.mark + text.encode(self.encoding)


def decoded(content: bytes, file: str) -> Decoded:
    """The text of a file; raises DocumentError where it holds none."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return Decoded(_by_mark(content[len(mark) :], encoding, file), encoding, mark)
    if b"\0" in content:
        return _with_zeros(content, file)
    try:
        return Decoded(content.decode("utf-8"))
    except UnicodeDecodeError as fault:
        sample = content[:_SAMPLE]
        if sum(byte in _CONTROLS for byte in sample) > _MOST_CONTROLS * len(sample):
            raise _binary(file, content, fault.start) from None
        return Decoded(content.decode("latin-1"), "latin-1", b"", content.count(b"\n", 0, fault.start) + 1)


def _by_mark(content: bytes, encoding: str, file: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as fault:
        reason = f"begins as {encoding.upper()} and is not: byte {fault.start:,} has no meaning there"
        raise DocumentError(reason, Place(file, 1, 0, "")) from None


def _with_zeros(content: bytes, file: str) -> Decoded:
    """UTF-16 without a mark has a zero in nearly every second byte; any other text has none."""
    sample = content[:_SAMPLE]
    for encoding, offset in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros = sample[offset::2].count(0)
        if zeros > 0.4 * len(sample) and sample[1 - offset :: 2].count(0) == 0:
            return Decoded(_by_mark(content, encoding, file), encoding)
    raise _binary(file, content, content.index(b"\0"))


def _binary(file: str, content: bytes, at: int) -> DocumentError:
    line = content.count(b"\n", 0, at) + 1
    return DocumentError(f"is no text: byte {at:,} is {content[at]:#04x}", Place(file, line, 0, ""))
