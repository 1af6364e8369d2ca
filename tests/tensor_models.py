"""Tensor models that the gallery does not hold, each with its meaning in JAX."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import jax
import jax.numpy as jnp
from jax import nn

jax.config.update("jax_enable_x64", True)

Array = jax.Array


@dataclass(frozen=True)
class TensorModel:
    """The text of a model, what it means, and where its inputs are drawn from, if not from (-1, 1).

    `one_hot` names inputs whose rows are unit vectors.
    """

    text: str
    reference: Callable[..., Array]
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    one_hot: frozenset[str] = frozenset()


def _model(equations: str, roles: str, **shapes: str) -> str:
    declared = "\n".join(
        f"{name} = [{', '.join(size if size.isdecimal() else repr(size) for size in axes.split(', '))}]"
        for name, axes in shapes.items()
    )
    return f'equations = """{equations}"""\n{roles}\nbatch = false\n[shapes]\n{declared}\n'


def _heads(X: Array, M: Array, G: Array, Wq: Array, Wk: Array, Wv: Array, Wo: Array) -> Array:
    q, k, v = (jnp.einsum("ia,hak->hik", X, W) for W in (Wq, Wk, Wv))
    scores = jnp.einsum("hik,hjk->hij", q, k) * q.shape[-1] ** -0.5 + M
    heads = jnp.einsum("hij,hjk->hik", nn.softmax(scores, axis=-1), v)
    return jnp.sum(G * jnp.einsum("hik,hkb->ib", heads, Wo))


def _unrolled(x1: Array, x2: Array, x3: Array, u: Array, W: Array, U: Array, b: Array, h0: Array) -> Array:
    h = h0
    for x in (x1, x2, x3):
        h = jnp.tanh(W @ x + U @ h + b)
    return jnp.vdot(u, h)


def _graph_convolution(A: Array, X: Array, Y: Array, W1: Array, W2: Array) -> Array:
    scores = A @ nn.relu(A @ X @ W1) @ W2
    return -jnp.sum(Y * nn.log_softmax(scores, axis=1)) / A.shape[0]


def _excitation(U: Array, G: Array, W1: Array, W2: Array) -> Array:
    gate = nn.sigmoid(W2 @ nn.relu(W1 @ U.mean((1, 2))))
    return jnp.einsum("c,cij,cij->", gate, U, G)


def _hinge(X: Array, Y: Array, W: Array, b: Array) -> Array:
    scores = X @ W + b
    return jnp.sum(nn.relu(scores - jnp.sum(Y * scores, 1, keepdims=True) + 1 - Y)) / X.shape[0]


def _image(X: Array, W: Array, b: Array, G: Array) -> Array:
    found = jax.lax.conv_general_dilated(X[None], W, (1, 1), "VALID")[0] + b[:, None, None]
    return jnp.sum(G * jnp.tanh(found))


def _pooled(X: Array, W: Array, v: Array) -> Array:
    return jnp.vdot(jnp.tanh(X @ W).max(axis=0), v) ** 2


def _group_norm(X: Array, D: Array, gamma: Array, beta: Array, eps: Array) -> Array:
    scaled = (X - X.mean(2, keepdims=True)) / jnp.sqrt(X.var(2, keepdims=True) + eps)
    return jnp.sum(D * (gamma * scaled + beta))


def _squash(c: Array, u: Array, T: Array) -> Array:
    s = jnp.einsum("ij,ijd->jd", c, u)
    squared = jnp.sum(s**2, axis=1)
    length = jnp.linalg.norm((squared / (1 + squared))[:, None] * s / jnp.sqrt(squared)[:, None], axis=1)
    return jnp.sum(T * nn.relu(0.9 - length) ** 2)


def _repeated(A: Array, B: Array, v: Array) -> Array:
    diagonal = jnp.diagonal(A)
    return jnp.einsum("i,iik,k->", diagonal, B, v) ** 2 + jnp.vdot(diagonal, diagonal)


MODELS: Mapping[str, TensorModel] = {
    "attention of several heads, masked": TensorModel(
        _model(
            "Q[h,i,k] = sum(X[i,a]*Wq[h,a,k], a)\nK[h,j,k] = sum(X[j,a]*Wk[h,a,k], a)\n"
            "V[h,j,k] = sum(X[j,a]*Wv[h,a,k], a)\nS[h,i,j] = sum(Q[h,i,k]*K[h,j,k], k)/sqrt(e) + M[i,j]\n"
            "P[h,i,j] = exp(S[h,i,j])/sum(exp(S[h,i,l]), l)\nO[h,i,k] = sum(P[h,i,j]*V[h,j,k], j)\n"
            "L = sum(G[i,b]*O[h,i,k]*Wo[h,k,b], h, i, k, b)",
            'data = ["X", "M", "G"]',
            X="n, d",
            M="n, n",
            G="n, d",
            Wq="H, d, e",
            Wk="H, d, e",
            Wv="H, d, e",
            Wo="H, e, d",
        ),
        _heads,
    ),
    "a recurrent network in three steps": TensorModel(
        _model(
            "h1 = tanh(W @ x1 + U @ h0 + b)\nh2 = tanh(W @ x2 + U @ h1 + b)\nh3 = tanh(W @ x3 + U @ h2 + b)\n"
            "L = dot(u, h3)",
            'data = ["x1", "x2", "x3", "u"]',
            W="m, d",
            U="m, m",
            b="m",
            h0="m",
            x1="d",
            x2="d",
            x3="d",
            u="m",
        ),
        _unrolled,
    ),
    "a graph convolution": TensorModel(
        _model(
            "H = relu(A @ X @ W1)\nP = softmax(A @ H @ W2, axis=1)\nL = -sum(Y*log(P))/N",
            'data = ["A", "X", "Y"]',
            A="N, N",
            X="N, d",
            W1="d, h",
            W2="h, c",
            Y="N, c",
        ),
        _graph_convolution,
        one_hot=frozenset("Y"),
    ),
    "squeeze and excitation": TensorModel(
        _model(
            "z[c] = mean(U[c,i,j], i, j)\ns = sigmoid(W2 @ relu(W1 @ z))\n"
            "L = sum(G[c,i,j]*s[c]*U[c,i,j], c, i, j)",
            'data = ["G"]\nwrt = ["U", "W1", "W2"]',
            U="C, h, w",
            G="C, h, w",
            W1="r, C",
            W2="C, r",
        ),
        _excitation,
    ),
    "a hinge for several classes": TensorModel(
        _model(
            "s = X @ W + b\nc = sum(Y*s, axis=1, keepdims=True)\nL = sum(max(0, s - c + 1 - Y))/N",
            'data = ["X", "Y"]',
            X="N, d",
            Y="N, k",
            W="d, k",
            b="k",
        ),
        _hinge,
        one_hot=frozenset("Y"),
    ),
    "a convolution of images": TensorModel(
        _model(
            "Y[o,i,j] = sum(W[o,c,p,q]*X[c,i+p,j+q], c, p, q) + b[o]\n"
            "L = sum(G[o,i,j]*tanh(Y[o,i,j]), o, i, j)",
            'data = ["G"]\nwrt = ["X", "W", "b"]',
            X="2, 6, 5",
            W="3, 2, 2, 3",
            b="3",
            G="3, 5, 3",
        ),
        _image,
    ),
    "the largest over an axis": TensorModel(
        _model("m = max(tanh(X @ W), axis=0)\nL = dot(m, v)**2", 'data = ["X"]', X="T, d", W="d, h", v="h"),
        _pooled,
    ),
    "group normalisation": TensorModel(
        _model(
            "mu[n,g] = mean(X[n,g,c], c)\ns[n,g] = mean((X[n,g,c] - mu[n,g])**2, c)\n"
            "Y[n,g,c] = gamma[g,c]*(X[n,g,c] - mu[n,g])/sqrt(s[n,g] + eps) + beta[g,c]\n"
            "L = sum(D[n,g,c]*Y[n,g,c], n, g, c)",
            'data = ["D", "eps"]\nwrt = ["X", "gamma", "beta"]',
            X="N, G, C",
            D="N, G, C",
            gamma="G, C",
            beta="G, C",
        ),
        _group_norm,
        {"eps": (0.1, 0.3)},
    ),
    "the squash of capsules": TensorModel(
        _model(
            "s[j,d] = sum(c[i,j]*u[i,j,d], i)\nn[j] = sum(s[j,d]**2, d)\n"
            "v[j,d] = n[j]/(1 + n[j])*s[j,d]/sqrt(n[j])\n"
            "L = sum(T[j]*max(0, 0.9 - sqrt(sum(v[j,d]**2, d)))**2, j)",
            'data = ["c", "T"]\nwrt = ["u"]',
            c="I, J",
            u="I, J, D",
            T="J",
        ),
        _squash,
    ),
    "an index that stands twice": TensorModel(
        _model(
            "s = sum(A[i,i]*B[i,i,k]*v[k], i, k)\nL = s**2 + sum(A[i,i]**2, i)",
            'wrt = ["A", "B", "v"]',
            A="n, n",
            B="n, n, m",
            v="m",
        ),
        _repeated,
    ),
}
