"""The gallery: output/ is what the program writes, to the byte, and nothing else."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import derive
from derive.errors import DeriveError
from derive.gallery import contents, write_gallery
from derive.gallery.curve import curve
from derive.gallery.pages import curve_page
from derive.gallery.sections import ROWS, SECTIONS

OUTPUT = Path(__file__).parent.parent / "output"
EXAMPLES = sorted(path.stem for path in (Path(derive.__file__).parent / "examples").glob("*.toml"))
# What TeX says of a page that is not right.
COMPLAINT = re.compile(r"^!|overfull|undefined|multiply.defined|missing char|rerun to get", re.IGNORECASE)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """What the gallery would write now."""
    return contents()


def committed(folder: Path = OUTPUT) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_every_file_is_committed_and_no_other(texts: dict[str, str]) -> None:
    assert committed() == set(texts)


def test_every_byte_is_what_the_program_writes(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        old = (OUTPUT / name).read_bytes().decode("utf-8")
        difference = "\n".join(difflib.unified_diff(old.splitlines(), text.splitlines(), name, lineterm=""))
        assert old == text, f"run: derive gallery output\n{difference}"


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_order_of_hashes_changes_nothing(tmp_path: Path, seed: str) -> None:
    command = [sys.executable, "-m", "derive", "gallery", str(tmp_path)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True)
    assert committed(tmp_path) == committed()
    assert all((tmp_path / name).read_bytes() == (OUTPUT / name).read_bytes() for name in committed())


def test_the_index_links_every_file(texts: dict[str, str]) -> None:
    links = set(re.findall(r"\]\(([^)]+)\)", texts["README.md"]))
    assert links == set(texts) - {"README.md"}


def test_no_page_tells_the_machine_or_the_day(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        assert "\r" not in text, name
        assert str(Path(__file__).parent.parent) not in text, name
        assert not re.search(r"\b20\d\d-\d\d-\d\d\b", text), name


def test_every_picture_is_well_formed(texts: dict[str, str]) -> None:
    pictures = [text for name, text in texts.items() if name.endswith(".svg")]
    assert pictures
    for text in pictures:
        assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("one-neuron/walkthrough.tex", ["0.9991"]),
        ("feedforward/walkthrough.tex", ["0.9526", "0.7216"]),
        ("squared-error/walkthrough.tex", ["0.5"]),
        ("two-two-one/walkthrough.tex", ["0.0474", "0.5237", "0.02147", "0.04518"]),
        ("logistic-regression/walkthrough.tex", ["h - y"]),
        ("four-people/predictions.csv", ["Alice,0.", "Bob,0.0", "Charlie,0.0", "Diana,0."]),
    ],
)
def test_the_numbers_of_the_textbook_are_on_the_page(
    texts: dict[str, str], name: str, told: list[str]
) -> None:
    assert all(each in texts[name] for each in told)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_document_compiles_without_a_complaint(
    texts: dict[str, str], example: str, tmp_path: Path
) -> None:
    if shutil.which("pdflatex") is None and not os.environ.get("DERIVE_ALL_TARGETS"):
        pytest.skip("there is no pdflatex on this machine")
    (tmp_path / "page.tex").write_text(texts[f"{example}/walkthrough.tex"], encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    for _ in range(2):
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert result.returncode == 0, result.stdout.decode("utf-8", "replace")[-2000:]
    log = (tmp_path / "page.log").read_text(encoding="utf-8", errors="replace")
    complaints = [line for line in log.splitlines() if COMPLAINT.search(line)]
    assert not complaints


def test_a_second_gallery_changes_nothing(tmp_path: Path, texts: dict[str, str]) -> None:
    assert write_gallery(tmp_path) == len(texts)
    times = {name: (tmp_path / name).read_bytes() for name in committed(tmp_path)}
    write_gallery(tmp_path)
    assert times == {name: (tmp_path / name).read_bytes() for name in committed(tmp_path)}


def test_what_an_earlier_gallery_left_is_removed_and_nothing_else(
    tmp_path: Path, texts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    index = texts["README.md"] + "\n[old](retired/walkthrough.tex)\n"
    (tmp_path / "retired").mkdir()
    (tmp_path / "README.md").write_text(index, encoding="utf-8")
    (tmp_path / "retired" / "walkthrough.tex").write_text("old", encoding="utf-8")
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    monkeypatch.setattr("derive.gallery.gallery.contents", lambda: dict(texts))
    write_gallery(tmp_path)
    assert not (tmp_path / "retired").exists()
    assert committed(tmp_path) == {*texts, "mine.txt"}


def test_a_page_that_the_gallery_did_not_write_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# My project\n", encoding="utf-8")
    with pytest.raises(DeriveError, match="was not written by the gallery"):
        write_gallery(tmp_path)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "# My project\n"
    assert committed(tmp_path) == {"README.md"}


@pytest.mark.parametrize("losses", [[1.0, 0.5, 0.25], [0.31] * 40, [7e-6, 1e-6], [12345.0, 3.0], [0.5, 0.0]])
def test_a_curve_stays_in_its_frame_and_starts_its_axes_at_zero(losses: list[float]) -> None:
    drawn = curve(losses, loss="L", title="a < b")
    points = [tuple(map(int, point.split(","))) for point in drawn.points]
    assert all(64 <= across <= 576 and 40 <= up <= 280 for across, up in points)
    assert (points[0][0], points[-1][0]) == (64, 576)
    for ticks in (drawn.across, drawn.up):
        assert ticks[0].label == "0"
        assert 2 <= len(ticks) <= 6
    assert "a &lt; b" in curve_page(drawn)


def test_every_example_stands_in_a_section_of_the_index_with_a_sentence() -> None:
    assert sorted(each.name for each in ROWS) == EXAMPLES
    assert {each.section for each in ROWS} <= set(SECTIONS)
    assert all(each.about.endswith(".") and ". " not in each.about for each in ROWS)


def test_the_index_has_its_sections_in_order(texts: dict[str, str]) -> None:
    heads = re.findall(r"^## (.+)$", texts["README.md"], re.MULTILINE)
    assert heads == [each for each in SECTIONS if any(row.section == each for row in ROWS)]
    for row in ROWS:
        part = texts["README.md"].split(f"\n## {row.section}\n")[1].split("\n## ")[0]
        assert row.about in part
        assert f"({row.name}/walkthrough.tex)" in part
