"""Index letters: fresh ones, renaming, and the elimination of δ from a sum."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, count

from derive import tidy
from derive.affine import always, shortened
from derive.equation import Term
from derive.formula import (
    ZERO,
    Bound,
    Formula,
    Indexed,
    Name,
    Negation,
    Number,
    Quotient,
    Reduction,
    Relation,
    Sum,
    replace,
    rewrite,
    walk,
)

# The letters that textbooks use for an index, in the order in which they are taken.
LETTERS = ("i", "j", "k", "l", "m", "n", "p", "q", "r", "s", "t")


def fresh_letters(taken: Collection[str]) -> Iterator[str]:
    """Index letters that are not taken: i, j, k, …, then i1, j1, …."""
    numbered = (f"{letter}{number}" for number in count(1) for letter in LETTERS)
    return (letter for letter in chain(LETTERS, numbered) if letter not in taken)


def letters_in(formula: Formula, letters: Collection[str]) -> tuple[str, ...]:
    """Which of the letters occur in the formula, in reading order."""
    if not letters:
        return ()
    found = (node.name for node in walk(formula) if isinstance(node, Name) and node.name in letters)
    return tuple(dict.fromkeys(found))


def subscripts(operand: Name | Indexed) -> tuple[Formula, ...]:
    """The indices of an operand: none of a name."""
    return operand.indices if isinstance(operand, Indexed) else ()


def renamed(formula: Formula, letters: Mapping[str, Formula]) -> Formula:
    """The formula with index letters replaced, all at once; bound letters keep out of the way."""
    if any(isinstance(node, Reduction) for node in walk(formula)):
        return _renamed_around_bounds(formula, letters)
    return replace(formula, {Name(old): new for old, new in letters.items()})


def _renamed_around_bounds(formula: Formula, letters: Mapping[str, Formula]) -> Formula:
    if isinstance(formula, Name):
        return letters.get(formula.name, formula)
    if isinstance(formula, Reduction):
        own = {bound.name for bound in formula.bounds}
        free = {old: new for old, new in letters.items() if old not in own}
        met = {node.name for new in free.values() for node in walk(new) if isinstance(node, Name)}
        inside = {node.name for node in walk(formula.body) if isinstance(node, Name)}
        fresh = fresh_letters(met | inside | own)
        apart = {name: next(fresh) for name in own & met}
        bounds = tuple(Bound(apart.get(b.name, b.name), b.low, b.high, b.at) for b in formula.bounds)
        values = {**free, **{old: Name(new) for old, new in apart.items()}}
        return Reduction(formula.kind, renamed(formula.body, values), bounds, formula.axis, formula.at)
    return formula.with_children(tuple(_renamed_around_bounds(child, letters) for child in formula.children))


def contracted(
    body: Formula,
    *,
    letters: Sequence[str],
    at: Sequence[Formula],
    wanted: Sequence[str],
    sizes: Mapping[str, Formula],
    taken: Collection[str] = (),
    guards: Sequence[Relation] = (),
    within: Mapping[str, Formula] | None = None,
) -> Term:
    """The sum over `letters` of body · ∏ δ(wanted[a], at[a]), with every δ eliminated that can be.

    An index that stands alone in `at` is replaced; of an affine one a letter is solved for, and its
    range becomes a guard; what is left (constants, repeated letters) becomes an equality as a guard.
    `sizes` gives the number of values of each letter, where known, `within` of each wanted one; `taken` are
    names that no letter gets; `guards` are those that the body has already.
    """
    if not letters and not at:
        return Term(body, (), tuple(guards))
    solved = _solutions(letters, at, wanted)
    kept = [letter for letter in letters if letter not in solved]
    meets = any(letter in wanted for letter in kept)
    avoided = {*wanted, *letters, *taken} if meets else set()
    values: dict[str, Formula] = dict(_kept_apart(kept, avoided, wanted))
    found: list[Relation] = []
    for letter, (axis, rest, sign) in solved.items():
        if rest is None:
            values[letter] = Name(wanted[axis])
        else:
            values[letter] = _difference(Name(wanted[axis]), renamed(rest, values), sign)
            found.append(_range(values[letter], sizes.get(letter)))
    used = {axis for axis, _, _ in solved.values()}
    found += [
        Relation((Name(wanted[axis]), renamed(index, values)), ("=",))
        for axis, index in enumerate(at)
        if axis not in used
    ]
    if not found and not guards:
        body, kept = multiplied(body, kept, sizes)
    summed = tuple(value.name for letter in kept if isinstance(value := values[letter], Name))
    changed = {old: new for old, new in values.items() if new != Name(old)}
    held = (renamed_guard(each, changed) for each in guards)
    term = Term(renamed(body, changed) if changed else body, summed, (*held, *found))
    if not term.guards:
        return term
    known = dict(within or {})
    known |= {new: sizes[old] for old, new in zip(kept, summed, strict=True) if old in sizes}
    return _settled(_within_axes(term, known))


def _within_axes(term: Term, sizes: Mapping[str, Formula]) -> Term:
    """The term with indices in their shortest form, without guards that the sizes of the letters imply."""
    guards = dict.fromkeys(Relation(tuple(map(shortened, each.sides)), each.signs) for each in term.guards)
    kept = tuple(each for each in guards if not always(each, sizes))
    return Term(rewrite(term.body, _shortest), term.summed, kept)


def _shortest(node: Formula) -> Formula:
    match node:
        case Indexed(name, at) if any(isinstance(index, Sum) for index in at):
            return Indexed(name, tuple(map(shortened, at)))
    return node


def _settled(term: Term) -> Term:
    """The term without guards that always hold, and with summed letters put in that a guard makes known."""
    for at, guard in enumerate(term.guards):
        rest = (*term.guards[:at], *term.guards[at + 1 :])
        match guard:
            case Relation((one, other), ("=",)) if one == other:
                return _settled(Term(term.body, term.summed, rest))
            case Relation((Name(), Name() | Number()) | (Number(), Name()) as sides, ("=",)):
                for letter, value in (sides, sides[::-1]):
                    if isinstance(letter, Name) and letter.name in term.summed:
                        return _settled(_with_value(Term(term.body, term.summed, rest), letter.name, value))
    return term


def _with_value(term: Term, letter: str, value: Formula) -> Term:
    """The term with a summed letter known."""
    held = (renamed_guard(each, {letter: value}) for each in term.guards)
    kept = tuple(other for other in term.summed if other != letter)
    return Term(renamed(term.body, {letter: value}), kept, tuple(held))


def renamed_guard(guard: Relation, letters: Mapping[str, Formula]) -> Relation:
    """The guard with index letters replaced, all at once."""
    return Relation(tuple(renamed(side, letters) for side in guard.sides), guard.signs)


def multiplied(body: Formula, kept: Sequence[str], sizes: Mapping[str, Formula]) -> tuple[Formula, list[str]]:
    """A sum over letters that the body does not have is a multiple: sum(c, n) is N·c, sum(c/N, n) is c."""
    idle = [letter for letter in kept if letter in sizes]
    if idle:
        present = letters_in(body, idle)
        idle = [letter for letter in idle if letter not in present]
    for letter in idle:
        match body:
            case Quotient(top, below) if below == sizes[letter]:
                body = top
            case Negation(Quotient(top, below)) if below == sizes[letter]:
                body = tidy.negative(top)
            case _:
                body = tidy.product((sizes[letter], body))
    return body, [letter for letter in kept if letter not in idle]


# Of a letter that is solved for: the axis, what is taken from the wanted index (None: nothing), its sign.
Solution = tuple[int, Formula | None, int]


def _solutions(letters: Sequence[str], at: Sequence[Formula], wanted: Sequence[str]) -> dict[str, Solution]:
    solved: dict[str, Solution] = {}
    for axis, index in enumerate(at):
        if isinstance(index, Name) and index.name in letters and index.name not in solved:
            solved[index.name] = (axis, None, 1)
    plain = set(solved)
    used = {axis for axis, _, _ in solved.values()}
    for axis, index in enumerate(at):
        if axis not in used and isinstance(index, Sum):
            found = _solve(index, [each for each in letters if each not in solved], plain)
            if found is not None:
                letter, rest, sign = found
                solved[letter] = (axis, rest, sign)
    return solved


def _solve(index: Sum, unknown: Sequence[str], known: Collection[str]) -> tuple[str, Formula, int] | None:
    """The letter of an affine index that can be solved for, with the other terms and its sign."""
    for position, term in enumerate(index.terms):
        bare, sign = (term.operand, -1) if isinstance(term, Negation) else (term, 1)
        if isinstance(bare, Name) and bare.name in unknown:
            rest = tidy.total(t for at, t in enumerate(index.terms) if at != position)
            others = set(letters_in(rest, unknown)) - {bare.name}
            if bare.name not in letters_in(rest, unknown) and others <= set(unknown) | set(known):
                return bare.name, rest, sign
    return None


def _difference(wanted: Formula, rest: Formula, sign: int) -> Formula:
    if sign > 0:
        opposite = tuple(map(tidy.negative, rest.terms)) if isinstance(rest, Sum) else (tidy.negative(rest),)
        return tidy.total((wanted, *opposite))
    return tidy.total((rest, Negation(wanted)))


def _range(index: Formula, size: Formula | None) -> Relation:
    if size is None:
        return Relation((ZERO, index), ("<=",))
    return Relation((ZERO, index, size), ("<=", "<"))


def _kept_apart(
    kept: Sequence[str], taken: Collection[str], wanted: Sequence[str]
) -> Iterator[tuple[str, Formula]]:
    """Each letter that stays summed, renamed where it would meet a wanted one."""
    fresh = fresh_letters(taken)
    for letter in kept:
        yield letter, Name(next(fresh) if letter in wanted else letter)
