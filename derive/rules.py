"""The rules of differentiation, a row each: what a derivative is replaced by, one rule at a time.

A rule answers with a formula in which the derivatives still to be found stand as operators,
∂/∂wrt (…). Putting the answers together (`differentiate`) and telling them line by line
(`derive.steps`) are two uses of this one table. Source: any first-year calculus text, e.g.
M. Spivak, Calculus, chapter 10.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from derive import tidy
from derive.errors import DeriveError
from derive.formula import (
    ONE,
    ZERO,
    Branch,
    Call,
    Cases,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Sum,
    names,
    replace,
    times,
    walk,
)
from derive.functions import Function, function

Operand = Name | Indexed
Functions = Mapping[str, Function]
NO_FUNCTIONS: Functions = MappingProxyType({})

# A rule's answer; None where the rule does not apply.
Answer = Formula | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of differentiation: its name, and what it makes of ∂/∂wrt (of)."""

    name: str
    answer: Callable[[Formula, Operand, Functions], Answer]


def depends(formula: Formula, wrt: Operand, functions: Functions = NO_FUNCTIONS) -> bool:
    """Whether the operand occurs in the formula, or in a function of the model that it calls."""
    for node in walk(formula):
        if node == wrt:
            return True
        if isinstance(node, Call) and node.function in functions:
            row = functions[node.function]
            body = row.body()
            if body is not None and wrt.name in set(names(body)) - set(row.parameters):
                return True
    return False


def lookup(name: str, functions: Functions) -> Function:
    """The row of a function: the model's own before the table's."""
    row = functions.get(name) or function(name)
    if row is None:
        raise DeriveError(f"{name} is not a known function")
    return row


def pending(of: Formula, wrt: Operand) -> Derivative:
    """∂/∂wrt (of), still to be found."""
    return Derivative(of, wrt, applied=True)


def _constant(of: Formula, wrt: Operand, functions: Functions) -> Answer:
    return None if depends(of, wrt, functions) else ZERO


def _variable(of: Formula, wrt: Operand, functions: Functions) -> Answer:
    return ONE if of == wrt else None


def _grouping(of: Formula, wrt: Operand, functions: Functions) -> Answer:
    return pending(of.inner, wrt) if isinstance(of, Grouping) else None


def _sum(of: Formula, wrt: Operand, functions: Functions) -> Answer:
    match of:
        case Sum(terms):
            return Sum(tuple(_signed(term, wrt) for term in terms))
        case Reduction(kind="sum", bounds=bounds):
            return Reduction("sum", pending(of.body, wrt), bounds)
    return None


def _signed(term: Formula, wrt: Operand) -> Formula:
    if isinstance(term, Negation):
        return Negation(pending(term.operand, wrt))
    return pending(term, wrt)


def _constant_factor(of: Formula, wrt: Operand, functions: Functions) -> Answer:
    match of:
        case Negation(operand):
            return Negation(pending(operand, wrt))
        case Quotient(numerator, denominator) if not depends(denominator, wrt, functions):
            return Quotient(pending(numerator, wrt), denominator)
        case Product(factors):
            moving = [depends(factor, wrt, functions) for factor in factors]
            if sum(moving) == 1:
                return Product(
                    tuple(
                        pending(factor, wrt) if moves else factor
                        for factor, moves in zip(factors, moving, strict=True)
                    )
                )
    return None


def _product(of: Formula, wrt: Operand, functions: Functions) -> Answer:
    if not isinstance(of, Product):
        return None
    moving = [depends(factor, wrt, functions) for factor in of.factors]
    return Sum(
        tuple(
            Product(tuple(pending(f, wrt) if at == turn else f for at, f in enumerate(of.factors)))
            for turn, moves in enumerate(moving)
            if moves
        )
    )


def _reciprocal(of: Formula, wrt: Operand, functions: Functions) -> Answer:
    match of:
        case Quotient(numerator, denominator) if not depends(numerator, wrt, functions):
            slope = pending(denominator, wrt)
            top = slope if tidy.is_number(numerator, 1) else Product((numerator, slope))
            return Negation(Quotient(top, Power(denominator, Number("2"))))
    return None


