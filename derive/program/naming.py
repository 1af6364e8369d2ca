"""Names for what a program adds: they never meet a name of the author's."""

from __future__ import annotations


def fresh(stem: str, taken: set[str]) -> str:
    """The stem, with a number behind it if it is taken; it then is."""
    number, name = 1, stem
    while name in taken:
        name, number = f"{stem}{number}", number + 1
    taken.add(name)
    return name
