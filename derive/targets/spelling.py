"""Names in a language: the author's where they can stand, respelled where the language has its own use."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping

from derive.formula import Formula, Indexed, Name, rewrite
from derive.program import Program

# The constant, where the model has no quantity of that name.
CONSTANTS = frozenset({"pi", "π"})


def quantities(names: Iterable[str], program: Program) -> list[str]:
    """The names without the constant."""
    own = {each.name for each in program.inputs} | {line.target for line in program.lines}
    return [name for name in names if name in own or name not in CONSTANTS]


def spellings(names: Iterable[str], reserved: Collection[str]) -> dict[str, str]:
    """An identifier for each name, each different; names that are identifiers and not reserved stay."""
    names = tuple(dict.fromkeys(names))
    found = {name: name for name in names if _stands(name, reserved)}
    taken = set(found.values()) | set(reserved)
    for name in names:
        if name not in found:
            found[name] = _free(_identifier(name) + "_", taken)
            taken.add(found[name])
    return found


def spelled(formula: Formula, names: Mapping[str, str]) -> Formula:
    """The formula with every name spelled for the language; `names` may leave out those that stay."""
    if not names:
        return formula

    def change(node: Formula) -> Formula:
        match node:
            case Name(name) if names.get(name, name) != name:
                return Name(names[name])
            case Indexed(name, at) if names.get(name, name) != name:
                return Indexed(names[name], at)
        return node

    return rewrite(formula, change)


def respelled(names: Mapping[str, str]) -> dict[str, str]:
    """Only the names that are spelled another way."""
    return {name: word for name, word in names.items() if name != word}


def _stands(name: str, reserved: Collection[str]) -> bool:
    # Python folds identifiers (NFKC): a name that folding changes could meet another one.
    same = unicodedata.normalize("NFKC", name) == name
    return name.isidentifier() and same and name not in reserved and not name.startswith("__")


def _identifier(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name)
    letters = "".join(c if c.isalnum() or c == "_" else "_" for c in folded)
    return letters if letters[:1].isalpha() else f"v{letters}"


def _free(name: str, taken: Collection[str]) -> str:
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}{number}"
    return candidate
