"""Functions and losses that words name, beside those that the equations of a claim have: tanh, not σ."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from derive.formula import Call, Cases, Formula, Power, Reduction, walk


def _calls(*functions: str) -> Callable[[Collection[Formula]], bool]:
    return lambda nodes: any(isinstance(node, Call) and node.function in functions for node in nodes)


_has_logs = _calls("log", "ln")


def _is_squared(nodes: Collection[Formula]) -> bool:
    return any(isinstance(node, Power) for node in nodes) and not _has_logs(nodes)


# Groups of words of which a model has one, each with what its equations have then.
_GROUPS: tuple[tuple[tuple[str, Callable[[Collection[Formula]], bool]], ...], ...] = (
    (
        (r"sigmoid\w*|logistic", _calls("sigmoid", "exp", "σ", "sigma")),
        (r"tanh|hyperbolic tangent", _calls("tanh", "exp")),
        (r"relus?|rectif\w+", _calls("relu", "max")),
        (r"softplus", _calls("softplus", "log")),
        (r"softmax", _calls("softmax", "exp")),
    ),
    (
        (r"cross[- ]entropy|log[- ]loss|log-?likelihood|logistic loss", _has_logs),
        (r"squared? (?:error|loss)|mse|least squares", _is_squared),
        (r"hinge", _calls("max", "relu")),
        (r"absolute (?:error|loss|value)|l1 loss", _calls("abs")),
    ),
)
_KINKS = frozenset({"abs", "max", "min", "relu", "sign"})
# What the model is not, or no longer.
_PUT_ASIDE = re.compile(
    r"\b(?:instead of|rather than|in place of|unlike|no longer)\b[^.,;:$]{0,40}", re.IGNORECASE
)
# That the text goes on with another model; and a remark on what others do.
_NOW = re.compile(r"\b(?:now|this time|from (?:now|here) on|we (?:take|use|have)|let us)\b", re.IGNORECASE)
_REMARK = re.compile(
    r"\b(?:could|can|may|might|often|sometimes|usually|would|choices?|alternatives?|similar\w*|compar\w+|like"
    r"|generali[sz]\w+|better|why|popular|historical\w*|common\w*)\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.;!?])\s+|\n\s*\n")


def heard(sentence: str, between: str) -> tuple[str, str]:
    """What sentences before a formula say of the model; and the same with the formula's own sentence."""
    stated = [each for each in _SENTENCES.split(between) if _NOW.search(each) and not _REMARK.search(each)]
    said = " ".join(stated)
    return said, said if _REMARK.search(sentence) else f"{said} {sentence}"


def of_another(words: str, formulas: Sequence[Formula], text: Iterable[Formula]) -> str | None:
    """What words name that no equation of a text has, where the formulas have something of its kind."""
    words = _PUT_ASIDE.sub(" ", words)
    for group in _GROUPS:
        named = [(found[0], has) for word, has in group if (found := _search(word, words))]
        if not named or not any(has(list(walk(each))) for _, has in group for each in formulas):
            continue
        if not any(has(list(walk(each))) for each in (*formulas, *text) for _, has in named):
            return named[0][0].lower()
    return None


def _search(word: str, words: str) -> re.Match[str] | None:
    return re.search(rf"\b(?:{word})\b", words, re.IGNORECASE)


def is_kinked(formulas: Iterable[Formula]) -> bool:
    """Whether formulas have two sides at some place, of which words may mean one."""
    for node in (node for each in formulas for node in walk(each)):
        if isinstance(node, Cases) or (isinstance(node, Call) and node.function in _KINKS):
            return True
        if isinstance(node, Reduction) and node.kind in ("max", "min"):
            return True
    return False
