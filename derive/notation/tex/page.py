"""What the writers of LaTeX share: a piece of LaTeX, and the page that it goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from derive.formula import Formula, Grouping
from derive.notation.tex.names import function_latex, name_latex

Notation = Mapping[str, str]
NO_NOTATION: Notation = MappingProxyType({})


class Tex(NamedTuple):
    r"""LaTeX with what its neighbours need to know.

    Is it tall, so that parentheses must grow; does it open with a minus; is it loose, a product of its
    own like w · x, so that it needs parentheses where a product does.
    """

    text: str
    tall: bool = False
    minus: bool = False
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The spellings that hold on a page, and a writer for every kind of formula."""

    notation: Notation
    writers: Mapping[type[Formula], Callable[..., Tex]]

    def tex(self, formula: Formula) -> Tex:
        """The formula as a piece."""
        return self.writers[type(formula)](formula, self)

    def latex(self, formula: Formula) -> str:
        """The formula as text, where braces or signs delimit it."""
        return self.tex(formula).text

    def name(self, name: str) -> str:
        """The spelling of a quantity."""
        return self.notation[name] if name in self.notation else name_latex(name)

    def function(self, name: str) -> str:
        """The spelling of a function."""
        return self.notation[name] if name in self.notation else function_latex(name)


def enclose(tex: Tex) -> Tex:
    """The piece in parentheses of its height."""
    return Tex(rf"\left({tex.text}\right)" if tex.tall else f"({tex.text})", tex.tall)


def bare(formula: Formula) -> Formula:
    """The formula without parentheses of its own, where something else delimits it."""
    return formula.inner if isinstance(formula, Grouping) else formula


def braced(text: str) -> str:
    """A subscript or an exponent: one character stands without braces."""
    return text if len(text) == 1 else f"{{{text}}}"


def raised(text: str) -> bool:
    """Whether something is raised already at the outermost level, so that TeX would refuse another power."""
    depth = 0
    for character in text if "^" in text else "":
        depth += (character in "{([") - (character in "})]")
        if character == "^" and depth == 0:
            return True
    return False
