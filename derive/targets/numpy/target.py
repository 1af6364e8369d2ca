"""NumPy: rows of samples on the leading axis, arrays of any size."""

from __future__ import annotations

import builtins
import keyword
import re
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence

from derive.equation import Term
from derive.formula import Call, Relation
from derive.pausing import without_collection
from derive.program import Input, Line, Program
from derive.targets.expressions import Expressions
from derive.targets.functions import own_functions
from derive.targets.loading import loaded
from derive.targets.module import (
    FUNCTION,
    INDENT,
    WIDTH,
    Module,
    argument_lines,
    convention_lines,
    cost_lines,
    equation_lines,
    listing,
    module,
    quoted,
    verification,
)
from derive.targets.numpy.statements import statements
from derive.targets.numpy.vocabulary import VOCABULARY
from derive.targets.numpy.windows import CALL as WINDOWS
from derive.targets.numpy.writing import written
from derive.targets.spelling import quantities, spelled, spellings
from derive.targets.target import Target
from derive.templating import code_environment

RESERVED = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "np", "math", WINDOWS, FUNCTION, "PARAMETERS"}
)


@without_collection
def write(program: Program) -> str:
    """The module's text."""
    words = spellings(quantities(_names(program), program), RESERVED | set(own_functions("numpy")))
    return code_environment().get_template("numpy.py.jinja").render(module=_module(program, words))


def _names(program: Program) -> Iterator[str]:
    yield from (each.name for each in program.inputs)
    yield from (*program.lengths, *program.derived)
    for line in program.lines:
        yield line.target
        yield from line.reads


def _module(program: Program, words: Mapping[str, str]) -> Module:
    respelled = {name: word for name, word in words.items() if name != word}
    lines = [_prepared(line, respelled) for line in program.lines]
    body = list(_body(program, lines, words))
    called = set(re.findall(r"(?<![.\w])\w+(?=\()", "\n".join(body)))
    texts = [own_functions("numpy")[name] for name in VOCABULARY.needed(called)]
    return module(
        program,
        imports=_imports([*texts, *body]),
        functions=texts,
        arguments=[words[each.name] for each in program.inputs],
        docstring=_docstring(program, words),
        body=body,
    )


def _imports(texts: Sequence[str]) -> Iterator[str]:
    """What the texts use; two libraries with a line between them."""
    used = {name for name in ("math", "np") if any(f"{name}." in text for text in texts)}
    if "math" in used:
        yield "import math"
    if len(used) > 1:
        yield ""
    if "np" in used:
        yield "import numpy as np"
    if any(f"{WINDOWS}(" in text for text in texts):
        yield f"from numpy.lib.stride_tricks import {WINDOWS}"


def _prepared(line: Line, respelled: Mapping[str, str]) -> Line:
    """The line in the functions and names of the NumPy module, its letters as they are."""
    if not respelled and not any(isinstance(node, Call) for node in line.nodes):
        return line
    letters = {*line.indices, *(letter for term in line.terms for letter in term.summed)}
    names = {name: word for name, word in respelled.items() if name not in letters}
    terms = tuple(
        Term(
            spelled(VOCABULARY.known(term.body), names),
            term.summed,
            tuple(Relation(tuple(spelled(side, names) for side in g.sides), g.signs) for g in term.guards),
        )
        for term in line.terms
    )
    return Line(line.target, line.indices, terms, line.of)


def _docstring(program: Program, words: Mapping[str, str]) -> Iterator[str]:
    yield from _promise(program)
    yield ""
    yield from equation_lines(program.equations)
    yield ""
    yield "Arguments:"
    yield from argument_lines(program.inputs, words)
    yield ""
    yield from cost_lines(program)
    yield from convention_lines(program)
    yield from verification(program)


def _promise(program: Program) -> Iterator[str]:
    """What the function returns."""
    if program.batch is None:
        yield f"Return {program.loss} and its partial derivatives, by name."
        return
    match program.reduction:
        case "rows":
            whose = f"{program.loss} of each of {program.batch} rows"
        case kind:
            whose = f"the {kind} of {program.loss} over {program.batch} rows"
    yield f"Return {whose}, and its partial derivatives by name."


def _body(program: Program, lines: Sequence[Line], words: Mapping[str, str]) -> Iterator[str]:
    yield from _rows(program.inputs, program.batch, words)
    made = statements(program, lines, words)
    yield from _lengths(program, [text for each in made for text in each.texts], words)
    yield from written(made, {target for _, target in program.gradient})
    views = {each.line.target for each in made if not each.is_new}
    entries = [f"{quoted(name)}: {each}" for name, each in _results(program, words, views)]
    yield from listing(f"return {words[program.value]}, {{", entries, "}")


def _results(program: Program, words: Mapping[str, str], views: Collection[str]) -> Iterator[tuple[str, str]]:
    """What is returned for each parameter: no array twice, and none of the caller's."""
    returned: set[str] = set()
    for name, target in program.gradient:
        again = (target in returned or target in views) and bool(program.shapes.get(target))
        yield name, f"{words[target]}.copy()" if again else words[target]
        returned.add(target)


def _rows(inputs: Sequence[Input], batch: str | None, words: Mapping[str, str]) -> Iterator[str]:
    """Data as arrays of equally many rows: one sample alone is a row, a number holds for all rows."""
    data = [each for each in inputs if batch is not None and each.shape[:1] == (batch,)]
    arrays = [each for each in data if len(each.shape) > 1]
    numbers = [words[each.name] for each in data if len(each.shape) == 1]
    if not arrays:
        yield from _rows_of_numbers(numbers)
        return
    first = words[arrays[0].name]
    yield f"{first} = np.atleast_2d({first})"
    for word in [words[each.name] for each in arrays[1:]]:
        yield f"{word} = np.broadcast_to({word}, (len({first}), np.shape({word})[-1]))"
    for word in numbers:
        yield f"{word} = np.broadcast_to({word}, len({first}))"


def _rows_of_numbers(words: Sequence[str]) -> Iterator[str]:
    names = ", ".join(words)
    whole = f"{names} = np.broadcast_arrays(*np.atleast_1d({names}))"
    if len(words) < 2:
        yield from (f"{word} = np.atleast_1d({word})" for word in words)
    elif len(whole) <= WIDTH - INDENT:
        yield whole
    else:
        yield from (
            "(",
            *textwrap.wrap(f"{names},", WIDTH - INDENT, initial_indent="    ", subsequent_indent="    "),
        )
        yield from listing(") = np.broadcast_arrays(*np.atleast_1d(", words, "))")


def _lengths(program: Program, texts: Sequence[str], words: Mapping[str, str]) -> Iterator[str]:
    """The named sizes that the lines use, read off the arguments."""
    formulas = {size: Expressions().write(spelled(each, words)) for size, each in program.derived.items()}
    used = set(re.findall(r"\w+", "\n".join(texts)))
    for size in reversed(formulas):
        if words[size] in used:
            used |= set(re.findall(r"\w+", formulas[size]))
    for size, (name, axis) in program.lengths.items():
        if words[size] in used:
            length = f"len({words[name]})" if axis == 0 else f"{words[name]}.shape[{axis}]"
            yield f"{words[size]} = {length}"
    for size, text in formulas.items():
        if words[size] in used:
            yield f"{words[size]} = {text}"


TARGET = Target("numpy", "NumPy, rows of samples", ".py", True, write, loaded)
