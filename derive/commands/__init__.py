"""The command line. Commands import what is slow to import (SymPy, Jinja, NumPy) only when they run."""

from derive.commands.group import main

__all__ = ["main"]
