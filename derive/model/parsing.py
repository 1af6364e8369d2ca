"""From statements to what they say: equations with their targets, and functions that the model defines."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from derive.errors import FormulaError, ModelError
from derive.formula import (
    Along,
    Call,
    Derivative,
    Elementwise,
    Formula,
    Indexed,
    MatrixProduct,
    Name,
    Ones,
    Reduction,
    Relation,
    Transpose,
    Vector,
    read,
    walk,
)
from derive.model.draft import Draft
from derive.model.latex import index_letters, words_left
from derive.model.numbers import lengths
from derive.model.statements import Statement

# What speaks of indices or of whole arrays.
_OF_ARRAYS = frozenset(
    (Along, Elementwise, Ones, Indexed, Reduction, MatrixProduct, Transpose, Vector, Derivative)
)
_LATEX_LETTERS = "ijklmn"


@dataclass(frozen=True, slots=True)
class Content:
    """What occurs in a formula, found in one walk: names, index letters among them, and calls."""

    names: frozenset[str]
    calls: tuple[Call, ...]
    is_scalar: bool

    @classmethod
    def of(cls, formula: Formula) -> Content:
        """The content of a formula."""
        names: set[str] = set()
        calls: list[Call] = []
        is_scalar = True
        for node in walk(formula):
            if isinstance(node, Name | Indexed):
                names.add(node.name)
            elif isinstance(node, Call):
                calls.append(node)
            is_scalar = is_scalar and type(node) not in _OF_ARRAYS
        return cls(frozenset(names), tuple(calls), is_scalar)


@dataclass(frozen=True)
class Assignment:
    """`targets = formula`: the first target is the name, the others are aliases.

    `written` is the right side in matrix notation, once `formula` is by components.
    """

    statement: Statement
    targets: tuple[Name | Indexed, ...]
    formula: Formula
    written: Formula | None = None

    @cached_property
    def content(self) -> Content:
        """What occurs on the right side."""
        return Content.of(self.formula)

    @property
    def is_scalar(self) -> bool:
        """Whether the equation speaks of numbers only: no index, no sum over one, no matrix."""
        return self.content.is_scalar and isinstance(self.targets[0], Name)

    @property
    def name(self) -> str:
        """The name that the equation defines."""
        return self.targets[0].name

    @property
    def indices(self) -> tuple[str, ...]:
        """The index letters left of the sign."""
        return tuple(each.name for each in self.targets[0].children if isinstance(each, Name))

    def error(self, reason: str, node: Formula | None = None, suggestion: str | None = None) -> ModelError:
        """A fault at a name or a call of this equation; without one, at its target."""
        match node:
            case Name(word, int() as at) | Indexed(word, _, int() as at) | Reduction(word, at=int() as at):
                return self.statement.error(reason, at, len(word), suggestion)
        first = self.targets[0]
        return self.statement.error(reason, first.at, len(first.name), suggestion)


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """`f(t) = …`"""

    statement: Statement
    name: str
    parameters: tuple[str, ...]
    body: Formula
    at: int


def parsed(draft: Draft) -> tuple[Assignment | FunctionDefinition, ...]:
    """What the statements say, in order."""
    if draft.form == "plain":
        return tuple(_said(each, _formula(each)) for each in draft.statements)
    return tuple(_parsed_latex(draft))


def _parsed_latex(draft: Draft) -> list[Assignment | FunctionDefinition]:
    """LaTeX is read twice: which letters index and which names are functions, only all of it tells."""
    words = words_left(draft.statements) | draft.listed | ({draft.loss} if draft.loss else set())
    vectors = frozenset(name for name, sizes in draft.shapes.items() if len(sizes) == 1)
    vectors |= {name for name, value in draft.values.items() if len(lengths(value)) == 1}
    arrays = {name for name, sizes in draft.shapes.items() if sizes}
    arrays |= {name for name, value in draft.values.items() if isinstance(value, tuple)}
    told: dict[str, Any] = {"names": words, "vectors": vectors, "arrays": bool(arrays)}
    first = [_formula(each, lenient=True, **told) for each in draft.statements]
    letters = index_letters([each for each in first if each], arrays)
    functions = {call.function for each in first if each and (call := _defined(each))}
    for statement, formula in zip(draft.statements, first, strict=True):
        _check_numbered(statement, formula, arrays, words)
    return [
        _said(each, _formula(each, functions=functions, indices=letters, **told)) for each in draft.statements
    ]


def _check_numbered(
    statement: Statement, formula: Formula, arrays: Collection[str], words: Collection[str]
) -> None:
    """Refuse x_1 beside an array x: LaTeX counts components from 1, and names with numbers look the same."""
    for node in walk(formula) if arrays else ():
        if isinstance(node, Name) and node.name not in words:
            base = node.name.rstrip("0123456789")
            if base in arrays and base != node.name:
                number = node.name.removeprefix(base)
                raise statement.error(
                    f"{base} is an array here, so {base}_{number} is open: a component, or another name?",
                    node.at,
                    len(base),
                    rf"Write components with letters, {base}_i; or call the other one {base}_{{\text{{a}}}}.",
                )


def _formula(
    statement: Statement,
    *,
    functions: Collection[str] = (),
    names: Collection[str] = (),
    vectors: Collection[str] = (),
    indices: Collection[str] = (),
    arrays: bool = False,
    lenient: bool = False,
) -> Formula:
    try:
        return read(
            statement.text,
            form=statement.form,
            functions=functions,
            indices=indices,
            names=names,
            vectors=vectors,
            arrays=arrays,
        )
    except FormulaError as error:
        if lenient and not indices:
            # A subscript like i+1 is read only where i is known to index.
            return _formula(statement, names=names, vectors=vectors, arrays=arrays, indices=_LATEX_LETTERS)
        raise statement.fault(_cause(statement.text, error)) from None


def _cause(text: str, error: FormulaError) -> FormulaError:
    """The fault behind the fault: the reader stumbles over = only after what made it no equation."""
    at = error.at
    if text[at : at + 1] == "=" and at and text[at - 1] in "+-*/@%":
        sign = text[at - 1 : at + 1]
        return FormulaError(
            f"{sign} makes no equation", at - 1, 2, "Write =, and the whole formula after it."
        )
    opened: list[int] = []
    for place, character in enumerate(text[:at]):
        if character in "([{":
            opened.append(place)
        elif character in ")]}" and opened:
            opened.pop()
    if not opened or ("\n" not in text[opened[0] : at] and text[at : at + 1] != "="):
        return error
    line = text.count("\n", 0, opened[0])
    last = next(place for place in reversed(opened) if text.count("\n", 0, place) == line)
    return FormulaError(f"this {text[last]} is never closed", last)


def _defined(formula: Formula) -> Call | None:
    """The call left of = where a function is defined."""
    if not isinstance(formula, Relation) or not isinstance(formula.sides[0], Call):
        return None
    return formula.sides[0]


def _said(statement: Statement, formula: Formula) -> Assignment | FunctionDefinition:
    if not isinstance(formula, Relation):
        raise statement.error("an equation has a name, = and a formula", suggestion="Write: L = …")
    for sign in formula.signs:
        if sign != "=":
            at = max(0, statement.text.find(sign))
            raise statement.error(f"{sign} makes no equation", at, len(sign), "Write =.")
    *left, right = formula.sides
    if len(left) == 1 and isinstance(left[0], Call):
        return _function(statement, left[0], right)
    targets = tuple(_target(statement, side, number) for number, side in enumerate(left))
    _check_aliases(statement, targets)
    return Assignment(statement, targets, right)


def _target(statement: Statement, side: Formula, number: int) -> Name | Indexed:
    if isinstance(side, Name):
        return side
    if not isinstance(side, Indexed):
        sides = statement.text.split("=")
        word, before = sides[number].strip(), sum(len(each) + 1 for each in sides[:number])
        at = before + len(sides[number]) - len(sides[number].lstrip())
        reason = "only a name can stand left of ="
        raise statement.error(reason, at, len(word), "Write the unknown alone: h = …")
    letters = [index.name for index in side.indices if isinstance(index, Name)]
    if len(letters) < len(side.indices) or len(set(letters)) < len(letters):
        reason = f"the indices of {side.name} left of = must be different letters"
        raise statement.error(reason, side.at, len(side.name))
    return side


def first_place(formula: Formula) -> int | None:
    """Where the first word of a formula stands in its text, if it has one."""
    for node in walk(formula):
        match node:
            case Name(at=int() as at) | Indexed(at=int() as at) | Call(at=int() as at):
                return at
    return None


def _check_aliases(statement: Statement, targets: tuple[Name | Indexed, ...]) -> None:
    first, *others = targets
    for other in others:
        if other.children != first.children:
            reason = f"{other.name} has other indices than {first.name}, of which it is another name"
            raise statement.error(reason, other.at, len(other.name))


def _function(statement: Statement, call: Call, body: Formula) -> FunctionDefinition:
    parameters = tuple(argument.name for argument in call.arguments if isinstance(argument, Name))
    at, word = call.at or 0, len(call.function)
    if not call.arguments:
        raise statement.error(f"{call.function} has no arguments", at, word, f"Write: {call.function}(t) = …")
    if len(parameters) < len(call.arguments) or len(set(parameters)) < len(parameters):
        reason = f"the arguments of {call.function} left of = must be different names"
        raise statement.error(reason, at, word)
    for node in walk(body):
        if isinstance(node, Call) and node.function == call.function:
            raise statement.error(f"{call.function} is defined by itself", node.at, word)
    return FunctionDefinition(statement, call.function, parameters, body, at)
