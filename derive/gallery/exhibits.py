"""The examples, each with all that is made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from derive.graph import Graph, graph
from derive.model import Model, read
from derive.render import figures, latex, markdown
from derive.targets import names, target
from derive.targets.generation import source
from derive.walkthrough import walkthrough

EXAMPLES = Path(__file__).parent.parent / "examples"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An example: its model, and the texts made of it by file name."""

    name: str
    model: Model
    files: Mapping[str, str]


def exhibits() -> tuple[Exhibit, ...]:
    """Every example that ships with the package, in alphabetical order."""
    return tuple(_exhibit(path) for path in sorted(EXAMPLES.glob("*.toml")))


def _exhibit(path: Path) -> Exhibit:
    model = read(path)
    files = dict(_files(graph(model)))
    return Exhibit(model.name, model, files)


def _files(made: Graph) -> Iterator[tuple[str, str]]:
    told = walkthrough(made)
    yield "walkthrough.tex", latex(told)
    yield "walkthrough.md", markdown(told)
    yield from figures(told).items()
    for name in names():
        yield f"gradient_{name}{target(name).suffix}", source(made, name)
    yield from training_files(made)
