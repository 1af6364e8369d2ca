"""Variants of a lesson on networks: other names, numbers, order and one planted error, with the verdicts.

The lesson explains a neuron, a network, a loss, its partial derivatives, a worked example, and two exercises.
What the check must say of each formula follows from how it was made, worked out here without derive.
"""
