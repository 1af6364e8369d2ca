/*
 * One dense layer, backward.
 *
 *   z_i = sum_j W_ij * x_j + b_i
 *   a_i = sigma(z_i)
 *
 * With delta_i = dL/da_i * sigma'(z_i) the gradients are
 *
 *   dL/dW_ij = delta_i * x_j
 *   dL/db_i  = delta_i                       (4.2)
 *
 * Usage: layer --rate=0.1 in.csv, or set RATE=0.1; see https://example.org/?page=2.
 */
#include <math.h>

static double sigma(double z) { return 1.0 / (1.0 + exp(-z)); } // σ(z) = 1/(1 + e^{-z})

void backward(int n, const double *x, double *dw) {
    // for (int i = 0; i < n; ++i) dw[i] = 0;
    const char *message = "/* x = 3 */ // y = 4";
    for (int i = 0; i < n; ++i) {
        dw[i] = x[i]; /* ∂z/∂w_i = x_i */
    }
    // derive: b = 0
    // Returns 0 on success.
    puts(message);
}
