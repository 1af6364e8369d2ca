"""From a draft to a checked model: names, order, roles."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from derive.equation import Equation, equation
from derive.errors import FormulaError, ModelError, nearest
from derive.formula import Call, Formula, Indexed, Name, Number, walk
from derive.functions import Function
from derive.losses import loss
from derive.model.draft import Draft
from derive.model.lowering import Sizes, lower, needs_lowering
from derive.model.meaning import (
    axis_of,
    canonical,
    free_letters,
    mean_letters,
    vectors_in,
    with_whole_ranges,
    without_means,
)
from derive.model.model import Model, Size
from derive.model.parsing import Assignment, FunctionDefinition, check_calls, parse
from derive.model.roles import Roles, roles


def assemble(draft: Draft) -> Model:
    """The model that a draft describes; raises ModelError at the first fault, in reading order."""
    functions, assignments = _parsed(draft)
    if not assignments:
        raise ModelError(_nothing(draft), suggestion="Write one equation a line: L = (y - p)**2")
    _check_targets(assignments, functions)
    shapes = dict(draft.shapes)
    equations = _equations(assignments, functions, shapes, draft)
    kinds = _losses(assignments)
    found = roles(draft, equations, assignments, shapes)
    return _model(draft, equations, functions, shapes, kinds, found)


def _model(
    draft: Draft,
    equations: tuple[Equation, ...],
    functions: Mapping[str, Function],
    shapes: Mapping[str, tuple[Size, ...]],
    kinds: Mapping[str, str],
    found: Roles,
) -> Model:
    return Model(
        name=draft.name,
        title=draft.title,
        equations=equations,
        loss=found.loss,
        parameters=found.parameters,
        data=found.data,
        wrt=found.wrt,
        inferred=found.inferred,
        functions=MappingProxyType(dict(functions)),
        shapes=MappingProxyType(dict(shapes)),
        values=draft.values,
        notation=draft.notation,
        table=draft.table,
        learning_rate=draft.learning_rate,
        source=draft.source,
        losses=MappingProxyType(dict(kinds)),
    )


def _nothing(draft: Draft) -> str:
    return f"{draft.file} holds no equation" if draft.file else "there is no equation in this text"


def _parsed(draft: Draft) -> tuple[dict[str, Function], list[Assignment]]:
    functions: dict[str, Function] = {}
    assignments: list[Assignment] = []
    for statement in draft.statements:
        parsed = parse(statement, functions, shapes=draft.shapes)
        if isinstance(parsed, FunctionDefinition):
            _add_function(parsed, functions)
        else:
            check_calls(statement, parsed.formula, functions)
            assignments.append(parsed)
    return functions, assignments


def _add_function(parsed: FunctionDefinition, functions: dict[str, Function]) -> None:
    name, body = parsed.row.name, parsed.row.body()
    if name in functions:
        raise parsed.statement.error(f"{name} is defined twice", parsed.at, len(name))
    if body is not None:
        check_calls(parsed.statement, body, functions)
    functions[name] = parsed.row


def _check_targets(assignments: list[Assignment], functions: Mapping[str, Function]) -> None:
    seen: dict[str, Assignment] = {}
    for each in assignments:
        for target in each.targets:
            name = target.name
            if name in seen:
                first = seen[name].statement.first_line
                raise each.statement.error(
                    f"{name} is defined twice, first in line {first}", target.at, len(name)
                )
            if name in functions:
                raise each.statement.error(
                    f"{name} is a function of this model and cannot be a quantity too",
                    target.at,
                    len(name),
                )
            seen[name] = each


def _equations(
    assignments: list[Assignment],
    functions: Mapping[str, Function],
    shapes: dict[str, tuple[Size, ...]],
    draft: Draft,
) -> tuple[Equation, ...]:
    aliases: dict[str, str] = {}
    found: list[Equation] = []
    later = {target.name: each for each in assignments for target in each.targets}
    ranks: dict[str, Sizes] = dict(shapes)
    for each in assignments:
        first, *others = each.targets
        try:
            formula = canonical(each.formula, aliases, functions)
        except FormulaError as error:
            raise each.statement.fault(error) from None
        formula = with_whole_ranges(formula, shapes) if each.statement.form == "latex" else formula
        del later[first.name]
        for other in others:
            later.pop(other.name, None)
        _check_order(each, formula, later)
        aliases.update({other.name: first.name for other in others})
        formula, indices = _in_index_form(each, formula, ranks, shapes)
        formula = _with_sizes(formula, shapes, later)
        _check_letters(each, formula, indices)
        found.append(
            equation(
                first.name,
                formula,
                indices=indices,
                aliases=tuple(other.name for other in others),
                place=each.statement.place(first.at or 0, len(first.name)),
            )
        )
    return tuple(found)


def _in_index_form(
    each: Assignment, formula: Formula, ranks: dict[str, Sizes], shapes: dict[str, tuple[Size, ...]]
) -> tuple[Formula, tuple[str, ...]]:
    """The right side in index form, and the indices of the left side; notes the target's shape."""
    target = each.targets[0]
    indices = _letters(target)
    shapes.update(vectors_in(formula, {*ranks, *shapes}))
    ranks.update(shapes)
    if not needs_lowering(formula, ranks):
        ranks[target.name] = (None,) * len(indices)
        return formula, indices
    try:
        lowered = lower(formula, ranks)
    except FormulaError as error:
        raise each.statement.fault(error) from None
    if indices and lowered.letters:
        raise each.statement.error(
            f"{target.name} has indices, and the right side is a whole array",
            target.at,
            len(target.name),
        )
    ranks[target.name] = lowered.sizes or (None,) * len(indices)
    return lowered.formula, indices or lowered.letters


