/**
 * Softplus.
 * f(x) = log(1 + exp(x))
 * f'(x) = 1/(1 + exp(-x))
 * @param {number} x = 3
 * @returns {number} y = f(x)
 */
const f = x => Math.log(1 + Math.exp(x)); // f(0) = log(2) ≈ 0.693
const s = `2 + 2 = ${y}`; // f(0) ≈ 0.7
// for (let i = 0; i < n; i++) x = y;
// d/dx(tanh(x)) = 1 - tanh(x)^2
// d/dx(tanh(x)) = 1 + tanh(x)^2
