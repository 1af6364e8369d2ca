"""What is installed: the examples, the templates, the types, and the command."""

from __future__ import annotations

import os
import re
import stat
from importlib.metadata import entry_points, metadata, requires
from pathlib import Path

import pytest

import derive
from derive.errors import DeriveError
from derive.templating import folder
from derive.writing import write, write_all

PACKAGE = Path(derive.__file__).parent


def test_the_package_carries_its_examples_templates_and_types() -> None:
    assert len(list((PACKAGE / "examples").glob("*.toml"))) >= 8
    assert (PACKAGE / "examples" / "people.csv").is_file()
    assert (PACKAGE / "py.typed").is_file()
    assert list(folder().rglob("*.jinja"))


def test_the_command_is_installed() -> None:
    (command,) = entry_points(group="console_scripts", name="derive")
    assert command.value == "derive.commands:main"


def test_sympy_is_pinned() -> None:
    assert "sympy==1.14.0" in (requires("derive") or ())


def test_what_is_imported_is_required() -> None:
    needed = {re.split(r"[<>=; \[]", each)[0] for each in requires("derive") or ()}
    assert {"click", "jinja2", "numpy", "python-flint", "sympy", "tomlkit", "matplotlib"} <= needed
    assert metadata("derive")["Requires-Python"] == ">=3.11"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    with pytest.raises(DeriveError, match="folder cannot be written"):
        write_all({tmp_path / "old": "new", tmp_path / "folder": "new"})
    assert (tmp_path / "old").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "old"]


def test_what_is_written_is_utf_8_with_unix_line_ends(tmp_path: Path) -> None:
    write(tmp_path / "page", "∂L/∂λ\n")
    assert (tmp_path / "page").read_bytes() == "∂L/∂λ\n".encode()


def test_a_written_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "page"
    write(path, "new")
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask
    path.chmod(0o640)
    write(path, "again")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
