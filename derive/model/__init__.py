"""Models: what an author writes, read and checked."""

from derive.model.model import Model, Size, Table, Value
from derive.model.reading import read
from derive.model.recipe import Recipe
from derive.model.samples import read_table

__all__ = ["Model", "Recipe", "Size", "Table", "Value", "read", "read_table"]
