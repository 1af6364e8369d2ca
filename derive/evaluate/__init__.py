"""Values of equations: exact while they are rational, and known to any precision after that."""

from derive.evaluate.evaluation import Given, evaluate
from derive.evaluate.gradients import adjoint_equation, gradient_values, key_of
from derive.evaluate.quantities import Array, lengths, name_of, quantities
from derive.evaluate.real import Real, ValueFault, as_fraction, exact
from derive.evaluate.scope import Scope

Number = Real

__all__ = [
    "Array",
    "Given",
    "Number",
    "Real",
    "Scope",
    "ValueFault",
    "adjoint_equation",
    "as_fraction",
    "evaluate",
    "exact",
    "gradient_values",
    "key_of",
    "lengths",
    "name_of",
    "quantities",
]
