"""Programs: straight-line code for a loss and its gradient, before any language."""

from derive.program.building import program
from derive.program.curvature import in_stable_form
from derive.program.program import Cost, Input, Line, Program

__all__ = ["Cost", "Input", "Line", "Program", "in_stable_form", "program"]
