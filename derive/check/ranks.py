"""The ranks of a document's names: which are vectors and matrices, and which number layers or samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.check.by_components import ByComponents
from derive.formula import Formula, Indexed, Name

# Whether an array has rows and columns; a vector is a column.
Axes = tuple[bool, bool]
SCALAR, COLUMN, ROW, MATRIX = (False, False), (True, False), (False, True), (True, True)
OF_RANK = (SCALAR, COLUMN, MATRIX)
# Functions of arrays whose value is a number.
# The softmax of every row of a matrix has a word below its name.
SOFTMAX_OF_ROWS = "softmax_rows"
TO_NUMBERS = frozenset({"norm", "dot", "trace", "det", "frobenius norm"})
IDENTITY = "I"


@dataclass
class Ranks:
    """The ranks by the letters of a name, without what stands above or below it; those `said` are certain.

    Some of these are said by their font, `bold`, some with the names of their `sizes`. `sampled` names have
    an index that tells samples or steps apart, `biases` are vectors that are added to every row or column of
    a matrix, `numbers` are functions of arrays whose value is a number; `maps` have the rank of their value,
    each component of which may depend on all of the argument; `heads` are functions and `defined` names that
    the text defines. `invertible` matrices have an inverse in the text; `inverses` and `determinants` get
    names of their own; `elsewhere` are matrices that the text says are `symmetric` in other places.
    `softmaxes` says whether those of matrices may be of columns. The ranks are `trusted` where they fit the
    equations of a section, and `unclear` where they fit too few of them. Sums without an index run `over_all`
    components where the text says that one is a number.
    `normed` says that norms are taken of what nothing else shows to be a vector; `given` are the functions of
    vectors that the text defines by components.
    """

    known: dict[str, int] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    bold: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    sampled: set[str] = field(default_factory=set)
    biases: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    maps: dict[str, int] = field(default_factory=dict)
    invertible: set[str] = field(default_factory=set)
    symmetric: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)
    inverses: dict[str, Formula] = field(default_factory=dict)
    determinants: dict[str, Formula] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)
    heads: set[str] = field(default_factory=set)
    softmaxes: frozenset[bool] = frozenset()
    trusted: bool = False
    unclear: bool = False
    over_all: bool = False
    normed: bool = False
    sizes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    given: Mapping[str, ByComponents] = field(default_factory=dict)

    def of(self, name: str) -> int | None:
        """The rank of a quantity, if it is known."""
        found = self.known.get(family(name))
        if found is None:
            whole = name.partition("_")[0]
            found = self.known.get(whole) if whole in self.sampled and "^" not in name else None
        return found

    def is_said(self, name: str) -> bool:
        """Whether the document says what a name is, in words or by its font."""
        return family(name) in self.said

    def leading(self, name: str) -> int:
        """How many indices tell the layer or the sample, and no component."""
        raised = name.endswith(("^", "^()", "^⟦⟧", "^⟨⟩"))
        return int(raised or name in self.sampled)

    def is_size(self, count: str, name: str, axis: int) -> bool:
        """Whether the text declares a name to be how many rows or columns an array, or any array, has."""
        if not name:
            return any(count in each for each in self.sizes.values())
        at = axis - self.leading(name)
        sizes = self.sizes.get(family(name), ())
        return 0 <= at < len(sizes) and sizes[at] == count

    def is_doubtful(self, name: str) -> bool:
        """Whether the text treats a name in ways that do not fit one rank: a vector added to a matrix."""
        return family(name) in self.doubtful

    def is_array(self, name: str) -> bool:
        """Whether a name is a vector or a matrix."""
        return bool(self.of(name))

    def is_identity(self, name: str) -> bool:
        """Whether a name is the matrix with ones on its diagonal: I, where nothing defines it."""
        return name == IDENTITY and name not in self.defined and self.known.get(name, 2) == 2

    def is_bias(self, formula: Name | Indexed) -> bool:
        """Whether a vector is added to every row or column of a matrix."""
        return family(formula.name) in self.biases

    def axes_of(self, formula: Name | Indexed) -> Axes | None:
        """The axes of a quantity or a component; None where the rank is not known."""
        rank = self.of(formula.name)
        given = len(formula.children) - self.leading(formula.name)
        if given > 0:
            return SCALAR
        return None if rank is None else OF_RANK[rank]

    def learn(self, formula: Name | Indexed, axes: Axes) -> None:
        """Take in what the place of a name says of its rank."""
        name = formula.name
        if self.of(name) is not None or axes == ROW:
            return
        given = len(formula.children) - self.leading(name)
        if axes == MATRIX and name[0].islower():
            if len(_letter(name)) == 1:
                self.doubtful.add(family(name))
        elif given <= 0:
            self.known[family(name)] = sum(axes)
        elif given == 1 and axes != SCALAR and "^" not in name:
            self.sampled.add(name)
            self.known[family(name)] = sum(axes)


def _letter(name: str) -> str:
    """The letter of a name: z of z1, z^L and z^."""
    return name.partition("^")[0].rstrip("0123456789") or name


def family(name: str) -> str:
    """Quantities that differ by a number or a layer have one rank: z1 and z2, W^{[1]} and W^{[2]}."""
    _, raised, above = name.partition("^")
    return (
        f"{_letter(name)}^{''.join(each for each in above if each in '()⟦⟧⟨⟩')}" if raised else _letter(name)
    )


def is_capital(name: str) -> bool:
    """Whether the letter of a name is a capital, Latin or Greek."""
    return name[:1].isupper()
