"""Python with the standard library alone: one sample, numbers and lists."""

from __future__ import annotations

import builtins
import keyword
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from derive.formula import Call, Formula, Indexed, Name, Power, Reduction, walk
from derive.pausing import without_collection
from derive.program import Line, Program
from derive.shapes import extent
from derive.targets.functions import own_functions
from derive.targets.loading import loaded
from derive.targets.module import (
    FUNCTION,
    Module,
    argument_lines,
    comment,
    convention_lines,
    cost_lines,
    derivative_name,
    equation_lines,
    listing,
    module,
    verification,
    wrapped,
)
from derive.targets.python.expressions import BUILTIN, LIBRARY, VOCABULARY, Python, is_whole, prepared
from derive.targets.spelling import quantities, spelled, spellings
from derive.targets.target import Target
from derive.templating import code_environment

RESERVED = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "math", "pi", "exp", FUNCTION, "PARAMETERS"}
    | set(LIBRARY.values())
    | {name for name in dir(math) if not name.startswith("_")} - {"e", "gamma", "dist", "tau"}
)
# A derivative by a parameter that is longer than this has a line of its own before it is returned.
LONGEST_RESULT = 48


@dataclass(frozen=True, slots=True)
class _Written:
    """A line with its right side as Python has it, and the words for letters and sizes."""

    line: Line
    formula: Formula
    python: Python
    words: Mapping[str, str]

    @property
    def text(self) -> str:
        """The right side."""
        return self.python.array(self.formula, (self.words.get(each, each) for each in self.line.indices))


@without_collection
def write(program: Program) -> str:
    """The module's text."""
    reserved = RESERVED | set(own_functions("python"))
    words = spellings(quantities(_names(program), program), reserved)
    respelled = {name: word for name, word in words.items() if name != word}
    lines = [_written(line, program, words, respelled) for line in program.lines]
    return code_environment().get_template("python.py.jinja").render(module=_module(program, lines, words))


def _names(program: Program) -> Iterator[str]:
    """Every name that the function uses, the author's first."""
    yield from (each.name for each in program.inputs)
    yield from (*program.lengths, *program.derived)
    for line in program.lines:
        yield line.target
        yield from line.indices
        for term in line.terms:
            yield from term.summed
            for node in walk(term.formula):
                if isinstance(node, (Name, Indexed)):
                    yield node.name
                elif isinstance(node, Reduction):
                    yield from (bound.name for bound in node.bounds)


def _written(
    line: Line, program: Program, words: Mapping[str, str], respelled: Mapping[str, str]
) -> _Written:
    sizes = program.letters.get(line.target, {})
    texts = {
        words.get(letter, letter): Python({}).write(spelled(extent(size), respelled))
        for letter, size in sizes.items()
    }
    formula = spelled(prepared(line.formula, words), respelled)
    return _Written(line, formula, Python(texts), words)


def _module(program: Program, lines: Sequence[_Written], words: Mapping[str, str]) -> Module:
    names = [words[each.name] for each in program.inputs]
    nodes = [node for each in lines for node in walk(each.formula)]
    calls = {node.function for node in nodes if isinstance(node, Call)}
    overflows = "exp" in calls
    own = VOCABULARY.needed(calls | ({"exp_or_inf"} if overflows else set()))
    return module(
        program,
        imports=_imports(calls, own, nodes),
        functions=(own_functions("python")[name] for name in own),
        arguments=[*names, *(["exp=exp"] if overflows else [])],
        docstring=_docstring(program, words, overflows=overflows),
        body=_body(program, lines, words, names, overflows=overflows),
    )


