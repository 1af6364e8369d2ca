"""Functions that a model defines; calls of those that read more than their arguments are written out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.errors import FormulaError, printable
from derive.formula import (
    Call,
    Formula,
    Indexed,
    MatrixProduct,
    Name,
    Reduction,
    Transpose,
    Vector,
    names,
    replace,
    rewrite,
    walk,
)
from derive.formula.foreign import INSTEAD
from derive.functions import FUNCTIONS, Function, function
from derive.losses import LOSSES, loss
from derive.model.arrays import ARRAY_FUNCTIONS
from derive.model.parsing import Content, FunctionDefinition
from derive.model.settings import did_you_mean
from derive.model.statements import Statement
from derive.model.written import LARGEST, bounded, written

# No row of the table of functions has a definition of more nodes.
_LARGEST_ROW = 50


@dataclass(frozen=True, slots=True)
class Definitions:
    """The functions of a model as far as they are read.

    `written_out` are those whose calls become formulas, since they read more than numbers: other names, or
    the components of an argument. `later` are the lines of the functions still to come.
    """

    functions: dict[str, Function] = field(default_factory=dict)
    written_out: dict[str, Function] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    later: dict[str, int] = field(default_factory=dict)

    @property
    def elementwise(self) -> dict[str, Function]:
        """The functions that take numbers one by one: their calls stay in the equations."""
        return {name: row for name, row in self.functions.items() if name not in self.written_out}

    def add(self, definition: FunctionDefinition, aliases: Mapping[str, str]) -> None:
        """Take in the definition of a function."""
        name, statement = definition.name, definition.statement
        self.later.pop(name, None)
        if name in self.functions:
            raise statement.error(f"{name} is defined twice", definition.at, len(name))
        own = {alias: real for alias, real in aliases.items() if alias not in definition.parameters}
        body = self.resolved(definition.body, Content.of(definition.body), own, statement)
        row = _alike(name, definition.parameters, body, self._size(body)) or Function(
            name, definition.parameters, body, title=f"function {name}"
        )
        self.sizes[name] = self._size(body)
        if self.sizes[name] > LARGEST:
            raise statement.error(f"{name}, written out, is too long", definition.at, len(name))
        self.functions[name] = row
        if _reads_more(row):
            self.written_out[name] = row

    def resolved(
        self, formula: Formula, content: Content, aliases: Mapping[str, str], statement: Statement
    ) -> Formula:
        """The formula with aliases replaced by their names, and calls by what they stand for."""
        if aliases.keys().isdisjoint(content.names) and all(map(self._is_plain, content.calls)):
            return formula

        def change(node: Formula) -> Formula:
            match node:
                case Name(name, at) if name in aliases:
                    return Name(aliases[name], at)
                case Indexed(name, indices, at) if name in aliases:
                    return Indexed(aliases[name], indices, at)
                case Call():
                    return self._call(node, statement)
            return node

        try:
            return rewrite(formula, change)
        except FormulaError as error:
            raise statement.fault(error) from None

    def row(self, name: str) -> Function | None:
        """The row of a function or a loss: the model's own before the tables'."""
        if name in self.functions:
            return self.functions[name]
        found = loss(name)
        return function(name) or (found.function if found else None)

    def _call(self, call: Call, statement: Statement) -> Formula:
        if call.function in ARRAY_FUNCTIONS and call.function not in self.functions:
            return call
        row = self.row(call.function)
        if row is None:
            raise self._unknown(call)
        if not row.accepts(len(call.arguments)):
            reason = f"{call.function} takes {_count(row)}, not {len(call.arguments)}"
            raise FormulaError(reason, call.at or 0, len(call.function))
        if call.primes:
            reason = "a derivative is no part of a model: it is what is derived from it"
            raise FormulaError(reason, call.at or 0, len(call.function))
        if call.function in self.functions:
            return self._own(call, row)
        if function(call.function) is not None:
            return Call(row.name, call.arguments, call.primes, call.at)
        found = loss(call.function)
        if found is None or found.vectors:
            return Call(row.name, call.arguments, call.primes, call.at)
        return written(row, call)

    def _is_plain(self, call: Call) -> bool:
        """Whether a call is one of the table's functions under its own name, rightly made."""
        row = function(call.function) if call.function not in self.functions else None
        if row is None or row.name != call.function or call.primes:
            return False
        return row.accepts(len(call.arguments))

    def _own(self, call: Call, row: Function) -> Formula:
        if row.name in self.written_out and not component_parameters(row):
            return bounded(written(row, call), call)
        return call

    def _unknown(self, call: Call) -> FormulaError:
        name, place = call.function, (call.at or 0, len(call.function))
        if name in self.later:
            suggestion = f"It is defined in line {self.later[name]}: move that line up."
            return FormulaError(f"{name} is used before it is defined", *place, suggestion)
        known = [*self.functions, *(row.name for row in FUNCTIONS), *(row.name for row in LOSSES)]
        known += [*ARRAY_FUNCTIONS, *(alias for row in FUNCTIONS for alias in row.aliases)]
        hint = INSTEAD.get(name) or did_you_mean(name, known)
        if hint is None and len(name) <= 2:
            hint = f"Define it in a line above, {name}(t) = …, or write {name}*(…) for a product."
        elif hint is None:
            hint = f"Define it in a line above, {printable(name)}(t) = …; `derive list` names the known ones."
        return FormulaError(f"{printable(name)} is not a known function", *place, hint)

    def _size(self, body: Formula) -> int:
        """The number of nodes with every call of a model's function written out."""
        calls = (node for node in walk(body) if isinstance(node, Call))
        return sum(1 for _ in walk(body)) + sum(self.sizes.get(call.function, 0) for call in calls)


