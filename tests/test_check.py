"""The command `derive check` and its Python side: what is told, how, and with which exit code."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import derive
from derive.check import check, check_claim
from derive.check.files import check_file
from derive.check.records import record

RIGHT = r"Let $z = w x + b$. Then $\frac{\partial z}{\partial w} = x$." + "\n"
WRONG = RIGHT + "\n" + r"But $\frac{\partial z}{\partial w} = 2x$." + "\n"
DRIFTED = r"""Let $u = 0.7$ and $s = \frac{1}{1 + e^{-u}} = 0.67$. Then

$$s (1 - s) = 0.67 (1 - 0.67) = 0.2211$$
"""
DOUBTFUL = r"Here $\oint_\gamma f = 0$." + "\n"
CLAIM = r"\frac{\partial L}{\partial w_5} = -2(y_{true} - y_{pred}) h_1 f'(w_5 h_1 + w_6 h_2 + b_3)"


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "derive", "check", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a document of each kind."""
    for name, text in (("right", RIGHT), ("wrong", WRONG), ("drifted", DRIFTED), ("doubtful", DOUBTFUL)):
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("right.md",), 0),
        (("wrong.md",), 1),
        (("drifted.md",), 1),
        (("doubtful.md",), 0),
        (("doubtful.md", "--strict"), 1),
        (("right.md", "wrong.md"), 1),
        (("missing.md",), 2),
        ((), 2),
        (("right.md", "--format", "poem"), 2),
        (("right.md", "--model", "no-such-model"), 2),
        (("right.md", "--facts", "missing.facts"), 2),
        (("right.md", "--claim", "x = 1"), 2),
        (("right.md", "--hint"), 2),
        (("right.md", "--explain"), 2),
        (("--claim", " "), 2),
        (("--claim", "x = 1", "--fix"), 2),
        (("--claim", "x = 1", "--hint", "-f", "json"), 2),
        (("right.md", "--diff", "-f", "json"), 2),
        (("-", "--fix"), 2),
        (("right.md", "-o", "nowhere/report.txt"), 2),
    ],
)
def test_the_exit_code_says_what_was_found(arguments: tuple[str, ...], code: int, folder: Path) -> None:
    result = run(*arguments, folder=folder)
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr


def test_a_fault_is_told_with_its_place_the_evidence_and_the_right_formula(folder: Path) -> None:
    told = run("wrong.md", folder=folder).stdout
    assert told.startswith("wrong.md, line 3: wrong: the sides differ: the factor 2 is too much\n")
    assert "it should be x\n" in told
    assert "by z = w x + b (line 1)" in told
    assert told.endswith("3 formulas: 1 wrong, 1 proved, 1 definition\n")


def test_json_has_an_object_for_each_formula(folder: Path) -> None:
    found = json.loads(run("drifted.md", "-f", "json", folder=folder).stdout)
    assert [each["verdict"] for each in found] == ["definition", "rounded", "drifted"]
    keys = {
        "file",
        "line",
        "column",
        "formula",
        "kind",
        "verdict",
        "reason",
        "expected",
        "counterexample",
        "facts",
    }
    assert all(keys <= each.keys() for each in found)
    assert found[2]["expected"] == "0.2217"
    assert [link["verdict"] for link in found[2]["links"]] == ["rounded", "proved"]
    assert (found[0]["line"], found[0]["column"]) == (1, 6)


def test_github_gets_an_error_at_the_line(folder: Path) -> None:
    told = run("wrong.md", "-f", "github", folder=folder).stdout
    assert told.startswith("::error file=wrong.md,line=3,col=")
    assert "\n" not in told.rstrip("\n")


