"""Mathematics as written: the tree, and its readers."""

from derive.formula.tree import *  # noqa: F403  (placeholder until the reader is here)
