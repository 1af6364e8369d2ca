"""What the templates of Python-like targets print: a module with one function and its docstring."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from derive.equation import Equation
from derive.formula import Derivative, Indexed, Name
from derive.notation import plain, unicode_text
from derive.program import Cost, Input, Line, Program

WIDTH = 96


@dataclass(frozen=True, slots=True)
class Module:
    """A generated module, piece by piece; `body` holds the lines of the function."""

    title: str
    origin: str
    name: str
    imports: tuple[str, ...]
    constants: str
    functions: tuple[str, ...]
    arguments: tuple[str, ...]
    separator: str
    docstring: tuple[str, ...]
    body: tuple[str, ...]


def separator(name: str, arguments: Sequence[str]) -> str:
    """What stands between arguments: a line break where they do not fit on one line."""
    return ", " if len(name) + len(", ".join(arguments)) + 8 <= WIDTH else ",\n    "


def listing(opening: str, words: Iterable[str], closing: str, indent: str = "    ") -> list[str]:
    """Words in brackets: on one line, or filled into lines of their own."""
    words = list(words)
    one = f"{opening}{', '.join(words)}{closing}"
    if len(one) <= WIDTH - 4:
        return [one]
    filled = textwrap.wrap(", ".join(words) + ",", WIDTH - 8, break_long_words=False)
    return [opening, *(indent + line for line in filled), closing]


def quoted(name: str) -> str:
    """A name as a string of the language; names are identifiers, so that nothing needs an escape."""
    return f'"{name}"'


def equation_lines(equations: Sequence[Equation]) -> list[str]:
    """The author's equations, indented; long ones are broken at their signs."""
    lines: list[str] = []
    for each in equations:
        text = f"{plain(each.left)} = {plain(each.formula)}"
        lines += textwrap.wrap(
            text, WIDTH - 4, initial_indent="    ", subsequent_indent="        ", break_long_words=False
        )
    return lines


def arguments(inputs: Sequence[Input], words: Mapping[str, str], rows: str | None) -> list[str]:
    """What each argument is, those that are alike on one line."""
    groups: dict[tuple[str, str], list[str]] = {}
    for each in inputs:
        groups.setdefault((each.role, shape(each, rows)), []).append(words[each.name])
    lines: list[str] = []
    for (role, kind), names in groups.items():
        text = f"{', '.join(names)}: {_role(role, len(names))}, {kind}"
        lines += textwrap.wrap(
            text, WIDTH - 4, initial_indent="    ", subsequent_indent="        ", break_long_words=False
        )
    return lines


def _role(role: str, count: int) -> str:
    return "parameters" if role == "parameter" and count > 1 else role


def shape(each: Input, rows: str | None) -> str:
    """The shape of an argument in words."""
    if not each.shape:
        return "a number" if rows is None or each.role == "parameter" else f"shape ({rows},)"
    return f"shape ({', '.join(map(str, each.shape))}{',' if len(each.shape) == 1 else ''})"


def cost_lines(cost: Cost, value: Cost, unit: str = "") -> list[str]:
    """Operations of value and gradient, and of the value alone."""
    text = f"Cost{unit}: {operations(cost)}; the loss alone {operations(value)}."
    return textwrap.wrap(text, WIDTH - 4)


def operations(cost: Cost) -> str:
    """Operations in words."""
    text = _counted(cost.arithmetic, "arithmetic operation")
    return f"{text} and {_counted(cost.functions, 'function call')}" if cost.functions else text


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def comment(line: Line) -> str:
    """The derivative that a backward line computes, where its name does not say it."""
    match line.of:
        case Derivative(of=of, wrt=wrt) if not isinstance(wrt, (Name, Indexed)):
            return f"∂{unicode_text(of)}/∂({unicode_text(wrt)})"
    return ""


def verification(program: Program) -> list[str]:
    """How the derivatives were verified, wrapped; nothing if they were not."""
    return textwrap.wrap(program.verified, WIDTH - 4) if program.verified else []


def title_of(program: Program) -> str:
    """The first line of the module's docstring."""
    return f"The loss {program.loss} and its gradient: {program.title}."
