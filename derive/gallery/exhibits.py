"""The examples, each with all that is made of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from derive.gallery.lessons import lesson
from derive.gallery.sections import row
from derive.graph import Graph, graph
from derive.model import Model, read
from derive.notation import plain
from derive.render import figures, latex, markdown
from derive.targets import names, target
from derive.targets.generation import source
from derive.walkthrough import walkthrough

EXAMPLES = Path(__file__).parent.parent / "examples"


@dataclass(frozen=True, slots=True)
class Part:
    """Files of one kind, and what they are."""

    title: str
    files: Mapping[str, str]

    def links(self, folder: str) -> tuple[str, ...]:
        """The files as links of a page beside their folder."""
        return tuple(f"[{name}]({folder}/{name})" for name in self.files)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An example: its model, and what is made of it."""

    name: str
    title: str
    equations: str
    parts: tuple[Part, ...]

    @property
    def about(self) -> str:
        """What it shows, in a sentence."""
        return row(self.name).about

    @property
    def files(self) -> dict[str, str]:
        """The texts of all parts by file name."""
        return {name: text for part in self.parts for name, text in part.files.items()}


def exhibits() -> tuple[Exhibit, ...]:
    """Every example that ships with the package, in alphabetical order."""
    return tuple(_exhibit(path) for path in sorted(EXAMPLES.glob("*.toml")))


def _exhibit(path: Path) -> Exhibit:
    model = read(path)
    return Exhibit(model.name, model.title, _equations(model), tuple(_parts(path, model)))


def _equations(model: Model) -> str:
    """The equations in the author's words; of a network by layers, those that it stands for."""
    written = tomllib.loads(model.source).get("equations")
    if written is not None:
        return str(written).strip("\n")
    return "\n".join(" = ".join(map(plain, (each.left, each.formula))) for each in model.equations)


def _parts(path: Path, model: Model) -> Iterator[Part]:
    made = graph(model)
    told = walkthrough(made)
    yield Part("The walkthrough", {"walkthrough.tex": latex(told), "walkthrough.md": markdown(told)})
    if drawn := figures(told):
        yield Part("Its figures", drawn)
    yield Part("The gradient as code", dict(_code(made)))
    if model.table is not None and model.table.rows and set(model.wrt) <= set(model.parameters):
        yield Part("What it learned", lesson(path, made))


def _code(made: Graph) -> Iterator[tuple[str, str]]:
    for name in names():
        yield f"gradient_{name}{target(name).suffix}", source(made, name)
