"""From statements to what they say: equations with their targets, and functions that the model defines."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from derive.errors import FormulaError, nearest, printable
from derive.formula import Call, Formula, Indexed, Name, Relation, names, read, replace, walk
from derive.functions import FUNCTIONS, Function, function
from derive.losses import LOSSES, loss
from derive.model.lowering import OPERATIONS
from derive.model.statements import Statement


@dataclass(frozen=True, slots=True)
class Assignment:
    """`targets = formula`: the first target is the name, the others are aliases."""

    statement: Statement
    targets: tuple[Name | Indexed, ...]
    formula: Formula


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """`f(t) = …`"""

    statement: Statement
    row: Function
    at: int


def parse(
    statement: Statement,
    functions: Collection[str] = (),
    *,
    shapes: Mapping[str, Sequence[object]] = MappingProxyType({}),
) -> Assignment | FunctionDefinition:
    """What a statement says; `shapes` tells the LaTeX form which names are vectors."""
    vectors = [name for name, sizes in shapes.items() if sizes]
    try:
        formula = read(statement.text, form=statement.form, functions=functions, vectors=vectors)
    except FormulaError as error:
        raise statement.fault(error) from None
    if not isinstance(formula, Relation):
        raise statement.error("an equation has a name, = and a formula", suggestion="Write: L = …")
    for sign in formula.signs:
        if sign != "=":
            raise statement.error(f"{sign} makes no equation", statement.text.find(sign), len(sign))
    *left, right = formula.sides
    if len(left) == 1 and isinstance(left[0], Call):
        return _function(statement, left[0], right)
    return Assignment(statement, tuple(_target(statement, side) for side in left), right)


def _target(statement: Statement, side: Formula) -> Name | Indexed:
    if isinstance(side, Name):
        return side
    if isinstance(side, Indexed):
        return _component(statement, side)
    raise statement.error(
        "only a name can stand left of =", suggestion="Write the unknown alone: h = …"
    )


def _component(statement: Statement, side: Indexed) -> Indexed:
    letters = [index.name for index in side.indices if isinstance(index, Name)]
    if len(letters) < len(side.indices) or len(set(letters)) < len(letters):
        raise statement.error(
            f"the indices of {side.name} left of = must be different letters", side.at, len(side.name)
        )
    return side


def _function(statement: Statement, call: Call, body: Formula) -> FunctionDefinition:
    parameters = [argument.name for argument in call.arguments if isinstance(argument, Name)]
    at = call.at or 0
    if len(parameters) < len(call.arguments) or len(set(parameters)) < len(parameters):
        raise statement.error(
            f"the arguments of {call.function} left of = must be different names",
            at,
            len(call.function),
        )
    if any(isinstance(node, Call) and node.function == call.function for node in walk(body)):
        raise statement.error(
            f"{call.function} is defined by itself", at, len(call.function)
        )
    row = _alike(call.function, tuple(parameters), body) or Function(
        call.function, tuple(parameters), body, title=f"function {call.function}"
    )
    return FunctionDefinition(statement, row, at)


def _alike(name: str, parameters: tuple[str, ...], body: Formula) -> Function | None:
    """A row for a function of the table under the author's name, with what the table knows of it."""
    own = {Name(parameter): Name(f"parameter {at}") for at, parameter in enumerate(parameters)}
    for row in FUNCTIONS:
        known = row.body()
        if known is None or len(row.parameters) != len(parameters):
            continue
        theirs = {Name(parameter): Name(f"parameter {at}") for at, parameter in enumerate(row.parameters)}
        if replace(known, theirs) == replace(body, own):
            names_of = dict(zip(map(Name, row.parameters), map(Name, parameters), strict=True))
            derivatives = tuple(
                replace(slope, names_of)
                for at in range(len(parameters))
                if (slope := row.derivative(at)) is not None
            )
            title = f"{row.title} {name}" if row.title else f"function {name}"
            return Function(name, parameters, body, derivatives, latex=name, title=title)
    return None


def check_calls(statement: Statement, formula: Formula, functions: dict[str, Function]) -> None:
    """Refuse calls of unknown functions and calls with a wrong number of arguments."""
    for node in walk(formula):
        if not isinstance(node, Call):
            continue
        if node.function in OPERATIONS and node.function not in functions:
            continue
        row = functions.get(node.function) or _row(node.function)
        if row is None:
            raise statement.error(
                f"{printable(node.function)} is not a known function",
                node.at,
                len(node.function),
                _near(node.function, functions),
            )
        if not row.accepts(len(node.arguments)):
            raise statement.error(
                f"{node.function} takes {_count(row)}, not {len(node.arguments)}",
                node.at,
                len(node.function),
            )


def _row(name: str) -> Function | None:
    row = function(name)
    if row is None:
        found = loss(name)
        row = found.function if found else None
    return row


def _near(word: str, functions: Collection[str]) -> str | None:
    known = [*functions, *OPERATIONS, *(row.name for row in FUNCTIONS), *(row.name for row in LOSSES)]
    known += [alias for row in FUNCTIONS for alias in row.aliases]
    near = nearest(word, known)
    return f"Did you mean {near}?" if near else None


def _count(row: Function) -> str:
    if row.most is None:
        return f"{row.fewest} arguments or more"
    if row.fewest != row.most:
        return f"{row.fewest} or {row.most} arguments"
    return "1 argument" if row.most == 1 else f"{row.most} arguments"


def outside_names(row: Function) -> Sequence[str]:
    """The names that a function's definition reads beside its parameters."""
    body = row.body()
    return [] if body is None else [name for name in names(body) if name not in row.parameters]
