"""Pages of cases: a title, `.`, the input, `.`, what is expected, `.`; text between cases is prose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "pages"


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a page."""

    title: str
    given: str
    expected: str


def cases(page: str) -> list[Case]:
    """The cases of `tests/pages/<page>.md`, in order."""
    found: list[Case] = []
    parts: list[list[str]] = [[]]
    for line in (FOLDER / f"{page}.md").read_text(encoding="utf-8").split("\n"):
        if line != ".":
            parts[-1].append(line)
        elif len(parts) == 3:
            title = next((each for each in reversed(parts[0]) if each), "")
            found.append(Case(title, "\n".join(parts[1]), "\n".join(parts[2])))
            parts = [[]]
        else:
            parts.append([])
    return found
