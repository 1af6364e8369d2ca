"""Quantities, components, index letters, and indicators of conditions on them, as generators."""

from __future__ import annotations

from sympy import Expr, Symbol

from derive.agreement import indices
from derive.agreement.field import Ratio, Unsupported
from derive.agreement.forms import Forms
from derive.agreement.generators import Affine
from derive.agreement.indices import difference, letter, spelled
from derive.expression import component_parts


def affine(forms: Forms, index: Expr) -> Affine | None:
    """An index with the bound letters as they are named in this run."""
    return indices.affine(index, forms.bindings)


def quantity(forms: Forms, symbol: Symbol) -> Ratio:
    """The generator of a quantity, of a component, or of an index letter."""
    name = symbol.name
    if name in forms.bindings or name in forms.question.letters:
        return index(forms, forms.bindings.get(name, letter(name)))
    if "[" not in name:
        domain = forms.question.domains.get(name)
        return forms.generator("symbol", name, name=name, positive=bool(domain and domain.positive))
    whole, parts = component_parts(name)
    found = [indices.affine(part, forms.bindings) for part in parts]
    if None in found:
        raise Unsupported("an index that is not affine")
    return component(forms, whole, tuple(each for each in found if each is not None))


def component(forms: Forms, name: str, at: tuple[Affine, ...]) -> Ratio:
    domain = forms.question.domains.get(name)
    letters = frozenset(each for index in at for each, _ in index[0])
    key = f"{name}[{','.join(map(spelled, at))}]"
    return forms.generator(
        "component", key, name=name, indices=at, letters=letters, positive=bool(domain and domain.positive)
    )


def index(forms: Forms, index: Affine) -> Ratio:
    """An index as a number."""
    terms = [forms.field.constant(index[1])]
    for name, times in index[0]:
        variable = forms.generator("letter", name, indices=(letter(name),), letters=frozenset((name,)))
        terms.append(forms.field.scaled(variable, times))
    return forms.field.total(terms)


def indicator(forms: Forms, sign: str, gap: Affine | None, sides: tuple[Ratio, ...] = ()) -> Ratio:
    """1 where `gap` is 0 (sign "=") or at least 0 (">="), else 0; of other sides, by their text."""
    if gap is None:
        key = f"{sign} {' '.join(side.key for side in sides)}"
        return forms.generator(
            "indicator", key, name=sign, arguments=sides, degree=2, relation=_itself(forms, key)
        )
    if not gap[0]:
        return forms.field.constant(int(gap[1] == 0 if sign == "=" else gap[1] >= 0))
    if sign == "=" and gap[0][0][1] < 0:
        gap = difference(((), 0), gap)
    letters = frozenset(each for each, _ in gap[0])
    key = f"{spelled(gap)} {sign} 0"
    return forms.generator(
        "indicator",
        key,
        name=sign,
        indices=(gap,),
        letters=letters,
        degree=2,
        relation=_itself(forms, key),
    )


def _itself(forms: Forms, key: str) -> Ratio:
    """The indicator of a key, to which its square is equal."""
    return forms.field.variable(forms.question.numbering.number(f"indicator {key}"))
