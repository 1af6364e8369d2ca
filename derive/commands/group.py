"""The command `derive` with its subcommands."""

from __future__ import annotations

import click

from derive.commands.check import check
from derive.commands.code import code
from derive.commands.gallery import gallery
from derive.commands.listing import listing
from derive.commands.messages import colour, fail
from derive.commands.predict import predict
from derive.commands.train import train
from derive.commands.walkthrough import walkthrough


class Commands(click.Group):
    """The commands; what derive refuses ends with a message and exit code 2."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a subcommand."""
        from derive.errors import DeriveError

        ctx.color = colour()
        try:
            return super().invoke(ctx)
        except DeriveError as error:
            fail(error)
            ctx.exit(2)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="derive")
def main() -> None:
    """From named equations to a backpropagation walkthrough and gradient code.

    MODEL is a model file (see the README), or the name of an example: derive list examples.

    Results go to stdout or to files, everything else to stderr. Exit codes: 0 done, 1 done with a
    finding (training diverged), 2 wrong usage or input.
    """


for command in (walkthrough, code, check, train, predict, gallery, listing):
    main.add_command(command)
