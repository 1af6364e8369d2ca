"""A gradient is again a list of equations, and so a model: second derivatives are gradients of it."""

from derive.second.arguments import with_arguments_named
from derive.second.entries import Entries
from derive.second.equations import GradientEquations
from derive.second.models import entry_model, product_model, vector_names

__all__ = [
    "Entries",
    "GradientEquations",
    "entry_model",
    "product_model",
    "vector_names",
    "with_arguments_named",
]
