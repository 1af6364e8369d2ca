"""What is told about some names told about others: blocks, lines and sentences with changed formulas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from derive.formula import Formula
from derive.walkthrough.tree import Block, Display, Line, Paragraph, Section, Sentence, Slot
from derive.walkthrough.voice import say

Change = Callable[[Formula], Formula]


def block_with(block: Block, change: Change) -> Block:
    """A section, a paragraph or a display with its formulas changed; other blocks stay as they are."""
    match block:
        case Section(title, inner):
            return Section(sentence_with(title, change), tuple(block_with(each, change) for each in inner))
        case Paragraph(sentences, heading):
            told = tuple(sentence_with(each, change) for each in sentences)
            return Paragraph(told, None if heading is None else sentence_with(heading, change))
        case Display(lines):
            return Display(tuple(line_with(each, change) for each in lines))
    return block


def line_with(line: Line, change: Change) -> Line:
    """A line with both sides and its reason changed."""
    left = None if line.left is None else change(line.left)
    right = None if line.right is None else change(line.right)
    note = None if line.note is None else sentence_with(line.note, change)
    return replace(line, left=left, right=right, note=note)


def sentence_with(sentence: Sentence, change: Change) -> Sentence:
    """A sentence with its formulas changed."""
    return say(sentence.macro, **{key: _slot(slot, change) for key, slot in sentence.slots.items()})


def _slot(slot: Slot, change: Change) -> Slot:
    match slot:
        case Formula():
            return change(slot)
        case Sentence():
            return sentence_with(slot, change)
        case tuple():
            return tuple(_slot(each, change) for each in slot)
    return slot
