"""How LaTeX spells letters, accents and functions: one table for the reader and for the printers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_LOWER = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
    "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "varepsilon",
    "vartheta", "varpi", "varrho", "varsigma", "varphi", "ell",
)  # fmt: skip
_UPPER = ("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega")

# Names that are a letter to a reader, and LaTeX's command for it.
GREEK: frozenset[str] = frozenset((*_LOWER, *_UPPER))

# Marks over a letter: the word after the underscore, y_hat, and the command.
ACCENTS: Mapping[str, str] = MappingProxyType(
    {each: f"\\{each}" for each in ("hat", "bar", "tilde", "dot", "ddot", "vec", "check", "breve")}
)

# Functions that LaTeX has a command for.
OPERATORS: tuple[str, ...] = (
    "sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "exp", "arcsin", "arccos", "arctan", "max", "min",
    "det",
)  # fmt: skip

# Functions that textbooks spell differently from their names here.
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "relu": "ReLU",
        "leaky_relu": "LeakyReLU",
        "elu": "ELU",
        "gelu": "GELU",
        "silu": "SiLU",
        "trace": "tr",
    }
)

# Functions that take arguments in any LaTeX text, beside those that a model declares.
KNOWN: frozenset[str] = frozenset(
    (
        *OPERATORS, *WORDS, *WORDS.values(),
        "sigmoid", "softplus", "softmax", "sqrt", "abs", "sign", "sgn", "erf", "swish", "logistic", "ln",
        "diag", "outer", "norm", "dot", "Tr", "Det",
    )
)  # fmt: skip
