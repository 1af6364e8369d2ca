"""From a file or a text to a model."""

from __future__ import annotations

from pathlib import Path

from derive.errors import ModelError
from derive.model.assembling import assemble
from derive.model.draft import Draft
from derive.model.model import Model
from derive.model.statements import LONGEST_TEXT, form_of, statements
from derive.model.text import read_text
from derive.model.toml import is_toml, read_toml


def read(source: str | Path) -> Model:
    """The model in a file, or in a text: whatever holds `=` or a line break is a text.

    Raises ModelError, with the place and the reason, for whatever is no model.
    """
    if isinstance(source, str) and ("=" in source or "\n" in source):
        return _model(source, name="model", file=None, folder=Path())
    path = Path(source)
    text = read_text(path, longest=LONGEST_TEXT)
    return _model(text, name=path.stem, file=path.name, folder=path.parent)


def _model(text: str, *, name: str, file: str | None, folder: Path) -> Model:
    if len(text) > LONGEST_TEXT:
        raise ModelError(f"{file or 'this text'} is too long for a model: {len(text):,} characters")
    if (file is not None and file.endswith(".toml")) or is_toml(text):
        return assemble(read_toml(text, name=name, file=file, folder=folder))
    form = form_of(text)
    lines = statements(text, file=file, form=form)
    return assemble(Draft(name=name, title=name, statements=lines, source=text, form=form, file=file))
