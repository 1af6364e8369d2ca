"""Matrix notation as components: z = W @ x + b is z[i] = sum(W[i,j]*x[j], j) + b[i].

An array of lower rank meets one of higher rank along the last axes, as in NumPy.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace as with_fields

from derive.errors import FormulaError
from derive.formula import (
    Along,
    Derivative,
    Elementwise,
    Formula,
    Indexed,
    MatrixProduct,
    Name,
    Ones,
    Product,
    Reduction,
    Transpose,
    Vector,
    rewrite,
    walk,
)
from derive.model.columns import in_signs
from derive.model.definitions import Definitions
from derive.model.elements import At, Elements, letters_of
from derive.model.parsing import Assignment
from derive.model.shape import KEPT, Axis, Shape, joined, told
from derive.model.shaping import Shapes
from derive.model.wording import Wording
from derive.notation import plain

_NOTATIONS = (Elementwise, Ones, MatrixProduct, Transpose, Vector, Derivative, Along)


class Lowering:
    """Matrix notation written by components, equation by equation.

    Equations add their ranks to what is known. `quantities` are names that no index letter may take.
    """

    def __init__(self, shapes: Shapes, quantities: Collection[str], definitions: Definitions) -> None:
        self.shapes = shapes
        self.quantities = frozenset(quantities)
        self.definitions = definitions

    def lowered(self, each: Assignment) -> Assignment:
        """The equation by components; a target of arrays gets index letters."""
        self.shapes.statement = each.statement
        each = self._in_signs(each)
        if not self._is_matrix_notation(each):
            self.shapes.known[each.name] = self._by_letters(each)
            return each
        letters = {node.name for node in walk(each.formula) if isinstance(node, Name)}
        elements = Elements(self.shapes, self.definitions, self.quantities | letters | set(each.indices))
        try:
            shape = self.shapes.shape(each.formula)
            at = self._target(each, elements, len(shape), letters)
            formula = elements.element(each.formula, at[len(at) - len(shape) :], frozenset(letters_of(at)))
        except FormulaError as error:
            raise each.statement.fault(error) from None
        self._declare(each, shape, len(at))
        # An axis with one value needs no letter.
        single = shape.count(KEPT) and not each.indices
        kept = tuple(index for index, size in zip(at, shape, strict=True) if size != KEPT) if single else at
        targets = tuple(_component(target, kept) for target in each.targets)
        return with_fields(each, targets=targets, formula=formula, written=self._written_form(each))

    def _written_form(self, each: Assignment) -> Formula | None:
        """What the author wrote, in plain signs; nothing where it reads rows, or an axis with one value."""
        for node in walk(each.formula):
            match node:
                case Name(name) if KEPT in self.shapes.known.get(name, ()):
                    return None
                case Indexed() if self.shapes.rank(node):
                    return None
        return rewrite(
            each.formula, lambda node: Product(node.factors) if isinstance(node, Elementwise) else node
        )

    def _in_signs(self, each: Assignment) -> Assignment:
        """The equation in the plain form's signs, for products that LaTeX writes side by side."""
        if each.statement.form != "latex" or not self._is_matrix_notation(each):
            return each
        try:
            return with_fields(each, formula=in_signs(each.formula, self.shapes))
        except FormulaError as error:
            raise each.statement.fault(error) from None

    def _declare(self, each: Assignment, shape: Shape, rank: int) -> None:
        """Take in the shape of a target; refuse one that its declaration contradicts."""
        ahead = self._by_letters(each)[: rank - len(shape)]
        found = (*ahead, *shape) if len(ahead) + len(shape) == rank else (None,) * rank
        declared = self.shapes.known.get(each.name)
        if declared is not None and None in declared:
            declared = None  # only subscripts tell it
        if declared is not None and (len(declared) != rank or joined(declared, found) is None):
            raise each.error(f"{each.name} has the declared shape {told(declared)}, and {self._told(each)}")
        self.shapes.known[each.name] = found if declared is None else declared

    def _told(self, each: Assignment) -> str:
        """What the right side is, for a message."""
        return Wording(each.statement).has(each.formula, self.shapes.shape(each.formula))

    def _by_letters(self, each: Assignment) -> Shape:
        """The shape of a target with letters: a letter's size is that of an axis that it runs over."""
        sizes: dict[str, Axis] = {}
        for node in walk(each.formula) if each.indices else ():
            if isinstance(node, Indexed):
                known = self.shapes.known.get(node.name, ())
                for index, size in zip(node.indices, known, strict=False):
                    if isinstance(index, Name) and size is not None:
                        sizes.setdefault(index.name, size)
        return tuple(sizes.get(letter) for letter in each.indices)

    def _target(self, each: Assignment, elements: Elements, rank: int, letters: set[str]) -> At:
        """The indices of the target: those that the author wrote, or as many as the right side needs."""
        if not each.indices:
            return tuple(map(Name, elements.fresh(rank, frozenset())))
        if rank and self.shapes.reads_rows(each.formula, each.indices):
            return tuple(map(Name, (*each.indices, *elements.fresh(rank, frozenset(each.indices)))))
        if rank and rank != len(each.indices) and not letters & set(each.indices):
            many = "1 index" if len(each.indices) == 1 else f"{len(each.indices)} indices"
            reason = f"{plain(each.targets[0])} has {many}, and {self._told(each)}"
            raise FormulaError(reason, each.targets[0].at or 0, len(each.name))
        if rank not in (0, len(each.indices)) or (rank and letters & set(each.indices)):
            bare = self.shapes.bare_array(each.formula)
            word = bare.name if bare else each.name
            raise FormulaError(
                f"{word} stands without indices, and {each.name} left of = has them",
                (bare.at if bare else each.targets[0].at) or 0,
                len(word),
                f"Write {word}[…] with the letters, or {each.name} without.",
            )
        return tuple(map(Name, each.indices))

    def _is_matrix_notation(self, each: Assignment) -> bool:
        if any(map(self.shapes.known.get, each.content.names)):
            bare = (node for node in walk(each.formula) if isinstance(node, Name | Indexed))
            if any(map(self.shapes.rank, bare)):
                return True
        if any(map(self.shapes.is_operation, each.content.calls)):
            return True
        if each.is_scalar:
            return False
        return any(
            isinstance(node, _NOTATIONS) or (isinstance(node, Reduction) and not node.bounds)
            for node in walk(each.formula)
        )


def _component(target: Name | Indexed, at: At) -> Name | Indexed:
    return Indexed(target.name, at, target.at) if at else target
