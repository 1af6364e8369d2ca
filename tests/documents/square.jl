"""
    f(x)

The function ``f(x) = x^2`` with

```math
f'(x) = 2x
```
"""
f(x) = x^2  # f'(x) = 2x
#= block
   x² + 2x + 1 = (x + 1)²
=#
