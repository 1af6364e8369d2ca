"""The Python interface: a model, its gradient, the walkthrough and the code that follow from it."""

from derive.interface.gradient import Gradient, Partial
from derive.interface.model import Model, read
from derive.interface.point import Point

__all__ = ["Gradient", "Model", "Partial", "Point", "read"]
