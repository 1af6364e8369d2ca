% Sigmoid: g(z) = 1 ./ (1 + exp(-z))
% g'(z) = g(z) .* (1 - g(z))
% theta = theta - alpha * grad
% J = (1/(2*m)) * sum((h - y).^2)
x = A'; % y = x'
% d/dx x^2 = 2*x
% d/dx x^2 = 3*x
%{
 block: (a+b)*(a-b) = a^2 - b^2
%}
fprintf('2 + 2 = 5 %d\n');
