"""What is no model is refused: with line, word and reason, within a second, and nothing is run."""

from __future__ import annotations

import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from derive.commands import main
from derive.errors import ModelError
from derive.model import read
from tests.page import Case, cases
from tests.stopwatch import spent

PAGE = cases("refusals")
TOML = 'equations = """\nh = w*x + b\nL = (y - h)**2\n"""\n'

# Files that hold no model, however they came about.
FILES: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \n\t\n\r\n",
    "only a byte order mark": b"\xef\xbb\xbf",
    "a program": b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "Latin 1": "größe = w*x\nL = (y - größe)**2\n".encode("latin-1"),
    "UTF-16": "h = w*x\nL = h\n".encode("utf-16"),
    "an overlong zero": b"h = w\xc0\x80*x\n",
    "a line of 10 MB": b"L = " + b"w*" * 5_000_000 + b"x\n",
    "a comment of 10 MB": b"# " + b"x" * 10_000_000 + b"\nL = w*x\n",
    "10 MB of short lines": b"h = w*x\n" * 1_250_000,
    "1 MB of one character": b"L" * 1_000_000,
    "1 MB of random bytes": random.Random(1).randbytes(1_000_000),
    "1 MB of random ASCII": bytes(random.Random(2).choices(range(32, 127), k=1_000_000)),
    "parentheses 10,000 deep": b"L = " + b"(" * 10_000 + b"w" + b")" * 10_000,
    "parentheses that stay open": b"L = " + b"(" * 10_000 + b"\n" * 10_000,
    "calls 10,000 deep": b"L = " + b"sin(" * 10_000 + b"w" + b")" * 10_000,
    "brackets 10,000 deep": b"L = " + b"v[" * 10_000 + b"0" + b"]" * 10_000,
    "braces 10,000 deep": b"L = " + b"{" * 10_000 + b"w" + b"}" * 10_000,
    "signs 10,000 deep": b"L = " + b"-" * 10_000 + b"w",
    "a tower of powers": b"L = 9**9**9**9*w",
    "a tower in LaTeX": b"L = 9^{9^{9^{9}}} w",
    "a tower in parentheses": b"L = ((9**99)**99)**99*w",
    "functions that double": b"f0(t) = t*t\n"
    + b"".join(b"f%d(t) = f%d(t)*f%d(t)\n" % (k, k - 1, k - 1) for k in range(1, 64))
    + b"L = f63(w)",
    "equations without end": b"".join(b"h%d = w*x\n" % k for k in range(30_000)),
    "a cycle of 10,000": b"".join(b"h%d = h%d + w\n" % (k, k + 1) for k in range(10_000)) + b"h10000 = h0",
    "aliases without end": b" = ".join(b"a" for _ in range(10_000)) + b" = w",
    "indices without end": b"L = v[" + b",".join(b"i" for _ in range(10_000)) + b"]",
    "a control character": b"h = w*x\x1b[31m\nL = h\n",
    "a bell": b"h = w*x\x07\nL = h\n",
    "a page break": b"h = w*x\x0c\nL = h\n",
}
TOML_FILES: dict[str, bytes] = {
    "empty": b"",
    "a program": b"\x7fELF\x02\x01\x01\x00\x00",
    "Latin 1": b'title = "Gr\xf6\xdfe"\n',
    "1 MB of random bytes": random.Random(3).randbytes(1_000_000),
    "a line of 10 MB": b'equations = "L = ' + b"w*" * 5_000_000 + b'x"',
    "lists 10,000 deep": TOML.encode() + b"[values]\nw = " + b"[" * 10_000 + b"]" * 10_000,
    "tables 10,000 deep": TOML.encode() + b"[" + b"a." * 10_000 + b"a]\nw = 1",
    "inline tables 10,000 deep": b"a = " + b"{a = " * 10_000 + b"1" + b"}" * 10_000,
    "an integer of 100,000 digits": TOML.encode() + b"[values]\nw = " + b"9" * 100_000,
    "a decimal of 100,000 digits": TOML.encode() + b"[values]\nw = 0." + b"9" * 100_000,
    "an exponent of ten digits": TOML.encode() + b"[values]\nw = 1e-9999999999",
    "a fraction of 100,000 digits": TOML.encode() + b'[values]\nw = "1/' + b"9" * 100_000 + b'"',
    "a page break that LaTeX did not mean": rb'equations = "h_1 = \frac{1}{2} w x"',
    "a tabulator that LaTeX did not mean": rb'equations = "L = \beta x"',
    "a control character by its number": rb'equations = "L = w\u0007*x"',
    "a network of 10**9 neurons": b"network = {layers = [1000000000, 1000000000, 1]}",
    "a network of 10**4000 neurons": b"network = {layers = [1" + b"0" * 4000 + b", 1]}",
    "shapes without bound": b'equations = "L = sum(v[i], i)"\nshapes = {v = [1' + b"0" * 400 + b"]}",
    "a table with a folder": TOML.encode() + b'table = {csv = "."}',
    "a table with a long name": TOML.encode() + b'table = {csv = "' + b"a" * 5_000 + b'"}',
    "a table with a zero in its name": TOML.encode() + rb'table = {csv = "a\u0000b"}',
    "a table with a device": TOML.encode() + b'table = {csv = "/dev/null"}',
}


