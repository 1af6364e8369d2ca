"""Whether a formula has the form of another: names of the form stand for parts of the formula."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from derive.formula import Formula, Grouping, Indexed, Name, Number, Reduction


def likeness(form: Formula, formula: Formula, free: Collection[str]) -> Mapping[str, Formula] | None:
    """What each free name of the form stands for in the formula; None if the formula has another form.

    A free name with indices stands for a component with as many. Index letters may differ.
    """
    found: dict[str, Formula] = {}
    return found if _alike(form, formula, free, found) else None


def _alike(form: Formula, formula: Formula, free: Collection[str], found: dict[str, Formula]) -> bool:
    if isinstance(form, Grouping):
        return _alike(form.inner, formula, free, found)
    if isinstance(formula, Grouping):
        return _alike(form, formula.inner, free, found)
    match form:
        case Name(name) if name in free:
            return found.setdefault(name, formula) == formula
        case Indexed(name, indices) if name in free:
            if not isinstance(formula, Indexed) or len(formula.indices) != len(indices):
                return False
            return found.setdefault(name, formula) == formula
        case Number():
            return isinstance(formula, Number) and form.value == formula.value
        case Reduction():
            if not isinstance(formula, Reduction) or form.kind != formula.kind:
                return False
    if type(form) is not type(formula) or len(form.children) != len(formula.children):
        return False
    if not form.children:
        return form == formula
    if not isinstance(form, Reduction) and form.with_children(formula.children) != formula:
        return False
    pairs = zip(form.children, formula.children, strict=True)
    return all(_alike(one, other, free, found) for one, other in pairs)
