"""The functions of a target: names of its library, and functions of our own that the generated file holds.

A function of our own is a file `templates/code/TARGET/functions/NAME.jinja`; what it calls in turn is
found by its text. A function with neither is written out by its definition.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from derive.formula import Call, Formula, rewrite, walk
from derive.functions import function
from derive.rules import opened
from derive.templating import folder


@cache
def own_functions(target: str) -> Mapping[str, str]:
    """The texts of a target's own functions, by name."""
    files = sorted((folder() / "code" / target / "functions").glob("*.jinja"))
    return {file.name.split(".")[0]: file.read_text("utf-8").strip() for file in files}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a target calls functions: names of its library, and of the functions that the file holds."""

    target: str
    library: Mapping[str, str]

    def known(self, formula: Formula) -> Formula:
        """The formula with the target's functions only, all arguments given; others are written out."""

        def change(node: Formula) -> Formula:
            if not isinstance(node, Call):
                return node
            return complete(node) if self.has(node.function) else self.known(opened(node))

        return rewrite(formula, change) if any(isinstance(n, Call) for n in walk(formula)) else formula

    def has(self, name: str) -> bool:
        """Whether the target has a function of that name."""
        return name in self.library or name in own_functions(self.target)

    def called(self, name: str) -> str:
        """What the target calls a function."""
        return name if name in own_functions(self.target) else self.library[name]

    def needed(self, names: Collection[str]) -> tuple[str, ...]:
        """Our own functions that the named ones are or call, each after those it calls."""
        own = own_functions(self.target)
        codes = {name: _code(text) for name, text in own.items()}
        found: dict[str, None] = {}

        def visit(name: str) -> None:
            for other in own:
                if other != name and other not in found and re.search(rf"(?<![.\w]){other}\(", codes[name]):
                    visit(other)
            found[name] = None

        for name in sorted(set(names) & set(own)):
            visit(name)
        return tuple(found)


def _code(text: str) -> str:
    """A function's text without its docstring."""
    return text.split('"""')[-1]


def complete(call: Call) -> Call:
    """The call with arguments left out filled in by the row's defaults."""
    row = function(call.function)
    if row is None or len(call.arguments) >= len(row.parameters):
        return call
    return Call(call.function, row.complete(call.arguments))
