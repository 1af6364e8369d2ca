"""Matrix notation: sums of indexed terms as products of matrices, proved, and what the notation means."""

from derive.matrix.components import ShapeError, by_components
from derive.matrix.recognition import matrix_form
from derive.matrix.written import in_matrix_notation

__all__ = ["ShapeError", "by_components", "in_matrix_notation", "matrix_form"]
