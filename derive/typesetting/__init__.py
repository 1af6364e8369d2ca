"""LaTeX mathematics measured: how wide it is on a page, where a long line breaks, how it reads as text."""

from derive.typesetting.breaking import Row, breaks_well, broken, flowing
from derive.typesetting.fractions import with_open_fractions
from derive.typesetting.mathml import mathml
from derive.typesetting.reading import UnreadableError, read
from derive.typesetting.runs import SPACES_IN_TEXT, Run, linear, linear_width, runs
from derive.typesetting.widths import is_tall_tex as is_tall
from derive.typesetting.widths import width

__all__ = [
    "SPACES_IN_TEXT",
    "Row",
    "Run",
    "UnreadableError",
    "breaks_well",
    "broken",
    "flowing",
    "is_tall",
    "linear",
    "linear_width",
    "mathml",
    "read",
    "runs",
    "width",
    "with_open_fractions",
]
