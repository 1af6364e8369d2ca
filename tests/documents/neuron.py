r"""One neuron.

The output is :math:`a = \sigma(z)` with :math:`z = w x + b`.

.. math::

    L = \frac{1}{2}(a - y)^2

    \frac{\partial L}{\partial w} = (a - y) a (1 - a) x

    \frac{\partial L}{\partial b} = (a - y) a (1 + a)
"""
import numpy as np

def f(x, w=1.0, b=0.0):
    # forward: z = w*x + b
    z = w * x + b
    a = 1 / (1 + np.exp(-z))  # a = sigmoid(z)
    return a

# L = (a - y)^2
# dL/da = 2*(a - y)
# da/dz = a*(1 - a)
# dL/dz = dL/da * da/dz = 2*(a - y)*a*(1 - a)
# dL/dw = 2*(a-y)*a*(1-a)*x
# dL/dw = (a-y)*a*(1-a)*x
def g():
    s = "$2 + 2 = 5$"  # TODO: x = foo.bar(y)
    # x = 3; lr = 0.1, n_epochs = 100
    return s