def test_sarif_has_a_result_for_each_fault(folder: Path) -> None:
    found = json.loads(run("wrong.md", "drifted.md", "-f", "sarif", folder=folder).stdout)
    assert found["version"] == "2.1.0"
    (one,) = found["runs"]
    assert [each["ruleId"] for each in one["results"]] == ["wrong", "drifted"]
    region = one["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region["startLine"] == 3
    assert {each["id"] for each in one["tool"]["driver"]["rules"]} >= {"wrong", "drifted"}


def test_a_page_of_html_holds_nothing_of_the_document_as_markup(folder: Path) -> None:
    (folder / "evil.md").write_text("Let $<script>alert(1)</script> = x$ and $a<b$.\n", encoding="utf-8")
    text = run("evil.md", "wrong.md", "-f", "html", folder=folder).stdout
    seen: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            seen.append(tag)

    Tags().feed(text)
    assert "script" not in seen
    assert "math" in seen


PAPER = r"""\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}} \DeclareMathOperator{\relu}{ReLU}
\begin{document}
Let $y = x^2$ and $z = \relu(x) \cosh x$. Then
\begin{align}
  \pd{y}{x} &= 3x \label{eq:one} \\
            &= x + 2x, \tag{2} \\
  \pd{y}{x} &= 2x^2 \\
  \pd{z}{x} &= \oint x.
\end{align}
\begin{eqnarray} \boxed{\pd{y}{x} = 2x} \end{eqnarray}
\end{document}
"""


def test_every_row_of_a_display_that_is_wrong_is_told_at_its_line(folder: Path) -> None:
    (folder / "paper.tex").write_text(PAPER, encoding="utf-8")
    told = run("paper.tex", "--strict", folder=folder).stdout
    assert [line.partition(": ")[0] for line in told.splitlines() if line.startswith("paper")] == [
        "paper.tex, line 5",
        "paper.tex, line 7",
        "paper.tex, line 8",
    ]
    assert told.endswith("4 formulas: 1 wrong, 1 proved, 2 definition\n")
    commands = run("paper.tex", "-f", "github", folder=folder).stdout.splitlines()
    assert [re.search(r"line=(\d+)", each)[1] for each in commands] == ["5", "7"]  # type: ignore[index]
    rows = json.loads(run("paper.tex", "-f", "json", folder=folder).stdout)[2]["links"]
    assert [(each["line"], each["verdict"]) for each in rows] == [
        (5, "wrong"),
        (6, "proved"),
        (7, "wrong"),
    ]


def test_a_page_of_html_sets_macros_rows_and_plain_text_as_mathematics(folder: Path) -> None:
    (folder / "paper.tex").write_text(PAPER, encoding="utf-8")
    (folder / "mail.txt").write_text("Let ŷ = w₁·x. Then ∂ŷ/∂w₁ = 2x.\n", encoding="utf-8")
    text = run("paper.tex", "mail.txt", "-f", "html", folder=folder).stdout
    assert text.count("<math display") == 6
    assert "<code>" not in text
    assert "\\" not in text


def test_fix_rewrites_drifted_numbers_and_nothing_else(folder: Path) -> None:
    shown = run("drifted.md", "--diff", folder=folder).stdout
    assert "-$$s (1 - s) = 0.67 (1 - 0.67) = 0.2211$$" in shown
    assert (folder / "drifted.md").read_text(encoding="utf-8") == DRIFTED
    first = run("drifted.md", "--fix", folder=folder)
    after = (folder / "drifted.md").read_text(encoding="utf-8")
    assert after == DRIFTED.replace("0.2211", "0.2217")
    assert first.returncode == 0
    assert run("drifted.md", "--fix", folder=folder).returncode == 0
    assert (folder / "drifted.md").read_text(encoding="utf-8") == after


ENCODINGS = {
    "CRLF": DRIFTED.replace("\n", "\r\n").encode(),
    "CR": DRIFTED.replace("\n", "\r").encode(),
    "line ends of all kinds": DRIFTED.replace("\n\n", "\r\n\n").encode(),
    "a mark": b"\xef\xbb\xbf" + DRIFTED.encode(),
    "UTF-16": DRIFTED.encode("utf-16"),
    "Latin-1": ("Für jeden.\n\n" + DRIFTED).encode("latin-1"),
    "other separators": ("a\u2028b\x0cc\x85d\n\n" + DRIFTED).encode(),
    "no last line end": DRIFTED.rstrip("\n").encode(),
}


@pytest.mark.parametrize("kind", ENCODINGS)
def test_fix_leaves_every_other_byte_as_it_is(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_bytes(ENCODINGS[kind])
    shown = run("notes.md", "--diff", folder=tmp_path)
    assert "Traceback" not in shown.stderr
    assert path.read_bytes() == ENCODINGS[kind]
    assert run("notes.md", "--fix", folder=tmp_path).returncode == 0
    wide = "utf-16-le" if kind == "UTF-16" else "ascii"
    old, new = "0.2211".encode(wide), "0.2217".encode(wide)
    assert path.read_bytes() == ENCODINGS[kind].replace(old, new)


def test_fix_rewrites_the_cells_of_a_notebook_and_not_its_outputs(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": "Ein \U0001f600 — " + DRIFTED},
        {"cell_type": "code", "source": ["x = 1\n"], "outputs": [{"text": "0.2211"}]},
        {"cell_type": "markdown", "source": DRIFTED.splitlines(keepends=True)},
    ]
    path = tmp_path / "notes.ipynb"
    before = json.dumps({"metadata": {"source": "0.2211"}, "cells": cells}, indent=1)
    path.write_text(before, encoding="utf-8")
    assert run("notes.ipynb", "--fix", folder=tmp_path).returncode == 0
    head, *rest = before.split("0.2211")
    assert (
        path.read_text(encoding="utf-8")
        == f"{head}0.2211{rest[0]}0.2217{rest[1]}0.2211{rest[2]}0.2217{rest[3]}"
    )


def test_fix_follows_a_link_and_keeps_it(folder: Path) -> None:
    (folder / "link.md").symlink_to("drifted.md")
    run("link.md", "--fix", folder=folder)
    assert (folder / "link.md").is_symlink()
    assert "0.2217" in (folder / "drifted.md").read_text(encoding="utf-8")


def test_a_document_comes_from_stdin(folder: Path) -> None:
    command = [sys.executable, "-m", "derive", "check", "-", "right.md"]
    result = subprocess.run(command, cwd=folder, input=WRONG, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stdout.startswith("stdin, line 3: wrong")
    assert result.stdout.endswith("5 formulas in 2 documents: 1 wrong, 2 proved, 2 definition\n")


def test_formats_for_machines_tell_of_unreadable_documents_beside_the_result(folder: Path) -> None:
    result = run("missing.md", "right.md", "-f", "json", folder=folder)
    assert len(json.loads(result.stdout)) == 2
    assert "missing.md: No such file" in result.stderr


def test_a_folder_stands_for_its_documents_on_any_number_of_cores(folder: Path) -> None:
    (folder / "more").mkdir()
    for at in range(5):
        (folder / "more" / f"{at}.md").write_text(WRONG, encoding="utf-8")
    together = json.loads(run("more", "-f", "json", folder=folder).stdout)
    alone = [json.loads(run(f"more/{at}.md", "-f", "json", folder=folder).stdout) for at in range(5)]
    assert together == [each for found in alone for each in found]


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parent / "documents").iterdir()), ids=lambda path: path.name
)
def test_a_report_passes_from_one_process_to_another(path: Path) -> None:
    report = check_file(path)
    again = pickle.loads(pickle.dumps(report))
    assert [record(each) for each in again.findings] == [record(each) for each in report.findings]


