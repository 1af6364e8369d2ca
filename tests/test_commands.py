"""The command line: results on stdout or in files, all else on stderr, exit codes 0, 1 and 2."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from derive.commands import main

BROKEN = """\
h1 = sigmoid(w1*x1 + b1)
y_pred = sigmoid(w2*h2 + b2)
h2 = sigmoid(w3*h1 + b3)
L = (y_true - y_pred)**2
"""

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    return lambda *arguments, **further: runner.invoke(main, [*map(str, arguments)], **further)


def files() -> list[str]:
    return sorted(str(path) for path in Path().rglob("*"))


@pytest.mark.parametrize("command", ["walkthrough", "code", "train", "predict", "gallery", "list"])
def test_every_command_explains_itself(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: ")


def test_a_result_goes_to_stdout_and_nothing_else_does(run: Run) -> None:
    result = run("walkthrough", "two-two-one")
    assert result.exit_code == 0
    assert result.stdout.startswith("%")
    assert result.stdout.endswith("\\end{document}\n")
    assert not files()


@pytest.mark.parametrize(("form", "first"), [("latex", "%"), ("markdown", "# ")])
def test_the_format_can_be_named(run: Run, form: str, first: str) -> None:
    assert run("walkthrough", "two-two-one", "--format", form).stdout.startswith(first)


@pytest.mark.parametrize("name", ["page.tex", "page.md"])
def test_the_suffix_of_the_output_decides_the_format(run: Run, name: str) -> None:
    result = run("walkthrough", "two-two-one", "-o", name)
    assert result.exit_code == 0
    assert not result.stdout
    assert name in files()
    assert f"Wrote {name}" in result.stderr


def test_every_figure_that_a_markdown_page_shows_is_written_beside_it(run: Run) -> None:
    import re

    run("walkthrough", "two-two-one", "-o", "page.md")
    shown = set(re.findall(r"!\[[^\]]*\]\(([^)]+)\)", Path("page.md").read_text(encoding="utf-8")))
    assert shown
    assert shown <= set(files())


def test_code_goes_to_a_file_if_one_is_named(run: Run) -> None:
    result = run("code", "two-two-one", "--target", "python", "--output", "gradient.py")
    assert result.exit_code == 0
    assert files() == ["gradient.py"]
    compile(Path("gradient.py").read_text(encoding="utf-8"), "gradient.py", "exec")


def test_a_fault_is_shown_with_its_place_and_a_caret(run: Run) -> None:
    Path("net.txt").write_text(BROKEN, encoding="utf-8")
    result = run("walkthrough", "net.txt", "-o", "page.tex")
    assert result.exit_code == 2
    assert not result.stdout
    assert result.stderr == (
        "Error: net.txt, line 2: h2 is used before it is defined\n"
        "    y_pred = sigmoid(w2*h2 + b2)\n"
        "                        ^^\n"
        "It is defined in line 3: move that line up.\n"
    )
    assert files() == ["net.txt"]


def test_inferred_parameters_are_listed_on_stderr(run: Run) -> None:
    Path("net.txt").write_text("p = sigmoid(w*x + b)\nL = (y - p)**2\n", encoding="utf-8")
    result = run("code", "net.txt")
    assert "w, b" in result.stderr
    assert "inferred" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["walkthrough", "two-two-on"], "Did you mean two-two-one?"),
        (["code", "two-two-one", "-t", "pyton"], "Did you mean python?"),
        (["code", "two-two-one", "-o", "missing/gradient.py"], "missing/gradient.py cannot be written"),
        (["walkthrough", "two-two-one", "-o", "page.docx"], "page.docx"),
        (["list", "weather"], "weather"),
        (["train"], "Missing argument"),
    ],
)
def test_wrong_usage_ends_with_two_and_says_why(run: Run, arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not files()


def test_a_file_wins_over_an_example_of_the_same_name(run: Run) -> None:
    Path("cosine").write_text("L = w*x\n", encoding="utf-8")
    assert "def loss_and_gradient(x, w)" in run("code", "cosine", "-t", "python").stdout


@pytest.mark.parametrize(
    ("kind", "some"),
    [
        ("functions", "sigmoid(x)"),
        ("losses", "binary_cross_entropy(y, p)"),
        ("targets", "numpy"),
        ("examples", "two-two-one"),
    ],
)
def test_what_there_is_can_be_listed(run: Run, kind: str, some: str) -> None:
    assert some in run("list", kind).stdout
    assert some in run("list").stdout


@pytest.mark.parametrize(
    ("arguments", "incomplete", "offered"),
    [
        (["walkthrough"], "two", "two-two-one"),
        (["code", "two-two-one", "--target"], "nu", "numpy"),
        (["list"], "loss", "losses"),
        ([], "walk", "walkthrough"),
    ],
)
def test_the_shell_completes_examples_targets_and_commands(
    arguments: list[str], incomplete: str, offered: str
) -> None:
    completion = ShellComplete(main, {}, "derive", "_DERIVE_COMPLETE")
    assert offered in [each.value for each in completion.get_completions(arguments, incomplete)]


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_no_color_is_obeyed(run: Run, variables: dict[str, str], coloured: bool) -> None:
    Path("net.txt").write_text(BROKEN, encoding="utf-8")
    result = run("code", "net.txt", color=True, env={"NO_COLOR": None, **variables})
    assert ("\x1b[" in result.stderr) == coloured


def test_a_reader_that_leaves_early_is_no_error() -> None:
    program = f"{sys.executable} -m derive walkthrough two-two-one | head -n 1"
    result = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True)
    assert not result.stderr
