"""The proof engine: whether two expressions are equal: a proof, a counterexample, or an honest no answer."""

from derive.agreement.agreement import Agreement, Counterexample, Verdict
from derive.agreement.balls import certain_sign
from derive.agreement.cases import goes_by_cases
from derive.agreement.domains import BINARY, POSITIVE, REAL, SIGNED, SIMPLEX, UNIT, Domain
from derive.agreement.engine import agree, differ
from derive.agreement.patterns import proved_equal
from derive.agreement.samples import Samples

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
    "Samples",
    "Verdict",
    "agree",
    "certain_sign",
    "differ",
    "goes_by_cases",
    "proved_equal",
]
