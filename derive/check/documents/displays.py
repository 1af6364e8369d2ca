"""Whether a display is open at the end of a line: inside it a line is mathematics, whatever it looks like."""

from __future__ import annotations

import re

from derive.check.documents.delimiters import ENVIRONMENTS, INNER_ENVIRONMENTS

_NAMES = "|".join((*ENVIRONMENTS, *INNER_ENVIRONMENTS))
_BORDER = re.compile(rf"\\\\|\\\$|\${{3,}}+|\$\$|\\\[|\\\]|\\(?:begin|end)\{{(?:{_NAMES})\*?\}}")
_CLOSING = {"$$": "$$", "\\[": "\\]"}


class OpenDisplay:
    """Follows a paragraph line by line."""

    def __init__(self) -> None:
        self.closing: str | None = None

    def __bool__(self) -> bool:
        return self.closing is not None

    def read(self, line: str) -> None:
        """Take in the next line."""
        if "\\" not in line and "$$" not in line:
            return
        for match in _BORDER.finditer(line):
            sign = match[0]
            if self.closing is not None:
                if sign == self.closing:
                    self.closing = None
            elif sign in _CLOSING:
                self.closing = _CLOSING[sign]
            elif sign.startswith("\\begin"):
                self.closing = "\\end" + sign.removeprefix("\\begin")
