"""The numbers of lines and the letters of steps, by their labels."""

from __future__ import annotations

from collections.abc import Mapping

from derive.walkthrough.tree import Display, Steps, Walkthrough, blocks


def numbers(walkthrough: Walkthrough) -> Mapping[str, str]:
    """What stands in parentheses beside every labelled line and entry, in reading order."""
    found: dict[str, str] = {}
    count = 0
    for block in blocks(walkthrough):
        match block:
            case Display(lines):
                for line in lines:
                    if line.label is not None:
                        count += 1
                        found[line.label] = str(count)
            case Steps(entries):
                found.update({entry.label: entry.letter for entry in entries if entry.label is not None})
    return found


def anchors(walkthrough: Walkthrough) -> Mapping[str, str]:
    """The labels as LaTeX takes them: letters, digits and hyphens, each once."""
    found: dict[str, str] = {}
    for label in numbers(walkthrough):
        plain = "".join(each if each.isascii() and each.isalnum() else "-" for each in label)
        found[label] = plain if plain not in found.values() else f"{plain}-{len(found)}"
    return found
