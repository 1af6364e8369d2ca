#' Title: \eqn{f(x) = x^2} and \deqn{f'(x) = 3x}
# y <- 2*x
# mean: m = sum(x)/n
