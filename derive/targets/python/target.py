"""Python with the standard library alone: one sample, numbers and lists."""

from __future__ import annotations

import builtins
import keyword
import math
from collections.abc import Iterable, Iterator, Mapping

from derive.equation import formula_of
from derive.errors import DeriveError
from derive.formula import (
    ONE,
    Bound,
    Call,
    Formula,
    Indexed,
    Name,
    Negation,
    Quotient,
    Reduction,
    Sum,
    operands,
    rewrite,
    walk,
)
from derive.pausing import without_collection
from derive.program import Line, Program
from derive.targets.expressions import Expressions
from derive.targets.functions import Vocabulary, own_functions
from derive.targets.loading import loaded
from derive.targets.module import (
    WIDTH,
    Module,
    arguments,
    comment,
    cost_lines,
    equation_lines,
    listing,
    quoted,
    separator,
    title_of,
    verification,
)
from derive.targets.spelling import quantities, spelled, spellings
from derive.targets.target import Target
from derive.templating import code_environment

FUNCTION = "loss_and_gradient"
# The row's name, and what the module math calls it.
LIBRARY: Mapping[str, str] = {
    "exp": "exp",
    "log": "log",
    "sqrt": "sqrt",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "erf": "erf",
    "abs": "abs",
    "max": "max",
    "min": "min",
}
VOCABULARY = Vocabulary("python", LIBRARY)
RESERVED = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "math", "pi", "exp", FUNCTION, "PARAMETERS"}
    | set(LIBRARY.values())
    | {name for name in dir(math) if not name.startswith("_")} - {"e", "gamma", "dist", "tau"}
)


class _Python(Expressions):
    """Formulas as Python expressions."""

    def __init__(self, sizes: Mapping[str, str]) -> None:
        self.sizes = sizes

    def call(self, formula: Call) -> str:
        arguments = ", ".join(map(self.write, formula.arguments))
        return f"{VOCABULARY.called(formula.function)}({arguments})"

    def other(self, formula: Formula) -> str:
        if not isinstance(formula, Reduction):
            return super().other(formula)
        loops = self.loops(bound.name for bound in formula.bounds)
        body = self.write(formula.body)
        match formula.kind:
            case "sum" | "max" | "min":
                return f"{formula.kind}({body}{loops})"
            case "prod":
                return f"math.prod({body}{loops})"
            case "argmax" | "argmin":
                (bound,) = formula.bounds
                size = self.sizes[bound.name]
                return f"{formula.kind[3:]}(range({size}), key=lambda {bound.name}: {body})"
        raise DeriveError(f"{formula.kind} cannot be written in Python")

    def loops(self, letters: Iterable[str]) -> str:
        """The for clauses over index letters."""
        return "".join(f" for {letter} in range({self.sizes[letter]})" for letter in letters)


@without_collection
def write(program: Program) -> str:
    """The module's text."""
    words = spellings(quantities(_names(program), program), RESERVED | set(own_functions("python")))
    lines = [_prepared(line, words) for line in program.lines]
    module = _module(program, lines, words)
    return code_environment().get_template("python.py.jinja").render(module=module)


def _names(program: Program) -> Iterator[str]:
    """Every name that the function uses, the author's first."""
    yield from (each.name for each in program.inputs)
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


def _prepared(line: Line, words: Mapping[str, str]) -> tuple[Line, Formula]:
    """A line with its right side in the functions and names of Python."""
    formula = VOCABULARY.known(_guarded(line))
    formula = rewrite(formula, lambda node: _sigmoid(node) if isinstance(node, Call) else node)
    return line, spelled(_rebound(formula, words), words)


def _guarded(line: Line) -> Formula:
    if any(term.guards for term in line.terms):
        raise DeriveError(f"{line.target} needs index ranges that the Python target does not write yet")
    return formula_of(line.terms)


def _sigmoid(call: Call) -> Formula:
    """A sigmoid written out, so that a neuron is one line; exp_or_inf keeps it from overflowing."""
    if call.function != "sigmoid":
        return call
    return Quotient(ONE, Sum((ONE, Call("exp", (Negation(call.arguments[0]),)))))


def _rebound(formula: Formula, words: Mapping[str, str]) -> Formula:
    def change(node: Formula) -> Formula:
        if not isinstance(node, Reduction):
            return node
        bounds = tuple(Bound(words.get(bound.name, bound.name)) for bound in node.bounds)
        return Reduction(node.kind, node.body, bounds)

    return rewrite(formula, change)


