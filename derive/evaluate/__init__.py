"""Values of equations: exact while they are rational, else as balls that hold the true value."""

from derive.evaluate.arithmetic import Array, Number, as_fraction, exact
from derive.evaluate.evaluation import Scope, evaluate
from derive.evaluate.gradients import gradient_values, key_of

__all__ = [
    "Array",
    "Number",
    "Scope",
    "as_fraction",
    "evaluate",
    "exact",
    "gradient_values",
    "key_of",
]
