"""Many documents at once, on all cores; one that cannot be read is reported, and the others go on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import active_children
from pathlib import Path

from derive.check.checking import check_document
from derive.check.documents import Document, read, read_bytes
from derive.check.facts import Fact
from derive.check.findings import Report
from derive.errors import DeriveError, printable

# Fewer documents than this are checked sooner than processes start.
FEW = 4


def check_files(files: Sequence[Path], given: tuple[Fact, ...] = ()) -> Iterator[Report]:
    """The report of each file, in order."""
    one = partial(check_file, given=given)
    cores = min(len(files), len(os.sched_getaffinity(0)))
    if len(files) < FEW or cores < 2:
        yield from map(one, files)
        return
    with _processes(cores) as pool:
        try:
            with _uninterrupted():
                running = [pool.submit(one, path) for path in files]
            for path, future in zip(files, running, strict=True):
                try:
                    yield future.result()
                except BrokenProcessPool:
                    yield _alone(path, given)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in active_children():
                process.terminate()
            raise


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """An interrupt waits while processes start: what Python runs at a fork would swallow it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _processes(count: int) -> ProcessPoolExecutor:
    """Processes that an interrupt ends at once: what they were at is of no use any more."""
    return ProcessPoolExecutor(count, initializer=_ready)


def _ready() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _alone(path: Path, given: tuple[Fact, ...]) -> Report:
    """The report of a file in a process of its own: one of those that were shared was ended from outside."""
    with _processes(1) as pool:
        try:
            return pool.submit(check_file, path, given).result()
        except BrokenProcessPool:
            reason = f"{path}: the process that checked it was ended from outside"
            return Report(str(path), faults=(reason,), unreadable=True)


def check_file(path: Path, given: tuple[Fact, ...] = ()) -> Report:
    """The report of a file; what keeps it from being read is a fault of the document."""
    return _reported(str(path), lambda: read(path), given)


def check_bytes(content: bytes, name: str, form: str, given: tuple[Fact, ...] = ()) -> Report:
    """The report of what a stream holds."""
    return _reported(name, lambda: read_bytes(content, form=form, file=name), given)


def _reported(name: str, reading: Callable[[], Document], given: tuple[Fact, ...]) -> Report:
    try:
        return check_document(reading(), given)
    except DeriveError as error:
        return Report(name, faults=(error.report(),), unreadable=True)
    except RecursionError:
        reason = f"{name}: its formulas are nested too deep"
    except MemoryError:
        reason = f"{name}: there is not enough memory for it"
    except Exception as error:  # the others go on, whatever a document has brought to light
        reason = f"{name}: the check broke off at a fault of its own, {type(error).__name__}: {error}"
    return Report(name, faults=(printable(reason),), unreadable=True)