def _letters(target: Name | Indexed) -> tuple[str, ...]:
    if isinstance(target, Name):
        return ()
    return tuple(index.name for index in target.indices if isinstance(index, Name))


def _check_order(
    each: Assignment, formula: Formula, later: Mapping[str, Assignment]
) -> None:
    own = each.targets[0].name
    for node in walk(formula):
        if not isinstance(node, (Name, Indexed)):
            continue
        if node.name in {target.name for target in each.targets}:
            raise each.statement.error(f"{node.name} is defined by itself", node.at, len(node.name))
        if node.name in later:
            raise _too_early(each, own, node, later)


def _too_early(
    each: Assignment, own: str, node: Name | Indexed, later: Mapping[str, Assignment]
) -> ModelError:
    cycle = _cycle(node.name, own, later)
    if cycle:
        chain = " → ".join((own, *cycle))
        return each.statement.error(f"{own} depends on itself: {chain}", node.at, len(node.name))
    line = later[node.name].statement.first_line
    return each.statement.error(
        f"{node.name} is used before it is defined",
        node.at,
        len(node.name),
        f"It is defined in line {line}: move that line up.",
    )


def _cycle(name: str, goal: str, later: Mapping[str, Assignment]) -> tuple[str, ...]:
    """The names from `name` to `goal`, each reading the next; nothing if there is no such way."""
    waiting: list[tuple[str, ...]] = [(name,)]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path[-1] == goal:
            return path
        if path[-1] in seen or path[-1] not in later:
            continue
        seen.add(path[-1])
        read = later[path[-1]].formula
        following = dict.fromkeys(n.name for n in walk(read) if isinstance(n, (Name, Indexed)))
        waiting.extend((*path, each) for each in reversed(following))
    return ()


def _with_sizes(
    formula: Formula, shapes: dict[str, tuple[Size, ...]], later: Mapping[str, Assignment]
) -> Formula:
    """Means written as sums over a size; a size without a name gets one, which joins the shapes."""
    sizes: dict[str, Formula] = {}
    for bound in mean_letters(formula):
        axis = axis_of(bound.name, formula)
        if axis is None:
            continue
        name, rank, position = axis
        if name not in shapes:
            shapes[name] = _invented(bound.name, rank, position, shapes, formula)
        size = shapes[name][position]
        sizes[bound.name] = Number(str(size)) if isinstance(size, int) else Name(size)
    return without_means(formula, sizes) if sizes else formula


def _invented(
    letter: str, rank: int, position: int, shapes: Mapping[str, tuple[Size, ...]], formula: Formula
) -> tuple[Size, ...]:
    taken = {node.name for node in walk(formula) if isinstance(node, (Name, Indexed))}
    free = (
        name
        for stem in (letter.upper(), *"NMKDPQRST")
        for name in (stem, f"{stem}1", f"{stem}2")
        if name not in taken
    )
    own = next(free)
    others = (name for name in free if name != own)
    return tuple(own if at == position else next(others) for at in range(rank))


def _check_letters(each: Assignment, formula: Formula, indices: tuple[str, ...]) -> None:
    for letter in free_letters(formula, indices):
        raise each.statement.error(
            f"the index {letter.name} is free: it stands neither left of = nor in a sum",
            letter.at,
            len(letter.name),
            nearest(letter.name, indices) and f"Did you mean {nearest(letter.name, indices)}?",
        )


def _losses(assignments: list[Assignment]) -> dict[str, str]:
    """Which equations call a loss of the table, and which."""
    return {
        each.targets[0].name: row.name
        for each in assignments
        for node in walk(each.formula)
        if isinstance(node, Call) and (row := loss(node.function)) is not None
    }