def _alike(name: str, parameters: tuple[str, ...], body: Formula, size: int) -> Function | None:
    """A row for a function of the table under the author's name, with what the table knows of it."""
    if size > _LARGEST_ROW:
        return None
    own = _numbered(parameters)
    for row in FUNCTIONS:
        known = row.body()
        if known is None or len(row.parameters) != len(parameters):
            continue
        if replace(known, _numbered(row.parameters)) == replace(body, own):
            names_of: dict[Formula, Formula] = {}
            names_of.update(zip(map(Name, row.parameters), map(Name, parameters), strict=True))
            slopes = (row.derivative(at) for at in range(len(parameters)))
            derivatives = tuple(replace(slope, names_of) for slope in slopes if slope is not None)
            title = f"{row.title} {name}" if row.title else f"function {name}"
            return Function(name, parameters, body, derivatives, latex=name, title=title)
    return None


def _numbered(parameters: tuple[str, ...]) -> dict[Formula, Formula]:
    """Names that no model has, one for each parameter."""
    return {Name(parameter): Name(f"parameter {at}") for at, parameter in enumerate(parameters)}


def component_parameters(row: Function) -> frozenset[str]:
    """The parameters of which the definition reads components: a call takes vectors there."""
    body = row.body()
    if body is None:
        return frozenset()
    read = {node.name for node in walk(body) if isinstance(node, Indexed)}
    return frozenset(read.intersection(row.parameters))


def _reads_more(row: Function) -> bool:
    """Whether the definition is more than a formula of the arguments, taken number by number."""
    body = row.body()
    if body is None:
        return False
    if set(names(body)) - set(row.parameters) - {"pi", "π"}:
        return True
    kinds = (Reduction, MatrixProduct, Transpose, Vector, Indexed)
    return any(
        isinstance(node, kinds) or (isinstance(node, Call) and _takes_arrays(node)) for node in walk(body)
    )


def _takes_arrays(call: Call) -> bool:
    row = loss(call.function)
    return call.function in ARRAY_FUNCTIONS or (row is not None and bool(row.vectors))


def _count(row: Function) -> str:
    if row.most is None:
        return f"{row.fewest} arguments or more"
    if row.fewest != row.most:
        return f"{row.fewest} or {row.most} arguments"
    return "1 argument" if row.most == 1 else f"{row.most} arguments"
