"""`python -m derive`: the command line."""

from derive.commands import main

main(prog_name="derive")
