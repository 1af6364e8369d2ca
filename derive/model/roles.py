"""Which names are data, which parameters, and which equation is the loss."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from derive.equation import Equation
from derive.errors import ModelError, Place, nearest
from derive.model.draft import Draft
from derive.model.lookalikes import by_looks, slip_of
from derive.model.model import Size
from derive.model.parsing import Assignment

# Names that are data by the field's convention: x, x1, X, y, y_true.
_DATA_LETTERS = frozenset("xXyY")
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
    draft: Draft,
    equations: Sequence[Equation],
    assignments: Sequence[Assignment],
    shapes: Mapping[str, tuple[Size, ...]],
) -> Roles:
    """The roles that the author lists, and by convention the rest."""
    defined = {each.target for each in equations}
    aliases = {alias: each.target for each in equations for alias in each.aliases}
    loss = _loss(draft, equations, aliases)
    free = _free(equations, shapes)
    _check_slips(free, defined | set(aliases), draft, equations)
    data = _data(draft, free)
    parameters = draft.parameters or tuple(name for name in free if name not in data)
    inferred = () if draft.parameters is not None else parameters
    wrt = draft.wrt or parameters or data
    _check_wrt(draft, wrt, equations, loss)
    return Roles(loss, data, tuple(parameters), tuple(wrt), tuple(inferred))


def _loss(draft: Draft, equations: Sequence[Equation], aliases: Mapping[str, str]) -> str:
    name = draft.loss or equations[-1].target
    name = aliases.get(name, name)
    found = next((each for each in equations if each.target == name), None)
    if found is None:
        near = nearest(name, [each.target for each in equations])
        raise ModelError(
            f"the loss {name} is not defined",
            draft.places.get("loss"),
            f"Did you mean {near}?" if near else None,
        )
    if found.indices:
        raise ModelError(
            f"the loss {name} is not a number: it has the index {', '.join(found.indices)}",
            found.place,
            f"Sum it: L = sum({name}[{','.join(found.indices)}], {', '.join(found.indices)})",
        )
    return name


def _free(
    equations: Sequence[Equation], shapes: Mapping[str, tuple[Size, ...]]
) -> tuple[str, ...]:
    """The names that are read and not defined, in reading order; sizes and constants are none."""
    defined = {each.target for each in equations}
    sizes = {size for axes in shapes.values() for size in axes}
    read = (name for each in equations for name in each.reads)
    return tuple(
        dict.fromkeys(n for n in read if n not in defined and n not in sizes and n not in CONSTANTS)
    )


def _data(draft: Draft, free: Sequence[str]) -> tuple[str, ...]:
    if draft.data is not None:
        return draft.data
    if draft.parameters is not None:
        return tuple(name for name in free if name not in draft.parameters)
    found = tuple(name for name in free if name[0] in _DATA_LETTERS)
    return () if len(found) == len(free) else found


def _check_slips(
    free: Iterable[str], defined: set[str], draft: Draft, equations: Sequence[Equation]
) -> None:
    """Refuse a name that nothing defines and that looks like a slip of a defined one."""
    listed = {*(draft.data or ()), *(draft.parameters or ()), *draft.values, *(draft.wrt or ())}
    known = by_looks(defined | listed)
    for name in free:
        other = slip_of(name, known) if name not in listed else None
        if other is not None:
            statement_place = _place_of(name, equations)
            raise ModelError(
                f"{name} is not defined", statement_place, f"Did you mean {other}?"
            )


def _place_of(name: str, equations: Sequence[Equation]) -> Place | None:
    for each in equations:
        for operand in each.operands:
            if operand.name == name and each.place is not None:
                at = max(0, each.place.text.find(name))
                return Place(each.place.file, each.place.line, at, each.place.text, len(name))
    return None


def _check_wrt(
    draft: Draft, wrt: Sequence[str], equations: Sequence[Equation], loss: str
) -> None:
    reached = set(_reached(equations, loss))
    for name in draft.wrt or ():
        if name not in reached:
            near = nearest(name, reached)
            raise ModelError(
                f"{loss} does not depend on {name}",
                draft.places.get("wrt"),
                f"Did you mean {near}?" if near else None,
            )
    if not set(wrt) & reached:
        raise ModelError(f"{loss} depends on no parameter", draft.places.get("loss"))


def _reached(equations: Sequence[Equation], loss: str) -> Iterator[str]:
    """Every name that the loss depends on."""
    needed = {loss}
    for each in reversed(equations):
        if each.target in needed:
            needed.update(each.reads)
    yield from needed
