"""The check: what textbooks and notes claim, formula by formula, with a proof or a counterexample."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derive.check.facts import Fact
    from derive.check.findings import Finding, Report
    from derive.model import Model

__all__ = ["check", "check_claim"]


def check(
    source: str | Path, *, model: Model | str | Path | None = None, facts: str = "", form: str | None = None
) -> Report:
    """The verdict on every formula of a document: a file, or a text (it holds a line break, $ or =).

    `model` and `facts` (`w1..w6 = 1, b = 0`, a line each) say what the document leaves unsaid. Raises
    DeriveError where the document, the model or the facts cannot be read.
    """
    from derive.check.checking import check_document
    from derive.check.documents import read, read_text
    from derive.check.given import facts_of_text

    given = (*_facts_of(model), *facts_of_text(facts))
    is_text = isinstance(source, str) and ("\n" in source or "$" in source or "=" in source)
    document = read_text(str(source), form=form or "markdown") if is_text else read(source, form=form)
    return check_document(document, given)


def check_claim(claim: str, model: Model | str | Path, *, form: str | None = None) -> Finding:
    """The verdict on one formula, a student's answer, against a model; `form` is "latex" or "plain"."""
    from derive import model as models
    from derive.check.answers import judged_claim

    known = models.read(model) if isinstance(model, str | Path) else model
    return judged_claim(claim, _facts_of(known), form, parameters=known.parameters)


def _facts_of(model: Model | str | Path | None) -> tuple[Fact, ...]:
    from derive import model as models
    from derive.check.given import facts_of_model

    if model is None:
        return ()
    return facts_of_model(models.read(model) if isinstance(model, str | Path) else model)


class _Check(ModuleType):
    """The package, called as the function that it is named after: derive.check("notes.md")."""

    def __call__(
        self,
        source: str | Path,
        *,
        model: Model | str | Path | None = None,
        facts: str = "",
        form: str | None = None,
    ) -> Report:
        """See `check`."""
        return check(source, model=model, facts=facts, form=form)


# Whoever imports a part of the package binds `derive.check` to it: it has to be callable itself.
sys.modules[__name__].__class__ = _Check
