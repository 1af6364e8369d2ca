"""The reader of formulas in LaTeX."""
