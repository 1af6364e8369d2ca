"""Sentences in words and slots: the macros of templates/sentences, told once for every format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from derive.formula import Formula
from derive.templating import folder
from derive.walkthrough.tree import Reference, Sentence, Shape, Slot


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the field, set off where it is introduced."""

    text: str


# A sentence is these in a row: words, mathematics, citations, terms.
Part: TypeAlias = "str | Formula | Reference | Shape | Term"

# What a filter puts into the text: which of the marked slots, between two private characters.
_MARK = re.compile("\ue000([0-9]+)\ue001")
_marked: ContextVar[list[Slot | Term]] = ContextVar("marked")


def parts(sentence: Sentence) -> tuple[Part, ...]:
    """The words and the slots of a sentence; phrases inside it are opened."""
    name, _, macro = sentence.macro.partition(".")
    marked: list[Slot | Term] = []
    token = _marked.set(marked)
    try:
        text = _macros(name)[macro](**sentence.slots)
    finally:
        _marked.reset(token)
    return tuple(_split(text, marked))


def _split(text: str, marked: list[Slot | Term]) -> Iterator[Part]:
    # Words and the numbers of marks take turns.
    for place, piece in enumerate(_MARK.split(text)):
        if place % 2:
            yield from _slot(marked[int(piece)])
        elif piece:
            yield piece


def _slot(slot: Slot | Term) -> Iterator[Part]:
    match slot:
        case Sentence():
            yield from parts(slot)
        case Formula() | Reference() | Shape() | Term() | str():
            yield slot
        case int():
            yield f"{slot:,}"
        case tuple():
            for each in slot:
                yield from _slot(each)


@pass_context
def _mark(context: Context, slot: Slot | Term) -> str:
    """Notes a slot; with the context as an argument, since Jinja runs other filters when it compiles."""
    marked = _marked.get()
    marked.append(slot)
    return f"\ue000{len(marked) - 1}\ue001"


@pass_context
def _term(context: Context, text: str) -> str:
    return _mark(context, Term(text))


@cache
def _macros(name: str) -> Mapping[str, Callable[..., str]]:
    return vars(_environment().get_template(f"{name}.jinja").module)


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(folder() / "sentences"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        autoescape=False,
    )
    found.filters["math"] = _mark
    found.filters["term"] = _term
    return found
