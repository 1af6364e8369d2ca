"""A student's answer: one formula judged against a model, and the derivation of what it is about."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from derive.check.checking import check_document, checked
from derive.check.comparing import FOR_VALUES
from derive.check.documents import read_text
from derive.check.facts import Fact
from derive.check.findings import Finding
from derive.check.passages import passage_of
from derive.check.spellings import as_typed
from derive.check.verdict import ORDER, Judgement
from derive.errors import DeriveError, locate, nearest
from derive.evaluate import as_fraction, evaluate
from derive.formula import Call, Derivative, Formula, Indexed, Name, names, walk
from derive.graph import graph
from derive.model import Model, read
from derive.render import markdown
from derive.walkthrough import walkthrough

_DELIMITED = re.compile(r"\$|\\\(|\\\[|\\begin\{|:math:`")
_LATEX = re.compile(r"\\[A-Za-z]|[_^]\{")


def judged_claim(
    claim: str, given: Iterable[Fact] = (), form: str | None = None, *, parameters: Collection[str] = ()
) -> Finding:
    """The finding for one formula, in LaTeX or in plain text, alone or with words around it.

    What differs in the letters is an error in the letters: `parameters` are those whose values in the worked
    example must not decide.
    """
    facts = tuple(given)
    found = _judged(claim, facts, form)
    unknown = _unknown(found, facts)
    if unknown is not None:
        judgement = Judgement("not understood", unknown)
        return replace(found, claim=replace(found.claim, judgement=judgement, links=()))
    only_for_values = found.claim.judgement.reason == FOR_VALUES
    if found.verdict != "wrong" and not only_for_values:
        return found
    for free in (None, parameters):
        kept = [
            each for each in facts if each.kind != "value" or (free is not None and each.name not in free)
        ]
        again = _judged(claim, kept, form) if len(kept) < len(facts) else found
        if again.verdict == "wrong" and (not only_for_values or again.claim.judgement.repair):
            return again
    return found


def _judged(claim: str, given: Sequence[Fact], form: str | None) -> Finding:
    """The formula as it stands, or the worst of those in a text that has delimiters or words around them."""
    whole = form or ("latex" if _LATEX.search(claim) else "plain")
    if form is not None or not _DELIMITED.search(claim):
        found = _alone(claim, given, whole)
        if form is not None or whole == "latex" or found.claim.kind != "formula":
            return found
    findings = check_document(read_text(claim, form="text"), given).findings
    return max(findings, key=lambda each: ORDER.index(each.verdict), default=_alone(claim, given, whole))


def _alone(claim: str, given: Sequence[Fact], form: str) -> Finding:
    (found,) = checked([passage_of(claim, form=form)], given)
    notation = as_typed((claim,)) if form == "plain" else {}
    return Finding(claim, form, found, lambda at, length: locate(claim, at, length), notation)


def _unknown(found: Finding, given: Sequence[Fact]) -> str | None:
    """What is wrong with a derivative of, or by, a quantity that the model does not have."""
    known = {name for fact in given for name in (fact.name, *fact.parameters, *names(fact.formula))}
    called = {node.function for fact in given for node in walk(fact.formula) if isinstance(node, Call)}
    if not any(fact.kind == "equation" for fact in given):
        return None
    for each in _derivatives(side.formula for side in found.claim.sides):
        for part in (each.of, each.wrt):
            if isinstance(part, Name | Indexed) and part.name not in known | called:
                near = nearest(part.name, known)
                hint = f"; did you mean {near}?" if near else ""
                return f"the model has no {part.name}{hint}"
    return None


def _derivatives(formulas: Iterable[Formula]) -> list[Derivative]:
    return [node for each in formulas for node in walk(each) if isinstance(node, Derivative)]


def explained(finding: Finding, source: str | Path) -> str:
    """The walkthrough, in Markdown, of the partial derivative that a finding is about."""
    model = read(source)
    partials = [
        each
        for each in _derivatives(side.formula for side in finding.claim.sides)
        if isinstance(each.wrt, Name | Indexed)
    ]
    if not partials:
        raise DeriveError("there is no partial derivative in this formula to explain")
    wrt, of = partials[0].wrt, partials[0].of
    assert isinstance(wrt, Name | Indexed)
    loss = of.name if isinstance(of, Name) else model.loss
    return markdown(walkthrough(graph(_about(model, loss, wrt.name))))


def _about(model: Model, loss: str, wrt: str) -> Model:
    """The model with one derivative to derive; a quantity that it is by is taken as given."""
    targets = {each.target for each in model.equations}
    aliases = {alias: each.target for each in model.equations for alias in each.aliases}
    loss, wrt = aliases.get(loss, loss), aliases.get(wrt, wrt)
    if loss not in targets or wrt not in targets | {*model.parameters, *model.data}:
        raise DeriveError(f"the model does not say what ∂{loss}/∂{wrt} is")
    about = replace(model, wrt=(wrt,), loss=loss)
    return about if wrt not in targets else _from(about, wrt)


def _from(model: Model, name: str) -> Model:
    """The model from one of its quantities on: what is computed up to it is data, with its value."""
    read = {model.loss}
    kept = [each for each in model.equations if each.target != name]
    for each in reversed(kept):
        if each.target in read:
            read.update(each.reads)
    before = [each for each in model.equations if each.target not in read or each.target == name]
    values = dict(model.values)
    with suppress(DeriveError):
        found = evaluate(before, values, functions=model.functions, shapes=model.shapes)[name]
        if not isinstance(found, tuple):
            exact = as_fraction(found)
            values[name] = Fraction(str(found)) if exact is None else exact
    return replace(
        model,
        equations=tuple(each for each in kept if each.target in read),
        data=(*(each for each in model.data if each in read), name),
        parameters=tuple(each for each in model.parameters if each in read),
        values={each: value for each, value in values.items() if each in read},
        table=None,
    )
