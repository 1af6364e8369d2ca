"""Names that may count the terms of a sum without ends, and those that do as arrays are declared."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from itertools import islice, product

from sympy import Basic, Expr, Symbol
from sympy.core.relational import Relational
from sympy.core.symbol import Str

from derive.agreement import Samples, agree, differ
from derive.expression import IndexedReduction, component_parts, parts, put, symbols

Side = Sequence[Expr]
# A name that counts, and the number of terms that it would be, in its place.
Count = tuple[Symbol, Mapping[Expr, Expr]]
# Whether a name is the declared size of an axis of a quantity.
IsSize = Callable[[str, str, int], bool]

# No formula has so many names and sums that more are tried.
MOST_TRIES = 12
# Letters of variables and functions.
_NEVER_COUNTS = frozenset("fguvwxyz")


def that_would_count(left: Side, right: Side, known: Container[str]) -> str | None:
    """A name such that the sides are equal if it is the number of terms of a sum without ends."""
    tries = (each for each in _counts(left, right, None) if each[0].name not in known)
    samples = Samples()
    for name, size in islice(tries, MOST_TRIES):
        if _equal(left, right, size, samples):
            return str(name)
    return None


def declared_counts(left: Side, right: Side, is_size: IsSize) -> tuple[str, ...]:
    """The names such that the sides are equal as these are the sizes of the arrays in them."""
    sizes: dict[Expr, Expr] = {}
    for name, size in islice(_counts(left, right, is_size), MOST_TRIES):
        sizes.update({name: size[name]} if name not in sizes else {})
    return tuple(sorted(map(str, sizes))) if sizes and _equal(left, right, sizes, Samples()) else ()


def _counts(left: Side, right: Side, is_size: IsSize | None) -> Iterator[Count]:
    sides = (*left, *right)
    bare = [part for side in sides for part in parts(side) if isinstance(part, IndexedReduction)]
    letters = {bound: each for each in bare for bound in each.args[2:] if isinstance(bound, Symbol)}
    names = {each for side in sides for each in symbols(side)}
    indices = {each for name in names for index in component_parts(name.name)[1] for each in symbols(index)}
    conditions = (part for side in sides for part in parts(side) if isinstance(part, Relational))
    indices.update(each for condition in conditions for each in symbols(condition))
    terms = {each for side in sides for part in parts(side) if part.is_Add for each in _terms(part)}
    possible = names - indices - letters.keys() - terms
    counts = sorted((each for each in possible if _may_count(each)), key=str)
    for count, (letter, each) in product(counts, letters.items()):
        if is_size is None or any(is_size(count.name, *place) for place in _places(letter, each)):
            yield count, {count: IndexedReduction(Str("size"), each.body, letter)}


def _places(letter: Symbol, reduction: IndexedReduction) -> Iterator[tuple[str, int]]:
    """The quantities in a sum that have its letter as an index, and at which place; of Σ 1, none."""
    places = [
        (quantity, at)
        for quantity, indices in (component_parts(each.name) for each in symbols(reduction.body))
        for at, index in enumerate(indices)
        if index == letter
    ]
    yield from places or [("", 0)]


def _may_count(name: Symbol) -> bool:
    letter = name.name.partition("_")[0]
    return len(letter) == 1 and letter.isascii() and letter not in _NEVER_COUNTS and "[" not in name.name


def _terms(total: Expr) -> Iterator[Basic]:
    """The names that are terms beside what is neither name nor number: the b of w x + b counts nothing."""
    terms = [each.as_coeff_Mul()[1] for each in total.args]
    if not all(each.is_Symbol or each.is_number for each in terms):
        yield from (each for each in terms if each.is_Symbol)


def _equal(left: Side, right: Side, size: Mapping[Expr, Expr], samples: Samples) -> bool:
    pairs = [(put(one, size), put(other, size)) for one, other in zip(left, right, strict=True)]
    if any(differ(*pair, samples) for pair in pairs):
        return False
    return all(agree(*pair, samples=samples).verdict == "proved" for pair in pairs)
