"""Markdown: CommonMark's blocks, tables with bars, comments; mathematics as MathJax and GitHub read it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.check.documents.blocks import Block, Delimiter, Reader, directive
from derive.check.documents.containers import Containers, indented
from derive.check.documents.delimiters import always, nothing_follows, until
from derive.check.documents.displays import OpenDisplay
from derive.check.documents.pipes import Pipes, is_ruling
from derive.check.documents.signs import TYPED
from derive.check.documents.source import Excerpt, Source
from derive.check.documents.wording import is_prose

_FENCE = re.compile(r"([ \t]*)(`{3,}|~{3,}|:{3,}(?=[ \t]*\{))[ \t]*([^`\n]*)")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|(?=\n|\Z))")
_HEADING_END = re.compile(r"(?:[ \t]+#+)?[ \t]*\Z")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*(?=\n|\Z)")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*+){3,}+|(?:-[ \t]*+){3,}+|(?:_[ \t]*+){3,}+)(?=\n|\Z)")
_RAW = re.compile(r" {0,3}<(pre|script|style|textarea)\b", re.IGNORECASE)
_FRONT = re.compile(r"(---|\+\+\+)[ \t]*\n(?:.*\n){0,200}?(?:\1|\.\.\.)[ \t]*(?:\n|\Z)")
_MATHEMATICS = frozenset({"math", "{math}"})
# Directives of MyST whose content is text in Markdown.
_PROSE = re.compile(
    r"\{(?:note|tip|hint|important|warning|caution|danger|attention|error|seealso|admonition|topic|dropdown|card"
    r"|sidebar|margin|aside|figure|table|exercise|solution|example|proof|prf:[a-z]+|theorem|definition|lemma)\}"
)
_CLOSING_FENCE = re.compile(r"[ \t]*([`~:])\1{2,}[ \t]*(?=\n|\Z)")
_FENCE_OPTION = re.compile(r"[ \t]*:[a-zA-Z-]+:")
# A display with empty lines in it is no longer than this.
_LONGEST_DISPLAY = 5_000

COMMENT = Delimiter(r"<!--", until(r"-->"), holds="comment", accepts=always, fault="{} is never closed")
TAG = Delimiter(r"</?[A-Za-z][^<>\n]{0,2000}>", nothing_follows, holds="nothing", accepts=always)
# %% … %% is a comment of Obsidian's.
HIDDEN = Delimiter(r"%%(?!%)", until(r"%%"), holds="comment", accepts=always)
TICKED = Delimiter(r"\$`", until(r"`\$"))
ROLE = Delimiter(r"\{math\}`", until("`"))
MARKDOWN = (COMMENT, HIDDEN, TICKED, ROLE, *TYPED, TAG)


def blocks(file: str | None, text: str) -> Iterator[Block]:
    """The blocks of a text in Markdown."""
    yield from source_blocks(Source(file, text))


def source_blocks(source: Source) -> Iterator[Block]:
    """The blocks of a source in Markdown."""
    lines = _Lines(source)
    front = _FRONT.match(source.text)
    for start, end in source.lines():
        if front is None or start >= front.end():
            yield from lines.read(start, end)
    yield from lines.finish()


class _Lines:
    """Reads line by line; what is open waits for the lines to come."""

    def __init__(self, source: Source) -> None:
        self.source, self.text = source, source.text
        self.containers = Containers()
        self.paragraph: list[tuple[int, int]] = []
        self.label = ""
        self.display = OpenDisplay()
        self.fence: tuple[str, int, bool] | None = None
        self.fenced: list[tuple[int, int]] = []
        # The fences of directives with text in them, outermost first.
        self.prose: list[str] = []
        self.raw: str | None = None
        self.pipes: Pipes | None = None
        # Lines up to here belong to a comment.
        self.resume = 0

    def read(self, start: int, end: int) -> Iterator[Block]:
        """Take in a line and hand over the blocks that it ends."""
        if end <= self.resume:
            return
        if self.raw is not None:
            yield from self._read_raw(start, end)
            return
        start = max(start, self.resume)
        at, depth = self.containers.strip(self.text, start, end)
        if self.fence is not None:
            if depth == len(self.containers.open):
                yield from self._read_fenced(at, end)
                return
            yield from self._end_fence()
        empty = not self.text[at:end].strip()
        if depth < len(self.containers.open):
            if not empty and self._goes_on(at, end):
                self._append(at, end)
                return
            yield from self.flush()
            del self.containers.open[depth:]
        if empty:
            yield from self._read_empty(at, end)
        elif self.display:
            self._append(at, end)
        else:
            yield from self._read_line(at, end)

    def _goes_on(self, at: int, end: int) -> bool:
        """Whether a line without its containers' marks still belongs to the paragraph inside them."""
        if not self.paragraph or self.pipes:
            return False
        line = self.text[at:end]
        starts = _FENCE.match(line) or _HEADING.match(line) or _RULE.match(line)
        in_list = any(not each.is_quote for each in self.containers.open)
        return not starts and not Containers().enter(self.text, at, end, in_paragraph=not in_list)[1]

    def _read_empty(self, at: int, end: int) -> Iterator[Block]:
        if self.display and self._closes_later(at):
            self.paragraph.append((at, end))
            return
        yield from self.flush()

    def _closes_later(self, at: int) -> bool:
        """Whether a display with two dollars on a line of their own goes on after an empty line."""
        if self.display.closing != "$$":
            return False
        opening = self.paragraph[-1][0] if len(self.paragraph) == 1 else self._opening()
        close = self.text.find("$$", at, at + _LONGEST_DISPLAY)
        return opening is not None and close >= 0 and not is_prose(self.text[opening:close])

    def _opening(self) -> int | None:
        for start, end in reversed(self.paragraph):
            if "$$" in self.text[start:end]:
                return start if self.text[start:end].strip() == "$$" else None
        return None

    def _read_line(self, at: int, end: int) -> Iterator[Block]:
        before = len(self.containers.open)
        indent = indented(self.text, at, end, 4)
        if indent is not None and not self.paragraph:
            # A table ends here, too.
            yield from self.flush()
            yield Block("gap", self.source.excerpt(at, end))
            return
        if indent is None:
            inner, opened = self.containers.enter(self.text, at, end, in_paragraph=bool(self.paragraph))
            if opened:
                added = self.containers.open[before:]
                del self.containers.open[before:]
                yield from self.flush()
                self.containers.open.extend(added)
                at = inner
        if self.text[at:end].strip():
            yield from self._read_leaf(at, end)

    def _read_leaf(self, at: int, end: int) -> Iterator[Block]:
        """A line's own text, after all marks of containers."""
        line = self.text[at:end]
        if self.prose and (closing := _CLOSING_FENCE.match(line)) and closing[1] == self.prose[-1]:
            yield from self.flush()
            self.prose.pop()
        elif fence := _FENCE.match(line):
            yield from self.flush()
            language = fence[3].split()[0].lower() if fence[3].split() else ""
            if fence[2][0] == ":" and language not in _MATHEMATICS:
                # The text of a division of Pandoc's is text.
                return
            if _PROSE.match(fence[3]):
                self.prose.append(fence[2][0])
                return
            self.fence = (fence[2], len(fence[1]), language in _MATHEMATICS)
            self.fenced = []
        elif heading := _HEADING.match(line):
            yield from self.flush()
            last = _HEADING_END.search(line.rstrip("\n"))
            stop = at + max(heading.end(), last.start() if last else 0)
            yield Block("heading", self.source.excerpt(at + heading.end(), stop), MARKDOWN, len(heading[1]))
        elif self.paragraph and not self.pipes and (underline := _UNDERLINE.match(line)):
            excerpt = self._excerpt()
            self._clear()
            yield Block("heading", excerpt, MARKDOWN, 1 if underline[1][0] == "=" else 2)
        elif _RULE.match(line):
            yield from self.flush()
        elif raw := _RAW.match(line):
            yield from self.flush()
            self.raw = f"</{raw[1].lower()}>"
            yield from self._read_raw(at, end)
        elif line.lstrip().startswith("<!--"):
            yield from self.flush()
            yield from self._read_comment(at, end)
        else:
            yield from self._read_words(at, end, line)

    def _read_words(self, at: int, end: int, line: str) -> Iterator[Block]:
        if self.pipes is None and self.paragraph and "|" in line and is_ruling(line):
            head = self.paragraph.pop()
            if "|" in self.text[slice(*head)]:
                yield from self.flush()
                self.pipes = Pipes(self.source, MARKDOWN)
                yield from self.pipes.row(*head)
                return
            self.paragraph.append(head)
        if self.pipes is not None:
            yield from self.pipes.row(at, end)
            return
        if not self.paragraph:
            self.label = self.containers.label
        self._append(at, end)

    def _append(self, at: int, end: int) -> None:
        self.paragraph.append((at, end))
        self.display.read(self.text[at:end])

    def _read_fenced(self, at: int, end: int) -> Iterator[Block]:
        assert self.fence is not None
        sign, indent, _ = self.fence
        line = self.text[at:end].strip()
        if len(line) >= len(sign) and not line.strip(sign[0]):
            yield from self._end_fence()
            return
        while indent and at < end and self.text[at] in " \t":
            at, indent = at + 1, indent - 1
        if self.fenced or not self.fence[2] or not _FENCE_OPTION.match(self.text, at, end):
            self.fenced.append((at, end))

    def _end_fence(self) -> Iterator[Block]:
        assert self.fence is not None
        excerpt = Excerpt(self.source, tuple(self.fenced))
        yield Block("display" if self.fence[2] and self.fenced else "gap", excerpt)
        self.fence, self.fenced = None, []

    def _read_raw(self, at: int, end: int) -> Iterator[Block]:
        """Text of a program or of a page's style, up to its closing tag."""
        assert self.raw is not None
        if self.raw in self.text[at:end].lower():
            self.raw = None
            yield Block("gap", self.source.excerpt(at, end))

    def _read_comment(self, at: int, end: int) -> Iterator[Block]:
        start = self.text.index("<!--", at) + 4
        close = self.text.find("-->", start)
        if 0 <= close < end and self.text[close + 3 : end].strip():
            # What follows the comment on its line is prose.
            self._append(at, end)
            return
        if close < 0:
            yield Block("fault", self.source.excerpt(start - 4, start), reason="<!-- is never closed")
        elif comment := directive(self.source.excerpt(start, close)):
            yield comment
        self.resume = len(self.text) if close < 0 else close + 3

    def flush(self) -> Iterator[Block]:
        """End the paragraph or the table."""
        if self.paragraph:
            yield Block("prose", self._excerpt(), MARKDOWN, label=self.label, bare=True)
        self._clear()

    def _excerpt(self) -> Excerpt:
        return Excerpt(self.source, tuple(self.paragraph))

    def _clear(self) -> None:
        self.paragraph, self.display, self.pipes = [], OpenDisplay(), None

    def finish(self) -> Iterator[Block]:
        """End what is still open."""
        if self.fence is not None:
            yield from self._end_fence()
        yield from self.flush()


READER = Reader("markdown", (".md", ".markdown", ".mdx", ".qmd", ".rmd", ".myst"), blocks)
