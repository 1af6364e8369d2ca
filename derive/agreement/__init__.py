"""The proof engine: whether two expressions are equal: a proof, a counterexample, or an honest no answer."""

from derive.agreement.agreement import Agreement, Counterexample, Verdict
from derive.agreement.assumptions import standard_assumptions
from derive.agreement.balls import Evaluation, certain_sign
from derive.agreement.cases import goes_by_cases
from derive.agreement.domains import BINARY, POSITIVE, REAL, SIGNED, SIMPLEX, UNIT, Domain
from derive.agreement.engine import agree, differ
from derive.agreement.patterns import proved_equal
from derive.agreement.points import Point
from derive.agreement.samples import Samples, value_at

__all__ = [
    "BINARY",
    "POSITIVE",
    "REAL",
    "SIGNED",
    "SIMPLEX",
    "UNIT",
    "Agreement",
    "Counterexample",
    "Domain",
    "Evaluation",
    "Point",
    "Samples",
    "Verdict",
    "agree",
    "certain_sign",
    "differ",
    "goes_by_cases",
    "proved_equal",
    "standard_assumptions",
    "value_at",
]
