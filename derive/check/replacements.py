"""Words that change the model without an equation: now the output is linear instead of a sigmoid."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from derive.check.facts import Fact
from derive.formula import Call, Formula, Grouping, Name, Power, walk

_INSTEAD = r"(?:instead of|rather than|in place of|no longer)"
_REPLACING = (
    r"(?:replac(?:e|es|ed|ing)|swap(?:s|ped|ping)?|exchang(?:e|es|ed|ing)"
    r"|(?:switch|chang)(?:e|es|ed|ing)? from)"
)
# What says that the text itself goes on with another model; a remark on what others use says no such thing.
_OWN = re.compile(
    r"\b(?:now|this time|next|we|us|let|suppose|assume|here|in this section|from (?:now|here) on"
    r"|(?:output|hidden|loss|activation|unit|network|neuron|error|cost|layer)\w*(?: \w+){0,3} (?:is|are"
    r"|has|uses?))\b",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"\b(?:could|can|may|might|often|sometimes|usually|many|some|would|one|people|authors|others|prefer\w*"
    r"|better|because|reason|why|advantage\w*|historically|popular|common\w*|modern)\b",
    re.IGNORECASE,
)
_TRIGGER = re.compile(rf"\b(?:{_INSTEAD}|{_REPLACING})\b(?P<object>[^.;:$]{{0,40}})", re.IGNORECASE)
_AT_END = re.compile(rf"\b(?:{_INSTEAD}|{_REPLACING})[\s$(\\]*\Z", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.;!?]*\Z")
_LOSSES = frozenset("L J E C ℓ ell l loss Loss cost error R".split())


def _calls(*functions: str) -> Callable[[Fact], bool]:
    return lambda fact: any(isinstance(n, Call) and n.function in functions for n in walk(fact.formula))


def _is_loss(fact: Fact) -> bool:
    return fact.name in _LOSSES


def _is_squared_loss(fact: Fact) -> bool:
    return _is_loss(fact) and any(isinstance(node, Power) for node in walk(fact.formula))


# What is replaced, in words, and the equations that say so.
_ROWS: tuple[tuple[str, Callable[[Fact], bool]], ...] = (
    (r"sigmoid|logistic", _calls("sigmoid", "sigma", "σ")),
    (r"tanh|hyperbolic tangent", _calls("tanh")),
    (r"relu|rectif\w+", _calls("relu", "max")),
    (r"softmax", _calls("softmax")),
    (r"softplus", _calls("softplus")),
    (r"identity|linear", lambda fact: isinstance(_bare(fact.formula), Name)),
    (r"squared? (?:error|loss)|mean squared|mse|least squares|quadratic", _is_squared_loss),
    (r"cross[- ]entropy|log[- ]?loss|log-?likelihood|hinge|absolute", _is_loss),
)


def replaced(between: str, before: str) -> str:
    """What the words say that the model has no more; ends in $ where the formula behind them is that."""
    for found in _TRIGGER.finditer(between):
        sentence = _SENTENCE.search(between[: found.start()])
        around = (sentence[0] if sentence else "") + found[0]
        if _OWN.search(around) and not _REMARK.search(around):
            return found["object"].lower() or " "
    if (last := _AT_END.search(before)) and _OWN.search(before) and not _REMARK.search(before):
        return f"{last[0].lower()}$"
    return ""


def affected(facts: Iterable[Fact], words: str, formula: Formula | None) -> Iterator[str]:
    """The names whose equations are replaced, by the words for it or by the formula itself."""
    equations = [each for each in facts if each.kind != "value"]
    if words.endswith("$"):
        yield from (each.name for each in equations if formula is not None and _bare(each.formula) == formula)
        return
    for pattern, concerns in _ROWS:
        if re.search(rf"\b(?:{pattern})", words):
            yield from (each.name for each in equations if concerns(each))
            return


def _bare(formula: Formula) -> Formula:
    while isinstance(formula, Grouping):
        formula = formula.inner
    return formula
