"""What NumPy calls the functions of a model."""

from __future__ import annotations

from collections.abc import Mapping

from derive.targets.functions import Vocabulary

LIBRARY: Mapping[str, str] = {
    "log": "np.log",
    "sqrt": "np.sqrt",
    "sin": "np.sin",
    "cos": "np.cos",
    "tan": "np.tan",
    "sinh": "np.sinh",
    "cosh": "np.cosh",
    "tanh": "np.tanh",
    "arcsin": "np.arcsin",
    "arccos": "np.arccos",
    "arctan": "np.arctan",
    "abs": "np.abs",
    "sign": "np.sign",
    "max": "np.maximum",
    "min": "np.minimum",
}
VOCABULARY = Vocabulary("numpy", LIBRARY)
# Functions whose values are of the kind of their arguments: of whole numbers, whole numbers.
OF_ANY_KIND = frozenset({"relu", "abs", "max", "min", "sign"})
