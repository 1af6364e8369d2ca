"""The README: every command on it is run, every line of Python, and every file it links is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import metadata
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent / "README.md"
_FENCE = re.compile(r"^```(\w*) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file that it shows if it names one, and its text."""

    language: str
    file: str
    text: str


def page() -> str:
    """The README beside the tests; where they run without it, the copy that the package carries."""
    return PAGE.read_text(encoding="utf-8") if PAGE.exists() else str(metadata("derive").get_payload())


BLOCKS = [Block(*found) for found in _FENCE.findall(page())]
COMMANDS = [line for block in BLOCKS if block.language == "sh" for line in block.text.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the page shows."""
    made = tmp_path_factory.mktemp("readme")
    for block in BLOCKS:
        if block.file:
            (made / block.file).write_text(block.text, encoding="utf-8")
    return made


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command of the page with this Python's derive."""
    own = command.replace("derive ", f"{sys.executable} -m derive ", 1)
    return subprocess.run(["bash", "-euc", own], cwd=folder, capture_output=True, text=True, check=False)


def test_the_page_has_the_two_commands_for_strangers() -> None:
    first, second = (line for line in COMMANDS if not line.startswith("derive "))
    assert first.endswith("derive gallery output")
    assert "pytest" in second


def test_every_command_does_what_the_page_says(folder: Path) -> None:
    for command in COMMANDS:
        if command.startswith("derive "):
            result = run(command, folder)
            assert result.returncode == 0, f"{command}\n{result.stderr}"
            assert result.stdout or " -o " in command, command
            if " -o " in command:
                assert (folder / command.split(" -o ")[1].split()[0]).stat().st_size


def test_every_line_of_python_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for block in BLOCKS:
        if block.language == "python":
            subprocess.run([sys.executable, "-c", block.text], check=True, env={**os.environ})


def test_every_linked_file_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", page())
    # Beside an installed package stand only the tests and the gallery.
    names = [name for pair in links for name in pair if name]
    checked = names if PAGE.exists() else [name for name in names if name.startswith("output/")]
    assert checked
    for link in checked:
        assert (PAGE.parent / link).exists(), link
