# Squared exponential: k(x, y) = exp(-(x - y)^2 / (2 l^2))
#
# Its derivative with respect to the length is
#
#     dk/dl = k(x, y) * (x - y)^2 / l^3
#
#= A block: `k = 1` when x == y.
   K = L L^T
=#
k(x, y) = exp(-(x - y)^2 / 2)  # k(x, x) = 1

"""
    variance(k)

The variance is ``σ² = k(x, x)``.

```math
σ^2 = k(x, x)
```
"""
variance(k) = k(0, 0)
