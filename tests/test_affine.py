"""Affine indices: sums as they are; a guard taken to hold does so for every value of its letters."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from derive.affine import always, shortened
from derive.formula import ZERO, Formula, Grouping, Name, Negation, Number, Product, Relation, Sum, read

LETTERS = ("i", "j", "k")
SIZES = ("m", "n", "m - n + 1", "4", "2*n")
NUMBERS = ({"m": 5, "n": 1}, {"m": 4, "n": 3}, {"m": 3, "n": 3}, {"m": 9, "n": 2})


def value(formula: Formula, at: dict[str, int]) -> int:
    """The number that an index is."""
    match formula:
        case Number(text):
            return int(text)
        case Name(name):
            return at[name]
        case Negation(operand):
            return -value(operand, at)
        case Grouping(inner):
            return value(inner, at)
        case Product(factors):
            return value(factors[0], at) * value(factors[1], at)
        case Sum(terms):
            return sum(value(term, at) for term in terms)
    raise AssertionError(formula)


def indices() -> st.SearchStrategy[Formula]:
    leaf = st.sampled_from([*map(Name, (*LETTERS, "m", "n")), Number("1"), Number("2"), read("2*i")])
    signed = leaf | leaf.map(Negation)
    flat = st.lists(signed, min_size=2, max_size=4).map(lambda terms: Sum(tuple(terms)))
    nested = st.builds(lambda one, other: Sum((one, Negation(other))), flat, flat)
    return leaf | flat | nested


@given(indices(), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_an_index_keeps_its_value_when_it_is_shortened(index: Formula, i: int, j: int, k: int) -> None:
    at = {"i": i, "j": j, "k": k, "m": 7, "n": 3}
    assert value(shortened(index), at) == value(index, at)


def test_what_is_added_and_taken_away_is_gone() -> None:
    assert shortened(read("t + k - k")) == Name("t")
    assert shortened(Sum((read("t + k"), Negation(read("k - 1"))))) == read("t + 1")


@given(
    indices(),
    st.sampled_from(SIZES),
    st.fixed_dictionaries({each: st.sampled_from(SIZES) for each in LETTERS}),
)
def test_a_guard_that_always_holds_does(index: Formula, size: str, ranges: dict[str, str]) -> None:
    guard = Relation((ZERO, index, read(size)), ("<=", "<"))
    if always(guard, {letter: read(text) for letter, text in ranges.items()}):
        for at in NUMBERS:
            for values in product(*(range(value(read(ranges[letter]), at)) for letter in LETTERS)):
                known = {**at, **dict(zip(LETTERS, values, strict=True))}
                assert 0 <= value(index, known) < value(read(size), known)


def test_a_window_stays_within_its_array() -> None:
    sizes = {"t": read("T - K + 1"), "k": Name("K")}
    assert always(Relation((ZERO, read("t + k"), Name("T")), ("<=", "<")), sizes)
    assert not always(Relation((ZERO, read("t + k + 1"), Name("T")), ("<=", "<")), sizes)
    assert not always(Relation((ZERO, read("t - k"), Name("T")), ("<=", "<")), sizes)
