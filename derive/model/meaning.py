"""What an author's formula stands for: aliases resolved, losses and own functions written out."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from derive.errors import FormulaError
from derive.formula import (
    Bound,
    Call,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Number,
    Quotient,
    Reduction,
    Transpose,
    names,
    replace,
    rewrite,
    times,
    walk,
)
from derive.functions import Function, function
from derive.indices import fresh_letters, renamed
from derive.losses import Loss, loss
from derive.model.model import Size
from derive.model.parsing import outside_names


def canonical(
    formula: Formula, aliases: Mapping[str, str], functions: Mapping[str, Function]
) -> Formula:
    """The formula with aliases replaced by their names, and calls by what they stand for.

    Losses are written out, and so are functions of the model that read other names than their parameters;
    functions of the table go by the name of their row.
    """

    def change(node: Formula) -> Formula:
        match node:
            case Name(name, at) if name in aliases:
                return Name(aliases[name], at)
            case Indexed(name, indices, at) if name in aliases:
                return Indexed(aliases[name], indices, at)
            case Call():
                return _call(node, functions, formula)
        return node

    return rewrite(formula, change)


def _call(call: Call, functions: Mapping[str, Function], whole: Formula) -> Formula:
    if call.function in functions:
        row = functions[call.function]
        if not outside_names(row):
            return call
        written = row.value_at(call.arguments)
        return _grouped(canonical(written, {}, functions)) if written is not None else call
    found = function(call.function)
    if found is not None:
        return Call(found.name, call.arguments, call.primes, call.at)
    row_of_loss = loss(call.function)
    return _grouped(_loss(call, row_of_loss, whole)) if row_of_loss else call


def _grouped(formula: Formula) -> Formula:
    """The formula ready to stand anywhere in another: printers add the parentheses that it needs."""
    return formula.inner if isinstance(formula, Grouping) else formula


def _loss(call: Call, row: Loss, whole: Formula) -> Formula:
    """A loss with its arguments put in; arguments that carry an index are names of quantities."""
    values: dict[Formula, Formula] = {}
    body = _with_fresh_letters(row.body(), whole)
    arguments = row.function.complete(call.arguments)
    for parameter, argument in zip(row.parameters, arguments, strict=True):
        if parameter not in row.vectors:
            values[Name(parameter)] = argument
            continue
        if not isinstance(argument, Name):
            raise FormulaError(
                f"{call.function} takes names of vectors",
                call.at or 0,
                len(call.function),
                "Give the vector a name in a line of its own.",
            )
        for node in walk(body):
            if isinstance(node, Indexed) and node.name == parameter:
                values[node] = Indexed(argument.name, node.indices, argument.at)
    return replace(body, values)


def _with_fresh_letters(body: Formula, whole: Formula) -> Formula:
    """The definition with index letters that mean nothing else in the equation."""
    taken = set(names(whole)) | {node.name for node in walk(whole) if isinstance(node, Name)}
    bound = dict.fromkeys(
        each.name for node in walk(body) if isinstance(node, Reduction) for each in node.bounds
    )
    fresh = fresh_letters(taken | set(bound))
    letters = {letter: Name(next(fresh)) for letter in bound if letter in taken}

    def change(node: Formula) -> Formula:
        if not isinstance(node, Reduction):
            return node
        bounds = tuple(
            Bound(letters[b.name].name if b.name in letters else b.name, b.low, b.high)
            for b in node.bounds
        )
        return Reduction(node.kind, node.body, bounds, node.axis, node.at)

    return rewrite(renamed(body, letters), change) if letters else body


def without_means(formula: Formula, sizes: Mapping[str, Formula]) -> Formula:
    """Means as sums over sizes: mean(x[n], n) is sum(x[n], n)/N."""

    def change(node: Formula) -> Formula:
        if not (isinstance(node, Reduction) and node.kind == "mean" and node.bounds):
            return node
        total = Reduction("sum", node.body, node.bounds, at=node.at)
        return Quotient(total, times(*(sizes[bound.name] for bound in node.bounds)))

    return rewrite(formula, change)


def mean_letters(formula: Formula) -> tuple[Bound, ...]:
    """The bounds of the means in the formula."""
    return tuple(
        bound
        for node in walk(formula)
        if isinstance(node, Reduction) and node.kind == "mean"
        for bound in node.bounds
    )


def axis_of(letter: str, formula: Formula) -> tuple[str, int, int] | None:
    """A quantity, its rank and the axis over which an index letter runs in the formula."""
    for node in walk(formula):
        if isinstance(node, Indexed):
            for axis, index in enumerate(node.indices):
                if index == Name(letter):
                    return node.name, len(node.indices), axis
    return None


def free_letters(formula: Formula, letters: Collection[str]) -> tuple[Name, ...]:
    """Names inside brackets that are no letter of the equation and that no reduction binds."""
    found: list[Name] = []
    waiting: list[tuple[Formula, frozenset[str]]] = [(formula, frozenset(letters))]
    while waiting:
        node, bound = waiting.pop()
        if isinstance(node, Reduction):
            bound = bound | {each.name for each in node.bounds}
        if isinstance(node, Indexed):
            for index in node.indices:
                found += [n for n in walk(index) if isinstance(n, Name) and n.name not in bound]
            continue
        waiting.extend((child, bound) for child in node.children)
    return tuple(found)



def vectors_in(formula: Formula, known: Collection[str]) -> dict[str, tuple[Size, ...]]:
    """Shapes of undeclared names that can only be vectors: of dot(w, x), and of wᵀ x."""
    found: dict[str, tuple[Size, ...]] = {}
    taken = {*known, *names(formula)}
    for node in walk(formula):
        match node:
            case Call("dot", (Name(one), Name(other))):
                pair = (one, other)
            case MatrixProduct((Transpose(Name(one)), Name(other))):
                pair = (one, other)
            case _:
                continue
        if set(pair) & set(known) or set(pair) & set(found):
            continue
        size = next(letter for letter in ("n", "d", "m", "n1", "n2", "n3") if letter not in taken)
        taken.add(size)
        found.update(dict.fromkeys(pair, (size,)))
    return found


def with_whole_ranges(formula: Formula, shapes: dict[str, tuple[Size, ...]]) -> Formula:
    """Sums from 1 to n over a whole axis as sums over its index; n joins the shapes as its size."""

    def change(node: Formula) -> Formula:
        if not isinstance(node, Reduction):
            return node
        bounds = tuple(_whole(bound, node.body, shapes) for bound in node.bounds)
        return Reduction(node.kind, node.body, bounds, node.axis, node.at)

    return rewrite(formula, change)


def _whole(bound: Bound, body: Formula, shapes: dict[str, tuple[Size, ...]]) -> Bound:
    axis = axis_of(bound.name, body)
    if bound.low != Number("1") or axis is None or not isinstance(bound.high, (Name, Number)):
        return bound
    high = bound.high
    size: Size = high.name if isinstance(high, Name) else int(high.value)
    for node in walk(body):
        if isinstance(node, Indexed) and node.indices == (Name(bound.name),):
            shapes.setdefault(node.name, (size,))
    return Bound(bound.name, at=bound.at)