def _imports(calls: Collection[str], own: Collection[str], nodes: Sequence[Formula]) -> Iterator[str]:
    products = any(isinstance(node, Reduction) and node.kind == "prod" for node in nodes)
    if products or any("math." in own_functions("python")[name] for name in own):
        yield "import math"
    found = {LIBRARY[name] for name in set(calls) - BUILTIN if name in LIBRARY}
    if any(isinstance(node, Power) and not is_whole(node.exponent) for node in nodes):
        found.add("pow")
    if any(node in (Name("pi"), Name("π")) for node in nodes if isinstance(node, Name)):
        found.add("pi")
    if found:
        yield f"from math import {', '.join(sorted(found))}"


def _docstring(program: Program, words: Mapping[str, str], *, overflows: bool) -> Iterator[str]:
    yield f"Return {program.loss}, then its partial derivatives by PARAMETERS in that order."
    yield ""
    yield from equation_lines(program.equations)
    yield ""
    yield "Arguments:"
    yield from argument_lines(program.inputs, words)
    if overflows:
        yield "    exp: leave it out; it is exp_or_inf in a second run, where a number is too large"
    yield ""
    yield from cost_lines(program)
    yield from convention_lines(program)
    yield from verification(program)


def _body(
    program: Program,
    lines: Sequence[_Written],
    words: Mapping[str, str],
    names: Sequence[str],
    *,
    overflows: bool,
) -> Iterator[str]:
    inner = list(_statements(program, lines, words))
    if not overflows:
        yield from inner
        return
    yield "try:"
    yield from ("    " + line for line in inner)
    yield "except OverflowError:"
    yield "    if exp is exp_or_inf:"
    yield "        raise"
    yield from ("    " + line for line in listing(f"return {FUNCTION}(", [*names, "exp_or_inf"], ")"))


def _statements(program: Program, lines: Sequence[_Written], words: Mapping[str, str]) -> Iterator[str]:
    yield from _lengths(program, lines, words)
    results = _results(program, lines)
    for each in lines:
        if each.line.target not in results:
            yield from wrapped(f"{words[each.line.target]} = {each.text}", comment(each.line))
    yield from _return(program, results, words)


def _results(program: Program, lines: Sequence[_Written]) -> dict[str, str]:
    """The derivatives that are short enough, and read by no line, to be written where they are returned.

    Of two or fewer none is.
    """
    if len(program.gradient) <= 2:
        return {}
    read = {name for each in lines for name in each.line.reads}
    wanted = {target for _, target in program.gradient} - read
    texts = {
        each.line.target: each.text
        for each in lines
        if each.line.target in wanted and not each.line.indices and not any(t.summed for t in each.line.terms)
    }
    return {target: text for target, text in texts.items() if len(text) <= LONGEST_RESULT}


def _return(program: Program, results: Mapping[str, str], words: Mapping[str, str]) -> Iterator[str]:
    """The loss and the derivatives, with a comment where what is returned does not bear its own name."""
    value, gradient = words[program.value], program.gradient
    if not results:
        entries = [value, *(words[target] for _, target in gradient)]
        lines = listing("return (", entries, ")")
        yield from lines if len(lines) > 1 else [f"return {', '.join(entries)}"]
        return
    yield "return ("
    yield f"    {value},"
    for name, target in gradient:
        yield f"    {results.get(target, words[target])},  # {derivative_name(program, name)}"
    yield ")"


def _lengths(program: Program, lines: Sequence[_Written], words: Mapping[str, str]) -> Iterator[str]:
    """The named sizes that are used, read off the arguments."""
    used = {name for each in lines for name in each.line.reads}
    sizes = (size for each in lines for size in program.letters.get(each.line.target, {}).values())
    for formula in (*map(extent, dict.fromkeys(sizes)), *program.derived.values()):
        used.update(node.name for node in walk(formula) if isinstance(node, Name))
    for size, (name, axis) in program.lengths.items():
        if size in used:
            yield f"{words[size]} = len({words[name]}{'[0]' * axis})"
    for size, formula in program.derived.items():
        yield f"{words[size]} = {Python({}).write(spelled(formula, words))}"


TARGET = Target("python", "Python, standard library", ".py", False, write, loaded)
