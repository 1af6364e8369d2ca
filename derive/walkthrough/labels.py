"""Numbers only where they are needed: a label that nothing cites is taken off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.walkthrough.tree import (
    Block,
    Display,
    Entry,
    Figure,
    Line,
    Paragraph,
    Reference,
    Section,
    Sentence,
    Steps,
    Table,
    Walkthrough,
    blocks_in,
)


def with_cited_labels_only(walkthrough: Walkthrough) -> Walkthrough:
    """The same document with those labels kept that a reference cites, and without empty paragraphs."""
    cited = cited_labels(walkthrough.sections)
    return replace(walkthrough, sections=tuple(_in_section(each, cited) for each in walkthrough.sections))


def cited_labels(sections: tuple[Section, ...]) -> frozenset[str]:
    """The labels that references in the sections cite."""
    return frozenset(
        reference.label
        for block in blocks_in(sections)
        for part in _said(block)
        for reference in _in_slot(part)
    )


def _said(block: Block) -> Iterator[object]:
    """The sentences and cells of a block, those of inner blocks apart."""
    match block:
        case Section(title):
            yield title
        case Paragraph(sentences, heading):
            yield heading
            yield from sentences
        case Display(lines):
            yield from (line.note for line in lines)
        case Table(columns, rows, _, caption, total):
            yield caption
            yield from columns
            yield from (cell for row in (*rows, total or ()) for cell in row)
        case Figure(_, caption):
            yield caption


def _in_slot(slot: object) -> Iterator[Reference]:
    match slot:
        case Reference():
            yield slot
        case Sentence(_, slots):
            for each in slots.values():
                yield from _in_slot(each)
        case tuple():
            for each in slot:
                yield from _in_slot(each)


def _in_section(section: Section, cited: frozenset[str]) -> Section:
    told = (each for each in section.blocks if not _is_empty(each))
    return replace(section, blocks=tuple(_in_block(each, cited) for each in told))


def _is_empty(block: Block) -> bool:
    return isinstance(block, Paragraph) and not block.sentences and block.heading is None


def _in_block(block: Block, cited: frozenset[str]) -> Block:
    match block:
        case Section():
            return _in_section(block, cited)
        case Display(lines):
            return replace(block, lines=tuple(_in_line(each, cited) for each in lines))
        case Steps(entries):
            return replace(block, entries=tuple(_in_entry(each, cited) for each in entries))
    return block


def _in_entry(entry: Entry, cited: frozenset[str]) -> Entry:
    return replace(entry, blocks=tuple(_in_block(each, cited) for each in entry.blocks))


def _in_line(line: Line, cited: frozenset[str]) -> Line:
    return line if line.label is None or line.label in cited else replace(line, label=None)
