//! Crate docs: $f(x) = x^2$ and $f'(x) = 2x$.
/// The derivative: `f(x) = 3`.
/// $$ f'(x) = 2 $$
fn f<'a>(x: &'a f64) -> f64 { let c = '\''; x * x } // f(x) = x^2
