"""NumPy: rows of samples on the leading axis, arrays of any size."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator, Mapping, Sequence

from derive.equation import Term
from derive.formula import Call, Cases, Power, Quotient, Reduction, Relation, walk
from derive.pausing import without_collection
from derive.program import Input, Line, Program
from derive.program.extents import extent
from derive.targets.expressions import Expressions
from derive.targets.functions import Vocabulary, own_functions
from derive.targets.loading import loaded
from derive.targets.module import (
    FUNCTION,
    Module,
    argument_lines,
    comment,
    cost_lines,
    equation_lines,
    listing,
    module,
    quoted,
    verification,
    wrapped,
)
from derive.targets.numpy.arrays import Arrays
from derive.targets.spelling import quantities, spelled, spellings
from derive.targets.target import Target
from derive.templating import code_environment

LIBRARY: Mapping[str, str] = {
    "log": "np.log",
    "sqrt": "np.sqrt",
    "sin": "np.sin",
    "cos": "np.cos",
    "tan": "np.tan",
    "sinh": "np.sinh",
    "cosh": "np.cosh",
    "tanh": "np.tanh",
    "arcsin": "np.arcsin",
    "arccos": "np.arccos",
    "arctan": "np.arctan",
    "abs": "np.abs",
    "sign": "np.sign",
    "max": "np.maximum",
    "min": "np.minimum",
}
VOCABULARY = Vocabulary("numpy", LIBRARY)
RESERVED = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "np", "math", FUNCTION, "PARAMETERS"}
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
    calls = {node.function for line in lines for node in line.nodes if isinstance(node, Call)}
    own = VOCABULARY.needed(calls)
    texts = [own_functions("numpy")[name] for name in own]
    body = list(_body(program, lines, words))
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
    parameters = {target: name for name, target in program.gradient}
    statements = [_Statement(line, program, words, parameters.get(line.target)) for line in lines]
    texts = [statement.text for statement in statements]
    yield from _lengths(program, lines, texts, words)
    for statement, text in zip(statements, texts, strict=True):
        written = wrapped(f"{words[statement.line.target]} = {text}", comment(statement.line))
        if statement.takes_chances:
            yield 'with np.errstate(all="ignore"):  # every case is computed, one is taken'
            yield from ("    " + line for line in written)
        else:
            yield from written
    entries = [f"{quoted(name)}: {words[target]}" for name, target in program.gradient]
    yield from listing(f"return {words[program.value]}, {{", entries, "}")


class _Statement:
    """A line as a NumPy expression, filled out along axes that its right side lacks.

    `parameter` is the one whose derivative the line computes, if it computes one.
    """

    def __init__(self, line: Line, program: Program, words: Mapping[str, str], parameter: str | None) -> None:
        self.line = line
        self.sizes = {
            letter: Expressions().write(spelled(extent(size), words))
            for letter, size in program.letters.get(line.target, {}).items()
        }
        like = next((words[each.name] for each in program.inputs if each.shape), None)
        arrays = Arrays(_order(line), self.sizes, VOCABULARY.called, like)
        self.code = arrays.terms(line.terms, line.indices)
        self.parameter = None if parameter is None else words[parameter]

    @property
    def text(self) -> str:
        """The right side with all axes of the left."""
        if set(self.code.letters) == set(self.line.indices):
            return self.code.text
        shape = ", ".join(self.sizes[letter] for letter in self.line.indices)
        shape = f"({shape},)" if len(self.line.indices) == 1 else f"({shape})"
        if self.parameter is not None and not self.code.letters:
            return f"np.full({shape}, {self.code.text}, np.result_type({self.parameter}, np.float32))"
        spread = f"np.broadcast_to({self.code.text}, {shape})"
        return spread if self.parameter is None else f"{spread}.copy()"

    @property
    def takes_chances(self) -> bool:
        """Whether a case that is computed and not taken could be outside of its domain."""
        choices = (node for node in self.line.nodes if isinstance(node, Cases))
        values = (branch.value for choice in choices for branch in choice.branches)
        return any(isinstance(part, (Call, Quotient, Power)) for value in values for part in walk(value))


def _rows(inputs: Sequence[Input], batch: str | None, words: Mapping[str, str]) -> Iterator[str]:
    """Data as arrays with rows: one sample alone is a row too."""
    for each in inputs if batch is not None else ():
        if each.shape[:1] == (batch,):
            word, rank = words[each.name], len(each.shape)
            if rank <= 2:
                yield f"{word} = np.atleast_{rank}d({word})"
            else:
                yield f"{word} = np.reshape({word}, (-1, *np.shape({word})[-{rank - 1}:]))"


def _lengths(
    program: Program, lines: Sequence[Line], texts: Sequence[str], words: Mapping[str, str]
) -> Iterator[str]:
    """The named sizes that the lines use, read off the arguments."""
    formulas = {size: Expressions().write(spelled(each, words)) for size, each in program.derived.items()}
    sizes = {words[size] for size in (*program.lengths, *program.derived)}
    used = {name for line in lines for name in line.reads if name in sizes}
    everything = "\n".join((*texts, *formulas.values())) if sizes - used else ""
    used |= {size for size in sizes if re.search(rf"\b{size}\b", everything)}
    for size, (name, axis) in program.lengths.items():
        if words[size] in used:
            length = f"len({words[name]})" if axis == 0 else f"{words[name]}.shape[{axis}]"
            yield f"{words[size]} = {length}"
    for size, text in formulas.items():
        if words[size] in used:
            yield f"{words[size]} = {text}"


def _order(line: Line) -> tuple[str, ...]:
    """The line's letters, its own first."""
    summed = (letter for term in line.terms for letter in term.summed)
    bound = (each.name for node in line.nodes if isinstance(node, Reduction) for each in node.bounds)
    return tuple(dict.fromkeys((*line.indices, *summed, *bound)))


TARGET = Target("numpy", "NumPy, rows of samples", ".py", True, write, loaded)
