r"""How a document writes its names, for the formulas that the check writes: net_{o1}, \mathbf{W}, w₁."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from derive.check.vocabulary import Vocabulary, total
from derive.errors import FormulaError
from derive.formula import Call, Formula, Grouping, Indexed, Name, Product, rewrite
from derive.formula.letters import canonical
from derive.notation import latex

_FONT = r"\\(?:text|mathrm|mathbf|mathit|mathsf|boldsymbol|bm|vec|operatorname|mathcal)\s*\{[A-Za-z]+\}"
_WORD = r"\\(?:text|mathrm|textit)\{[^{}]{1,20}\}"
_BELOW = rf"_\s*(?:\{{[^{{}}]{{1,20}}\}}|\{{{_WORD}\}}|{_WORD}|\w)"
_NAME = re.compile(rf"(?:{_FONT}(?:{_BELOW})?|(?<![A-Za-z\\])[A-Za-z]+{_BELOW}|\\[A-Za-z]+{_BELOW})")
_UNIT = re.compile(r"([A-Za-z]+)_\{unit\}")
# Signs of units behind a space, told from quantities.
_UPRIGHT = re.compile("[\U0001d670-\U0001d6a3]")
_TYPED = re.compile(r"[^\W\d]\w{0,40}")
MOST_NAMES = 300


def as_written(texts: Iterable[str], words: Vocabulary) -> Mapping[str, str]:
    """The LaTeX of names that the document spells in another way than is usual here, by their first use."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    for text in texts:
        for match in _UNIT.finditer(text):
            found.setdefault(f"{match[1]}_unit", rf"\text{{{match[1]}}}")
        for match in _UPRIGHT.finditer(text):
            found.setdefault(match[0], rf"\mathrm{{{unicodedata.normalize('NFKC', match[0])}}}")
        for match in _NAME.finditer(text):
            spelled = match[0]
            if spelled in seen or len(seen) >= MOST_NAMES:
                continue
            seen.add(spelled)
            name = _name(spelled, words)
            usual = spelled.startswith(r"\mathcal") and not (name or "").endswith("_cal")
            if name is not None and latex(Name(name)) != spelled and not usual:
                found.setdefault(name, spelled)
    for name in words.totals:
        found[total(name)] = found.get(name) or latex(Name(name))
    return found


def as_typed(texts: Iterable[str]) -> Mapping[str, str]:
    """How names are spelled in running text, ŷ and w₁, by their first use."""
    found: dict[str, str] = {}
    for word in (match[0] for text in texts for match in _TYPED.finditer(text)):
        if len(found) < MOST_NAMES and canonical(word) != word:
            found.setdefault(canonical(word), word)
    if "sigma" in found:
        found.setdefault("sigmoid", found["sigma"])
    return found


def respelled(formula: Formula, notation: Mapping[str, str]) -> Formula:
    """The formula with its names as they are spelled, and a product of products as one."""

    def change(node: Formula) -> Formula:
        match node:
            case Name(name) if name in notation:
                return Name(notation[name], node.at)
            case Indexed(name) if name in notation:
                return Indexed(notation[name], node.indices, node.at)
            case Call(function) if function in notation:
                return Call(notation[function], node.arguments, node.primes, node.at)
            case Product((Product(first) | Grouping(Product(first)), *rest)):
                return Product((*first, *rest))
        return node

    return rewrite(formula, change)


def _name(spelled: str, words: Vocabulary) -> str | None:
    try:
        formula = words.read(spelled, "latex")
    except FormulaError:
        return None
    return formula.name if isinstance(formula, Name) else None
