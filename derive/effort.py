"""The effort that one question may cost: steps of work are counted, and time is the last resort.

What is decided within a count of steps is decided alike on every machine, however busy that is.
"""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import current_thread, local, main_thread
from time import perf_counter, thread_time
from types import FrameType

# The clock is asked once in so many steps.
_BETWEEN_LOOKS = 1_000
_AGAIN = 0.1
# The system is asked for a thread's time once in so many seconds: that is slow, looking at a watch is not.
_STALE = 0.01


class TooMuch(Exception):
    """The effort allowed for a question is spent."""


class _Watch(local):
    """What a thread's watch showed when the system was last asked, and how long the thread has not run."""

    asked: float = float("-inf")
    idle: float = 0.0


_watch = _Watch()


def clock() -> float:
    """Seconds that this thread has run, some milliseconds too many where others run beside it."""
    now = perf_counter()
    if now - _watch.asked > _STALE:
        _watch.asked, _watch.idle = now, now - thread_time()
    return now - _watch.idle


@dataclass(slots=True)
class Allowance:
    """What may still be spent, less than nothing once it was too much; `look` is when the clock is asked."""

    steps: int
    deadline: float
    look: int


_allowance: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


@contextmanager
def limited(steps: int, seconds: float) -> Iterator[Allowance]:
    """At most so many steps, in at most so many seconds of this thread's time, and no more than is left."""
    outer = _allowance.get()
    deadline = clock() + seconds
    if outer is not None:
        steps, deadline = min(steps, outer.steps), min(deadline, outer.deadline)
    inner = Allowance(steps, deadline, max(0, steps - _BETWEEN_LOOKS))
    token = _allowance.set(inner)
    try:
        yield inner
    finally:
        _allowance.reset(token)
        if outer is not None:
            outer.steps -= steps - inner.steps


@contextmanager
def interrupted(seconds: float) -> Iterator[None]:
    """TooMuch is raised in whatever goes on for so long and counts no steps: SymPy knows no bounds.

    That takes a timer, which only a program's main thread can have; elsewhere the steps must do.
    """
    if current_thread() is not main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _ring)
    # It rings again, should what was interrupted swallow the exception.
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _ring(number: int, frame: FrameType | None) -> None:
    if (allowance := _allowance.get()) is not None:
        allowance.steps = allowance.look = -1
    if not _is_collecting(frame):
        raise TooMuch


def _is_collecting(frame: FrameType | None) -> bool:
    """Whether a callback of the garbage collector runs: it swallows what is raised in it, and reports it."""
    codes = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    while frame is not None and frame.f_code not in codes:
        frame = frame.f_back
    return frame is not None


def spend(steps: int) -> None:
    """Count steps of work; raises TooMuch where more than allowed are spent."""
    allowance = _allowance.get()
    if allowance is None:
        return
    allowance.steps -= steps
    if allowance.steps >= allowance.look:
        return
    if allowance.steps < 0 or clock() > allowance.deadline:
        allowance.steps = -1
        raise TooMuch
    allowance.look = max(0, allowance.steps - _BETWEEN_LOOKS)
