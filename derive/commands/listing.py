"""`derive list`: what models can use, and what there is to start from."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import click

from derive.commands.arguments import EXAMPLES, code_targets, examples

Rows = Iterator[tuple[str, str]]


def _functions() -> Rows:
    from derive.functions import FUNCTIONS
    from derive.notation import plain

    for row in FUNCTIONS:
        body = row.body()
        call = f"{row.name}({', '.join(row.parameters)})"
        yield call, f"= {plain(body)}" if body is not None else row.title


def _losses() -> Rows:
    from derive.losses import LOSSES
    from derive.notation import plain

    for row in LOSSES:
        yield f"{row.name}({', '.join(row.parameters)})", f"= {plain(row.body())}"


def _targets() -> Rows:
    from derive.targets import target

    for name in code_targets():
        yield name, target(name).title


def _examples() -> Rows:
    import tomllib

    for name in examples():
        entries = tomllib.loads((EXAMPLES / f"{name}.toml").read_text(encoding="utf-8"))
        yield name, entries.get("title", "")


KINDS: dict[str, Callable[[], Rows]] = {
    "functions": _functions,
    "losses": _losses,
    "targets": _targets,
    "examples": _examples,
}


@click.command("list", short_help="List functions, losses, code targets, examples.")
@click.argument("kind", type=click.Choice(list(KINDS)), required=False)
def listing(kind: str | None) -> None:
    """List the functions, losses, code targets and examples, or only one KIND of them."""
    for each in [kind] if kind else KINDS:
        rows = tuple(KINDS[each]())
        if not kind:
            click.secho(f"{each}", bold=True)
        width = max((len(name) for name, _ in rows), default=0)
        for name, told in rows:
            click.echo(f"{'' if kind else '  '}{name:<{width}}  {told}".rstrip())
