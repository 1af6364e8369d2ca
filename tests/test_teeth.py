"""The suite has teeth: it notices a wrong sign in any row of any table."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_a_wrong_sign_in_any_row_makes_a_test_fail() -> None:
    folder = Path(__file__).parent.parent
    command = [sys.executable, "-m", "tests.teeth"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