def refused(source: str | Path) -> ModelError:
    """The refusal, which must come within a second."""
    with spent() as seconds, pytest.raises(ModelError) as caught:
        read(source)
    assert seconds() < 1
    return caught.value


@pytest.mark.parametrize("case", PAGE, ids=[case.title for case in PAGE])
def test_a_refusal_names_the_place_and_the_reason(case: Case) -> None:
    assert refused(case.given).report() == case.expected


@pytest.mark.parametrize("case", PAGE, ids=[case.title for case in PAGE])
def test_the_place_of_a_refusal_is_a_word_of_the_model(case: Case) -> None:
    place = refused(case.given).place
    if place is not None:
        assert place.text == case.given.split("\n")[place.line - 1]
        assert 0 <= place.column <= len(place.text)
        assert place.column + place.length <= len(place.text) + 1


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_model_is_refused_in_time(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.txt"
    path.write_bytes(FILES[name])
    report = refused(path).report()
    assert len(report) < 2_000
    assert all(character == "\n" or character.isprintable() for character in report)


@pytest.mark.parametrize("name", TOML_FILES)
def test_a_toml_file_that_is_no_model_is_refused_in_time(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.toml"
    path.write_bytes(TOML_FILES[name])
    report = refused(path).report()
    assert "model.toml" in report
    assert len(report) < 2_000


def test_a_refusal_names_the_file_and_counts_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "slip.toml"
    path.write_text('title = "A slip"\n\nequations = """\n\nh1 = w*x\n# a comment\nL = (y - H1)**2\n"""\n')
    assert refused(path).report() == (
        "slip.toml, line 7: H1 is not defined\n    L = (y - H1)**2\n             ^^\nDid you mean h1?"
    )


@pytest.mark.parametrize("escape", ["\\f", "\\b", "\\u0007"])
def test_latex_that_toml_took_for_an_escape_is_told_so(escape: str, tmp_path: Path) -> None:
    path = tmp_path / "latex.toml"
    path.write_text(f'equations = """\nh_1 = {escape}rac\n"""\n')
    error = refused(path)
    assert error.place is not None
    assert error.place.line == 2
    assert "control character" in error.reason or "backslash" in error.reason


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    assert "is a folder, not a file" in refused(tmp_path).report()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "there is no file" in refused(tmp_path / "missing.toml").report()
    assert "there is no file missing.toml" in refused("missing.toml").report()


def test_a_name_of_a_file_that_no_system_takes_is_refused() -> None:
    refused(Path("a" * 100_000))
    refused(Path("a\0b"))


def test_a_file_name_cannot_forge_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "red\x1b[31m.txt"
    path.write_text("L = 2x")
    assert "\x1b" not in refused(path).report()


@given(st.text())
def test_any_text_is_a_model_or_refused(text: str) -> None:
    _read_or_refuse(text + "\n")


@given(st.text(alphabet="hwxyL01.=+-*/()[]{},'\"\\_^ \n\t#@ij:", max_size=60))
def test_any_text_of_signs_is_a_model_or_refused(text: str) -> None:
    _read_or_refuse(text + "\n")


@given(st.text(alphabet="w1=[]{}\"'., \n#-e_", max_size=40))
def test_any_end_of_a_toml_file_is_read_or_refused(text: str) -> None:
    _read_or_refuse(TOML + text)


@given(st.sampled_from([case.given for case in PAGE]), st.integers(0, 400), st.integers(1, 9))
def test_a_refused_model_with_a_gap_is_a_model_or_refused(text: str, at: int, length: int) -> None:
    _read_or_refuse(text[:at] + text[at + length :] + "\n")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_model_or_refused(raw: bytes) -> None:
    _read_or_refuse(raw.decode("latin-1") + "\n")


def _read_or_refuse(text: str) -> None:
    with spent() as seconds, suppress(ModelError):
        read(text)
    assert seconds() < 1


@pytest.mark.parametrize("command", ["walkthrough", "code"])
@pytest.mark.parametrize("name", ["empty", "a program", "a tower of powers", "Latin 1"])
def test_a_command_refuses_with_a_frame_and_writes_nothing(
    command: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("model.txt").write_bytes(FILES[name])
    result = CliRunner().invoke(main, [command, "model.txt", "-o", "result.tex"])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert [path.name for path in Path().iterdir()] == ["model.txt"]


def test_the_program_exits_with_2_and_shows_the_caret(tmp_path: Path) -> None:
    path = tmp_path / "import.txt"
    path.write_text('h = w*x\nL = __import__("os").system("touch run")\n')
    command = [sys.executable, "-m", "derive", "walkthrough", str(path)]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stdout == ""
    first, line, caret, *_ = result.stderr.split("\n")
    assert first.startswith("Error: import.txt, line 2: __import__ is no name for a quantity")
    assert line.index("__import__") == caret.index("^")
    assert [each.name for each in tmp_path.iterdir()] == ["import.txt"]
