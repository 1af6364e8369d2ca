"""The walkthrough of a model as text."""

from __future__ import annotations

from pathlib import Path

from derive.errors import DeriveError
from derive.graph import Graph
from derive.render import figures, latex, markdown
from derive.walkthrough import walkthrough
from derive.writing import write_all


class Document:
    """The walkthrough of a model, ready to be printed in a format."""

    def __init__(self, graph: Graph) -> None:
        self._walkthrough = walkthrough(graph)

    def latex(self) -> str:
        """The document as LaTeX, for pdflatex."""
        return latex(self._walkthrough)

    def markdown(self) -> str:
        """The document as Markdown with mathematics between dollars; its figures are files beside it."""
        return markdown(self._walkthrough)

    def write(self, path: str | Path, *, suffix: str | None = None) -> tuple[Path, ...]:
        """Write the document in the format of the path's suffix (.tex, .md), figures beside it."""
        path = Path(path)
        contents = self.files(path.name, suffix if suffix is not None else path.suffix)
        write_all({path.parent / name: text for name, text in contents.items()})
        return tuple(path.parent / name for name in contents)

    def files(self, name: str, suffix: str) -> dict[str, str]:
        """The texts that make up the document, by file name."""
        if suffix == ".tex":
            return {name: self.latex()}
        if suffix == ".md":
            return {name: self.markdown(), **figures(self._walkthrough)}
        raise DeriveError(f"{name}: a walkthrough is written as .tex or .md")

    def _repr_markdown_(self) -> str:
        return self.markdown()
