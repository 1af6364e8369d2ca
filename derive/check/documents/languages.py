"""Programming languages, a row each: how their comments and texts in quotes are written."""

from __future__ import annotations

from dataclasses import dataclass

_DOUBLE = r'"(?:[^"\\\n]++|\\.)*+"?'
_SINGLE = r"'(?:[^'\\\n]++|\\.)*+'?"
_CHARACTER = r"'(?:[^'\\\n]|\\[^\n]{1,8}?)'"
_TICKED = r"`(?:[^`\\]++|\\.)*+`?"
# A quote after an operand is a transpose.
_AFTER_OPERATOR = r"(?<![\w)\]}.'])'[^'\n]*+'?"


@dataclass(frozen=True, slots=True)
class Language:
    """A language, or several that share this: `lines` open comments to the end of the line.

    `blocks` are the opening and the closing sign of comments of several lines, `quoted` regular
    expressions of texts in quotes. `docstrings` says that texts in three quotes may be comments.
    """

    name: str
    suffixes: tuple[str, ...]
    lines: tuple[str, ...]
    blocks: tuple[tuple[str, str], ...] = ()
    quoted: tuple[str, ...] = (_DOUBLE,)
    docstrings: bool = False


LANGUAGES = (
    Language("python", (".py", ".pyi"), ("#",), quoted=(_DOUBLE, _SINGLE), docstrings=True),
    Language("r", (".r",), ("#",), quoted=(_DOUBLE, _SINGLE)),
    Language("julia", (".jl",), ("#",), (("#=", "=#"),), docstrings=True),
    Language("ruby", (".rb", ".sh", ".pl"), ("#",), quoted=(_DOUBLE, _SINGLE)),
    Language(
        "c",
        (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".cu", ".cuh", ".cl", ".java", ".cs", ".swift", ".rs"),
        ("//",),
        (("/*", "*/"),),
        (_DOUBLE, _CHARACTER),
    ),
    Language(
        "go", (".go", ".kt", ".scala", ".zig"), ("//",), (("/*", "*/"),), (_DOUBLE, _CHARACTER, _TICKED)
    ),
    Language(
        "javascript",
        (".js", ".mjs", ".ts", ".jsx", ".tsx", ".dart", ".php"),
        ("//",),
        (("/*", "*/"),),
        (_DOUBLE, _SINGLE, _TICKED),
    ),
    Language("haskell", (".hs", ".elm"), ("--",), (("{-", "-}"),)),
    Language("lua", (".lua",), ("--",), (("--[[", "]]"),), (_DOUBLE, _SINGLE)),
    Language("sql", (".sql", ".ada", ".adb"), ("--",), (("/*", "*/"),), (_DOUBLE, _SINGLE)),
    Language("matlab", (".m",), ("%",), (("%{", "%}"),), (_DOUBLE, _AFTER_OPERATOR)),
    Language("fortran", (".f90", ".f95", ".f03"), ("!",), quoted=(_DOUBLE, _SINGLE)),
    Language("lisp", (".lisp", ".scm", ".clj", ".el"), (";",)),
)
