"""Programs: straight-line code for a loss and its gradient, before any language."""

from derive.program.building import program
from derive.program.program import Cost, Input, Line, Program

__all__ = ["Cost", "Input", "Line", "Program", "program"]
