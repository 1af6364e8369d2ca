"""What a document says of ranks by declaring them, x ∈ ℝⁿ, and by its fonts: bold letters are arrays."""

from __future__ import annotations

import re
from collections.abc import Collection

from derive.check.ranks import Ranks

# Nobody declares more names at once than have room here; a run without bounds takes time quadratic in it.
_DECLARED = re.compile(
    r"(?P<names>[A-Za-z\\][A-Za-z0-9\\{}\[\]()_^,\s]{0,200}?)\s*(?:\\in|∈)\s*(?:\\mathbb\s*\{?\s*R\s*\}?|\\R\b|ℝ)"
    r"(?:\s*\^\s*(?:\{(?P<sizes>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}|(?P<size>[A-Za-z0-9])))?"
)
_TIMES = re.compile(r"\\times|×|\\cdot")
_BOLD = re.compile(
    r"\\(?:mathbf|boldsymbol|bm|vec|pmb)\s*(?:\{\s*\\?([A-Za-z]+)\s*\}|\\?([A-Za-z]+))"
    r"(?:_(?:\{(?P<braced>[^{}]*)\}|(?P<below>\w)))?(?P<raised>\s*\^\s*\{?\s*(?:(?P<bracket>[(\[])|[lL](?![A-Za-z])))?"
)
_FAMILIES = {"(": "^()", "[": "^⟦⟧", None: "^"}
_WORD = re.compile(r"\\?[A-Za-z]+")
_BELOW = re.compile(r"_\s*(?:\{\s*([A-Za-z0-9]+)\s*\}|([A-Za-z0-9]))")
_FONTS = frozenset("mathbf boldsymbol bm vec pmb mathrm text in quad qquad".split())
# A single letter below a declared name tells its samples apart.
_TELLING = frozenset("ijkntc")
_LARGEST = 2


def declared(text: str, found: Ranks, names: Collection[str]) -> None:
    r"""Take in what stands before \in \mathbb{R}^{m \times n}; `names` are those of the document."""
    for match in _DECLARED.finditer(text):
        sizes = match["sizes"] or match["size"]
        each_size = [] if sizes is None else _TIMES.split(sizes)
        rank = len(each_size)
        if rank > _LARGEST:
            continue
        if rank == 2 and each_size[-1].strip() == "1":
            rank = 1
        for part in re.split(r",|\\in|∈", match["names"]):
            is_row = len(each_size) == 2 and each_size[0].strip() == "1"
            name = _declare(part, rank, found, names, is_row=is_row)
            if name is not None and all(each.strip().isalpha() for each in each_size):
                sizes = tuple(each.strip() for each in each_size)
                # W_1 and W_2 have sizes of their own.
                found.sizes[name] = sizes if found.sizes.get(name, sizes) == sizes else ()


def _declare(part: str, rank: int, found: Ranks, names: Collection[str], *, is_row: bool) -> str | None:
    """Take in the rank of one name; returns the name."""
    words = [word.lstrip("\\") for word in _WORD.findall(part)]
    named = [word for word in words if word not in _FONTS]
    if not named or named[0] == "partial" or part.count("(") != part.count(")"):
        # Of (y - t)^T ∈ ℝ, t is a part.
        return None
    raised = re.search(r"\^\s*\{?\s*([(\[])", part)
    name: str = named[0] + (_FAMILIES[raised[1]] if raised else "")
    below = _BELOW.search(part)
    if below is not None and not raised:
        letter = below[1] or below[2]
        if letter.isdecimal():
            pass
        elif letter in _TELLING and f"{name}_{letter}" not in names:
            found.sampled.add(name)
        else:
            name = f"{name}_{letter}"
    if is_row:
        # A row that is added to every row of a matrix is written as a vector.
        found.biases.add(name)
        rank = 1
    found.known[name] = rank
    found.said.add(name)
    return name if not is_row else None


def in_bold(text: str, found: Ranks) -> None:
    """Take in letters in bold: capitals are matrices, others and those under an arrow are vectors."""
    for match in _BOLD.finditer(text):
        name = match[1] or match[2]
        family = name + (_FAMILIES[match["bracket"]] if match["raised"] else "")
        below = (match["braced"] or match["below"] or "").strip()
        if len(below) == 1 and below.isalpha() and not match["raised"] and not _by_component(text, name):
            # A bold letter with an index is a vector of its own: its components are not bold.
            found.sampled.add(name)
        if family not in found.known:
            arrow = match[0].startswith(r"\vec")
            found.known[family] = 2 if name[0].isupper() and not arrow else 1
            found.said.add(family)
            found.bold.add(family)


def _by_component(text: str, name: str) -> bool:
    """Whether the letter stands with an index without being bold, too."""
    return re.search(rf"(?<![A-Za-z{{]){name}\s*_", text) is not None
