"""Lines of a program as statements of NumPy, with the columns that make them short."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_fields

from derive.equation import Term
from derive.formula import (
    ZERO,
    Call,
    Cases,
    Formula,
    Indexed,
    Name,
    Negation,
    Power,
    Quotient,
    Reduction,
    Sum,
    walk,
)
from derive.model.model import Size
from derive.program import Line, Program
from derive.program.axes import axis_order
from derive.program.scattering import places
from derive.program.sharing import keyed
from derive.shapes import extent
from derive.targets.expressions import Expressions
from derive.targets.numpy.arrays import NO_COLUMNS, Arrays, Columns
from derive.targets.numpy.code import UNIT, Code, fitted
from derive.targets.numpy.vocabulary import VOCABULARY
from derive.targets.numpy.windows import Windows
from derive.targets.spelling import spelled

_VIEW = re.compile(r"[\w.]+(\[.*\])?(\.T|\.transpose\([\d, ]*\)|\.diagonal\(\))?|np\.broadcast_to\(.*\)")
# What a column that is no array of its own costs in the choice of columns.
_NO_COLUMN = 100


@dataclass(frozen=True)
class Context:
    """What the statements of a program share.

    `like` is an argument with the precision of the arrays; `bounded` are arguments that are never positive;
    `columns` are the arrays of one axis that are held with a unit axis behind it.
    """

    program: Program
    words: Mapping[str, str]
    like: str | None
    bounded: frozenset[Formula]
    shapes: Mapping[str, Sequence[Size]]
    columns: frozenset[str] = frozenset()

    def columns_of(self, line: Line) -> Columns:
        """The columns that a line may read, and the letters over which it makes such."""
        if not self.columns:
            return NO_COLUMNS
        makes = line.target in self.columns or len(line.indices) > 1
        return Columns(self.columns, frozenset(line.indices) if makes else frozenset())


class Statement:
    """A line as a NumPy expression, filled out along axes that its right side lacks.

    `parameter` is the one whose derivative the line computes, if it computes one.
    """

    def __init__(self, line: Line, context: Context, parameter: str | None) -> None:
        self.line = line
        self.context = context
        # A parameter that no line reads is no argument: its derivative is zero.
        self.parameter = None if parameter is None else context.words.get(parameter)
        self.is_result = parameter is not None
        self.arrays = arrays_for(line, context)
        told = [term for term in line.terms if term.guards and places(term, line.indices)]
        self.scatters = tuple(self.arrays.scattered(term, line.indices) for term in told)
        rest = tuple(term for term in line.terms if term not in told)
        # What is added at places is added to zeros, in the precision of the arguments; so is the rest then.
        self.rest = self.arrays.terms(rest, self.letters) if told and rest else None
        self.code = self.arrays.terms((Term(ZERO),) if told else rest, self.letters)

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of the axes, a unit axis among them where the array is a column."""
        is_column = self.line.target in self.context.columns
        return (*self.line.indices, UNIT) if is_column else self.line.indices

    @property
    def name(self) -> str:
        """What the array is called."""
        return self.context.words[self.line.target]

    @property
    def is_whole(self) -> bool:
        """Whether the right side has all axes of the left."""
        return set(self.code.letters) == set(self.letters)

    @property
    def text(self) -> str:
        """The right side with all axes of the left."""
        if self.is_whole:
            return self.code.text
        shape = ", ".join(self.arrays.sizes[letter] for letter in self.line.indices)
        shape = f"({shape},)" if len(self.line.indices) == 1 else f"({shape})"
        if not self.code.letters:
            return self._filled(shape)
        spread = f"np.broadcast_to({self.code.text}, {shape})"
        return f"{spread}.copy()" if self.is_result else spread

    def _filled(self, shape: str) -> str:
        """An array of one number, in the precision of the arguments: a number alone would have Python's."""
        like = self.parameter or self.context.like
        if like is None:
            return f"np.full({shape}, float({self.code.text}))"
        kind = f"np.result_type({like}, np.float32)"
        return (
            f"np.zeros({shape}, {kind})"
            if self.code.text == "0"
            else f"np.full({shape}, {self.code.text}, {kind})"
        )

    @property
    def texts(self) -> tuple[str, ...]:
        """The expressions that the statement is made of."""
        more = (text for each in self.scatters for text in (*each.slots, each.value))
        return (self.text, *more, *(() if self.rest is None else (self.rest.text,)))

    @property
    def is_new(self) -> bool:
        """Whether the array is no other array, and no view of one."""
        return self.text.endswith(".copy()") or _VIEW.fullmatch(self.text) is None

    @property
    def takes_chances(self) -> bool:
        """Whether a case that is computed and not taken could be outside of its domain."""
        choices = (node for node in self.line.nodes if isinstance(node, Cases))
        values = (branch.value for choice in choices for branch in choice.branches)
        return any(isinstance(part, (Call, Quotient, Power)) for value in values for part in walk(value))

    def part(self, formula: Formula) -> Code:
        """A factor of the right side with the axes of the left."""
        return fitted(self.arrays.factor(formula), self.letters)


