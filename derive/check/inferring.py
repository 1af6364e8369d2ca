"""The ranks that follow from how a document uses its names: in products, transposes, sums, equations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from derive.check.by_components import ByComponents
from derive.check.declared import declared, in_bold
from derive.check.evident import numbered, shown
from derive.check.ranks import COLUMN, MATRIX, OF_RANK, SCALAR, TO_NUMBERS, Axes, Ranks, family, is_capital
from derive.formula import (
    Call,
    Derivative,
    Elementwise,
    ElementwisePower,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Ones,
    Power,
    Product,
    Quotient,
    Reduction,
    Sum,
    Transpose,
    walk,
)
from derive.functions import function as known_function

Chains = Sequence[Sequence[Formula]]

MOST_ROUNDS = 8
# Capitals that are counts and losses in most texts: before a vector they are factors.
_NUMBERS = frozenset({"N", "M", "T", "K", "L", "J", "E", "C", "D", "Z"})


def ranks(texts: Iterable[str], chains: Chains, given: Mapping[str, ByComponents]) -> Ranks | None:
    """The ranks that a document says or shows; None where it has no matrices and no vectors in bold.

    `given` are the functions of vectors that it defines by components.
    """
    found = Ranks(given=given)
    names = {node.name for node in _nodes(chains) if isinstance(node, Name | Indexed)}
    for text in texts:
        declared(text, found, names)
        in_bold(text, found)
    found.defined = {each.name for chain in chains for each in chain[:-1] if isinstance(each, Name)}
    found.heads = {each.function for chain in chains for each in chain[:-1] if isinstance(each, Call)}
    for node in _nodes(chains):
        shown(node, found)
    found.maps = dict(_maps(chains, found))
    if not found.said and not found.known and not any(map(_shows_arrays, _nodes(chains))):
        return None
    numbered(list(_nodes(chains)), found)
    found.over_all = any(map(_sums_to_number(found), chains))
    _propagate(chains, found, weak=False)
    _propagate(chains, found, weak=True)
    _numbers(chains, found)
    found.symmetric |= supposed(found) | set(_said_symmetric(chains))
    found.softmaxes = _softmaxes(chains, found)
    of_samples = any(rank == 1 and name.endswith("^()") for name, rank in found.known.items())
    shown_here = found.sampled or found.normed or of_samples or 2 in found.known.values()
    shown_here = shown_here or any(isinstance(node, Transpose) for node in _nodes(chains))
    return found if found.said or shown_here else None


def _sums_to_number(found: Ranks) -> Callable[[Sequence[Formula]], bool]:
    """Whether what is said to be a number stands for a sum without an index."""

    def told(chain: Sequence[Formula]) -> bool:
        head = chain[0] if chain else None
        is_number = isinstance(head, Name) and found.is_said(head.name) and found.of(head.name) == 0
        nodes = [node for side in chain[1:] for node in walk(side)] if is_number else []
        return any(isinstance(node, Reduction) and not node.bounds for node in nodes)

    return told


def _nodes(chains: Chains) -> Iterator[Formula]:
    return (node for chain in chains for side in chain for node in walk(side))


def _shows_arrays(node: Formula) -> bool:
    """Whether a sign stands that only vectors and matrices have."""
    return isinstance(node, Transpose | MatrixProduct | Elementwise | ElementwisePower | Ones) or (
        isinstance(node, Call) and node.function in (*TO_NUMBERS, "diag")
    )


def _propagate(chains: Chains, found: Ranks, *, weak: bool) -> None:
    """Carry ranks from side to side until nothing more follows."""
    inference = _Inference(found, weak=weak)
    before: tuple[dict[str, int], int] | None = None
    for _ in range(MOST_ROUNDS):
        if before == (found.known, len(found.numbers)):
            break
        before = dict(found.known), len(found.numbers)
        for chain in chains:
            inference.chain(chain)


def _numbers(chains: Chains, found: Ranks) -> None:
    """Functions of arrays that are defined by a number, where names of no known rank are numbers."""
    inference = _Inference(found, weak=True, numbers=True)
    for chain in chains:
        for one, other in pairwise(chain):
            if isinstance(one, Call) and not one.primes and inference.of(other) == SCALAR:
                inference.number(one)


def _maps(chains: Chains, found: Ranks) -> Iterator[tuple[str, int]]:
    """The functions of vectors of which nothing is said but y = g(x), with the rank of y.

    Where the text has g', it goes by component.
    """
    primed = {node.function for node in _nodes(chains) if isinstance(node, Call) and node.primes}
    for one, other in (pair for chain in chains for pair in pairwise(chain)):
        argument = _of_unknown(one, other)
        if argument is None or not isinstance(one, Name) or not isinstance(other, Call):
            continue
        if (
            other.function in primed | found.heads | found.given.keys()
            or not found.is_said(argument)
            or found.of(argument) != 1
        ):
            continue
        if found.is_said(one.name) or _is_plain(one, argument, found):
            yield other.function, (found.of(one.name) or 0) if found.is_said(one.name) else 0


def _of_unknown(one: Formula, other: Formula) -> str | None:
    """What an unknown function is taken of in y = g(x)."""
    if not isinstance(one, Name) or not isinstance(other, Call) or len(other.arguments) != 1:
        return None
    argument = other.arguments[0]
    unknown = known_function(other.function) is None and other.function not in TO_NUMBERS
    return argument.name if unknown and isinstance(argument, Name) else None


def _is_plain(name: Name, argument: str, found: Ranks) -> bool:
    """Whether the letter is not bold where its argument is: z = f(y) is a number then."""
    return family(argument) in found.bold and not found.is_said(name.name)


def _softmaxes(chains: Chains, found: Ranks) -> frozenset[bool]:
    """Whether a softmax of a matrix may be one of its rows, or of its columns.

    What is multiplied from the right has weights in its rows: O = P V for P = softmax(S).
    """
    inference = _Inference(found, weak=False)
    pairs = [(one, other) for chain in chains for one, other in pairwise(chain)]
    weights = {one.name for one, other in pairs if isinstance(one, Name) and inference.is_of_samples(other)}
    products = [other for one, other in pairs if isinstance(one, Name) and not _has_slopes(other)]
    shown_here: set[bool] = set()
    for node in (node for each in products for node in walk(each)):
        if isinstance(node, Product | MatrixProduct) and len(node.factors) > 1:
            ends = ((node.factors[0], False), (node.factors[-1], True))
            shown_here.update(down for end, down in ends if isinstance(end, Name) and end.name in weights)
    if not weights and not any(map(inference.is_of_samples, _nodes(chains))):
        return frozenset()
    return frozenset(shown_here or {False, True})


def _has_slopes(formula: Formula) -> bool:
    return any(isinstance(node, Derivative) for node in walk(formula))


def _said_symmetric(chains: Chains) -> Iterator[str]:
    """The matrices that a formula says are symmetric: A^T = A."""
    for one, other in (pair for chain in chains for pair in pairwise(chain)):
        for left, right in ((one, other), (other, one)):
            if isinstance(left, Transpose) and isinstance(right, Name) and left.operand == right:
                yield family(right.name)


def _is_of_small_letters(formula: Formula) -> bool:
    """Whether it is x, or x - a."""
    parts = formula.children if isinstance(formula, Sum) else (formula,)
    each = [part.operand if isinstance(part, Negation) else part for part in parts]
    return all(isinstance(part, Name) and not is_capital(part.name) for part in each)


def _is_difference(parts: Sequence[Formula]) -> bool:
    return len(parts) == 2 and any(isinstance(each, Negation) for each in parts)


def supposed(found: Ranks) -> set[str]:
    """The matrices that everybody takes for symmetric: covariances."""
    return {name for name, rank in found.known.items() if rank == 2 and name.partition("_")[0] == "Sigma"}


class _Inference:
    """Reads ranks off formulas; with `weak`, a capital before an array is a matrix.

    With `numbers`, a name of no known rank is a number.
    """

    def __init__(self, found: Ranks, *, weak: bool, numbers: bool = False) -> None:
        self.found = found
        self.weak = weak
        self.numbers = numbers

    def chain(self, chain: Sequence[Formula]) -> None:
        axes = [self.of(side) for side in chain]
        for (one, other), (left, right) in zip(pairwise(chain), pairwise(axes), strict=True):
            if isinstance(one, Call) and not one.primes and right == SCALAR:
                self.number(one)
            argument = _of_unknown(one, other)
            plain = argument is not None and isinstance(one, Name) and _is_plain(one, argument, self.found)
            if right is not None and not plain:
                self.assign(one, right)
            if left is not None:
                self.assign(other, left)

    def is_of_samples(self, node: Formula) -> bool:
        """Whether it is the softmax of a matrix."""
        return isinstance(node, Call) and node.function == "softmax" and self.of(node.arguments[0]) == MATRIX

    def number(self, head: Call) -> None:
        """A function of arrays that is defined by a number: J(w) = ‖Xw - y‖²."""
        arguments = [each for each in head.arguments if isinstance(each, Name | Indexed)]
        if known_function(head.function) is None and len(arguments) == len(head.arguments):
            self.found.numbers.add(head.function)

    def of(self, formula: Formula) -> Axes | None:
        """The axes of a formula as far as they are known; what its parts show of each other is taken in."""
        match formula:
            case Number():
                return SCALAR
            case Ones():
                return COLUMN
            case Name(name) if self.found.is_identity(name):
                return MATRIX
            case Name() | Indexed():
                axes = self.found.axes_of(formula)
                return SCALAR if axes is None and self.numbers else axes
            case Transpose(operand):
                axes = self.of(operand)
                return None if axes is None else (axes[1], axes[0])
            case Reduction(body=inner, bounds=()) if self.found.over_all:
                self.of(inner)
                return SCALAR
            case Grouping(inner) | Negation(inner) | Reduction(body=inner):
                return self.of(inner)
            case Product(factors) | MatrixProduct(factors):
                return self._product(factors)
            case Sum(parts):
                return self._sum(parts)
            case Elementwise(parts):
                return self._alike(parts)
            case Quotient(numerator, denominator):
                self.of(denominator)
                return self.of(numerator)
            case Power(base, _) | ElementwisePower(base, _):
                return self.of(base)
            case Call(function, arguments):
                return self._call(function, arguments)
            case Derivative(of, wrt):
                return self._derivative(of, wrt)
        for child in formula.children:
            self.of(child)
        return None

    def _call(self, function: str, arguments: Sequence[Formula]) -> Axes | None:
        each = [self.of(argument) for argument in arguments]
        if function == "norm" and each == [None] and self.weak and _is_of_small_letters(arguments[0]):
            # Two bars stand round a vector.
            self.found.normed = True
            self.assign(arguments[0], COLUMN)
        if function in TO_NUMBERS or function in self.found.numbers or (function, each) == ("abs", [MATRIX]):
            return SCALAR
        if function in self.found.maps:
            return OF_RANK[self.found.maps[function]]
        if function in self.found.given:
            return COLUMN if each == [None] else each[0]
        if function == "diag":
            if len(arguments) == 1 and each[0] is None:
                self.assign(arguments[0], COLUMN)
            return MATRIX
        if function in ("max", "min"):
            return self._alike(arguments)
        own = function in self.found.heads and known_function(function) is None
        return each[0] if len(each) == 1 and not own else None

    def _derivative(self, of: Formula, wrt: Formula) -> Axes | None:
        above, below = self.of(of), self.of(wrt)
        if above == SCALAR or above is None:
            return below
        return above if below == SCALAR else MATRIX if below == COLUMN == above else None

    def _product(self, factors: Sequence[Formula]) -> Axes | None:
        product: Axes = SCALAR
        for at, factor in enumerate(factors):
            axes = self.of(factor)
            if axes is None and product[1]:
                axes = MATRIX if isinstance(factor, Name) and is_capital(factor.name) else COLUMN
                self.assign(factor, axes)
            elif axes is None and self.weak and self._multiplies(factor, factors[at + 1 :]):
                axes = MATRIX
                self.assign(factor, axes)
            if axes is None or axes == SCALAR:
                continue
            product = axes if product == SCALAR else (product[0], axes[1])
        known = product != SCALAR or all(self.of(each) for each in factors)
        return product if known else None

    def _multiplies(self, factor: Formula, following: Sequence[Formula]) -> bool:
        """Whether a capital stands before an array, and is no letter that mostly counts."""
        if not isinstance(factor, Name | Indexed) or not is_capital(factor.name) or not following:
            return False
        axes = self.of(following[0])
        return axes is not None and axes[0] and factor.name[0] not in _NUMBERS

    def _sum(self, parts: Sequence[Formula]) -> Axes | None:
        axes = [self.of(part) for part in parts]
        if MATRIX in axes:
            for part in parts:
                term = part.operand if isinstance(part, Negation) else part
                if isinstance(term, Name | Indexed) and not is_capital(term.name):
                    self._bias(term)
                elif self.weak and isinstance(term, Name) and _is_difference(parts):
                    # A matrix less Y: what it should be has as many components.
                    self.assign(term, MATRIX)
            return MATRIX
        return self._alike(parts)

    def _bias(self, term: Name | Indexed) -> None:
        """A small letter added to a matrix is added to each of its rows or columns; λ is a number."""
        name = term.name.partition("^")[0]
        if len(name.rstrip("0123456789")) == 1 and name.isascii() and self.found.of(term.name) in (None, 1):
            self.found.known[family(term.name)] = 1
            self.found.biases.add(family(term.name))

    def _alike(self, parts: Sequence[Formula]) -> Axes | None:
        each = [self.of(part) for part in parts]
        array = next((axes for axes in each if axes not in (None, SCALAR)), None)
        if array is not None:
            for part, axes in zip(parts, each, strict=True):
                if axes is None:
                    self.assign(part, array)
            return array
        return SCALAR if each and None not in each else None

    def assign(self, formula: Formula, axes: Axes) -> None:
        """Take in that a formula has these axes."""
        match formula:
            case Name() | Indexed():
                self.found.learn(formula, axes)
            case Reduction(bounds=()) if self.found.over_all:
                return
            case Grouping(inner) | Negation(inner) | Reduction(body=inner):
                self.assign(inner, axes)
            case Transpose(operand):
                self.assign(operand, (axes[1], axes[0]))
            case Power(base, Number()) if axes == COLUMN:
                self.assign(base, axes)
            case Sum(parts) | Elementwise(parts):
                for part in parts:
                    if not (axes == MATRIX and isinstance(part, Name) and not is_capital(part.name)):
                        self.assign(part, axes)
            case Call(function, arguments):
                if axes == SCALAR and self.of(formula) not in (None, SCALAR):
                    self.number(formula)
                kept = function not in TO_NUMBERS | self.found.numbers | {"diag", *self.found.maps}
                if kept and len(arguments) == 1:
                    self.assign(arguments[0], axes)
