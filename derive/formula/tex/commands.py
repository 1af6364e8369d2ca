"""The commands of LaTeX that a formula may hold, each with the kind of word that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from derive.formula.spellings import ACCENTS, GREEK, OPERATORS

# Commands that change the look of a formula and not its meaning.
SPACES = frozenset(
    (
        r"\quad", r"\qquad", r"\displaystyle", r"\textstyle", r"\scriptstyle", r"\limits", r"\nolimits",
        r"\nonumber", r"\notag", r"\left", r"\right", r"\middle", r"\big", r"\bigl", r"\bigr", r"\Big",
        r"\Bigl", r"\Bigr", r"\bigg", r"\biggl", r"\biggr", r"\Bigg", r"\Biggl", r"\Biggr", r"\hfill",
    )
)  # fmt: skip

# Commands whose argument is a word.
SPELLED = frozenset(
    (
        r"\mathrm", r"\text", r"\operatorname", r"\operatorname*", r"\textbf", r"\textit", r"\texttt",
        r"\textrm", r"\mathtt", r"\mbox",
    )
)  # fmt: skip

ENVIRONMENTS_OF_LINES = frozenset(
    (
        "aligned", "align", "align*", "split", "gathered", "equation", "equation*", "gather", "gather*",
    )
)  # fmt: skip
ENVIRONMENTS_OF_CELLS = frozenset(("cases", "dcases", "matrix", "pmatrix", "bmatrix", "vmatrix"))

INTEGRALS = frozenset((r"\int", r"\iint", r"\iiint", r"\oint"))

# Functions that documents name and models do not.
NAMED = ("sec", "csc", "cot", "coth")
NAMED_BY_WORD = frozenset(
    (*NAMED, "sech", "csch", "cosec", "logit", "arcsinh", "arccosh", "arctanh", "artanh")
)

# Words that join formulas and name no quantity.
PROSE = frozenset(("if", "for", "when", "where", "otherwise", "else", "and", "with", "so"))

_SIGNS: Mapping[str, tuple[str, ...]] = {
    "*": (r"\times", r"\ast"),
    "/": (r"\div",),
    "<=": (r"\le", r"\leq", r"\leqslant"),
    ">=": (r"\ge", r"\geq", r"\geqslant"),
    "!=": (r"\ne", r"\neq"),
    "<": (r"\lt",),
    ">": (r"\gt",),
    "=": (r"\equiv", r"\triangleq", r"\doteq"),
    "≈": (r"\approx",),
    "→": (
        r"\to", r"\rightarrow", r"\longrightarrow", r"\implies", r"\Rightarrow", r"\Longrightarrow", r"\iff",
        r"\Leftrightarrow", r"\mapsto",
    ),
    ":=": (r"\coloneqq", r"\leftarrow", r"\gets"),
    "(": (r"\{", r"\lbrace"),
    ")": (r"\}", r"\rbrace"),
    "[": (r"\lbrack",),
    "]": (r"\rbrack",),
    "|": (r"\vert",),
    "mid": (r"\mid",),
    "‖": (r"\|", r"\Vert"),
    "|(": (r"\lvert",),
    ")|": (r"\rvert",),
    "‖(": (r"\lVert",),
    ")‖": (r"\rVert",),
    "⟨": (r"\langle",),
    "⟩": (r"\rangle",),
    "∂": (r"\partial",),
    "∇": (r"\nabla",),
    "limit": (r"\lim",),
    "'": (r"\prime",),
    "transpose": (r"\top", r"\intercal"),
    "fraction": (r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"),
    "root": (r"\sqrt",),
    "box": (r"\boxed",),
    "annotated": (r"\underbrace", r"\overbrace"),
    "crossed": (r"\cancel", r"\bcancel", r"\underline"),
    "font": (
        r"\mathbf", r"\boldsymbol", r"\bm", r"\pmb", r"\mathcal", r"\mathbb", r"\mathit", r"\mathsf", r"\vec",
    ),
}  # fmt: skip
_SHOWN = {")|": "|", "|(": "|", ")‖": "‖", "‖(": "‖"}

# The kind and the text of the word that a command makes.
COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **{command: (kind, _SHOWN.get(kind, kind)) for kind, those in _SIGNS.items() for command in those},
        r"\mathbb": ("font", "mathbb"),
        r"\mathcal": ("font", "mathcal"),
        r"\star": ("*", "⋆"),
        r"\dagger": ("*", "†"),
        # The dot alone may be a scalar product.
        r"\cdot": ("*", "·"),
        # Of arrays, number by number.
        r"\odot": ("*", "⊙"),
        # It does so, too, and puts one function into another.
        r"\circ": ("*", "∘"),
        **{f"\\{kind}": ("reduction", kind) for kind in ("sum", "prod", "max", "min")},
        **{f"\\{name}": ("function", name) for name in OPERATORS if name not in ("max", "min")},
        **{f"\\{name}": ("function", name) for name in NAMED},
        r"\ln": ("function", "log"),
        **{command: ("accent", name) for name, command in ACCENTS.items() if name != "vec"},
        r"\widehat": ("accent", "hat"),
        r"\widetilde": ("accent", "tilde"),
        r"\overline": ("accent", "bar"),
        **{f"\\{letter}": ("letter", letter) for letter in GREEK},
    }
)

UNICODE_SIGNS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "·": ("*", "·"),
        "⋅": ("*", "·"),
        "×": ("*", "×"),
        "∗": ("*", "∗"),
        "−": ("-", "-"),
        "≤": ("<=", "<="),
        "≥": (">=", ">="),
        "≠": ("!=", "!="),
        "≈": ("≈", "≈"),
        "→": ("→", "→"),
        "←": (":=", ":="),
        "∂": ("∂", "∂"),
        "∇": ("∇", "∇"),
        ";": (",", ";"),
        "⊙": ("*", "⊙"),
        "∘": ("*", "∘"),
        "√": ("root", "√"),
        "∑": ("reduction", "sum"),
        "∏": ("reduction", "prod"),
        "′": ("'", "'"),
        "’": ("'", "'"),
    }
)
