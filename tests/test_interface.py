"""The Python interface, name by name."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest

import derive

EXAMPLES = Path(derive.__file__).parent / "examples"


def alice() -> dict[str, mpmath.mpf]:
    """The nine derivatives of the 2-2-1 network at Alice, worked by hand and put in numbers by mpmath."""
    h = 1 / (1 + mpmath.exp(3))
    p = 1 / (1 + mpmath.exp(-2 * h))
    inner = -2 * (1 - p) * p * (1 - p)
    hidden = inner * h * (1 - h)
    return {
        "w1": -2 * hidden,
        "w2": -hidden,
        "w3": -2 * hidden,
        "w4": -hidden,
        "w5": inner * h,
        "w6": inner * h,
        "b1": hidden,
        "b2": hidden,
        "b3": inner,
    }


@pytest.fixture
def gradient() -> derive.Gradient:
    return derive.read(EXAMPLES / "two-two-one.toml").gradient()


def test_importing_derive_imports_nothing_slow() -> None:
    program = "import sys, derive; assert not {'sympy', 'numpy', 'flint', 'jinja2'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_every_public_name_is_there() -> None:
    assert all(getattr(derive, name) is not None for name in derive.__all__)
    with pytest.raises(AttributeError):
        derive.nothing_of_that_name  # noqa: B018


def test_a_text_is_a_model_too() -> None:
    model = derive.read("p = w*x\nL = (y - p)**2")
    assert isinstance(model, derive.Model)
    assert list(model.gradient()) == ["w"]


def test_the_gradient_is_a_mapping_in_the_authors_order(gradient: derive.Gradient) -> None:
    assert list(gradient) == ["w1", "w2", "w3", "w4", "w5", "w6", "b1", "b2", "b3"]
    assert len(gradient) == 9
    with pytest.raises(KeyError, match="did you mean w1"):
        gradient["W1"]


def test_a_partial_shows_its_chain_rule(gradient: derive.Gradient) -> None:
    shown = gradient["w1"]._repr_latex_()
    assert shown.startswith("$$")
    assert shown.endswith("$$")
    assert shown.count("\\partial h_1") == 2
    assert "h_2}{" not in shown


def test_the_numbers_are_those_of_the_textbook(gradient: derive.Gradient) -> None:
    found = gradient.at()
    with mpmath.workdps(50):
        for name, expected in alice().items():
            assert abs(mpmath.mpf(str(found.exact(name))) - expected) < mpmath.mpf(10) ** -48
            assert found[name] == float(expected)
    assert found["w1"] == pytest.approx(0.0215, abs=5e-5)  # the textbook's 0.0214, rightly rounded


def test_numbers_that_are_rational_are_exact() -> None:
    found = derive.read("L = (y - w*x)**2").gradient().at(w=0.1, x=Fraction(1, 3), y=Decimal("0.5"))
    assert found.exact("w") == -2 * (Fraction(1, 2) - Fraction(1, 30)) / 3
    assert found["w"] == float(found.exact("w"))


def test_others_are_known_to_fifty_digits() -> None:
    exact = derive.read("L = exp(w*x)").gradient().at(w=1, x=1).exact("w")
    with localcontext(prec=50):
        assert exact == Decimal(1).exp()


def test_a_value_that_is_missing_or_unknown_is_refused() -> None:
    gradient = derive.read("L = (y - w*x)**2").gradient()
    with pytest.raises(derive.ModelError, match="no value for y"):
        gradient.at(w=1, x=2)
    with pytest.raises(derive.ModelError, match="weight is no input"):
        gradient.at(weight=1)


def test_arrays_go_in_and_come_out() -> None:
    gradient = derive.read("z = sum(w[i]*x[i], i)\nL = (y - z)**2").gradient()
    assert gradient.at(w=[1, 2], x=np.array([3.0, 4.0]), y=0)["w"] == (66.0, 88.0)


def test_the_generated_function_is_loaded(gradient: derive.Gradient) -> None:
    rows = [np.array(column, dtype=float) for column in ([-2, 25], [-1, 6], [1, 0])]
    loss, partials = gradient.function("numpy")(*rows, *[1.0] * 6, *[0.0] * 3)
    alone = [gradient.at(x1=row[0], x2=row[1], y_true=row[2]) for row in zip(*rows, strict=True)]
    assert loss == pytest.approx(sum(each.loss for each in alone) / 2)
    for name in gradient:
        assert float(partials[name]) == pytest.approx(sum(float(each[name]) for each in alone) / 2)


def test_the_walkthrough_is_printed_and_written(gradient: derive.Gradient, tmp_path: Path) -> None:
    document = gradient.walkthrough()
    assert document.latex().rstrip().endswith("\\end{document}")
    written = document.write(tmp_path / "page.md")
    assert sorted(written) == sorted(tmp_path.iterdir())
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == document.markdown()


def test_a_derivative_takes_the_values_of_all_that_its_model_takes() -> None:
    gradient = derive.read("L = w1**2 + w2").gradient()
    product = gradient.hessian_vector_product()
    assert product.at(w1=1, w2=1, v_w1=1, v_w2=0)["w1"] == 2
    assert gradient.gradient("w2").at(w1=1, w2=1)["w1"] == 0
    with pytest.raises(derive.ModelError, match="w3 is no input"):
        product.at(w3=1)


def test_neighbours_in_a_sum_have_the_gradient_of_their_difference() -> None:
    model = derive.read(
        "equations = '''\nd[i] = sum(c[k]*x[i+k], k)\nL = sum(d[i]**2, i)\n'''\ndata = ['c']\nbatch = false\n"
        "[shapes]\nx = ['n']\n[values]\nc = [-1, 1]\nx = [1, 3, 2, 6]\n"
    )
    assert model.gradient().at()["x"] == (-4, 6, -10, 8)
    assert "\n        d[i] = sum(c[k]*x[i+k], k)" in model.gradient().code()


def test_code_shows_a_mean_as_it_was_written() -> None:
    code = derive.read("y[t] = w*x[t]\nL = mean((y[t] - z[t])**2, t)").gradient().code()
    assert "L = mean((y[t] - z[t])**2, t)" in code
