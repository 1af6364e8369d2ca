"""The characters and commands of LaTeX mathematics: their text, their class, their width.

Widths are those of Latin Modern (Computer Modern) at 10 pt, in thousandths of the font size, italic
correction included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

# The classes of TeX, which decide the space between neighbours.
ORDINARY, OPERATOR, BINARY, RELATION = "ordinary", "operator", "binary", "relation"
OPENING, CLOSING, PUNCTUATION, INNER = "opening", "closing", "punctuation", "inner"


@dataclass(frozen=True, slots=True)
class Symbol:
    """A character or command; `limits` says that its bounds stand above and below in displays."""

    text: str
    kind: str
    width: float
    italic: bool = False
    limits: bool = False


_ITALIC = (
    "a529 b429 c433 d520 e466 f598 g513 h576 i345 j469 k552 l318 m878 n600 o485 p503 q482 r479 s469 t361 "
    "u572 v521 w743 x572 y526 z509 A750 B809 C787 D856 E796 F782 G786 H912 I518 J651 K921 L681 M1079 N912 "
    "O791 P781 Q791 R767 S671 T723 U792 V805 W1083 X906 Y803 Z755"
)
_UPRIGHT = (
    "a500 b556 c444 d556 e444 f306 g500 h556 i278 j306 k528 l278 m833 n556 o500 p556 q528 r392 s394 t389 "
    "u556 v528 w722 x528 y528 z444 A750 B708 C722 D764 E681 F653 G785 H750 I361 J514 K778 L625 M917 N750 "
    "O778 P681 Q778 R736 S556 T722 U750 V750 W1028 X750 Y750 Z611"
)
_GREEK = (
    "alpha α644 beta β619 gamma γ574 delta δ482 epsilon ϵ406 varepsilon ε466 zeta ζ512 eta η533 theta θ497 "
    "vartheta ϑ591 iota ι354 kappa κ576 lambda λ583 mu μ603 nu ν558 xi ξ484 pi π606 varpi ϖ856 rho ρ517 "
    "varrho ϱ517 sigma σ607 varsigma ς443 tau τ550 upsilon υ576 phi ϕ596 varphi φ654 chi χ626 psi ψ687 "
    "omega ω658 ell ℓ417 partial ∂587"
)
_CAPITALS = (
    "Gamma Γ625 Delta Δ833 Theta Θ778 Lambda Λ694 Xi Ξ667 Pi Π750 Sigma Σ722 Upsilon Υ778 Phi Φ722 Psi Ψ778 "
    "Omega Ω722"
)
_RELATIONS = (
    "le ≤ leq ≤ ge ≥ geq ≥ neq ≠ ne ≠ approx ≈ sim ∼ equiv ≡ in ∈667 rightarrow →1000 to →1000 leftarrow "
    "←1000 gets ←1000 Rightarrow ⇒1000 mapsto ↦1000 lt < gt > propto ∝"
)
_BINARIES = "cdot ·278 times ×778 odot ⊙778 pm ±778 circ ∘500 otimes ⊗778 ast ∗500 star ⋆500 div ÷778"
_OTHERS = (
    "infty ∞1000 nabla ∇833 top ⊤778 bot ⊥778 prime ′275 ldots …1172 dots …1172 cdots ⋯1172 vdots ⋮278 "
    "hbar ℏ576 backslash \\500 S §444 P ¶611 Re ℜ722 Im ℑ722 bullet •500"
)
_DELIMITERS = {
    "(": ("(", OPENING, 389), ")": (")", CLOSING, 389), "[": ("[", OPENING, 278), "]": ("]", CLOSING, 278),
    r"\{": ("{", OPENING, 500), r"\}": ("}", CLOSING, 500), r"\lbrace": ("{", OPENING, 500),
    r"\rbrace": ("}", CLOSING, 500), r"\lvert": ("|", OPENING, 278), r"\rvert": ("|", CLOSING, 278),
    r"\lVert": ("‖", OPENING, 500), r"\rVert": ("‖", CLOSING, 500), r"\langle": ("⟨", OPENING, 389),
    r"\rangle": ("⟩", CLOSING, 389), r"\lfloor": ("⌊", OPENING, 444), r"\rfloor": ("⌋", CLOSING, 444),
    r"\lceil": ("⌈", OPENING, 444), r"\rceil": ("⌉", CLOSING, 444), "|": ("|", ORDINARY, 278),
    r"\vert": ("|", ORDINARY, 278), r"\|": ("‖", ORDINARY, 500), r"\Vert": ("‖", ORDINARY, 500),
}  # fmt: skip
_SIGNS = {
    "+": ("+", BINARY, 778), "-": ("−", BINARY, 778), "*": ("∗", BINARY, 500), "/": ("/", ORDINARY, 500),
    "=": ("=", RELATION, 778), "<": ("<", RELATION, 778), ">": (">", RELATION, 778),
    ":": (":", RELATION, 278),
    ",": (",", PUNCTUATION, 278), ";": (";", PUNCTUATION, 278), "!": ("!", CLOSING, 278),
    "?": ("?", CLOSING, 472), ".": (".", ORDINARY, 278), "'": ("′", ORDINARY, 230),
    r"\_": ("_", ORDINARY, 650), r"\$": ("$", ORDINARY, 500), r"\&": ("&", ORDINARY, 778),
    r"\#": ("#", ORDINARY, 833), r"\%": ("%", ORDINARY, 833),
}  # fmt: skip

# Letters beyond ASCII that the T1 fonts of TeX hold.
TEXT_LETTERS = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
    "ĂăĄąĆćČčĎďĐđĘęĚěĞğİıŁłŃńŇňŊŋŐőŒœŔŕŘřŚśŞşŠšŢţŤťŮůŰűŸŹźŻżŽž"
)

# Functions that have a command of their own; those whose bounds stand below them come second.
NAMED_OPERATORS = (
    "sin cos tan sinh cosh tanh cot sec csc arcsin arccos arctan exp log ln lg arg deg dim hom ker".split()
)
_BOUNDED_OPERATORS = "max min sup inf lim det gcd Pr".split()
_BIG_OPERATORS = {r"\sum": ("Σ", 1444), r"\prod": ("Π", 1278), r"\int": ("∫", 900)}

# Spaces in em; those of TeX's own are eighteenths.
SPACES: Mapping[str, float] = MappingProxyType(
    {r"\,": 3 / 18, r"\:": 4 / 18, r"\>": 4 / 18, r"\;": 5 / 18, r"\!": -3 / 18, r"\ ": 1 / 3, "~": 1 / 3,
     r"\quad": 1.0, r"\qquad": 2.0}
)  # fmt: skip

ACCENTS: Mapping[str, str] = MappingProxyType(
    {r"\hat": "\u0302", r"\bar": "\u0304", r"\tilde": "\u0303", r"\dot": "\u0307", r"\ddot": "\u0308",
     r"\vec": "\u20d7", r"\grave": "\u0300", r"\acute": "\u0301", r"\breve": "\u0306", r"\check": "\u030c",
     r"\mathring": "\u030a", r"\widehat": "\u0302", r"\widetilde": "\u0303", r"\overline": "\u0305"}
)  # fmt: skip


def _spaced(table: str) -> Iterator[tuple[str, float]]:
    for entry in table.split():
        yield entry[0], int(entry[1:]) / 1000


def _commands(table: str, kind: str, *, italic: bool = False) -> Iterator[tuple[str, Symbol]]:
    words = table.split()
    for name, rest in zip(words[::2], words[1::2], strict=True):
        yield f"\\{name}", Symbol(rest[0], kind, int(rest[1:] or 778) / 1000, italic)


def _symbols() -> Iterator[tuple[str, Symbol]]:
    yield from ((letter, Symbol(letter, ORDINARY, width, italic=True)) for letter, width in _spaced(_ITALIC))
    yield from ((digit, Symbol(digit, ORDINARY, 0.5)) for digit in "0123456789")
    yield from _commands(_GREEK, ORDINARY, italic=True)
    yield from _commands(_CAPITALS, ORDINARY)
    yield from _commands(_RELATIONS, RELATION)
    yield from _commands(_BINARIES, BINARY)
    yield from _commands(_OTHERS, ORDINARY)
    for table in (_DELIMITERS, _SIGNS):
        yield from ((name, Symbol(text, kind, width / 1000)) for name, (text, kind, width) in table.items())
    for name in NAMED_OPERATORS + _BOUNDED_OPERATORS:
        limits = name in _BOUNDED_OPERATORS
        yield f"\\{name}", Symbol(name, OPERATOR, text_width(name), limits=limits)
    for name, (text, width) in _BIG_OPERATORS.items():
        yield name, Symbol(text, OPERATOR, width / 1000, limits=name != r"\int")


_UPRIGHT_WIDTHS = dict(_spaced(_UPRIGHT))


def text_width(text: str) -> float:
    """The width of upright text."""
    return sum(map(_character_width, text))


def _character_width(character: str) -> float:
    if character in _UPRIGHT_WIDTHS:
        return _UPRIGHT_WIDTHS[character]
    return 0.76 if character == "_" else 0.33 if character in " .,:;!'()[]|" else 0.5


SYMBOLS: Mapping[str, Symbol] = MappingProxyType(dict(_symbols()))
