"""Write variants for people to read: python -m tests.variants FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.variants.variant import variant

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for number in range(50):
    found = variant(number)
    (folder / f"{number:02}{'.md' if found.form == 'markdown' else '.txt'}").write_text(
        found.text, encoding="utf-8"
    )
    (folder / f"{number:02}.facts").write_text(found.facts, encoding="utf-8")
