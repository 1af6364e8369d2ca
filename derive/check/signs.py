r"""Signs between the sides of a chain, and where the sides stand between them."""

from __future__ import annotations

import re

SIGN = re.compile(
    r"""\s*&?\s*(?P<sign>:=|\\coloneqq|\\leftarrow|\\gets|=|≈|\\approx\b|\\simeq\b|\\leq?\b|\\geq?\b|<|>|
        \\(?:long)?rightarrow\b|\\to\b|\\implies\b|\\(?:Long)?[Rr]ightarrow\b|\\iff\b|\\Leftrightarrow\b|
        \\mapsto\b|→|←|⇒|⟹|⇔)""",
    re.VERBOSE,
)
_PLAIN_SIGNS = {
    r"\approx": "≈", r"\simeq": "≈", r"\leftarrow": ":=", r"\gets": ":=", "←": ":=", r"\coloneqq": ":=",
    **dict.fromkeys(
        (r"\rightarrow", r"\to", r"\implies", r"\Rightarrow", r"\longrightarrow", r"\Longrightarrow", r"\iff",
         r"\Leftrightarrow", r"\mapsto", "⇒", "⟹", "⇔"), "→",
    ),
    r"\le": "<=", r"\leq": "<=",
    r"\ge": ">=", r"\geq": ">=",
}  # fmt: skip
ANY_SIGN = re.compile(
    r"""[=<>≈≤≥→←∈∝∼≡]|\\(?:approx|simeq|leq?|geq?|lt|gt|to|rightarrow|leftarrow|gets|neq?|in|propto|sim|equiv|
        iff|implies|Rightarrow)\b""",
    re.VERBOSE,
)
# Signs of statements that are no equations: what follows them is not judged.
_STATING = re.compile(
    r"""\\(?:in|ni|notin|sim|propto|subset|subseteq|forall|exists|ll|gg|perp|parallel|colon|succ|succeq|prec|
        preceq|cong|stackrel)\b|[∈∉∝∼⊂⊆∀]|(?<![:=]):(?![:=])""",
    re.VERBOSE,
)
_OPENING, _CLOSING = "({[", ")}]"


def spelled(sign: re.Match[str]) -> str:
    """The sign as the plain form spells it."""
    return _PLAIN_SIGNS.get(sign["sign"], sign["sign"])


def end_of_equation(body: str) -> int | None:
    """Where a sign outside all brackets states something else than an equality: x = a + b ∈ ℝ."""
    at = depth = 0
    while at < len(body):
        if depth == 0 and _STATING.match(body, at):
            return at
        depth += (body[at] in _OPENING) - (body[at] in _CLOSING and depth > 0)
        at += 2 if body[at] == "\\" else 1
    return None


def ranges(body: str, count: int) -> list[tuple[int, int]]:
    """Where the sides of a chain stand: between the signs outside all brackets."""
    cuts: list[tuple[int, int]] = []
    at = depth = 0
    while at < len(body):
        sign = SIGN.match(body, at) if depth == 0 else None
        if sign is not None:
            cuts.append((sign.start(), sign.end()))
            at = sign.end()
            continue
        if body[at] == "\\":
            at += 2
            continue
        depth += (body[at] in _OPENING) - (body[at] in _CLOSING and depth > 0)
        at += 1
    if len(cuts) != count - 1:
        return [(0, len(body))] * count
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(body)]
    return [_without_space(body, start, end) for start, end in zip(starts, ends, strict=True)]


def _without_space(body: str, start: int, end: int) -> tuple[int, int]:
    inside = body[start:end]
    left = len(inside) - len(inside.lstrip(" \t\n&"))
    return start + left, max(start + left + 1, end - (len(inside) - len(inside.rstrip())))
