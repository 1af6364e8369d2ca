"""Formulas made wrong on purpose: true ones with one slip each, as authors make them."""
