/* Momentum.
 *
 * v = mu * v - eta * g
 * w = w + v
 *
 * (a + b)^2 = a^2 + 2*a*b + b^2
 * (a + b)^2 = a^2 + b^2
 */
static double f(double x) { return x*x; } // d/dx(x^2) = 2*x
// \f$ \frac{d}{dx} x^3 = 3 x^2 \f$
int n = 3; // n = 3 neurons
