"""Losses of a prediction.

The cross-entropy is :math:`L = -y \\log p - (1 - y) \\log(1 - p)`.

.. math::

    \\frac{\\partial L}{\\partial p} = \\frac{p - y}{p (1 - p)}

Parameters
----------
y : array of shape (n,), default=None
p : array
"""

import numpy as np

RATE = 0.1  # learning rate, eta = 0.1 by default
MESSAGE = """
x = 3 is no comment
"""


def gradient(y, p):
    '''Return dL/dz = p - y, with $z$ the logit.'''
    # p = np.clip(p, 1e-7, axis=0)
    # dL/dz = dL/dp * dp/dz
    #       = (p - y) / (p (1 - p)) * p (1 - p)
    return p - y  # type: ignore[return-value]
