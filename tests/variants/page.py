"""A page with the verdict that each of its formulas deserves; one of them may be planted with an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Expected:
    """A formula as written and its verdicts; `links` is None where only the whole is foretold."""

    text: str
    verdict: str
    links: tuple[str, ...] | None = None


@dataclass
class Page:
    """The lines of a page; the formula `planted`, of those that can go wrong, goes wrong.

    It is Markdown with `marked` headings, or plain text whose titles are capitalised.
    """

    planted: int | None = None
    marked: bool = False
    lines: list[str] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    slips: int = 0

    def prose(self, text: str, *formulas: str) -> None:
        """A paragraph, with formulas in place of its braces."""
        for each in formulas:
            text = text.replace("{}", f"${each}$", 1)
        self.lines += [*text.split("\n"), ""]

    def heading(self, title: str) -> None:
        """The title of a section."""
        self.lines += [f"## {title}" if self.marked else title, ""]

    def display(
        self, text: str, verdict: str, *links: str, slip: tuple[str, str] | None = None, label: str = ""
    ) -> None:
        """A formula of its own lines."""
        said = self.say(text, verdict, *links, slip=slip)
        self.lines += [*f"$${label}{said}$$".split("\n"), ""]

    def aligned(
        self, rows: Sequence[str], verdict: str, *links: str, slip: tuple[str, str] | None = None
    ) -> None:
        """A chain with a row for each link."""
        body = " \\\\\n".join(rows)
        self.display(f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}", verdict, *links, slip=slip)

    def say(self, text: str, verdict: str, *links: str, slip: tuple[str, str] | None = None) -> str:
        """Foretell the verdict on a formula; `slip` is what is written for what, where the error is planted.

        Returns the text of the formula.
        """
        found = Expected(text, verdict, links or None)
        if slip is not None:
            if self.slips == self.planted:
                old, new = slip
                assert text.count(old) == 1, (text, old)
                found = Expected(text.replace(old, new), "wrong")
            self.slips += 1
        self.expected.append(found)
        return found.text

    def given(self, since: int, facts: str) -> None:
        """A fact that prose states and no formula does, from a line to the last one so far."""
        self.facts.append(f"lines {since}-{len(self.lines)}: {facts}")

    @property
    def here(self) -> int:
        """The number of the next line."""
        return len(self.lines) + 1

    @property
    def text(self) -> str:
        return "\n".join(self.lines)
