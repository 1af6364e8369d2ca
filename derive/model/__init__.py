"""Models: what an author writes, read and checked."""

from derive.model.model import Model, Size, Table, Value
from derive.model.reading import read

__all__ = ["Model", "Size", "Table", "Value", "read"]
