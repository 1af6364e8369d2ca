"""A block read for its formulas: those between delimiters, and those in running text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.check.documents.bare import bare
from derive.check.documents.blocks import Block
from derive.check.documents.delimiters import Span, Unclosed, spans
from derive.check.documents.document import Form
from derive.check.documents.sentences import blanked

# So much running text is read for formulas without delimiters, in one document and at a time.
MOST_SOUGHT = 600_000
MOST_FORMULAS = 100_000
_STRETCH = 2_000
# As far as this is looked whether a formula stands on a line of its own.
_MARGIN = 200
_LABEL = re.compile(r"\s*(\(?[A-Za-z]\)|\(?[ivx]{1,4}\)|[A-Za-z]\.|\(?\d{1,3}\)|\d{1,3}\.)(?=\s)\s*")
_INNER_LABEL = re.compile(r"\s*([a-z]\.|\(?\d{1,2}\)|\d{1,2}\.)\s+(?=[A-Za-z\\\\])")
_NUMBER = re.compile(r"[ \t]{2,}(\(\d[\d.]*[a-z]?\))[ \t]*(?=\n|\Z)")
_TAG = re.compile(r"\\tag\*?\s*\{([^{}\n]{1,40})\}")
_NUMBERED = re.compile(r"[ \t]*(\(\d[\d.]*[a-z]?\))[ \t]*(?=\n|\Z)")
_LATEX = re.compile(r"\\[A-Za-z]|[_^]\{")
_RELATION_SIGN = re.compile(
    r"(?:^[ \t]*+|[^\s=<>!][ \t]*+\n?[ \t]*+)(?::?=(?!=)|[≔←≈]|<-)\s*+[^\s=]", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Found:
    """A formula of a passage: offsets with and without its delimiters."""

    start: int
    end: int
    inner_start: int
    inner_end: int
    form: Form
    display: bool
    opening: str
    label: str = ""


class Passage:
    """The formulas of a block, and its words with blanks in their place."""

    def __init__(self, block: Block, sought: int) -> None:
        self.block = block
        self.text = block.text.text
        self.unclosed: list[Unclosed] = []
        self.comments: list[tuple[int, int]] = []
        self.formulas: list[Found] = []
        self.sought = 0
        if block.kind == "display":
            self._take_whole()
        else:
            self._take_parts(sought)

    def _take_whole(self) -> None:
        self.words = blanked(self.text, [(0, len(self.text))] if self.text else [])
        self.label = ""
        if self.text.strip():
            end = len(self.text.rstrip())
            start = len(self.text) - len(self.text.lstrip())
            self.formulas.append(_unlabelled(Found(start, end, start, end, "latex", True, ""), self.text))

    def _take_parts(self, sought: int) -> None:
        apart: list[tuple[int, int]] = []
        for found in spans(self.text, self.block.delimiters):
            if len(self.formulas) >= MOST_FORMULAS:
                break
            if isinstance(found, Unclosed):
                self.unclosed.append(found)
            elif found.delimiter.holds == "formula":
                apart.append((found.start, found.end))
                self.formulas.append(_unlabelled(_delimited(found, self.text), self.text))
            elif found.delimiter.holds != "text":
                apart.append((found.start, found.end))
                if found.delimiter.holds == "comment":
                    self.comments.append((found.inner_start, found.inner_end))
        self.words = blanked(self.text, apart)
        label = _LABEL.match(self.words)
        self.label = label[1] if label else ""
        if self.block.bare and sought < MOST_SOUGHT and _RELATION_SIGN.search(self.words):
            self._seek(label.end() if label else 0, sought)

    def _seek(self, start: int, sought: int) -> None:
        """Look for formulas without delimiters, stretch by stretch."""
        added: list[Found] = []
        for at, end in _stretches(self.words, start):
            self.sought += end - at
            found = bare(self.words[at:end], code=self.block.code)
            added.extend(self._undelimited(at + first, at + last) for first, last in found)
            if len(added) >= MOST_FORMULAS or sought + self.sought > MOST_SOUGHT:
                break
        if added:
            self.formulas = sorted([*self.formulas, *added], key=lambda each: each.start)
            self.words = blanked(self.words, [(each.start, each.end) for each in added])

    def _undelimited(self, start: int, end: int) -> Found:
        form: Form = "latex" if _LATEX.search(self.text, start, end) else "plain"
        number = _NUMBER.match(self.text, end)
        stop = number.end() if number else end
        left = self.text[max(0, start - _MARGIN) : start].rpartition("\n")[2]
        right = self.text[stop : stop + _MARGIN].partition("\n")[0]
        alone = len(left) < _MARGIN and not left.strip() and not right.strip(" \t.,;")
        return Found(start, end, start, end, form, alone, "", number[1] if number else "")


def _delimited(span: Span, text: str) -> Found:
    display, label = span.delimiter.display, ""
    if display and (tag := _TAG.search(text, span.inner_start, span.inner_end)):
        label = f"({tag[1]})"
    elif display and (number := _NUMBERED.match(text, span.end)):
        label = number[1]
    return Found(
        span.start,
        span.end,
        span.inner_start,
        span.inner_end,
        span.delimiter.form,
        display,
        span.opening,
        label,
    )


def _unlabelled(found: Found, text: str) -> Found:
    """The formula without the label that an author wrote in it: `$$a. y = 2x$$`."""
    label = _INNER_LABEL.match(text, found.inner_start, found.inner_end)
    if label is None:
        return found
    return Found(
        found.start,
        found.end,
        label.end(),
        found.inner_end,
        found.form,
        found.display,
        found.opening,
        label[1],
    )


def _stretches(words: str, start: int) -> Iterator[tuple[int, int]]:
    """Stretches of a text of bounded length that hold a relation sign, cut between words."""
    while start < len(words):
        end = len(words)
        if end - start > _STRETCH:
            cut = max(words.rfind(sign, start, start + _STRETCH) for sign in (". ", "\n"))
            cut = cut if cut > start else words.rfind(" ", start, start + _STRETCH)
            end = cut + 1 if cut > start else start + _STRETCH
        if _RELATION_SIGN.search(words, start, end):
            yield start, end
        start = end
