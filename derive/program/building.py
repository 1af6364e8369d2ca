"""From a computation graph to a program: batch, stabilise, split, sweep, share, name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace as with_fields
from types import MappingProxyType

from derive import tidy
from derive.equation import Equation, Term, component, formula_of
from derive.formula import (
    Call,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Sum,
    rewrite,
    walk,
)
from derive.gradient import Adjoint, Contribution, sweep
from derive.graph import Graph
from derive.indices import multiplied
from derive.model.model import Size
from derive.pausing import without_collection
from derive.program.batching import Batch, batched
from derive.program.cost import added, cost
from derive.program.program import Input, Line, Program
from derive.program.sharing import reads, shared
from derive.program.splitting import active_names, split
from derive.program.stability import fresh, stabilized, through_names, written_out
from derive.rules import Functions, opened
from derive.shapes import apart, sizes_of

SHARED_NAMES: Mapping[type[Formula], str] = {
    Sum: "difference",
    Product: "product",
    Quotient: "ratio",
    Power: "power",
}


NO_ADJOINTS: Mapping[str, str] = MappingProxyType({})


@without_collection
def program(graph: Graph, *, reduction: str = "mean", samples: bool = False, verified: str = "") -> Program:
    """The program of a graph's loss and gradient.

    With `samples`, a model of one sample takes rows of them and reduces their losses as `reduction` says
    (`mean`, `sum`, or `rows` for each row's own).
    """
    functions = graph.model.functions
    batch = batched(graph, reduction) if samples else _unbatched(graph)
    taken = _names(graph, batch)
    written = written_out(batch.equations, functions)
    equations = stabilized(through_names(written, taken), taken)
    frozen = {each.target for each in equations} - {each.target for each in batch.equations}
    frozen = {name for name in frozen if name.startswith("max_")}
    active = active_names([e for e in equations if e.target not in frozen], graph.parameters)
    equations = split(equations, active, taken)
    followed = tuple(each for each in equations if each.target not in frozen)
    forward = [_forward(each) for each in equations]
    sizes = _letter_sizes(_sizes(graph, batch, forward)[1])
    adjoints = sweep(followed, batch.loss, functions=functions, wrt=graph.parameters, sizes=sizes)
    naming = _Naming(graph.loss, adjoints, taken)
    backward = list(naming.lines(functions))
    lines = _inlined(shared([*forward, *backward], _name_for, taken))
    return _program(graph, batch, _apart(lines), naming, verified, reduction)


def _apart(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines with letters renamed that two terms of a line use for axes of two sizes."""
    if all(len(line.terms) < 2 or not any(t.summed for t in line.terms) for line in lines):
        return tuple(lines)
    equations = apart([_equation(line) for line in lines])
    pairs = zip(lines, equations, strict=True)
    return tuple(with_fields(line, terms=each.terms) for line, each in pairs)


def _equation(line: Line) -> Equation:
    return Equation(line.target, line.indices, formula_of(line.terms), line.terms)


def _letter_sizes(
    letters: Mapping[str, Mapping[str, Size]],
) -> Mapping[str, Mapping[str, Formula]]:
    return {
        target: {
            letter: Number(str(size)) if isinstance(size, int) else Name(size)
            for letter, size in sizes.items()
        }
        for target, sizes in letters.items()
    }


def _unbatched(graph: Graph) -> Batch:
    return Batch(graph.equations, graph.loss, None, None, frozenset())


def _forward(each: Equation) -> Line:
    return Line(each.target, each.indices, each.terms)


def _names(graph: Graph, batch: Batch) -> set[str]:
    names = {name for each in batch.equations for name in (each.target, *each.reads)}
    names |= set(graph.model.parameters) | set(graph.model.data) | set(graph.model.functions)
    names |= {alias for each in batch.equations for alias in each.aliases}
    return names | {batch.letter or "", batch.size or ""}


class _Naming:
    """Names for adjoints, `dL_dh1`, and the backward lines that use them."""

    def __init__(self, loss: str, adjoints: Mapping[str, Adjoint], taken: set[str]) -> None:
        self.adjoints = [each for each in adjoints.values() if each.node != each.loss]
        self.constants: dict[str, Formula] = {}
        for each in self.adjoints:
            if each.indices and (constant := self._constant(each)) is not None:
                self.constants[each.node] = constant
        self.adjoints = [each for each in self.adjoints if each.node not in self.constants]
        self.names = {each.node: fresh(f"d{loss}_d{each.node}", taken) for each in self.adjoints}

    def _constant(self, adjoint: Adjoint) -> Formula | None:
        """The number that an array's adjoint is everywhere, such as the 1/N of a mean; None if it is none."""

        def put(node: Formula) -> Formula:
            match node:
                case Derivative(wrt=Name(wrt) | Indexed(wrt)) if wrt in self.constants:
                    return self.constants[wrt]
                case Product(factors):
                    return tidy.product(factors)
            return node

        bodies = []
        for term in adjoint.terms:
            body = rewrite(term.body, put)
            if term.summed or term.guards or any(map(_reads_arrays, walk(body))):
                return None
            bodies.append(body)
        return tidy.total(bodies)

    def lines(self, functions: Functions) -> Iterator[Line]:
        """A line for each adjoint, last to first, with derivatives of functions written out."""
        for each in self.adjoints:
            terms = tuple(
                self._term(term, contribution, functions)
                for contribution in each.contributions
                for term in contribution.terms
            )
            # The derivative of sign is 0 and shows only now that it is written out.
            terms = tuple(term for term in terms if not tidy.is_number(term.body, 0))
            terms = terms or (Term(Number("0")),)
            yield Line(self.names[each.node], each.indices, terms, each.derivative)

    def _term(self, term: Term, contribution: Contribution, functions: Functions) -> Term:
        body = self._named(term.body, functions)
        if not term.summed or term.guards or not self.constants:
            return Term(body, term.summed, term.guards)
        # A constant adjoint that was put in may have been all that had the index.
        body, summed = multiplied(body, term.summed, contribution.sizes)
        return Term(body, tuple(summed))

    def _named(self, body: Formula, functions: Functions) -> Formula:
        def name(node: Formula) -> Formula:
            match node:
                case Derivative(wrt=Name(wrt) | Indexed(wrt)) if wrt in self.constants:
                    return self.constants[wrt]
                case Derivative(wrt=Name(wrt)):
                    return Name(self.names[wrt])
                case Derivative(wrt=Indexed(wrt, at)):
                    return Indexed(self.names[wrt], at)
                case Call(primes=primes) if primes:
                    return opened(node, functions)
                case Product(factors):
                    return tidy.product(factors)
                case Grouping(inner) if not inner.children or isinstance(inner, Indexed):
                    return inner
            return node

        return rewrite(body, name)


def _reads_arrays(node: Formula) -> bool:
    return isinstance(node, (Indexed, Derivative, Call))


def _name_for(formula: Formula) -> str:
    """A name for a shared part, after what it is."""
    if isinstance(formula, Call):
        inner = next((n.name for n in walk(formula) if isinstance(n, (Name, Indexed))), "")
        return f"{formula.function}_{inner}".rstrip("_")
    return SHARED_NAMES.get(type(formula), "shared")


def _inlined(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines with arguments that only one line reads put back, and bare renamings replaced."""
    uses: dict[str, int] = {}
    for line in lines:
        for name in reads(line):
            uses[name] = uses.get(name, 0) + 1
    made: dict[str, Line] = {
        line.target: line
        for line in lines
        if line.target.startswith("z_") and uses.get(line.target) == 1 and line.of is None
    }
    notes: dict[Formula, Formula] = {
        line.left: formula_of(_with_arguments(line, made).terms) for line in made.values()
    }
    return tuple(_noted(_with_arguments(line, made), notes) for line in lines if line.target not in made)


def _noted(line: Line, notes: Mapping[Formula, Formula]) -> Line:
    """The line with the argument itself where it is the derivative by an argument without a name."""
    match line.of:
        case Derivative(of=of, wrt=wrt) if wrt in notes:
            return with_fields(line, of=Derivative(of, notes[wrt]))
    return line


def _with_arguments(line: Line, made: Mapping[str, Line]) -> Line:
    def put(node: Formula) -> Formula:
        if not isinstance(node, (Name, Indexed)) or node.name not in made:
            return node
        inner = made[node.name]
        if node != inner.left:
            return node
        return rewrite(formula_of(inner.terms), put)

    if not any(name in made for name in reads(line)):
        return line
    terms = tuple(Term(rewrite(t.body, put), t.summed, t.guards) for t in line.terms)
    return with_fields(line, terms=terms)


def _program(
    graph: Graph,
    batch: Batch,
    lines: Sequence[Line],
    naming: _Naming,
    verified: str,
    reduction: str,
) -> Program:
    at = max(index for index, line in enumerate(lines) if line.target == batch.loss)
    forward, backward = tuple(lines[: at + 1]), tuple(lines[at + 1 :])
    letters = {each.node: each.indices for each in naming.adjoints}
    gradient = tuple(
        (name, component(naming.names[name], letters[name]))
        for name in graph.parameters
        if name in naming.names
    )
    shapes, sizes = _sizes(graph, batch, lines, naming.names)
    value_cost = cost(forward)
    return Program(
        name=graph.model.name,
        title=graph.model.title,
        loss=graph.loss,
        value=batch.loss,
        inputs=tuple(_inputs(graph, shapes)),
        forward=forward,
        backward=backward,
        gradient=gradient,
        equations=graph.equations,
        letters=sizes,
        shapes=shapes,
        batch=batch.size,
        reduction=reduction,
        cost=added(value_cost, cost(backward)),
        value_cost=value_cost,
        verified=verified,
    )


def _inputs(graph: Graph, shapes: Mapping[str, tuple[Size, ...]]) -> Iterator[Input]:
    parameters = set(graph.parameters)
    for name in graph.inputs:
        role = "parameter" if name in parameters else "data"
        yield Input(name, role, shapes.get(name, ()))


def _sizes(
    graph: Graph, batch: Batch, lines: Sequence[Line], adjoints: Mapping[str, str] = NO_ADJOINTS
) -> tuple[Mapping[str, tuple[Size, ...]], Mapping[str, Mapping[str, Size]]]:
    """The sizes of axes and letters, those of the author first; an adjoint has the shape of its node."""
    if all(set(_line_letters(line)) <= {batch.letter} for line in lines):
        return _rows_only(graph, batch, lines)
    declared = dict(graph.shapes)
    if batch.size is not None:
        for name in batch.rowwise:
            declared[name] = (batch.size, *graph.shapes.get(name, ()))
    declared |= {own: declared[node] for node, own in adjoints.items() if node in declared}
    equations = [_equation(line) for line in lines]
    shapes, letters = sizes_of(equations, declared, {}, graph.sizes)
    names = {name: () for line in lines for name in (line.target, *reads(line))}
    return names | shapes, letters


def _line_letters(line: Line) -> Iterator[str]:
    """The index letters of a line; those of reductions inside it count as one that is no batch's."""
    yield from line.indices
    for term in line.terms:
        yield from term.summed
        # A reduction inside a body is its whole: the others were lifted to lines of their own.
        if isinstance(term.body, Reduction):
            yield ""


def _rows_only(
    graph: Graph, batch: Batch, lines: Sequence[Line]
) -> tuple[Mapping[str, tuple[Size, ...]], Mapping[str, Mapping[str, Size]]]:
    """Sizes where the sample index is the only one, or there is none at all."""
    if batch.letter is None or batch.size is None:
        return dict(graph.shapes), {}
    rows: tuple[Size, ...] = (batch.size,)
    names = dict.fromkeys(batch.rowwise, rows)
    targets = {line.target: rows if line.indices else () for line in lines}
    shapes = {**dict.fromkeys(graph.shapes, ()), **targets, **names}
    return shapes, {line.target: {batch.letter: batch.size} for line in lines}
