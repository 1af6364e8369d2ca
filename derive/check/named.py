"""Functions that authors name and nobody defines: sec x is 1/cos x."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType

from derive.formula import (
    Bound,
    Call,
    Formula,
    Grouping,
    Indexed,
    Name,
    Quotient,
    Reduction,
    read,
    replace,
    rewrite,
)

_ARGUMENT = "u"
_SOFTMAX = re.compile(r"softmax\((\w+)\)")
NAMED: Mapping[str, Formula] = MappingProxyType(
    {
        name: read(text)
        for name, text in {
            "sec": "1/cos(u)",
            "csc": "1/sin(u)",
            "cosec": "1/sin(u)",
            "cot": "1/tan(u)",
            "sech": "1/cosh(u)",
            "csch": "1/sinh(u)",
            "coth": "1/tanh(u)",
            "logit": "log(u/(1 - u))",
            "arcsinh": "log(u + sqrt(u**2 + 1))",
            "arccosh": "log(u + sqrt(u**2 - 1))",
            "arctanh": "log((1 + u)/(1 - u))/2",
            "artanh": "log((1 + u)/(1 - u))/2",
        }.items()
    }
)


def _softmax(vector: str, index: Formula) -> Formula:
    """A component of softmax(z): e^{z_i} over the sum of all."""
    letter = f"{vector}_all"
    whole = Reduction("sum", Call("exp", (Indexed(vector, (Name(letter),)),)), (Bound(letter),))
    return Grouping(Quotient(Call("exp", (Indexed(vector, (index,)),)), whole))


def opened(formula: Formula, own: Collection[str]) -> Formula:
    """The formula with these functions as what they stand for; `own` are names that the text has defined."""

    def known(node: Formula) -> Formula:
        if isinstance(node, Indexed) and len(node.indices) == 1 and node.name not in own:
            vector = _SOFTMAX.fullmatch(node.name)
            return node if vector is None else _softmax(vector[1], node.indices[0])
        if not isinstance(node, Call) or node.primes or node.function in own or len(node.arguments) != 1:
            return node
        if node.function not in NAMED:
            return node
        return Grouping(replace(NAMED[node.function], {Name(_ARGUMENT): Grouping(*node.arguments)}))

    return rewrite(formula, known)
