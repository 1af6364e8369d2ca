"""Each model of the gallery as a function of its inputs, straight from the definition of the thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp
from jax.scipy.special import logsumexp
from jax.scipy.stats import norm

jax.config.update("jax_enable_x64", True)

Array = jax.Array


def softmax_cross_entropy(z: Array, y: Array) -> Array:
    return -jnp.sum(y * jax.nn.log_softmax(z))


def linear_regression(X: Array, y: Array, w: Array) -> Array:
    return jnp.mean((X @ w - y) ** 2) / 2


def mlp(x: Array, y: Array, W1: Array, b1: Array, W2: Array, b2: Array, W3: Array, b3: Array) -> Array:
    first = jax.nn.relu(x @ W1.T + b1)
    second = jax.nn.relu(first @ W2.T + b2)
    return jnp.mean(-jnp.sum(y * jax.nn.log_softmax(second @ W3.T + b3, axis=-1), axis=-1))


def batch_normalisation(X: Array, gamma: Array, beta: Array, G: Array, eps: Array) -> Array:
    scaled = (X - X.mean(axis=0)) / jnp.sqrt(X.var(axis=0) + eps)
    return jnp.sum(G * (gamma * scaled + beta))


def layer_normalisation(x: Array, gamma: Array, beta: Array, g: Array, eps: Array) -> Array:
    return jnp.sum(g * (gamma * (x - x.mean()) / jnp.sqrt(x.var() + eps) + beta))


def rms_normalisation(x: Array, gamma: Array, g: Array, eps: Array) -> Array:
    return jnp.sum(g * gamma * x * jax.lax.rsqrt(jnp.mean(jnp.square(x)) + eps))


def attention(Q: Array, K: Array, V: Array, G: Array) -> Array:
    scores = jnp.einsum("nd,md->nm", Q, K) * Q.shape[-1] ** -0.5
    return jnp.vdot(G, jax.nn.softmax(scores, axis=-1) @ V)


def lstm_cell(
    W_i: Array, U_i: Array, b_i: Array, W_f: Array, U_f: Array, b_f: Array,
    W_o: Array, U_o: Array, b_o: Array, W_g: Array, U_g: Array, b_g: Array,
    h0: Array, c0: Array, x: Array, u: Array, w: Array,
) -> Array:  # fmt: skip
    both = jnp.concatenate([x, h0])
    i, f, o = (
        jax.nn.sigmoid(jnp.concatenate([W, U], axis=1) @ both + b)
        for W, U, b in ((W_i, U_i, b_i), (W_f, U_f, b_f), (W_o, U_o, b_o))
    )
    c = f * c0 + i * jnp.tanh(jnp.concatenate([W_g, U_g], axis=1) @ both + b_g)
    return jnp.vdot(u, o * jnp.tanh(c)) + jnp.vdot(w, c)


def gru_cell(
    W_r: Array, U_r: Array, b_r: Array, W_z: Array, U_z: Array, b_z: Array,
    W_n: Array, U_n: Array, b_n: Array, h0: Array, x: Array, u: Array,
) -> Array:  # fmt: skip
    reset = jax.nn.sigmoid(W_r @ x + U_r @ h0 + b_r)
    update = jax.nn.sigmoid(W_z @ x + U_z @ h0 + b_z)
    candidate = jnp.tanh(W_n @ x + U_n @ (reset * h0) + b_n)
    return jnp.vdot(u, candidate + update * (h0 - candidate))


def convolution(x: Array, w: Array, b: Array, g: Array) -> Array:
    return jnp.vdot(g, jnp.correlate(x, w, mode="valid") + b)


def embedding(E: Array, x: Array, g: Array) -> Array:
    return jnp.vdot(g, jnp.einsum("vd,v->d", E, x))


def l2_regularisation(X: Array, y: Array, w: Array, **named: Array) -> Array:
    return linear_regression(X, y, w) + named["lambda"] * jnp.vdot(w, w) / 2


def dropout(W: Array, b: Array, x: Array, m: Array, q: Array, g: Array) -> Array:
    return jnp.vdot(g, jnp.where(m == 1, jax.nn.relu(W @ x + b), 0) / q)


def variational_autoencoder(mu: Array, lv: Array, e: Array, g: Array) -> Array:
    deviation = jnp.exp(lv) ** 0.5
    divergence = jnp.sum(-jnp.log(deviation) + (deviation**2 + mu**2) / 2 - 0.5)
    return jnp.vdot(g, mu + deviation * e) + divergence


def infonce(Q: Array, K: Array, tau: Array) -> Array:
    scores = Q @ K.T / tau
    return jnp.mean(logsumexp(scores, axis=1) - jnp.diagonal(scores))


def focal_loss(z: Array, y: Array, alpha: Array, gamma: Array) -> Array:
    right = jnp.where(y == 1, jax.nn.sigmoid(z), jax.nn.sigmoid(-z))
    weight = jnp.where(y == 1, alpha, 1 - alpha)
    return -weight * (1 - right) ** gamma * jnp.log(right)


def gaussian_likelihood(mu: Array, lv: Array, y: Array) -> Array:
    return -jnp.mean(norm.logpdf(y, mu, jnp.exp(lv / 2)))


def gaussian_mixture(a: Array, mu: Array, ls: Array, x: Array) -> Array:
    parts = jax.nn.log_softmax(a) + norm.logpdf(x[:, None], mu, jnp.exp(ls))
    return -jnp.mean(logsumexp(parts, axis=1))


def cosine_similarity(u: Array, v: Array) -> Array:
    return jnp.vdot(u / jnp.linalg.norm(u), v / jnp.linalg.norm(v))


def rbf_network(x: Array, t: Array, C: Array, gamma: Array, w: Array, b: Array) -> Array:
    return (t - w @ jnp.exp(-gamma * jnp.sum((C - x) ** 2, axis=1)) - b) ** 2


def pinhole_camera(
    r1: Array, r2: Array, r3: Array, t1: Array, t2: Array, t3: Array, f: Array, X1: Array, X2: Array,
    X3: Array, u: Array, v: Array, cx: Array, cy: Array,
) -> Array:  # fmt: skip
    turned, point = jnp.array([r1, r2, r3]), jnp.array([X1, X2, X3])
    seen = point + jnp.cross(turned, point) + jnp.array([t1, t2, t3])
    off = f * seen[:2] / seen[2] + jnp.array([cx, cy]) - jnp.array([u, v])
    return jnp.vdot(off, off)


def black_scholes(S: Array, sigma: Array, r: Array, T: Array, K: Array) -> Array:
    deviation = sigma * jnp.sqrt(T)
    forward = S * jnp.exp(r * T)
    above = (jnp.log(forward / K) + deviation**2 / 2) / deviation
    return jnp.exp(-r * T) * (forward * norm.cdf(above) - K * norm.cdf(above - deviation))


REFERENCES: Mapping[str, Callable[..., Array]] = {
    "softmax-cross-entropy": softmax_cross_entropy,
    "linear-regression": linear_regression,
    "mlp": mlp,
    "batch-normalisation": batch_normalisation,
    "layer-normalisation": layer_normalisation,
    "rms-normalisation": rms_normalisation,
    "attention": attention,
    "lstm-cell": lstm_cell,
    "gru-cell": gru_cell,
    "convolution": convolution,
    "embedding": embedding,
    "l2-regularisation": l2_regularisation,
    "dropout": dropout,
    "variational-autoencoder": variational_autoencoder,
    "infonce": infonce,
    "focal-loss": focal_loss,
    "gaussian-likelihood": gaussian_likelihood,
    "gaussian-mixture": gaussian_mixture,
    "cosine-similarity": cosine_similarity,
    "rbf-network": rbf_network,
    "pinhole-camera": pinhole_camera,
    "black-scholes": black_scholes,
}
