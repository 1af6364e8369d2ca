"""Deep networks told layer by layer: what holds between neighbours once, for every layer."""

from derive.walkthrough.layers.chapter import layers_chapter

__all__ = ["layers_chapter"]