def _module(program: Program, lines: list[tuple[Line, Formula]], words: Mapping[str, str]) -> Module:
    names = [words[each.name] for each in program.inputs]
    calls = {node.function for _, formula in lines for node in walk(formula) if isinstance(node, Call)}
    overflows = "exp" in calls
    helpers = VOCABULARY.needed(calls | ({"exp_or_inf"} if overflows else set()))
    parameters = [name for name, _ in program.gradient]
    return Module(
        title=title_of(program),
        origin=f"Generated by derive from {program.name}.",
        name=FUNCTION,
        imports=tuple(_imports(calls, helpers, lines)),
        constants="\n".join(
            listing("PARAMETERS = (", map(quoted, parameters), ",)" if len(parameters) == 1 else ")")
        ),
        functions=tuple(own_functions("python")[name] for name in helpers),
        arguments=tuple(names + (["exp=exp"] if overflows else [])),
        separator=separator(FUNCTION, names),
        docstring=tuple(_docstring(program, words)),
        body=tuple(_body(program, lines, words, names, overflows=overflows)),
    )


def _imports(calls: set[str], helpers: tuple[str, ...], lines: list[tuple[Line, Formula]]) -> Iterator[str]:
    if any("math." in own_functions("python")[name] for name in helpers) or any(
        isinstance(node, Reduction) and node.kind == "prod" for _, f in lines for node in walk(f)
    ):
        yield "import math"
    found = {LIBRARY[name] for name in calls if name in LIBRARY} - {"abs", "max", "min"}
    if any(node == Name("pi") for _, formula in lines for node in walk(formula)):
        found.add("pi")
    if found:
        yield f"from math import {', '.join(sorted(found))}"


def _docstring(program: Program, words: Mapping[str, str]) -> Iterator[str]:
    yield f"Return {program.loss} and its partial derivatives by PARAMETERS, in that order."
    yield ""
    yield from equation_lines(program.equations)
    yield ""
    yield "Arguments:"
    yield from arguments(program.inputs, words, None)
    yield ""
    yield from cost_lines(program.cost, program.value_cost)
    yield from verification(program)


def _body(
    program: Program,
    lines: list[tuple[Line, Formula]],
    words: Mapping[str, str],
    names: list[str],
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


def _statements(
    program: Program, lines: list[tuple[Line, Formula]], words: Mapping[str, str]
) -> Iterator[str]:
    yield from _lengths(program, words)
    read = {each.name for line in program.lines for term in line.terms for each in operands(term.body)}
    renamed = {
        line.target: formula
        for line, formula in lines
        if line.of is not None and isinstance(formula, Name) and not line.indices and line.target not in read
    }
    for line, formula in lines:
        if line.target in renamed:
            continue
        sizes = {
            words.get(letter, letter): str(size)
            for letter, size in program.letters.get(line.target, {}).items()
        }
        yield _statement(line, formula, _Python(sizes), words)
    plain = _Python({})
    results = [
        plain.write(renamed.get(_bare(place), spelled(Name(_bare(place)), words)))
        for _, place in program.gradient
    ]
    comma = "," if len(results) == 1 else ""
    yield from listing(f"return {words[program.value]}, (", results, f"{comma})")


def _bare(place: Formula) -> str:
    assert isinstance(place, (Name, Indexed))
    return place.name


def _statement(line: Line, formula: Formula, python: _Python, words: Mapping[str, str]) -> str:
    """An assignment; of an array, by a comprehension."""
    text = python.write(formula)
    for letter in reversed([words[each] for each in line.indices]):
        text = f"[{text} for {letter} in range({python.sizes[letter]})]"
    assignment = f"{words[line.target]} = {text}"
    note = comment(line)
    return f"{assignment}  # {note}" if note and len(assignment) + len(note) < WIDTH else assignment


def _lengths(program: Program, words: Mapping[str, str]) -> Iterator[str]:
    """The sizes that have names, read off the arguments."""
    if not program.has_arrays:
        return
    seen: set[str] = set()
    for each in program.inputs:
        for axis, size in enumerate(each.shape):
            if isinstance(size, str) and size not in seen:
                seen.add(size)
                yield f"{words.get(size, size)} = len({words[each.name]}{'[0]' * axis})"


TARGET = Target("python", "Python, standard library", ".py", False, write, loaded)
