"""What a piece of work takes, whatever the process had in its memory before."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def spent() -> Iterator[Callable[[], float]]:
    """The seconds of processor time of its body, to be asked for after it.

    What exists already is left out of collections meanwhile: a process that has run thousands of tests takes
    half a second to look through all its objects, at a moment that has nothing to do with the body.
    """
    ended: list[float] = []
    gc.freeze()
    begun = time.process_time()
    try:
        yield lambda: ended[0] - begun
    finally:
        ended.append(time.process_time())
        gc.unfreeze()
