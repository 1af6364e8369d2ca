"""The walkthrough of a model as text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from derive.errors import DeriveError
from derive.graph import Graph
from derive.render import figures, latex, markdown
from derive.targets import target
from derive.targets.generation import source
from derive.walkthrough import walkthrough
from derive.walkthrough.brief import brief, with_code
from derive.walkthrough.second import with_bars_explained
from derive.walkthrough.selection import Selection, selection
from derive.walkthrough.tree import Code, Walkthrough
from derive.writing import write_all

# The result page; the walkthrough; the walkthrough with its code.
EXTENTS = ("brief", "usual", "full")
# The name of a language, where the suffix of its files is another.
LANGUAGES = {".py": "python", ".js": "javascript", ".rs": "rust"}


class Document:
    """The walkthrough of a model, ready to be printed in a format."""

    def __init__(
        self, graph: Graph, *, wrt: Sequence[str] = (), extent: str = "usual", target: str = "numpy"
    ) -> None:
        chosen = selection(graph, wrt) if wrt else Selection(graph, ())
        self._walkthrough = chosen.introduced(with_bars_explained(_told(chosen.graph, extent, target)))

    @property
    def tree(self) -> Walkthrough:
        """The document as sections, sentences and displays."""
        return self._walkthrough

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


def _told(graph: Graph, extent: str, name: str) -> Walkthrough:
    """The document in its extent; the shortest and the longest hold the code."""
    if extent not in EXTENTS:
        raise DeriveError(f"there is no extent {extent!r}: it is one of {', '.join(EXTENTS)}")
    if extent == "usual":
        return walkthrough(graph)
    suffix = target(name).suffix
    code = Code(source(graph, name), LANGUAGES.get(suffix, suffix.removeprefix(".")))
    return brief(graph, code) if extent == "brief" else with_code(walkthrough(graph), code)