def test_a_file_that_breaks_is_told_and_the_others_go_on(folder: Path) -> None:
    (folder / "binary.md").write_bytes(b"\x00\x01\xff\xfe" * 100)
    result = run("binary.md", "wrong.md", folder=folder)
    assert result.returncode == 2
    assert "binary.md" in result.stdout
    assert "wrong.md, line 3: wrong" in result.stdout


def test_an_answer_is_judged_against_a_model(folder: Path) -> None:
    assert run("-m", "two-two-one", "--claim", CLAIM, folder=folder).returncode == 0
    wrong = CLAIM.replace("-2", "2")
    hint = run("-m", "two-two-one", "--claim", wrong, "--hint", folder=folder)
    assert hint.returncode == 1
    assert hint.stdout == "wrong\nLook at the signs.\n"
    told = run("-m", "two-two-one", "--claim", wrong, "--explain", folder=folder).stdout
    assert "## The backward pass" in told
    assert run("--claim", wrong, "--explain", folder=folder).returncode == 2


MODEL = Path(derive.__file__).parent / "examples" / "two-two-one.toml"
# What a student may write of the example in which every weight is 1, and what is the matter with it.
SLOPE = "2 (y_pred - y_true) w5 y_pred (1 - y_pred) h1 (1 - h1) x1"
ANSWERS = {
    f"dL/dw1 = {SLOPE}": ("proved", ""),
    f"the answer is dL/dw1 = {SLOPE}.": ("proved", ""),
    "∂L/∂w₅ = −2(y_true − y_pred)·h₁·y_pred·(1 − y_pred)": ("proved", ""),
    "dL/dw_5 = -2(y_{true} - y_{pred}) h_1 y_{pred} (1 - y_{pred})": ("proved", ""),
    r"$dL/db_3 = 2(y_{pred} - y_{true}) \sigma'(z)$, where $z = w_5 h_1 + w_6 h_2 + b_3$": ("proved", ""),
    "dL/do1 = -2 (y_true - o1)": ("proved", ""),
    "dL/db3 = -2 (1 - o1) o1 (1 - o1)": ("proved", ""),
    f"dL/dw1 = {SLOPE.replace(' w5', '')}": ("wrong", "the factor w5 is missing"),
    f"dL/dw1 = {SLOPE.replace('w5', 'w6')}": ("wrong", "w6 stands where w5 should"),
    f"dL/dw1 = {SLOPE.replace('h1', 'h2')}": ("wrong", "h2 stands where h1 should"),
    f"dL/dw1 = {SLOPE.replace('x1', 'x2')}": ("wrong", "x2 stands where x1 should"),
    f"dL/dw1 = {SLOPE.replace('2 ', '', 1)}": ("wrong", "a factor 2 is missing"),
    f"dL/dw1 = {SLOPE.replace('y_pred - y_true', 'y_true - y_pred')}": ("wrong", "the sign is turned"),
    f"dL/dw1 = {SLOPE.replace('1 - h1', '1 + h1')}": ("wrong", "a sign is turned"),
    f"dL/dw7 = {SLOPE}": ("not understood", "the model has no w7"),
    "dQ/dw1 = 0": ("not understood", "the model has no Q"),
    f"dL/dw1 = {SLOPE.replace('w5', 'w9')}": ("wrong", "w9 stands where w5 should"),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_students_answer_is_judged_in_its_letters(answer: str) -> None:
    verdict, reason = ANSWERS[answer]
    found = check_claim(answer, MODEL)
    assert found.verdict == verdict
    assert reason in found.claim.judgement.reason


@pytest.mark.parametrize("answer", [each for each in ANSWERS if ANSWERS[each][0] == "wrong"])
def test_a_hint_names_no_quantity(answer: str) -> None:
    hint = check_claim(answer, MODEL).claim.judgement.hint
    assert hint
    assert not re.search(r"[0-9_*=]", hint)


def test_the_derivation_of_an_answer_may_begin_at_any_quantity(folder: Path) -> None:
    for about in ("dL/dh1", "dL/do1", "dh1/dw1", "dL/dx1"):
        result = run("-m", "two-two-one", "--claim", f"{about} = 0", "--explain", folder=folder)
        assert "## The backward pass" in result.stdout, result.stderr
    missing = run("-m", "two-two-one", "--claim", "dL/dq = 0", "--explain", folder=folder)
    assert missing.returncode == 2
    assert "the model does not say what ∂L/∂q is" in missing.stderr


def test_facts_of_a_side_file_hold_between_their_lines(folder: Path) -> None:
    text = "Here $a + b = 3$.\n\nThere $a + b = 5$.\n"
    (folder / "sums.md").write_text(text, encoding="utf-8")
    (folder / "sums.facts").write_text("lines 1-2: a = 1, b = 2\nlines 3: a = 2, b = 3\n", encoding="utf-8")
    assert run("sums.md", "--facts", "sums.facts", folder=folder).stdout == "2 formulas: 2 proved\n"


def test_a_comment_gives_facts_that_readers_do_not_see() -> None:
    text = "<!-- derive: w1..w3 = 2, x = [1, 4] -->\nSo $w_1 + w_2 + w_3 = 6$ and $x_1 x_2 = 4$.\n"
    assert [each.verdict for each in check(text).findings] == ["proved", "proved"]


@pytest.mark.parametrize(
    "text",
    [
        r"So $f(x + \epsilon) = f(x) + \epsilon f'(x) + O(\epsilon^2)$ for small $\epsilon$.",
        "Softmax is blind to a shift: $p(x + c) = p(x)$.",
        r"On a circle, $x^2 + y^2 = r^2$. At the optimum, $\nabla f = 0$.",
        r"An expectation: $\mathbb{E}[X] = \mu$.",
    ],
)
def test_what_is_half_understood_is_never_wrong(text: str) -> None:
    assert not {each.verdict for each in check(text).findings} & {"wrong", "proved"}


@pytest.mark.parametrize(
    ("model", "claim", "held"),
    [
        (r"$h = 3x$ and $y = h^2 x$", r"$\frac{\partial y}{\partial x} = h^2$", "by x, h is held"),
        (r"$h = 3x$ and $y = h^2 x$", r"$\frac{\partial y}{\partial x} = h^2 + 6 h x$", ""),
        (r"$h = 3x$ and $y = h^2 x$", r"$\frac{\partial y}{\partial h} = 2 h x$", ""),
        ("$h = 3x$.\n\n# Two\n\nLet $y = h^2 x$", "$dy/dx = h^2$", "by x, h is held"),
        ("$h = 3x$.\n\n# Two\n\nLet $f(x) = h^2 x$", "$f'(x) = h^2$", "by x, h is held"),
        (
            r"$v = \frac1m \sum_{i=1}^m (x_i - \mu)^2$ and $s_i = (x_i - \mu)/v$",
            r"$\frac{\partial s_i}{\partial \mu} = -1/v$",
            "by mu, v is held",
        ),
    ],
)
def test_a_proof_tells_what_a_derivative_holds_fixed(model: str, claim: str, held: str) -> None:
    found = check(f"Let {model}. Then {claim}.\n").findings[-1]
    assert found.verdict == "proved"
    told = " and ".join(found.claim.judgement.assumptions)
    assert held in told if held else "fixed" not in told


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial L}{\partial e} = -2(v - t)\sigma(d u - e)", "proved"),
        (r"\frac{\partial L}{\partial e} = 2(v - t)\sigma(d u - e)", "wrong"),
        (r"\frac{\partial L}{\partial d} = 2(v - t)\frac{u}{1 + e^{-(d u - e)}}", "proved"),
        (r"\frac{\partial L}{\partial v} = 2(v - t)", "proved"),
    ],
)
def test_a_parameter_e_is_no_euler_number(claim: str, verdict: str) -> None:
    equations = 'equations = """\nv = softplus(d*u - e)\nL = (v - t)**2\n"""'
    model = derive.read(f'{equations}\ndata = ["u", "t"]\nparameters = ["d", "e"]')
    assert check_claim(claim, model).verdict == verdict


def test_the_package_is_the_function_that_it_is_named_after() -> None:
    import derive.check.documents  # binds derive.check to the package

    report = derive.check(WRONG)
    assert [each.verdict for each in report.findings] == ["definition", "proved", "wrong"]
    model = Path(derive.__file__).parent / "examples" / "two-two-one.toml"
    assert derive.check_claim(CLAIM, model).verdict == "proved"


def test_the_python_side_tells_what_the_command_tells() -> None:
    report = check(WRONG)
    assert [each.verdict for each in report.findings] == ["definition", "proved", "wrong"]
    model = Path(derive.__file__).parent / "examples" / "two-two-one.toml"
    assert check_claim(CLAIM, model).verdict == "proved"


def test_a_report_does_not_depend_on_the_hash_seed() -> None:
    names = ("notes-roles", "prose-tuples", "adjoints-regularised")
    pages = [str(Path(__file__).parent / "claims" / f"{name}.md") for name in names]
    printed = {
        subprocess.run(
            [sys.executable, "-m", "derive", "check", "--format", "json", *pages],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1
    assert all(printed)