def _quotient(of: Formula, wrt: Operand, functions: Functions) -> Answer:
    match of:
        case Quotient(numerator, denominator):
            return Quotient(
                Sum(
                    (
                        Product((pending(numerator, wrt), denominator)),
                        Negation(Product((numerator, pending(denominator, wrt)))),
                    )
                ),
                Power(denominator, Number("2")),
            )
    return None


def _power(of: Formula, wrt: Operand, functions: Functions) -> Answer:
    match of:
        case Power(base, exponent) if not depends(exponent, wrt, functions):
            lower = Power(base, Sum((exponent, Negation(ONE))))
            if base == wrt:
                return Product((exponent, lower))
            return Product((exponent, lower, pending(base, wrt)))
    return None


def _exponential(of: Formula, wrt: Operand, functions: Functions) -> Answer:
    match of:
        case Power(base, exponent) if not depends(base, wrt, functions):
            return Product((of, Call("log", (base,)), pending(exponent, wrt)))
    return None


def _general_power(of: Formula, wrt: Operand, functions: Functions) -> Answer:
    match of:
        case Power(base, exponent):
            return Product((of, pending(Product((exponent, Call("log", (base,)))), wrt)))
    return None


def _chain(of: Formula, wrt: Operand, functions: Functions) -> Answer:
    if not isinstance(of, Call):
        return None
    row = lookup(of.function, functions)
    if of.primes or _reads_outside(row, wrt):
        return pending(opened(of, functions), wrt)
    terms = []
    for position, argument in enumerate(of.arguments):
        if depends(argument, wrt, functions):
            outer = outer_derivative(of, position, functions)
            terms.append(outer if argument == wrt else Product((outer, pending(argument, wrt))))
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))


def _reads_outside(row: Function, wrt: Operand) -> bool:
    body = row.body()
    return body is not None and wrt.name in set(names(body)) - set(row.parameters)


def _cases(of: Formula, wrt: Operand, functions: Functions) -> Answer:
    if not isinstance(of, Cases):
        return None
    return Cases(tuple(Branch(pending(each.value, wrt), each.condition) for each in of.branches))


# Tried from the top: a rule may count on those above it having declined.
RULES: tuple[Rule, ...] = (
    Rule("constant", _constant),
    Rule("variable", _variable),
    Rule("grouping", _grouping),
    Rule("sum rule", _sum),
    Rule("constant factor rule", _constant_factor),
    Rule("product rule", _product),
    Rule("reciprocal rule", _reciprocal),
    Rule("quotient rule", _quotient),
    Rule("power rule", _power),
    Rule("exponential rule", _exponential),
    Rule("power and exponential rule", _general_power),
    Rule("chain rule", _chain),
    Rule("case by case", _cases),
)


def outer_derivative(call: Call, position: int, functions: Functions = NO_FUNCTIONS) -> Formula:
    """The derivative of a function by one argument, at the call's arguments.

    A function with a definition and one argument keeps its prime, f'(u), as its derivative is told
    once for all; elementary functions and functions of several arguments are written out.
    """
    row = lookup(call.function, functions)
    if row.body() is not None and len(call.arguments) == 1:
        return Call(call.function, call.arguments, 1)
    return own_derivative(call, position, functions)


def own_derivative(call: Call, position: int, functions: Functions = NO_FUNCTIONS) -> Formula:
    """The derivative of a function by one argument, written out with the function's own output."""
    row = lookup(call.function, functions)
    if len(call.arguments) > len(row.parameters):
        return _variadic_derivative(call, position, functions)
    slope = row.derivative_at(position, call.arguments)
    if slope is not None:
        return slope
    body = row.body()
    if body is None:
        raise DeriveError(f"{call.function} has no derivative")
    parameters = tuple(map(Name, row.parameters))
    slope = differentiate(body, parameters[position], functions)
    return replace(slope, dict(zip(parameters, row.complete(call.arguments), strict=True)))