def arrays_for(line: Line, context: Context) -> Arrays:
    """What writes the formulas of a line."""
    program, words = context.program, context.words
    sizes = {
        letter: Expressions().write(spelled(extent(size), words))
        for letter, size in program.letters.get(line.target, {}).items()
    }
    return Arrays(
        _order(line),
        sizes,
        VOCABULARY.called,
        context.like,
        columns=context.columns_of(line),
        numbers={words.get(size, size) for size in (*program.lengths, *program.derived)},
        bounded=context.bounded,
        windows=Windows(program.letters.get(line.target, {}), sizes, context.shapes, program.derived),
    )


def statements(program: Program, lines: Sequence[Line], words: Mapping[str, str]) -> list[Statement]:
    """The lines as statements, with those columns that need the fewest axes put in."""
    # Data may be whole numbers, which have no precision to speak of.
    ranked = sorted(program.inputs, key=lambda each: each.role == "data")
    like = next((words[each.name] for each in ranked if each.shape), None)
    shapes = {words.get(name, name): shape for name, shape in program.shapes.items()}
    context = Context(program, words, like, frozenset(_bounded(lines)), shapes)
    parameters = {target: name for name, target in program.gradient}
    made = {line.target: Statement(line, context, parameters.get(line.target)) for line in lines}
    wanted = {program.value, *parameters}
    columns = _columns(made, [line for line in lines if line.target not in wanted])
    if not columns:
        return list(made.values())
    chosen = with_fields(context, columns=frozenset(columns))
    return [Statement(each.line, chosen, parameters.get(each.line.target)) for each in made.values()]


def _columns(made: Mapping[str, Statement], lines: Sequence[Line]) -> set[str]:
    """The arrays of one axis that are held as columns: those without which more axes would be put in."""
    if not any("None]" in each.text for each in made.values()):
        return set()
    possible = {line.target for line in lines if len(line.indices) == 1 and not made[line.target].scatters}
    possible = {name for name in possible if all(_reads_plainly(each.line, name) for each in made.values())}
    touched = {
        name: [each for each in made.values() if name in (each.line.target, *each.line.reads)]
        for name in possible
    }
    chosen = _connected(possible, touched)
    for name in (*chosen, *chosen):
        if name in chosen and _put_in(touched[name], chosen - {name}) <= _put_in(touched[name], chosen):
            chosen = chosen - {name}
    affected = {id(each): each for name in chosen for each in touched[name]}.values()
    return chosen if _put_in(affected, chosen) < _put_in(affected, set()) else set()


def _reads_plainly(line: Line, name: str) -> bool:
    """Whether a line reads an array of one axis at a letter, and nowhere else."""
    places = [node.indices[0] for node in line.nodes if isinstance(node, Indexed) and node.name == name]
    return all(isinstance(each, Name) for each in places)


def _connected(possible: Collection[str], touched: Mapping[str, Sequence[Statement]]) -> set[str]:
    """The arrays that arrays of more axes meet, and those of one axis that these meet."""
    found = {name for name in possible if any(len(each.line.indices) > 1 for each in touched[name])}
    waiting = list(found)
    while waiting:
        for each in touched[waiting.pop()]:
            if len(each.line.indices) == 1:
                more = ({each.line.target, *each.line.reads} & set(possible)) - found
                found |= more
                waiting.extend(more)
    return found


def _put_in(made: Iterable[Statement], columns: Collection[str]) -> int:
    """How many axes the statements put in or take out with those columns."""
    count = 0
    for each in made:
        other = Statement(each.line, with_fields(each.context, columns=frozenset(columns)), None)
        missing = each.line.target in columns and not other.is_whole
        count += other.text.count("None") + other.text.count(", 0]") + missing * _NO_COLUMN
    return count


def _bounded(lines: Sequence[Line]) -> Iterator[Formula]:
    """What exponentials are taken of that is never positive: a quantity less its maximum."""
    maxima = {
        line.target: (line.terms[0].body, line.indices)
        for line in lines
        if isinstance(line.terms[0].body, Reduction) and line.terms[0].body.kind == "max"
    }
    never_positive: set[str] = set()
    for line in lines:
        match line.terms[0].body:
            case Sum((first, Negation(Indexed(name) | Name(name)))) if len(line.terms) == 1:
                if name in maxima and _is_maximum_of(maxima[name], first, line):
                    never_positive.add(line.target)
        for node in line.nodes:
            match node:
                case Call("exp", (Sum((first, Negation(Indexed(name) | Name(name)))) as argument,)):
                    if name in maxima and _is_maximum_of(maxima[name], first, line):
                        yield argument
                case Call("exp", (Indexed(name) | Name(name) as argument,)) if name in never_positive:
                    yield argument


def _is_maximum_of(maximum: tuple[Formula, tuple[str, ...]], formula: Formula, line: Line) -> bool:
    body, letters = maximum
    assert isinstance(body, Reduction)
    bound = tuple(each.name for each in body.bounds)
    return keyed(body.body, (*letters, *bound))[0] == keyed(formula, line.indices)[0]


def _order(line: Line) -> tuple[str, ...]:
    """The line's letters in the order of the axes of what it computes on the way."""
    summed = (letter for term in line.terms for letter in term.summed)
    bound = (each.name for node in line.nodes if isinstance(node, Reduction) for each in node.bounds)
    letters = dict.fromkeys((*line.indices, *summed, *bound))
    found = axis_order((term.body for term in line.terms), letters, first=line.indices)
    return tuple(dict.fromkeys((*found, *letters)))
