"""From a draft to a checked model: names, order, components, sizes, roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace as with_fields
from types import MappingProxyType

from derive.equation import Equation, equation
from derive.errors import ModelError
from derive.formula import Formula, Indexed, Reduction, names, walk
from derive.losses import loss
from derive.model.apart import spelled_apart
from derive.model.checks import check_letters, check_ranks, check_scopes
from derive.model.definitions import Definitions
from derive.model.draft import Draft
from derive.model.lowering import Lowering
from derive.model.means import adopt_counts, without_means
from derive.model.model import Model
from derive.model.numbers import lengths
from derive.model.order import Order
from derive.model.parsing import Assignment, FunctionDefinition, parsed
from derive.model.places import check_places
from derive.model.roles import CONSTANTS, check_batch, check_settings, roles
from derive.model.shape import Shape
from derive.model.shaping import Shapes
from derive.model.sizes import Sizes
from derive.notation import name_latex


def assemble(draft: Draft) -> Model:
    """The model that a draft describes; raises ModelError at the first fault that it finds."""
    said = parsed(draft)
    assignments = [each for each in said if isinstance(each, Assignment)]
    if not assignments:
        raise _nothing(draft, said)
    definitions, meant = _meant(said, Order(assignments))
    quantities = _quantities(meant)
    shapes_known = Shapes(_shapes(draft, meant), definitions)
    lowering = Lowering(shapes_known, {*quantities, *_declared_sizes(draft)}, definitions)
    lowered = []
    for each in meant:
        lowered.append(lowering.lowered(each))
        # Before the next line is read by components: a free index here is no fault of a line that reads it.
        check_scopes(lowered[-1])
    check_ranks(draft, lowered)
    sizes = Sizes(draft, lowered)
    targets = {target.name for each in lowered for target in each.targets}
    adopt_counts(sizes, quantities.keys() - draft.listed - targets)
    check_letters(lowered, _meanings(draft, quantities, sizes), sizes.names)
    check_places(sizes, lowered)
    taken = {*quantities, *draft.listed, *definitions.functions, *_letters(lowered)}
    complete = without_means(sizes, taken)
    shapes = sizes.shapes(taken)
    equations = tuple(_equation(each, before.formula) for each, before in zip(complete, lowered, strict=True))
    _check_sizes(draft, sizes, equations)
    found = roles(draft, equations, complete, sizes.names)
    known = _known(found.data + found.parameters, equations, definitions, sizes, complete)
    check_settings(draft, known)
    check_batch(draft, found, shapes)
    return Model(
        name=draft.name,
        title=draft.title,
        equations=equations,
        loss=found.loss,
        parameters=found.parameters,
        data=found.data,
        wrt=found.wrt,
        inferred=found.inferred,
        functions=MappingProxyType(definitions.elementwise),
        shapes=MappingProxyType(dict(shapes)),
        values=MappingProxyType(dict(draft.values)),
        notation=MappingProxyType(_notation(draft, known, complete)),
        table=draft.table,
        learning_rate=draft.learning_rate,
        source=draft.source,
        losses=MappingProxyType(_losses(assignments, definitions)),
        batch=draft.batch,
    )


def _nothing(draft: Draft, said: Sequence[Assignment | FunctionDefinition]) -> ModelError:
    if said:
        only = said[-1]
        assert isinstance(only, FunctionDefinition)
        suggestion = f"Without (…), {only.name} = … is an equation."
        return only.statement.error(
            "a function alone is no model: there is no equation", only.at, len(only.name), suggestion
        )
    reason = f"{draft.file} holds no equation" if draft.file else "there is no equation in this text"
    return ModelError(reason, suggestion="Write one equation a line: L = (y - p)**2")


def _meant(
    said: Sequence[Assignment | FunctionDefinition], order: Order
) -> tuple[Definitions, list[Assignment]]:
    """The functions, and the equations with aliases and calls resolved."""
    definitions = Definitions()
    for each in said:
        if isinstance(each, FunctionDefinition):
            definitions.later.setdefault(each.name, each.statement.place(each.at).line)
    found: list[Assignment] = []
    for each in said:
        if isinstance(each, FunctionDefinition):
            definitions.add(each, order.aliases)
            continue
        formula = definitions.resolved(each.formula, each.content, order.aliases, each.statement)
        meant = each if formula is each.formula else with_fields(each, formula=formula)
        order.passed(meant, definitions)
        found.append(meant)
    return definitions, found


def _quantities(equations: Sequence[Assignment]) -> dict[str, int]:
    """The quantities that the equations define or read, each with the line where it stands first."""
    found: dict[str, int] = {}
    for each in equations:
        line = each.statement.place(each.targets[0].at or 0).line
        for target in each.targets:
            found.setdefault(target.name, line)
        for name in each.content.names if each.is_scalar else names(each.formula):
            if name not in each.indices:
                found.setdefault(name, line)
    return found


def _shapes(draft: Draft, equations: Sequence[Assignment]) -> dict[str, Shape]:
    """The shapes of names, as far as settings tell; of others that have indices, how many axes they have."""
    found: dict[str, Shape] = {}
    for each in equations:
        for node in () if each.is_scalar else (each.targets[0], *walk(each.formula)):
            if isinstance(node, Indexed) and len(node.indices) > len(found.get(node.name, ())):
                found[node.name] = (None,) * len(node.indices)
    for name, value in draft.values.items():
        # A size that merely happens to be 1 tells nothing.
        found[name] = tuple(None if length == 1 else length for length in lengths(value))
    found.update(draft.shapes)
    return found


def _declared_sizes(draft: Draft) -> set[str]:
    return {size for sizes in draft.shapes.values() for size in sizes if isinstance(size, str)}


def _letters(equations: Sequence[Assignment]) -> set[str]:
    bound = (
        bound.name
        for each in equations
        if not each.is_scalar
        for node in walk(each.formula)
        if isinstance(node, Reduction)
        for bound in node.bounds
    )
    return {*bound, *(letter for each in equations for letter in each.indices)}


def _meanings(draft: Draft, quantities: Mapping[str, int], sizes: Sizes) -> dict[str, str]:
    """What each name is beside an index, for messages: quantities, and names that the settings list."""
    counted = sizes.names
    lines = {name: f"a quantity in line {line}" for name, line in quantities.items() if name not in counted}
    return {**dict.fromkeys(draft.listed, "a quantity in the settings"), **lines}


def _equation(each: Assignment, said: Formula) -> Equation:
    first, *others = each.targets
    made = equation(
        first.name,
        each.formula,
        indices=each.indices,
        aliases=tuple(other.name for other in others),
        place=each.statement.place(first.at or 0, len(first.name)),
        written=each.written,
    )
    has_mean = any(isinstance(node, Reduction) and node.kind == "mean" for node in walk(said))
    return with_fields(made, averaged=said) if has_mean else made


def _check_sizes(draft: Draft, sizes: Sizes, equations: Sequence[Equation]) -> None:
    for each in equations:
        if each.target in sizes.names:
            raise ModelError(f"{each.target} is a size, and cannot be defined", each.place)


def _known(
    inputs: Sequence[str],
    equations: Sequence[Equation],
    definitions: Definitions,
    sizes: Sizes,
    assignments: Sequence[Assignment],
) -> dict[str, str]:
    """What each name of the model is."""
    found = dict.fromkeys((call.function for each in assignments for call in each.content.calls), "function")
    for row in definitions.functions.values():
        found.update(dict.fromkeys((row.name, *row.parameters), "function"))
    found.update(dict.fromkeys(_letters(assignments), "letter"))
    found.update(dict.fromkeys(sizes.names, "size"))
    found.update(dict.fromkeys(inputs, "input"))
    found.update(dict.fromkeys((n for each in equations for n in (each.target, *each.aliases)), "quantity"))
    return {**dict.fromkeys(CONSTANTS, "function"), **found}


def _notation(draft: Draft, known: Mapping[str, str], equations: Sequence[Assignment]) -> dict[str, str]:
    """The author's spellings; where a name of the model is spelled e, exp(x) is not eˣ.

    A name that would be printed like a component of an array has a spelling of its own.
    """
    names = (name for name, meaning in known.items() if meaning != "function")
    spelled = {draft.notation.get(name) or name_latex(name) for name in names}
    quantities = [name for name, meaning in known.items() if meaning in ("input", "quantity")]
    apart = spelled_apart(quantities, _shapes(draft, equations), _letters(equations), draft.notation)
    return {**({"exp": r"\exp"} if "e" in spelled else {}), **apart, **draft.notation}


def _losses(assignments: Sequence[Assignment], definitions: Definitions) -> dict[str, str]:
    """Which equations call a loss of the table, and which."""
    return {
        each.name: row.name
        for each in assignments
        for call in each.content.calls
        if call.function not in definitions.functions
        if (row := loss(call.function)) is not None
    }
