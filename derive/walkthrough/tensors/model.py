"""The first chapter of a model with arrays: the equations as written, with shapes, then by components."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.equation import Equation
from derive.formula import Call, Formula, Indexed, Name, Reduction, walk
from derive.formula import replace as put
from derive.walkthrough.forward import no_numbers
from derive.walkthrough.loss import loss_section
from derive.walkthrough.model import dropped_blocks, figure, function_blocks, label_of, norm_blocks
from derive.walkthrough.story import Story
from derive.walkthrough.tensors.conventions import of_the_model
from derive.walkthrough.tensors.layers import layers_section
from derive.walkthrough.tensors.probabilities import softmaxes
from derive.walkthrough.tensors.sizes import sizes_found
from derive.walkthrough.tree import Block, Cell, Display, Line, Section, Sentence, Shape, Slot, Table
from derive.walkthrough.voice import choice, listed, paragraph, ranged, say, spelled
from derive.walkthrough.writing import in_signs
from derive.walkthrough.written_out import opened, size_written_out

# Up to so many inputs, their shapes stand in the sentences that introduce them.
MOST_IN_WORDS = 6
# Of more names than these in a cell of a table, or in a sentence, the middle is left out.
MOST_IN_CELL, MOST_IN_SENTENCE = 10, 14
# The loss is shown as one expression of at most so many symbols.
MOST_WRITTEN = 36


def tensor_model_chapter(story: Story) -> Section:
    """What the model says in the author's notation, the shapes, what is sought."""
    return Section(say("model.title"), tuple(_blocks(story)))


def _blocks(story: Story) -> Iterator[Block]:
    equations = _author(story) if story.in_matrices else told_equations(story)
    equations = tuple(each for each in equations if each not in story.graph.dropped)
    yield paragraph(*_count(len(equations)))
    if story.in_matrices:
        yield Display(tuple(_as_written(each, story) for each in equations))
        yield paragraph(*of_the_model(story), *sizes_found(story.graph))
    else:
        yield Display(tuple(_by_components(each, story, with_shape=True) for each in equations))
        yield paragraph(*_names_of_ours(story), *_counting(story), *sizes_found(story.graph))
    yield from _roles(story)
    if story.in_matrices:
        yield paragraph(say("tensor.by_components"))
        yield Display(tuple(_by_components(each, story) for each in told_equations(story)))
        yield paragraph(*_names_of_ours(story), *_counting(story))
    yield paragraph(*_goal(story))
    if len(equations) > 1:
        yield figure(story)
    if story.numbers is None:
        yield paragraph(no_numbers(story))
    yield from dropped_blocks(story)
    yield from function_blocks(story)
    yield from norm_blocks(story)
    if not story.graph.model.derivatives:
        yield from layers_section(story)
    section = None if story.stand_in else loss_section(story)
    if section is not None:
        yield section
    yield from _written_out(story)


def _author(story: Story) -> tuple[Equation, ...]:
    """The author's equations."""
    return (story.original or story.graph).model.equations


def _written_out(story: Story) -> Iterator[Block]:
    """The loss as one expression, where that is short enough to be read."""
    equations = {each.target: _whole(each) for each in _author(story)}
    if len(equations) < 2 or (story.in_matrices and None in equations.values()):
        return
    if story.in_matrices:
        known: dict[Formula, Formula] = {
            Name(name): each for name, each in equations.items() if each is not None
        }
        written = known[story.loss]
        while any(node in known for node in walk(written)) and _is_short(written):
            written = put(written, known)
        written = in_signs(written, story.ranks)
    elif size_written_out(story.graph) <= MOST_WRITTEN:
        written = opened(story.loss, story.graph)
    else:
        return
    if _is_short(written):
        arguments = tuple(map(Name, story.graph.parameters))
        told = "model.written" if story.trained else "model.written_inputs"
        line = Line(Call(story.graph.loss, arguments), written)
        title = say("model.written_title", loss=story.loss)
        yield Section(title, (paragraph(say(told, loss=story.loss)), Display((line,))))


def _whole(equation: Equation) -> Formula | None:
    """The right side without indices: as written, or of scalars; None where it has indices."""
    indexed = any(isinstance(node, Indexed | Reduction) for node in walk(equation.formula))
    return equation.written or (None if indexed else equation.formula)


def _is_short(formula: Formula) -> bool:
    return sum(1 for _ in walk(formula)) <= MOST_WRITTEN


def _count(count: int) -> Iterator[Sentence]:
    yield say("model.one") if count == 1 else say("model.several", count=spelled(count))


def told_equations(story: Story) -> tuple[Equation, ...]:
    """The equations that the text differentiates, a softmax as one of them."""
    through = softmaxes(story.graph).values()
    hidden = {name for each in through for name in each.hidden}
    whole = {each.probability.target: each.whole for each in through}
    return tuple(whole.get(each.target, each) for each in story.graph.equations if each.target not in hidden)


def _as_written(equation: Equation, story: Story) -> Line:
    """An equation in the author's notation, with the shape of what it defines."""
    if equation.written is None:
        return replace(_by_components(equation, story, with_shape=True), label=None)
    written = in_signs(equation.written, story.ranks)
    return Line(Name(equation.target), written, note=_shape_note(equation, story))


