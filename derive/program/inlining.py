"""Lines that a reader can do without: renamings, arguments read once, values that nobody reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace as with_fields

from derive.equation import Term, component, formula_of
from derive.formula import Derivative, Formula, Indexed, Name, rewrite, walk
from derive.indices import multiplied, renamed
from derive.program.program import Line


def changed(line: Line, change: Callable[[Formula], Formula], names: Collection[str]) -> Line:
    """The line with every node of its right side changed, if it reads one of the names."""
    if not names or not any(name in names for name in line.reads):
        return line
    terms = tuple(Term(rewrite(term.body, change), term.summed, term.guards) for term in line.terms)
    return Line(line.target, line.indices, terms, line.of)


def inlined(lines: Sequence[Line], arguments: Collection[str]) -> list[Line]:
    """The lines with those arguments put back that only one line reads."""
    uses: dict[str, int] = {}
    for line in lines:
        for name in line.reads:
            if name in arguments:
                uses[name] = uses.get(name, 0) + 1
    once = {name for name, count in uses.items() if count == 1}
    put_back: dict[str, Line] = {}
    found: list[Line] = []

    def opened(node: Formula) -> Formula:
        # The reader may have letters of its own: z[i,l] of a line for z[i,k].
        match node:
            case Name(name) if name in put_back:
                return formula_of(put_back[name].terms)
            case Indexed(name, at) if name in put_back:
                line = put_back[name]
                return renamed(formula_of(line.terms), dict(zip(line.indices, at, strict=True)))
        return node

    for line in lines:
        line = changed(line, opened, once)
        if line.target in once:
            put_back[line.target] = line
        else:
            found.append(line)
    values: dict[Formula, Formula] = {line.left: formula_of(line.terms) for line in put_back.values()}
    return [_noted(line, values) for line in found]


def _noted(line: Line, values: Mapping[Formula, Formula]) -> Line:
    """The line with the argument itself where it is the derivative by an argument without a name."""
    match line.of:
        case Derivative(of=of, wrt=wrt) if wrt in values:
            return with_fields(line, of=Derivative(of, values[wrt]))
    return line


def unrepeated(
    lines: Sequence[Line], kept: Collection[str], sizes: Mapping[str, Mapping[str, Formula]]
) -> list[Line]:
    """The lines without indices that their right sides do not have: no value is repeated along an axis.

    This is for derivatives only, and not for those in `kept`; their readers follow: what they sum over an
    index that is gone they multiply by its size. `sizes` gives, per line, those of its letters.
    """
    places: dict[str, tuple[int, ...]] = {}
    found: list[Line] = []

    def shortened(node: Formula) -> Formula:
        match node:
            case Indexed(name, at) if name in places:
                rest = tuple(at[place] for place in places[name])
                return Indexed(name, rest) if rest else Name(name)
        return node

    for line in lines:
        shorter = changed(line, shortened, places)
        line = line if shorter is line else _counted(shorter, sizes.get(line.target, {}))
        if line.indices and line.of is not None and line.target not in kept:
            letters = _letters(line)
            own = tuple(at for at, letter in enumerate(line.indices) if letter in letters)
            if len(own) < len(line.indices):
                places[line.target] = own
                line = with_fields(line, indices=tuple(line.indices[at] for at in own))
        found.append(line)
    return found


def _counted(line: Line, sizes: Mapping[str, Formula]) -> Line:
    """The line with sums over letters that their terms lack as multiples."""
    terms: list[Term] = []
    for term in line.terms:
        if term.guards or not term.summed:
            terms.append(term)
        else:
            body, summed = multiplied(term.body, term.summed, sizes)
            terms.append(Term(body, tuple(summed)))
    return with_fields(line, terms=tuple(terms))


def _letters(line: Line) -> set[str]:
    formulas = [part for term in line.terms for part in (term.body, *term.guards)]
    return {node.name for formula in formulas for node in walk(formula) if isinstance(node, Name)}


def renamed_away(lines: Sequence[Line]) -> tuple[list[Line], dict[str, str]]:
    """The lines without derivatives that only repeat another line, and what those are called instead."""
    targets: set[str] = set()
    instead: dict[str, str] = {}
    found: list[Line] = []

    def other(node: Formula) -> Formula:
        match node:
            case Name(name) if name in instead:
                return Name(instead[name])
            case Indexed(name, at) if name in instead:
                return Indexed(instead[name], at)
        return node

    for line in lines:
        line = changed(line, other, instead)
        same = _repeated(line)
        if same in targets:
            instead[line.target] = same
        else:
            targets.add(line.target)
            found.append(line)
    return found, instead


def _repeated(line: Line) -> str:
    """The quantity that a line of a derivative only repeats; no name if there is none."""
    if line.of is None or len(line.terms) != 1:
        return ""
    (term,) = line.terms
    if term.summed or term.guards or not isinstance(term.body, (Name, Indexed)):
        return ""
    return term.body.name if term.body == component(term.body.name, line.indices) else ""


def alive(lines: Sequence[Line], wanted: Iterable[str]) -> list[Line]:
    """The lines that lead to one of the wanted quantities."""
    needed = set(wanted)
    found: list[Line] = []
    for line in reversed(lines):
        if line.target in needed:
            needed.update(line.reads)
            found.append(line)
    return found[::-1]
