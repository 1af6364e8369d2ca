"""The loss over the epochs as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from derive.errors import DeriveError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Beyond this ratio of the greatest loss to the least, the axis of the loss is logarithmic.
LARGEST_RATIO = 50


def picture(losses: Sequence[float], *, loss: str, title: str, path: Path) -> bytes:
    """The curve in the format of the path's suffix (.png, .svg, .pdf); needs matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise DeriveError(
            "the loss curve is drawn with matplotlib, which is not installed: pip install 'derive[plot]'"
        ) from None
    figure = Figure(figsize=(6, 3.7), layout="constrained")
    axes = figure.subplots()
    axes.plot(range(len(losses)), losses, color="#1f5fa8", linewidth=1.8)
    if min(losses) > 0 and max(losses) / min(losses) > LARGEST_RATIO:
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0 if min(losses) >= 0 else None)
    axes.set(title=title, xlabel="epoch", ylabel=loss)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    return _saved(figure, path)


def _saved(figure: Figure, path: Path) -> bytes:
    kind = path.suffix.removeprefix(".").lower()
    known = figure.canvas.get_supported_filetypes()
    if kind not in known:
        raise DeriveError(f"{path}: a curve is drawn as .png, .svg or .pdf")
    written = BytesIO()
    figure.savefig(written, format=kind, dpi=150)
    return written.getvalue()
