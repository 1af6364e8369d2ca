"""The walkthrough: a model's derivation as a document, for a first meeting with backpropagation."""

from derive.walkthrough.builder import walkthrough
from derive.walkthrough.tree import Walkthrough

__all__ = ["Walkthrough", "walkthrough"]
