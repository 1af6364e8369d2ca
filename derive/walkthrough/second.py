"""Where the quantities of a model are derivatives themselves: what is sought, and what a bar means."""

from __future__ import annotations

from dataclasses import replace

from derive.formula import Derivative, Name
from derive.walkthrough.tree import Section, Sentence, Walkthrough
from derive.walkthrough.voice import paragraph, say


def with_bars_explained(walkthrough: Walkthrough) -> Walkthrough:
    """The walkthrough of a derivative's derivatives with a first paragraph that says so."""
    if not walkthrough.graph.model.derivatives:
        return walkthrough
    first, *rest = walkthrough.sections
    opening = paragraph(_sought(walkthrough), _bar(walkthrough))
    return replace(walkthrough, sections=(Section(first.title, (opening, *first.blocks)), *rest))


def _sought(walkthrough: Walkthrough) -> Sentence:
    model = walkthrough.graph.model
    symbol = model.derivatives.get(model.loss)
    if symbol is not None or model.loss in model.notation:
        return say("second.entry", derivative=Name(model.loss))
    (of,) = {each.of for each in model.derivatives.values() if isinstance(each, Derivative)} or {Name("")}
    return say("second.product", loss=of, slope=Name(model.loss), vector=Name("v"))


def _bar(walkthrough: Walkthrough) -> Sentence | None:
    """What a bar means, on the first quantity that has one."""
    model = walkthrough.graph.model
    for each in walkthrough.graph.equations:
        symbol = model.derivatives.get(each.target)
        if isinstance(symbol, Derivative) and each.target != model.loss:
            return say("second.bar", name=each.left, derivative=symbol, loss=symbol.of)
    return None
