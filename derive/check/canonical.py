"""One form for matrices that are written in several ways, and names for what is made of them."""

from __future__ import annotations

from derive.check.ranks import Ranks, family
from derive.formula import (
    Formula,
    Grouping,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Product,
    Sum,
    Transpose,
    rewrite,
)


def bare(formula: Formula) -> Formula:
    """The formula without the parentheses round the whole of it."""
    return formula.inner if isinstance(formula, Grouping) else formula


def canonical(formula: Formula) -> Formula:
    """The formula without parentheses, its terms in one order, and one kind of product."""

    def plain(node: Formula) -> Formula:
        match node:
            case Grouping(inner):
                return inner
            case Sum(terms):
                return Sum(tuple(sorted(terms, key=repr)))
            case Product(factors) | MatrixProduct(factors):
                flat = [
                    part
                    for each in factors
                    for part in (each.factors if isinstance(each, Product) else (each,))
                ]
                return Product(tuple(flat))
        return node

    return rewrite(formula, plain)


def transposed(formula: Formula, known: Ranks) -> Formula:
    """The canonical form of the transpose."""
    match bare(formula):
        case Transpose(operand):
            return canonical(operand)
        case Product(factors) | MatrixProduct(factors):
            return canonical(Product(tuple(transposed(each, known) for each in reversed(factors))))
        case Sum(terms):
            return canonical(Sum(tuple(transposed(each, known) for each in terms)))
        case Negation(operand):
            return Negation(transposed(operand, known))
        case Name(name) if not known.of(name) or known.is_identity(name) or family(name) in known.symmetric:
            return Name(name)
        case Number():
            return formula
    return Transpose(canonical(formula))


def spelled(matrix: Formula) -> str:
    """A name for a matrix that holds none of the signs of components."""
    found = _text(canonical(matrix))
    return found if found.isalnum() else f"({found})"


def _text(formula: Formula) -> str:
    match formula:
        case Name(name):
            return name.replace("[", "⟦").replace("]", "⟧").replace("^", "↑")
        case Transpose(operand):
            return f"{_text(operand)}ᵀ"
        case Product(factors):
            return "·".join(map(_text, factors))
        case Sum(terms):
            return "(" + "+".join(map(_text, terms)) + ")"
        case Negation(operand):
            return f"−{_text(operand)}"
    return f"{type(formula).__name__}⟨{'‚'.join(map(_text, formula.children))}⟩{_leaf(formula)}"


def _leaf(formula: Formula) -> str:
    return "" if formula.children else repr(formula).replace("[", "⟦").replace("]", "⟧").replace("^", "↑")