def _variadic_derivative(call: Call, position: int, functions: Functions) -> Formula:
    """That of f(a, b, c) = f(a, f(b, c))."""
    first, rest = call.arguments[0], Call(call.function, call.arguments[1:])
    pair = Call(call.function, (first, rest))
    if position == 0:
        return own_derivative(pair, 0, functions)
    inner = own_derivative(rest, position - 1, functions)
    return tidy.product((own_derivative(pair, 1, functions), inner))


def opened(call: Call, functions: Functions = NO_FUNCTIONS) -> Formula:
    """A call written out: the function's body, or its derivative where the call has a prime."""
    if call.primes:
        inner = Call(call.function, call.arguments, call.primes - 1)
        if call.primes == 1:
            return own_derivative(inner, 0, functions)
        parameter = Name("t")
        slope = differentiate(
            opened(Call(call.function, (parameter,), call.primes - 1), functions),
            parameter,
            functions,
        )
        return replace(slope, {parameter: call.arguments[0]})
    written = lookup(call.function, functions).value_at(call.arguments)
    if written is None:
        raise DeriveError(f"{call.function} has no definition to be written out")
    return written


def apply(of: Formula, wrt: Operand, functions: Functions = NO_FUNCTIONS) -> tuple[str, Formula]:
    """The name of the first rule that answers, and its answer."""
    for rule in RULES:
        answer = rule.answer(of, wrt, functions)
        if answer is not None:
            return rule.name, answer
    raise DeriveError(f"no rule of differentiation applies to {type(of).__name__.lower()}")


def differentiate(formula: Formula, wrt: Operand, functions: Functions = NO_FUNCTIONS) -> Formula:
    """∂formula/∂wrt, the other operands held fixed, in the shape that a textbook prints."""
    if isinstance(formula, Product) and all(isinstance(f, (Name, Indexed)) for f in formula.factors):
        # What the rules arrive at for most terms of a network, w·x, without the detour.
        rest = [factor for factor in formula.factors if factor != wrt]
        if len(rest) == len(formula.factors) - 1:
            return times(*rest)
    rule, answer = apply(formula, wrt, functions)
    return tidied(answer, wrt, functions, inner_first=rule == "chain rule")


def tidied(answer: Formula, wrt: Operand, functions: Functions, *, inner_first: bool = False) -> Formula:
    """A rule's answer with its pending derivatives found, put together as `derive.tidy` says."""

    def again(part: Formula) -> Formula:
        return tidied(part, wrt, functions)

    if not _unfinished(answer):
        return answer  # the author's own part
    match answer:
        case Derivative(of=of, wrt=by, applied=True) if by == wrt:
            return differentiate(of, wrt, functions)
        case Product((outer, Derivative() as inner)) if inner_first:
            slope, outer = again(inner), again(outer)
            return tidy.product((slope, outer) if tidy.is_plain(slope) else (outer, slope))
        case Sum(terms):
            return tidy.total(tidied(t, wrt, functions, inner_first=inner_first) for t in terms)
        case Product(factors):
            return tidy.product(map(again, factors))
        case Negation(operand):
            return tidy.negative(again(operand))
        case Quotient(numerator, denominator):
            return tidy.quotient(again(numerator), denominator)
        case Power(base, Sum((exponent, Negation(Number("1"))))):
            return tidy.power(base, tidy.total((exponent, Negation(ONE))))
        case Cases(branches):
            found = tuple(Branch(again(each.value), each.condition) for each in branches)
            return ZERO if all(tidy.is_number(each.value, 0) for each in found) else Cases(found)
        case Reduction(kind="sum", body=body, bounds=bounds):
            return tidy.summed(again(body), bounds)
    return answer


def _unfinished(answer: Formula) -> bool:
    """Whether a derivative is pending in the formula, or it is a power whose exponent a rule lowered."""
    match answer:
        case Power(exponent=Sum((_, Negation(Number("1"))))):
            return True
    return any(isinstance(node, Derivative) and node.applied for node in walk(answer)) or (
        isinstance(answer, Product) and any(map(_unfinished, answer.factors))
    )
