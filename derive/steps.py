"""A derivative told line by line: each step applies rules of the table to whole forms."""

from __future__ import annotations

from dataclasses import dataclass

from derive.formula import (
    ONE,
    Derivative,
    Formula,
    Product,
    Sum,
    rewrite,
    times,
    walk,
)
from derive.rules import (
    NO_FUNCTIONS,
    Functions,
    Operand,
    apply,
    differentiate,
    pending,
)

# Rules whose answer is a number: they are carried out together, and beside another rule.
PLAIN_RULES = ("constant", "variable", "grouping")

TIDYING = "tidy"


@dataclass(frozen=True, slots=True)
class Step:
    """One justified line of a derivation: neighbouring forms are equal, by the rule."""

    rule: str
    before: Formula
    after: Formula


def derivation(formula: Formula, wrt: Operand, functions: Functions = NO_FUNCTIONS) -> tuple[Step, ...]:
    """The steps from ∂/∂wrt (formula) to its textbook form; the first `before` is the operator form.

    The last `after` is `differentiate(formula, wrt)`.
    """
    form: Formula = pending(formula, wrt)
    steps: list[Step] = []
    while any(map(_is_pending, walk(form))):
        rule, after = _advance(form, wrt, functions)
        steps.append(Step(rule, form, after))
        form = after
    result = differentiate(formula, wrt, functions)
    if result != form:
        steps.append(Step(TIDYING, form, result))
    return tuple(steps)


def _is_pending(node: Formula) -> bool:
    return isinstance(node, Derivative) and node.applied


def _advance(form: Formula, wrt: Operand, functions: Functions) -> tuple[str, Formula]:
    """One rule applied to every pending derivative, with what then is a mere number filled in."""
    used: dict[str, None] = {}

    def answered(node: Formula) -> Formula:
        if not (isinstance(node, Derivative) and node.applied):
            return node
        rule, answer = apply(node.of, wrt, functions)
        used[rule] = None
        return answer

    after = _with_plain_answers(rewrite(form, answered), wrt, functions)
    told = [rule for rule in used if rule not in PLAIN_RULES] or list(used)
    return ", ".join(told), after


def _with_plain_answers(form: Formula, wrt: Operand, functions: Functions) -> Formula:
    """The form with ∂x/∂x = 1 and constants carried out, in a sum only if it then holds none pending."""

    def plain(node: Formula) -> Formula:
        if _is_pending(node):
            assert isinstance(node, Derivative)
            rule, answer = apply(node.of, wrt, functions)
            if rule == "grouping":
                return plain(answer)
            return answer if rule in PLAIN_RULES else node
        return node

    def step(node: Formula) -> Formula:
        match node:
            case Sum(terms):
                filled = tuple(rewrite(term, plain) for term in terms)
                if any(_is_pending(part) for term in filled for part in walk(term)):
                    return node
                return Sum(filled)
            case Product(factors) if any(map(_is_pending, factors)):
                filled = tuple(map(plain, factors))
                units = [_is_pending(old) and new == ONE for old, new in zip(factors, filled, strict=True)]
                return times(*(f for f, unit in zip(filled, units, strict=True) if not unit))
        return node

    return plain(rewrite(form, step))
