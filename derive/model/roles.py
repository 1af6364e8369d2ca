"""Which names are data, which parameters, and which equation is the loss."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from derive.equation import Equation
from derive.errors import ModelError, Place, nearest, printable
from derive.formula import Indexed, Name, walk
from derive.functions import FUNCTIONS
from derive.model.draft import Draft
from derive.model.lookalikes import Lookalikes, drawn
from derive.model.model import Size
from derive.model.parsing import Assignment
from derive.model.settings import did_you_mean
from derive.notation import plain

# Names that are data by the field's convention: x, x1, X_train, y_true; and, where there are none, labels.
_DATA = re.compile(r"[xXyY]([0-9₀-₉].*|_.*)?")
_LABELS = frozenset(("t", "label", "labels", "target", "targets", "input", "inputs"))
# Longer formulas are not repeated in a suggestion.
_LONGEST_TOLD = 60
# The constant, wherever the model neither defines nor lists it.
CONSTANTS = ("pi", "π")


@dataclass(frozen=True, slots=True)
class Roles:
    """The loss, and what the other names are."""

    loss: str
    data: tuple[str, ...]
    parameters: tuple[str, ...]
    wrt: tuple[str, ...]
    inferred: tuple[str, ...]


def roles(
    draft: Draft, equations: Sequence[Equation], assignments: Sequence[Assignment], sizes: Collection[str]
) -> Roles:
    """The roles that the author lists, and by convention the rest."""
    return _Names(draft, equations, assignments, sizes).roles()


class _Names:
    """The names of a model: defined by an equation, or free."""

    def __init__(
        self,
        draft: Draft,
        equations: Sequence[Equation],
        assignments: Sequence[Assignment],
        sizes: Collection[str],
    ) -> None:
        self.draft = draft
        self.equations = equations
        self.assignments = assignments
        self.sizes = frozenset(sizes)
        self.lines = {each.target: each for each in equations}
        self.aliases = {alias: each.target for each in equations for alias in each.aliases}
        self.free = self._free()

    def _free(self) -> tuple[str, ...]:
        """The names that are read and not defined, in reading order; sizes and constants are none."""
        listed = self.draft.listed
        read = dict.fromkeys(name for each in self.equations for name in each.reads)
        constants = {name for name in CONSTANTS if name not in listed}
        return tuple(n for n in read if n not in self.lines and n not in self.sizes and n not in constants)

    def roles(self) -> Roles:
        draft = self.draft
        loss = self._loss()
        for key, names in (("data", draft.data), ("parameters", draft.parameters)):
            self._check_list(key, names or ())
        self._check_slips()
        self._check_unread(loss)
        self._check_functions()
        self._check_constant()
        data = self._data()
        parameters = draft.parameters or tuple(name for name in self.free if name not in data)
        self._check_complete(data, parameters)
        inferred = () if draft.parameters is not None else parameters
        return Roles(loss, data, parameters, self._wrt(loss, data, parameters), inferred)

    def _loss(self) -> str:
        name = self.draft.loss or self.equations[-1].target
        name = self.aliases.get(name, name)
        found = self.lines.get(name)
        if found is None:
            reason = f"the loss {printable(name)} is not defined"
            if name in self.free:
                reason = f"the loss {name} is not computed: no equation defines it"
            suggestion = did_you_mean(name, (*self.lines, *self.aliases))
            raise self.draft.error(reason, "loss", name, suggestion=suggestion)
        if found.indices:
            raise _no_number(found)
        return name

    def _check_slips(self) -> None:
        """Refuse a name that nothing defines or lists, and that looks like another."""
        listed = self.draft.listed
        known = Lookalikes((*self.lines, *self.aliases, *listed))
        looks: dict[str, str] = {}
        for name in self.free:
            other = known.slip(name) if name not in listed else None
            twin = looks.setdefault(drawn(name), name)
            other = other or (twin if twin != name else None)
            if other is not None:
                suggestion = f"Did you mean {printable(other)}?"
                if not other.isascii() or not name.isascii():
                    suggestion = f"Did you mean {other}? {self._scripts(name, other)}"
                raise self._fault(f"{name} is not defined", name, suggestion)

    def _check_unread(self, loss: str) -> None:
        """Refuse a name that nothing defines or lists beside one like it that no equation reads: hh for h."""
        read = {name for each in self.equations for name in each.reads}
        unread = [name for name in self.lines if name not in read and name != loss]
        for name in self.free if unread else ():
            if name not in self.draft.listed and (other := _alike(name, unread)) is not None:
                suggestion = f"Did you mean {other}? Else list {name} among the parameters."
                raise self._fault(f"{name} is not defined, and {other} is never read", name, suggestion)

    def _scripts(self, name: str, other: str) -> str:
        for one, two in zip(name, other, strict=False):
            if one != two:
                first, second = (unicodedata.name(each, "a letter").lower() for each in (one, two))
                return f"Here stands {first}, there {second}."
        return ""

    def _check_functions(self) -> None:
        """Refuse a function of the table that stands without its argument.

        In LaTeX, a word before parentheses may be a factor: it is none if it looks like a function.
        """
        functions = Lookalikes(row.name for row in FUNCTIONS)
        for name in self.free:
            if name in self.draft.listed:
                continue
            if name in functions.names:
                suggestion = f"Write {name}(…); or list {name} among data or parameters, if it is a quantity."
                raise self._fault(f"{name} is a function, and stands without its argument", name, suggestion)
            near = functions.slip(name) if self.draft.form == "latex" and len(name) > 3 else None
            if near is not None:
                raise self._fault(f"{name} is not defined", name, f"Did you mean the function {near}?")

    def _check_constant(self) -> None:
        if "e" in self.free and "e" not in self.draft.listed:
            suggestion = "Write exp(1) for Euler's number, exp(x) for its powers; or give e a value."
            raise self._fault("e is not defined", "e", suggestion)

    def _check_list(self, key: str, names: Collection[str]) -> None:
        """Refuse names in a list that no equation reads, or that an equation defines."""
        free = set(self.free)
        other = self.draft.data if key == "parameters" else None
        for name in names:
            role = "data" if key == "data" else "a parameter"
            if name in self.lines or name in self.aliases:
                place = self.lines[self.aliases.get(name, name)].place
                line = f" in line {place.line}" if place else ""
                raise self.draft.error(f"{name} is computed{line}, so it is not {role}", key, name)
            if name in self.sizes:
                raise self.draft.error(f"{name} is a size, so it is not {role}", key, name)
            if name not in free:
                raise self._unread(name, key)
            if other and name in other:
                raise self.draft.error(f"{name} stands in data and in parameters", key, name)

    def _unread(self, name: str, *path: str) -> ModelError:
        near = did_you_mean(name, self.free)
        return self.draft.error(f"no equation reads {printable(name)}", *path, name, suggestion=near)

    def _data(self) -> tuple[str, ...]:
        if self.draft.data is not None:
            return self.draft.data
        if self.draft.parameters is not None:
            return tuple(name for name in self.free if name not in self.draft.parameters)
        table = self.draft.table
        columns = {column.partition("[")[0] for column in table.columns} if table else set()
        found = tuple(name for name in self.free if name in columns or _DATA.fullmatch(name))
        if not found:
            found = tuple(name for name in self.free if name in _LABELS)
        return () if len(found) == len(self.free) and not columns else found

    def _check_complete(self, data: Collection[str], parameters: Collection[str]) -> None:
        listed = {*data, *parameters}
        for name in self.free:
            if name not in listed:
                near = did_you_mean(name, listed)
                raise self._fault(f"{name} is neither in data nor in parameters", name, near)

    def _wrt(self, loss: str, data: Sequence[str], parameters: Sequence[str]) -> tuple[str, ...]:
        reached = _reached(self.equations, loss)
        for name in self.draft.wrt or ():
            if name in self.lines or name in self.aliases:
                reason = f"{name} is computed: a gradient is taken by parameters or data"
                raise self.draft.error(reason, "wrt", name)
            if name not in self.free:
                raise self._unread(name, "wrt")
            if name not in reached:
                candidates = [each for each in self.free if each in reached]
                suggestion = did_you_mean(name, candidates)
                reason = f"{loss} does not depend on {printable(name)}"
                raise self.draft.error(reason, "wrt", name, suggestion=suggestion)
        wrt = self.draft.wrt or tuple(name for name in parameters or data if name in reached)
        if not wrt:
            place = self.lines[loss].place
            raise ModelError(f"{loss} depends on no parameter", place)
        return tuple(wrt)

    def _fault(self, reason: str, name: str, suggestion: str | None = None) -> ModelError:
        """A fault at the first occurrence of a name."""
        place = place_of_name(name, self.assignments)
        return ModelError(printable(reason), place, suggestion)


def _alike(name: str, others: Sequence[str]) -> str | None:
    """One of the names that differs by a letter more or less at an end, or is near."""
    for each in others:
        short, long = sorted((each, name), key=len)
        if len(long) == len(short) + 1 and (long.startswith(short) or long.endswith(short)):
            return each
    return nearest(name, others)


def _no_number(loss: Equation) -> ModelError:
    """Why an array is no loss, and the number that it may become."""
    rank, letters = len(loss.indices), ", ".join(loss.indices)
    if loss.written is not None:
        has = f"it is {('a vector', 'a matrix', f'an array of {rank} axes')[min(rank, 3) - 1]}"
        text = short if len(short := plain(loss.written)) <= _LONGEST_TOLD else loss.target
        total = f"sum({text})"
    else:
        has = f"it has {'the index' if rank == 1 else 'the indices'} {letters}"
        text = short if len(short := plain(loss.formula)) <= _LONGEST_TOLD else plain(loss.left)
        total = f"sum({text}, {letters})"
    reason = f"the loss {loss.target} is not a number: {has}"
    return ModelError(reason, loss.place, f"Take its sum, or its mean: {loss.target} = {total}")


def place_of_name(name: str, assignments: Sequence[Assignment]) -> Place | None:
    """Where a name is read first."""
    for each in assignments:
        for node in walk(each.formula):
            if isinstance(node, Name | Indexed) and node.name == name and node.at is not None:
                return each.statement.place(node.at, len(name))
    return None


def _reached(equations: Sequence[Equation], loss: str) -> frozenset[str]:
    """Every name that the loss depends on."""
    needed = {loss}
    for each in reversed(equations):
        if each.target in needed:
            needed.update(each.reads)
    return frozenset(needed)


def check_settings(draft: Draft, known: Mapping[str, str]) -> None:
    """Refuse values, shapes and spellings of names that the model does not have.

    `known` says of every name what it is: "quantity", "input", "function", "size" or "letter".
    """
    for key, wanted in (("values", ("input",)), ("shapes", ("input", "quantity")), ("notation", ())):
        for name in getattr(draft, key):
            kind = known.get(name)
            if kind is None:
                candidates = [each for each in known if not wanted or known[each] in wanted]
                suggestion = did_you_mean(name, candidates)
                raise draft.error(f"no equation reads {printable(name)}", key, name, suggestion=suggestion)
            if wanted and kind not in wanted:
                raise draft.error(_REFUSED[kind].format(name=name, key=key), key, name)
    for column in draft.table.columns if draft.table else ():
        name = column.partition("[")[0]
        if known.get(name) != "input":
            near = nearest(name, [each for each in known if known[each] == "input"])
            suggestion = f"Did you mean {near}?" if near else None
            raise draft.error(f"no equation reads {printable(name)}", "table", name, suggestion=suggestion)


def check_batch(draft: Draft, found: Roles, shapes: Mapping[str, tuple[Size, ...]]) -> None:
    """Refuse a batch that is no size of an axis of the data, or one of a parameter too."""
    if not isinstance(draft.batch, str):
        return
    data = found.data
    names = [size for name in data for size in shapes.get(name, ()) if isinstance(size, str)]
    shared = next((name for name in found.parameters if draft.batch in shapes.get(name, ())), None)
    if draft.batch in names and shared is None:
        return
    if shared is not None:
        reason = f"{printable(draft.batch)} is a size of the parameter {shared}: no axis of samples"
        raise draft.error(reason, "batch", suggestion="A parameter is the same for all samples.")
    suggestion = did_you_mean(draft.batch, names)
    if not data:
        suggestion = 'Name the data: data = ["X"].'
    elif not names:
        suggestion = f'Declare the axis of the samples: shapes = {{{data[0]} = ["{draft.batch}"]}}.'
    elif suggestion is None:
        suggestion = f"The sizes of the data are {', '.join(dict.fromkeys(names))}."
    reason = f"no data have an axis of the size {printable(draft.batch)}"
    raise draft.error(reason, "batch", suggestion=suggestion)


_REFUSED = {
    "quantity": "{name} is computed, so it takes no value",
    "function": "{name} is a function, and has no place in {key}",
    "size": "{name} is a size: it takes its number from the data or the shapes",
    "letter": "{name} is an index, and has no place in {key}",
}
