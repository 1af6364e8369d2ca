"""Figures drawn from the model: the network, the computation graph; as TikZ and as SVG."""

from derive.figures.computation_graph import computation_graph
from derive.figures.drawing import Drawing
from derive.figures.network import network
from derive.figures.svg import svg
from derive.figures.tikz import tikz

__all__ = ["Drawing", "computation_graph", "network", "svg", "tikz"]
