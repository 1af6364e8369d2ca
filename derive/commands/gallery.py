"""`derive gallery`: every example in every format."""

from __future__ import annotations

from pathlib import Path

import click

from derive.commands.messages import note


@click.command(short_help="Write all examples in all formats.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def gallery(folder: Path) -> None:
    """Write the walkthroughs and the code of all examples into FOLDER.

    The same bytes each time; files that an earlier gallery wrote there and this one does not are removed.
    """
    from derive.gallery import write_gallery

    count = write_gallery(folder)
    note(f"Wrote {count} files into {folder}")
