"""What a formula means: a SymPy expression, which is differentiated, evaluated and proved, never printed."""

from derive.expression.atoms import (
    CaseDistinction,
    IndexedReduction,
    MeaningError,
    Opaque,
    Tower,
    opaque,
    symbol,
)
from derive.expression.components import component, component_parts
from derive.expression.meaning import NO_FUNCTIONS, condition, expression
from derive.expression.partial import partial
from derive.expression.parts import contains, parts, symbols, written_out
from derive.expression.substitution import put

__all__ = [
    "NO_FUNCTIONS",
    "CaseDistinction",
    "IndexedReduction",
    "MeaningError",
    "Opaque",
    "Tower",
    "component",
    "component_parts",
    "condition",
    "contains",
    "expression",
    "opaque",
    "partial",
    "parts",
    "put",
    "symbol",
    "symbols",
    "written_out",
]
