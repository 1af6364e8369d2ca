"""Which derivative a command is about: the gradient, a row of the Hessian, or the Hessian times a vector."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from derive.interface import Gradient, Model


def second_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of a command that can go on to second derivatives."""
    row = click.option(
        "--second",
        metavar="PARAMETER",
        help="Go on to the second derivatives by this parameter: w1, or W[0,1] of an array.",
    )
    product = click.option(
        "--hessian-vector", is_flag=True, help="Go on to the Hessian times a vector, named v_w1, v_W, ...."
    )
    return row(product(command))


def gradient_of(model: Model, second: str | None, *, hessian_vector: bool) -> Gradient:
    """The gradient of the loss, or of what the options make of its gradient."""
    if second is not None and hessian_vector:
        raise click.UsageError("--second and --hessian-vector exclude each other.")
    gradient = model.gradient()
    if hessian_vector:
        return gradient.hessian_vector_product()
    return gradient if second is None else gradient.gradient(second)
