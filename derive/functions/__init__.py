"""The table of functions of one or more numbers: a row each, and every claim of a row is tested."""

from derive.functions.function import Function, Kink, Range
from derive.functions.table import FUNCTIONS, function

__all__ = ["FUNCTIONS", "Function", "Kink", "Range", "function"]
