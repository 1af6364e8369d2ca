"""Functions of NumPy that no formula has, and what is written in their place."""

from __future__ import annotations

from collections.abc import Mapping

_COMPONENTS = "Write components with letters"
_INVERSE = "Give it a name of its own, as data or as a parameter."

INSTEAD: Mapping[str, str] = {
    "matmul": "Write A @ B.",
    "inner": "Write dot(u, v), or A @ B.T.",
    "multiply": "Write A*B.",
    "hadamard": "Write A*B.",
    "divide": "Write A/B.",
    "add": "Write A + B.",
    "subtract": "Write A - B.",
    "power": "Write A**2.",
    "square": "Write x**2.",
    "transpose": "Write A.T.",
    "tr": "Write trace(A).",
    "einsum": "Write the sum with its letters: sum(A[i,j]*x[j], j).",
    "tensordot": "Write the sum with its letters: sum(A[i,j]*x[j], j).",
    "kron": f"{_COMPONENTS}: K[i,k,j,l] = A[i,j]*B[k,l].",
    "eye": "Give the identity matrix a name of its own, as data.",
    "identity": "Give the identity matrix a name of its own, as data.",
    "reshape": "Declare the shape that is needed, and read components with letters.",
    "flatten": "Declare the shape that is needed, and read components with letters.",
    "ravel": "Declare the shape that is needed, and read components with letters.",
    "concat": "Give each part a matrix of its own: W1 @ u + W2 @ v.",
    "concatenate": "Give each part a matrix of its own: W1 @ u + W2 @ v.",
    "stack": f"{_COMPONENTS}, or read each row by itself.",
    "inv": _INVERSE,
    "pinv": _INVERSE,
    "solve": _INVERSE,
    "det": f"Of a 2 by 2 matrix write A[0,0]*A[1,1] - A[0,1]*A[1,0]. {_INVERSE}",
    "where": "Write: a if x > 0 else b.",
    "clip": "Write min(max(x, low), high).",
    "average": "Write mean(x).",
    "amax": "Write max(x).",
    "amin": "Write min(x).",
}
