r"""Spellings that mean what others mean, of the same length: arrays behind a brace, += as ←, boxes."""

from __future__ import annotations

import re

from derive.check.documents.macros import group

_UPDATE = re.compile(
    r"\\math(?:rel|bin)\s*\{\s*(?:[-+*/]|\\times|\\cdot)\s*\}\s*=|\\mathrel\s*\{\s*(?:[-+*/:]=|:\s*=)\s*\}"
    r"|(?<=[\sA-Za-z0-9})\]])[-+*/]=(?!=)"
)
_COLUMNS = r"\s*(?:\[[tbc]\]\s*)?\{[^{}]{0,40}\}"
_ARRAY = re.compile(
    r"\\(?:left|bigl|Bigl|biggl|Biggl)\s*(?P<sign>\\\{|\\lbrace|\(|\[)\s*\\begin\s*\{array\}"
    + _COLUMNS
    + r"(?P<body>(?:(?!\\(?:begin|end)\b).)*)"
    r"\\end\s*\{array\}\s*\\(?:right|bigr|Bigr|biggr|Biggr)\s*(?P<close>[.)\]]|\\\}|\\rbrace)",
    re.DOTALL,
)
_ENVIRONMENTS = {"(": "pmatrix", "[": "bmatrix"}


# Signs of units, upright behind a number at the end of a side: no quantity of that letter is meant.
UNITS = (
    "m|km|cm|mm|nm|s|ms|min|h|g|kg|mg|t|N|J|kJ|W|kW|MW|V|A|mA|K|C|F|T|L|l|mL|ml|Hz|kHz|MHz|Pa|kPa|bar|mol|eV"
)
_UNIT = re.compile(
    r"(?<=[0-9}])(?P<gap>(?:\s|~|\\[,;:! ])*)\\(?:text|textrm|mathrm|mathsf)\s*\{\s*(?P<unit>"
    + UNITS
    + r")\s*\}"
    r"(?=\s*(?:\Z|[,.;=&]|\\\\|\\(?:q?quad|approx|text|implies|Rightarrow)(?![A-Za-z])|\\end\b))"
)
# t = 3 s, g = 9.81~m/s^2: what states a value, with a space before the unit.
_VALUE = r"[&\s]*\w{1,20}\s*&?[=≈]\s*[-−]?[0-9][0-9.,]{0,20}"
_OF_UNITS = r"(?P<unit>[mshgNJWKVA](?:\^?[23]|[²³])?(?:[/·*][mshgNJWKVA](?:\^?[23]|[²³])?){0,4})[\s.,;]*"
_TYPED = re.compile(f"{_VALUE} {_OF_UNITS}")
_SPACED = re.compile(rf"{_VALUE}\s*(?:~|\\[,;: ])\s*{_OF_UNITS}")
# Letters that nobody uses for quantities.
UPRIGHT = str.maketrans({each: chr(0x1D68A + ord(each) - ord("a")) for each in "mshg"})
UPRIGHT |= str.maketrans({each: chr(0x1D670 + ord(each) - ord("A")) for each in "NJWKVA"})
_BOX = re.compile(r"\\(?:boxed|underline|bbox(?:\s*\[[^\]]{0,60}\])?)\s*(?=\{)")
# What makes a box one around formulas: a sign between sides, or several lines.
_STATES = re.compile(r"[=<>≈≤≥←→]|\\\\|\\(?:approx|simeq|leq?|geq?|gets|to|equiv|leftarrow)(?![A-Za-z])")
# So many boxes of a formula are opened.
_MOST_BOXES = 20


_THOUSANDS = re.compile(r"(?<![\d.\\])\d{1,3}(?:\\,\d{3})+(?![\d.])")


def _grouped(match: re.Match[str]) -> str:
    """2\\,500 as 2500, with spaces behind it."""
    return match[0].replace("\\,", "").ljust(len(match[0]))


def usual(text: str) -> str:
    """The text in the usual spelling, character for character in its place."""
    text = _THOUSANDS.sub(_grouped, text)
    if "box" in text or "underline" in text:
        text = _unboxed(text)
    if "{" in text:
        text = _UNIT.sub(_of_unit, text)
    text = _with_units(text, _SPACED)
    if "=" in text:
        text = _UPDATE.sub(lambda match: "←".rjust(len(match[0])), text)
    return _ARRAY.sub(_environment, text) if "array" in text else text


def _of_unit(match: re.Match[str]) -> str:
    """The sign of a unit as a name of its own: the s of 3 s is not the distance s."""
    return (match["gap"] + match["unit"] + "_{unit}").ljust(len(match[0]))


def _unboxed(text: str) -> str:
    """The text without the boxes round whole equations; one round a side stays."""
    for match in list(_BOX.finditer(text))[:_MOST_BOXES]:
        end = group(text, match.end())
        if end is not None and _STATES.search(text, match.end(), end):
            opening = " " * (match.end() + 1 - match.start())
            text = text[: match.start()] + opening + text[match.end() + 1 : end - 1] + " " + text[end:]
    return text


def _environment(match: re.Match[str]) -> str:
    """A matrix, cases, or where a brace holds lines without conditions, these lines."""
    sign, body, length = match["sign"], match["body"], len(match[0])
    opening, closing = match.start("body") - match.start(), match.end() - match.end("body")
    name = _ENVIRONMENTS.get(sign, "cases" if "&" in body else "")
    if sign in _ENVIRONMENTS and (match["close"] in (".", r"\}") or match["close"] == r"\rbrace"):
        return match[0]
    if name:
        found = rf"\begin{{{name}}}".ljust(opening) + body + rf"\end{{{name}}}".ljust(closing)
    else:
        found = " " * opening + body + " " * closing
    return found if len(found) == length else match[0]


def typed(text: str) -> str:
    """A formula of running text in the usual spelling, character for character in its place."""
    return _with_units(text, _TYPED)


def _with_units(text: str, values: re.Pattern[str]) -> str:
    """The text, the signs of units in what states a value as names of their own."""
    found = values.fullmatch(text)
    if found is None:
        return text
    start, end = found.span("unit")
    return text[:start] + text[start:end].translate(UPRIGHT) + text[end:]


def on_one_line(text: str) -> str:
    """The text of a display that is one formula however many lines it has: multline."""
    return text.replace(r"\\", "  ")
