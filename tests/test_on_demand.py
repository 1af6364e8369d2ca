"""Explanations on demand: one parameter's story, the result page, code in a document."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner

import derive
from derive.commands import main
from derive.commands.arguments import EXAMPLES
from derive.interface.document import Document
from derive.render.listing import fence, listing
from derive.walkthrough.tree import Code, Display, blocks


def told(name: str, *wrt: str, extent: str = "usual") -> Document:
    return derive.read(EXAMPLES / f"{name}.toml").gradient().walkthrough(wrt, extent=extent)


def codes(document: Document) -> Iterator[Code]:
    return (block for block in blocks(document.tree) if isinstance(block, Code))


def test_one_parameters_story_holds_the_equations_between_it_and_the_loss_alone() -> None:
    document = told("two-two-one", "w1")
    assert [each.target for each in document.tree.graph.equations] == ["h1", "y_pred", "L"]
    assert document.tree.graph.parameters == ("w1",)
    assert "h2" in document.tree.graph.model.data
    text = document.markdown()
    assert "does not depend on" in text
    assert "\\partial L / \\partial w_2" not in text


def test_what_is_taken_as_given_changes_no_number() -> None:
    alone = told("two-two-one", "w1").tree.graph
    whole = derive.read(EXAMPLES / "two-two-one.toml").gradient().at()
    model = derive.Model(**{name: getattr(alone.model, name) for name in alone.model.__dataclass_fields__})
    assert model.gradient().at()["w1"] == pytest.approx(whole["w1"], rel=1e-15)


def test_a_story_without_the_functions_that_it_does_not_need() -> None:
    assert "ReLU" in told("mlp", "W1").latex()
    assert "ReLU" not in told("mlp", "b3").latex().split("What is taken as given")[0]


@pytest.mark.parametrize("name", ["two-two-one", "logistic-regression", "mlp", "attention"])
def test_the_result_page_holds_the_model_the_gradient_and_the_code(name: str) -> None:
    document = told(name, extent="brief")
    gradient = derive.read(EXAMPLES / f"{name}.toml").gradient()
    assert [code.text for code in codes(document)] == [gradient.code("numpy")]
    displays = [block for block in blocks(document.tree) if isinstance(block, Display)]
    assert len(displays) == 2
    assert len(displays[1].lines) >= len(gradient)


def test_the_story_of_one_array_shows_the_equations_as_the_author_wrote_them() -> None:
    whole, alone = derive.read(EXAMPLES / "mlp.toml").gradient(), told("mlp", "W1")
    model = whole.walkthrough().latex().partition("Vectors are columns")[0].partition(r"\begin{alignat*}")[2]
    assert model in alone.latex()


def test_what_is_not_asked_for_is_not_said_to_be_differentiated_by() -> None:
    text = told("attention", "Q").latex()
    assert r"$Q \in \mathbb{R}^{n \times d}$ is what we differentiate by." in text
    assert "stay fixed here" in text


def test_the_result_page_multiplies_arrays_with_their_sign() -> None:
    assert r"L &= \sum G \odot O" in told("attention", extent="brief").latex()


def test_the_full_walkthrough_is_the_usual_one_with_the_code_after_it() -> None:
    usual, full = told("one-neuron").tree, told("one-neuron", extent="full").tree
    assert [each.title for each in full.sections[:-1]] == [each.title for each in usual.sections]
    assert isinstance(full.sections[-1].blocks[0], Code)


def test_an_unknown_extent_is_refused() -> None:
    with pytest.raises(derive.DeriveError, match="brief, usual, full"):
        told("one-neuron", extent="long")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--wrt", "W1"), "W1 is no parameter of two-two-one\nDid you mean w1?"),
        (("--second", "b4"), "b4 is no parameter of two-two-one"),
        (("--second", "w1", "--hessian-vector"), "--second and --hessian-vector exclude each other."),
    ],
)
def test_wrong_names_end_with_a_message_and_exit_code_2(arguments: tuple[str, ...], message: str) -> None:
    result = CliRunner().invoke(main, ["walkthrough", "two-two-one", *arguments])
    assert result.exit_code == 2
    assert message in result.stderr


def test_several_parameters_are_named_in_a_list_or_one_by_one() -> None:
    run = CliRunner()
    once = run.invoke(main, ["walkthrough", "two-two-one", "--wrt", "w1,b1"])
    twice = run.invoke(main, ["walkthrough", "two-two-one", "--wrt", "w1", "--wrt", "b1"])
    assert once.exit_code == 0
    assert once.stdout == twice.stdout


def test_code_of_any_characters_is_safe_in_latex() -> None:
    lines = listing("a_1 = {'θ': \"ŷ\"}  # 100 % of 変 ~^\\\n\n    b -- c").lines
    assert all(each not in lines[0].replace("\\_", "").replace("\\%", "") for each in ("_", "%"))
    assert lines[1] == ""
    assert lines[2] == "~~~~b~-{}-{}~c"


def test_long_lines_are_folded_and_stay_indented() -> None:
    folded = listing("    x = " + " + ".join(["abcdefgh"] * 20)).lines
    assert len(folded) == 3
    assert all(each.startswith("~~~~~~~~") for each in folded[1:])


def test_the_fence_of_code_is_longer_than_any_in_it() -> None:
    assert fence("x = 1") == "```"
    assert fence("````") == "`````"
