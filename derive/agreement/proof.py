"""The proof that two expressions are equal: their normal forms are, for every sign that matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Basic, Expr

from derive.agreement.domains import Domain
from derive.agreement.feasibility import contradictory
from derive.agreement.field import Exhausted, Overflow, Ratio, Unsupported
from derive.agreement.forms import Fork, Forms, Infeasible, Kink, Question
from derive.agreement.generators import Generator
from derive.agreement.indices import Axes
from derive.agreement.lattice import Refine
from derive.agreement.normal_form import normal_form
from derive.agreement.rebuilding import rebuild
from derive.agreement.sums import rebuilt, renamed, solved
from derive.effort import clock
from derive.expression import IndexedReduction, parts, symbols

MOST_CASES = 256
MOST_GENERATORS = 512


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof took for granted: `kinks` are places that it leaves out."""

    kinks: tuple[Kink, ...] = ()


def prove(
    left: Expr,
    right: Expr,
    domains: Mapping[str, Domain],
    *,
    axes: Axes,
    deadline: float,
) -> Proof | None:
    """A proof that both sides are equal wherever both have a meaning; None if none was found in time."""
    question = Question(
        deadline=deadline,
        domains=domains,
        letters=frozenset(axes.letters),
        axes=axes.axes(),
        ranges=axes.ranges,
        size=_room(left, right),
    )
    try:
        return _by_cases(question, left, right)
    except (Exhausted, Unsupported, RecursionError):
        return None


def _room(left: Expr, right: Expr) -> int:
    return 8 + 8 * ((len(symbols(left) | symbols(right)) + 4) // 8)


def _by_cases(question: Question, left: Expr, right: Expr) -> Proof | None:
    """Every combination of the signs that the normal forms ask for; one of them must have a meaning."""
    cases: list[dict[str, int]] = [{}]
    kinks: dict[Kink, None] = {}
    feasible = 0
    for _ in range(MOST_CASES):
        if not cases:
            return Proof(tuple(kinks)) if feasible else None
        signs = cases.pop()
        forms = Forms(question, signs)
        try:
            if _equal(forms, left, right):
                feasible += 1
                kinks.update(forms.kinks)
            elif not question.forking and _has_signs(forms):
                question.forking = True
                cases.append({})
            elif not contradictory(forms):
                return None
        except Infeasible:
            continue
        except Fork as fork:
            if question.forking:
                cases += [{**signs, fork.key: 1}, {**signs, fork.key: -1}]
            else:
                question.forking = True
                cases.append({})
        except Refine as refine:
            question.degrees[refine.key] = refine.degree
            cases.append(signs)
        except Overflow:
            question.size *= 2
            if question.size > MOST_GENERATORS:
                return None
            cases.append(signs)
        if clock() > question.deadline:
            return None
    return None


def _has_signs(forms: Forms) -> bool:
    return any(each.kind == "sign" and not each.letters for each in forms.generators.values())


def _equal(forms: Forms, left: Expr, right: Expr) -> bool:
    first = normal_form(forms, left)
    known = len(forms.signs) + len(forms.facts)
    second = normal_form(forms, right)
    if _is_zero(forms, forms.field.add(first, forms.field.negative(second))):
        return True
    if known == len(forms.signs) + len(forms.facts) or not any(map(_needs_signs, parts(left))):
        return False
    # The right side has told signs that a product on the left is taken apart by, or a root that δ selects.
    forms.memo.clear()
    forms.renamings.clear()
    first = normal_form(forms, left)
    return _is_zero(forms, forms.field.add(first, forms.field.negative(second)))


def _needs_signs(part: Basic) -> bool:
    """Whether a part is taken apart by signs that were not asked for when it was read."""
    if isinstance(part, IndexedReduction):
        return part.kind == "prod" or any(map(_is_root, parts(part.body)))
    return False


def _is_root(part: Basic) -> bool:
    return part.is_Pow and not part.exp.is_Integer


def _is_zero(forms: Forms, ratio: Ratio) -> bool:
    """Whether a ratio is zero; for indices that may be equal, both when they are and when not."""
    ratio = forms.canonical(ratio)
    if ratio.num.is_zero():
        return True
    found = _free_indicator(forms, ratio)
    if found is None:
        return False
    chosen, name, value = found
    same = renamed(forms, ratio, {name: value})
    return _is_zero(forms, same) and _is_zero(forms, _without(forms, ratio, chosen))


# An indicator of equality, the letter that it fixes, and what the letter then is.
Choice = tuple[Generator, str, tuple[tuple[tuple[str, int], ...], int]]


def _free_indicator(forms: Forms, ratio: Ratio) -> Choice | None:
    waiting, seen = [ratio], set()
    while waiting:
        for number in forms.used(waiting.pop()):
            each = forms.generators[number]
            if number in seen or not each.letters:
                continue
            seen.add(number)
            waiting.extend(each.arguments)
            if each.kind == "indicator" and each.name == "=" and each.indices:
                free = frozenset(name for name in each.letters if "#" not in name)
                solution = solved(each.indices[0], free)
                if solution is not None:
                    return each, *solution
    return None


def _without(forms: Forms, ratio: Ratio, indicator: Generator) -> Ratio:
    """The ratio where an indicator is zero."""

    def change(each: Generator) -> Ratio:
        if each.number == indicator.number:
            return forms.field.zero
        arguments = tuple(_without(forms, argument, indicator) for argument in each.arguments)
        return rebuild(forms, each, each.indices, arguments)

    return rebuilt(forms, ratio, change, set(indicator.letters))
