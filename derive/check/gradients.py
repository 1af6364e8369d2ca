"""Names like dW and dZ^{[l]} for the derivatives of a loss by W and Z^{[l]}, as programs call them."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator

from derive.check.bars import unbarred
from derive.formula import (
    Derivative,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Quotient,
    Sum,
    rewrite,
    walk,
)

LOSS = Name("ℒ")
# What the number of examples is called.
_COUNTS = ("m", "N", "n", "B")
_LAYERED = ("^", "^()", "^⟦⟧", "^⟨⟩")


def is_slope(name: str, names: Container[str]) -> bool:
    """Whether a name is d before the letter of another one."""
    return len(name) > 1 and name[0] == "d" and name[1].isalpha() and name[1:] in names


def slopes_in(formulas: Collection[Formula], names: Container[str]) -> list[str]:
    """The names dX in formulas, X being a name of the text too."""
    nodes = (node for each in formulas for node in walk(each))
    found = (node.name for node in nodes if isinstance(node, Name | Indexed))
    return list(dict.fromkeys(name for name in found if is_slope(name, names)))


def as_derivatives(
    formulas: tuple[Formula, ...], slopes: Collection[str], computed: Container[str]
) -> Iterator[tuple[tuple[Formula, ...], str]]:
    """The formulas with derivatives of a loss for such names, each with what that takes for granted.

    The loss is that of each example; or the gradients by what is not `computed` from it are means of it.
    """
    nodes = [node for each in formulas for node in walk(each) if isinstance(node, Name)]
    count = next((node for node in nodes if node.name in _COUNTS), None)
    first = slopes[0].partition("^")[0] if isinstance(slopes, list) else ""
    stands = f"{first} is ∂L/∂{first[1:]} of a loss L"
    if count is not None:
        means = [name for name in slopes if name[1:] not in computed]
        yield _rewritten(formulas, slopes, means, count), f"{stands}, its mean over {count.name} examples"
    yield _rewritten(formulas, slopes, (), None), stands


def read_of_loss(
    formulas: tuple[Formula, Formula], slopes: Container[str], loss: Name
) -> tuple[Formula, Formula]:
    """Both sides with the derivatives of a loss that the text defines for such names."""
    left, right = _rewritten(formulas, slopes, (), None, loss)
    return left, right


def _rewritten(
    formulas: tuple[Formula, ...],
    slopes: Container[str],
    means: Container[str],
    count: Name | None,
    loss: Name = LOSS,
) -> tuple[Formula, ...]:
    def derivative(node: Formula) -> Formula:
        if not isinstance(node, Name | Indexed) or node.name not in slopes:
            return node
        barred = unbarred(node.name)
        whole = barred or node.name[1:]
        wrt = Indexed(whole, node.indices) if isinstance(node, Indexed) else Name(whole)
        # An adjoint is through all that the quantity goes into.
        found: Formula = Derivative(loss, wrt, total=barred is not None)
        return Grouping(Quotient(found, count)) if count is not None and node.name in means else found

    return tuple(rewrite(each, derivative) for each in formulas)


def shifted(left: Formula, right: Formula) -> tuple[Formula, Formula]:
    """Both sides with l + 1 for l where the left side is of layer l - 1: they hold for every layer."""
    gaps = {found for node in walk(left) if (found := _layer(node)) is not None}
    if len(gaps) != 1:
        return left, right
    letter, gap = gaps.pop()
    if gap == 0 or letter.isupper():
        return left, right

    def moved(node: Formula) -> Formula:
        found = _layer(node)
        if found is None or found[0] != letter or not isinstance(node, Indexed):
            return node
        step = found[1] - gap
        size = Number(str(abs(step)))
        index: Formula = Name(letter)
        if step:
            index = Sum((Name(letter), size if step > 0 else Negation(size)))
        return Indexed(node.name, (index, *node.indices[1:]))

    return rewrite(left, moved), rewrite(right, moved)


def _layer(node: Formula) -> tuple[str, int] | None:
    """The letter of the layer of a quantity, and how far from it the quantity is."""
    if not isinstance(node, Indexed) or not node.indices or not node.name.endswith(_LAYERED):
        return None
    match node.indices[0]:
        case Name(letter):
            return letter, 0
        case Sum((Name(letter), Number(step))) if step.isdecimal():
            return letter, int(step)
        case Sum((Name(letter), Negation(Number(step)))) if step.isdecimal():
            return letter, -int(step)
    return None
