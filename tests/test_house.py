"""Laws of the house: the one direction, the templates' vocabulary, names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, meta

import derive
from derive.figures.environments import tex_environment
from derive.templating import folder

PACKAGE = Path(derive.__file__).parent
STAGES = (
    "errors writing templating pausing effort typesetting formula likeness norms tidy affine equation "
    "functions losses notation expression agreement indices matrix rules steps model shapes lifting "
    "graph gradient second evaluate numerals worked walkthrough program figures render targets check "
    "training gallery interface commands"
).split()
BANNED = frozenset(
    "util utils helper helpers manager handler processor base common misc info item obj".split()
)
# What a template may be given: the document, a drawing's sheet, a module of code, a page of the gallery.
CONTEXT = {"walkthrough", "drawing", "sheet", "module", "chapters", "mark", "curve", "page"}
# Filters print: mathematics, a term, words without markup, a length, a block, a line of a display.
FILTERS = ("math", "term", "plain", "number", "block", "line")


def sources() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if "__pycache__" not in path.parts]


def stage(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """The stages that a file imports, wherever in the file it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "derive":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("derive."):
            yield (node.module or "").split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (name.split(".")[1] for a in node.names if (name := a.name).startswith("derive."))


def templates() -> list[Path]:
    return sorted(folder().rglob("*.jinja"))


def test_every_module_belongs_to_a_stage() -> None:
    assert {stage(path) for path in sources()} - {"__init__", "__main__"} <= set(STAGES)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_stage_imports_only_from_earlier_stages(path: Path) -> None:
    own = stage(path)
    if own in STAGES:
        later = STAGES[STAGES.index(own) + 1 :]
        assert not set(imported(path)) & set(later)


def environment(template: Path) -> Environment:
    """The syntax of a template: LaTeX has delimiters of its own."""
    is_tex = template.name.endswith((".tex.jinja", ".tikz.jinja"))
    found = tex_environment(template.parent.name) if is_tex else Environment(autoescape=True)
    found.filters.update(dict.fromkeys(FILTERS, str))
    return found


@pytest.mark.parametrize("template", templates(), ids=lambda path: str(path.relative_to(folder())))
def test_a_template_knows_nothing_but_what_it_is_given(template: Path) -> None:
    tree = environment(template).parse(template.read_text(encoding="utf-8"))
    assert meta.find_undeclared_variables(tree) <= CONTEXT


@pytest.mark.parametrize("template", templates(), ids=lambda path: str(path.relative_to(folder())))
def test_a_template_says_first_what_it_makes(template: Path) -> None:
    """Those of a function's code hold that code and nothing else; its docstring says what it is."""
    if template.parent.name == "functions":
        assert '"""' in template.read_text(encoding="utf-8").splitlines()[1]
        return
    lines = template.read_text(encoding="utf-8").splitlines()
    assert any(line.startswith(("{#", "%#")) for line in lines[:2])


def test_the_templates_hold_templates_only() -> None:
    strangers = [path for path in folder().rglob("*") if path.is_file() and path.suffix != ".jinja"]
    assert not strangers


def test_no_name_of_a_file_is_a_word_that_says_nothing() -> None:
    names = {path.stem for path in (*sources(), *templates())}
    assert not {name for name in names if set(name.lower().replace("-", "_").split("_")) & BANNED}


def test_no_text_of_a_user_can_become_code() -> None:
    """Neither evaluation of text nor SymPy's reader of text is called anywhere."""
    forbidden = {"eval", "exec", "sympify", "parse_expr", "S", "compile"}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in forbidden, f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("package", ["sympy", "numpy", "jinja2", "flint", "matplotlib", "tomlkit"])
def test_the_command_line_starts_without_slow_packages(package: str) -> None:
    import subprocess
    import sys

    program = f"import sys, derive.commands; assert {package!r} not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)
