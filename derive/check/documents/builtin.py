r"""Commands that set a formula's look or its slides, \alert, \textcolor, \onslide: what they leave of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# A command's body by its name, and the number of its arguments.
_BODIES: Mapping[str, tuple[str, ...]] = {
    "0": (
        "xspace", "qedhere", "IEEEyesnumber", "IEEEnonumber", "IEEEeqnarraynumspace", "allowbreak",
        "displaybreak", "pause", "mathstrut", "strut", "hfill", "normalfont", "bfseries", "itshape",
        "centering", "thinspace", "medspace", "thickspace", "negthinspace", "enspace", "checkmark",
    ),
    "0#1": (
        "color", "hspace", "vspace", "mspace", "phantom", "hphantom", "vphantom", "footnote", "cite",
        "require",
    ),
    "1#1": (
        "ensuremath", "alert", "only", "onslide", "uncover", "visible", "mathclap", "mathllap", "mathrlap",
        "smash", "mathop", "mathbin", "mathord", "mathopen", "mathclose", "mathpunct", "mathinner", "hl",
        "num", "tcbhighmath", "Aboxed", "emph", "structure",
    ),
    "2#2": ("textcolor", "mathcolor", "colorbox", "class", "cssId", "href", "scalebox", "style", "alt"),
    "3#3": ("fcolorbox",),
}  # fmt: skip
_OTHERS: Mapping[str, tuple[int, str]] = {
    "shortintertext": (1, r"\intertext{#1}"),
    "SI": (2, r"#1 \mathrm{#2}"),
    "abs": (1, r"\left|#1\right|"),
    "norm": (1, r"\left\|#1\right\|"),
    "bf": (0, r"\mathbf"),
    "rm": (0, r"\mathrm"),
    "hdots": (0, r"\dots"),
    "Bigm": (0, ""),
    "bigm": (0, ""),
    "biggm": (0, ""),
}
# Commands that end with a unit: their second argument is one name, however it is made of commands.
OF_UNITS = frozenset({"SI"})

# Each command's number of arguments, and its body as a macro has it.
BUILT_IN: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        **dict.fromkeys(_BODIES["0"], (0, "")),
        **dict.fromkeys(_BODIES["0#1"], (1, "")),
        **dict.fromkeys(_BODIES["1#1"], (1, "{#1}")),
        **dict.fromkeys(_BODIES["2#2"], (2, "{#2}")),
        **dict.fromkeys(_BODIES["3#3"], (3, "{#3}")),
        **_OTHERS,
    }
)
