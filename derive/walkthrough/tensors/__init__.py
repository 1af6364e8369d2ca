"""Models with vectors and matrices, told on one component first and then as wholes."""

from derive.walkthrough.tensors.chapter import tensors_chapter
from derive.walkthrough.tensors.model import tensor_model_chapter, told_equations
from derive.walkthrough.tensors.naming import with_parts_named
from derive.walkthrough.tensors.results import tensor_results_chapter

__all__ = [
    "tensor_model_chapter",
    "tensor_results_chapter",
    "tensors_chapter",
    "told_equations",
    "with_parts_named",
]
