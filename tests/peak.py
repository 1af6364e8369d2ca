"""The most memory that a process held, asked of the process itself when it ends.

What the system tells of a child that has ended (`ru_maxrss`) counts the memory of its parent too, of which it
is a copy until it starts its own program: a test would measure the tests.
"""

from __future__ import annotations

import subprocess
import sys
from typing import NamedTuple

# Run before the program. `VmHWM` is of this program alone; where there is none, ru_maxrss is given in bytes.
_MEASURED = """
import atexit, os, resource, sys
def _told():
    try:
        lines = open("/proc/self/status").read().splitlines()
        most = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    os.write(2, f"\\n{most} {sum(os.times()[:2])}".encode())
atexit.register(_told)
"""


class Outcome(NamedTuple):
    """What a run of a program gave: exit code, both outputs, megabytes at most, processor seconds."""

    code: int
    told: str
    megabytes: float
    seconds: float


def measured(program: str, *arguments: str, limit: float) -> Outcome:
    """A Python program as a process of its own; one that does not end within `limit` seconds is killed."""
    command = [sys.executable, "-c", _MEASURED + program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=limit)
    errors, _, figures = done.stderr.rpartition("\n")
    megabytes, seconds = figures.split()
    return Outcome(done.returncode, done.stdout + errors, float(megabytes), float(seconds))