def _by_components(equation: Equation, story: Story, *, with_shape: bool = False) -> Line:
    note = _shape_note(equation, story) if with_shape else None
    return Line(equation.left, equation.formula, note=note, label=label_of(equation))


def _shape_note(equation: Equation, story: Story) -> Sentence:
    return say("tensor.shape", shape=_member(equation.target, story))


def _member(name: str, story: Story) -> Shape:
    return Shape(story.shape(name), quantity=Name(name))


def _names_of_ours(story: Story) -> Iterator[Sentence]:
    own = {each.target for each in _author(story)}
    made = [each for each in told_equations(story) if each.target not in own]
    if made:
        names = listed(tuple(_member(each.target, story) for each in made))
        yield choice(len(made), "tensor.ours", "tensor.ours_many", names=names)
    for each in story.graph.equations:
        if each.aliases:
            aliases = listed(tuple(map(Name, each.aliases)))
            yield say("model.aliases", name=Name(each.target), aliases=aliases)


def _counting(story: Story) -> Iterator[Sentence]:
    """Where indices begin, if the equations reckon with them."""
    nodes = (node for each in told_equations(story) for node in walk(each.formula))
    if any(isinstance(node, Indexed) and set(map(type, node.indices)) - {Name} for node in nodes):
        yield say("tensor.from_zero")


def _roles(story: Story) -> Iterator[Block]:
    """What is given and what is sought, with shapes: in words while they are few, else in a table."""
    inputs = story.graph.inputs
    listing = len(inputs) > MOST_IN_WORDS
    parts: dict[str, list[Slot]] = {"data": [], "parameters": [], "direction": [], "kept": []}
    for name in inputs:
        fixed = name in story.graph.model.data and (story.trained or name not in story.graph.parameters)
        along = bool(story.graph.model.derivatives) and name not in story.graph.parameters
        role = (
            "data" if fixed else "direction" if along else "kept" if _is_kept(name, story) else "parameters"
        )
        parts[role].append(Name(name) if listing else _member(name, story))
    kept = listed(tuple(parts["kept"])) if parts["kept"] else None
    yield paragraph(
        *_introduced(parts["data"], parts["parameters"], story),
        *direction(parts["direction"]),
        None if kept is None else choice(len(parts["kept"]), "tensor.kept", "tensor.kept_many", names=kept),
    )
    if listing:
        yield _table_of_shapes(story)


def _is_kept(name: str, story: Story) -> bool:
    """Whether a quantity is no data and still not differentiated by, where the text says what is."""
    return (bool(story.stand_in) or not story.trained) and name not in story.graph.parameters


def direction(names: Sequence[Slot]) -> Iterator[Sentence]:
    """What a vector's parts are, along which the loss is differentiated."""
    if names:
        told = ("second.direction", "second.directions")
        yield choice(len(names), *told, names=listed(tuple(names)), vector=Name("v"))


def _introduced(data: list[Slot], parameters: list[Slot], story: Story) -> Iterator[Sentence]:
    if data:
        yield choice(len(data), "model.datum", "model.data", names=listed(tuple(data)))
    if parameters and (story.stand_in or not story.trained):
        one, many = "tensor.input", "tensor.inputs"
        yield choice(len(parameters), one, many, names=listed(tuple(parameters)))
    elif parameters and story.trained:
        one, many = "model.parameter_array", "model.parameter_arrays"
        yield choice(len(parameters), one, many, names=ranged(tuple(parameters), MOST_IN_SENTENCE))
        if story.has_loss:
            yield say("model.loss", loss=story.loss)
    if story.stand_in:
        results, weights = (listed(tuple(map(Name, each))) for each in zip(*story.stand_in, strict=True))
        one, many = "tensor.stand_in", "tensor.stand_in_many"
        yield choice(len(story.stand_in), one, many, loss=story.loss, results=results, weights=weights)


def _table_of_shapes(story: Story) -> Table:
    """The inputs, those of one role and one shape in a row."""
    rows: dict[tuple[str, tuple[Formula, ...]], list[Formula]] = {}
    for name in story.graph.inputs:
        sought = "tensor.sought" if story.stand_in or not story.trained else "tensor.parameter"
        sought = "tensor.fixed" if _is_kept(name, story) else sought
        role = "tensor.data" if name in story.graph.model.data else sought
        rows.setdefault((role, story.shape(name)), []).append(Name(name))
    heads = ("tensor.column_quantities", "tensor.column_role", "tensor.column_shape")
    return Table(
        tuple(map(say, heads)),
        tuple((_in_a_cell(names), say(role), shape_cell(sizes)) for (role, sizes), names in rows.items()),
        "lll",
    )


def _in_a_cell(names: Sequence[Formula]) -> Cell:
    """Names side by side, the middle of a long row of them left out."""
    if len(names) <= MOST_IN_CELL:
        return say("phrase.commas", parts=tuple(names))
    found = ranged(tuple(names), MOST_IN_CELL)
    assert isinstance(found, Sentence)
    return found


def shape_cell(sizes: tuple[Formula, ...]) -> Shape | Sentence:
    """A shape in a table."""
    return Shape(sizes) if sizes else say("tensor.number")


def _goal(story: Story) -> Iterator[Sentence]:
    wanted: tuple[Slot, ...] = tuple(
        story.derivative(story.loss, Name(name)) for name in story.graph.parameters
    )
    yield say("tensor.goal", derivatives=ranged(wanted, 8), loss=story.loss)
