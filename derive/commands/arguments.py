"""What commands take: a model's file or an example's name, a code target, a place to write to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

PACKAGE = Path(__file__).parent.parent
EXAMPLES = PACKAGE / "examples"


def examples() -> tuple[str, ...]:
    """The names of the models that ship with the package."""
    return tuple(sorted(path.stem for path in EXAMPLES.glob("*.toml")))


def code_targets() -> tuple[str, ...]:
    """The names of the code targets: a folder of `targets` each."""
    entries = (PACKAGE / "targets").iterdir()
    return tuple(sorted(entry.name for entry in entries if (entry / "target.py").is_file()))


class ModelSource(click.ParamType[Path]):
    """A model file, or the name of an example."""

    name = "model"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path of the model; a file of that name wins over an example."""
        path = Path(value)
        if path.exists() or isinstance(value, Path):
            return path
        if value in examples():
            return EXAMPLES / f"{value}.toml"
        raise self.missing(value, param, ctx)

    def missing(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> click.BadParameter:
        """The refusal of a name that is neither a file nor an example."""
        reason = f"there is no file {value!r}, and no example of that name."
        return click.BadParameter(reason + _suggestion(value, examples()), ctx, param)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The examples that start so; then the shell offers files."""
        return [*_completions(examples(), incomplete), CompletionItem(incomplete, type="file")]


class CodeTarget(click.ParamType[str]):
    """The name of a code target."""

    name = "target"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name itself; refused when there is no such code target."""
        if value in code_targets():
            return value
        known = f" The code targets are {', '.join(code_targets())}."
        hint = _suggestion(value, code_targets()) or known
        raise click.BadParameter(f"there is no code target {value!r}.{hint}", ctx, param)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The code targets that start so."""
        return _completions(code_targets(), incomplete)


model_argument = click.argument("model", type=ModelSource())
output_option = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Write to this file instead of stdout.",
)


def _completions(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _suggestion(value: str, names: Iterable[str]) -> str:
    from derive.errors import nearest

    near = nearest(value, names)
    return f" Did you mean {near}?" if near else ""
