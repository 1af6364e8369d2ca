"""What an assertion defines: functions, equations and values, by the shape of its left side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from derive.check.assertions import Assertion
from derive.check.facts import Environment, Fact, Kind, is_number, is_numeric
from derive.check.last_layer import is_layered
from derive.check.roundings import printed
from derive.formula import (
    ONE,
    Call,
    Derivative,
    Formula,
    Indexed,
    Name,
    Negation,
    Number,
    Power,
    Sum,
    Vector,
    names,
    replace,
    walk,
)
from derive.functions import function
from derive.indices import renamed

# Functions of mathematics: what a text says of them is checked, not believed.
FIXED = frozenset("sin cos tan sinh cosh tanh exp log sqrt abs sign arcsin arccos arctan factorial".split())
# What signs of arrays are read as: no formula gives them another meaning.
NOTATION = frozenset({"norm", "frobenius norm", "dot", "trace", "det", "diag", "transpose"})


# Names of numbers.
_CONSTANTS = frozenset({"pi", "π"})
_EQUAL = frozenset({"=", "≡"})


def name_of(formula: Formula) -> str | None:
    """The name that a side is, whose component it is, or whose call with arguments."""
    if isinstance(formula, Name | Indexed):
        return formula.name
    if isinstance(formula, Call) and not formula.primes:
        return formula.function
    return None


def squared_name(formula: Formula) -> Name | Indexed | None:
    """What a square is of, as in σ^2 = …: that says what σ is."""
    match formula:
        case Power(Name() | Indexed() as base, Number("2")):
            return base
    return None


def is_head(formula: Formula, environment: Environment) -> bool:
    """Whether a side is the name of something defined, bare or with the arguments of its definition."""
    name = name_of(formula)
    if name is None or not all(isinstance(each, Name) for each in formula.children):
        return False
    return name in environment.equations or name in environment.functions


def alike(one: Fact, other: Fact) -> bool:
    """Whether two definitions read much the same names: then they must agree, else the name is used anew."""
    first, second = set(names(one.formula)), set(names(other.formula))
    return 2 * len(first & second) >= len(first | second)


def defined(said: Assertion, order: int, line: int = 0, section: int = 0) -> Iterator[Fact]:
    """What an assertion defines if nothing has defined it yet: y = o = f(…) defines y and o."""
    equal = len(list(takewhile(_EQUAL.__contains__, said.signs)))
    if said.fault or said.lead or not equal or not set(said.signs[equal:]) <= {"≈"}:
        return
    formulas = [side.formula for side in said.sides[: equal + 1]]
    if (squared := squared_name(formulas[0])) is not None and not is_number(formulas[1]):
        fact = _fact(squared, Call("sqrt", (formulas[1],)), order, line, section)
        if fact is not None:
            yield fact
        return
    heads: list[Formula] = []
    for at, formula in enumerate(formulas[:-1]):
        if name_of(formula) is None:
            break
        if heads and not isinstance(formula, Name | Indexed):
            if _is_function_between(heads, formula, formulas[at + 1]):
                heads.append(formula)
            break
        heads.append(formula)
    for head in heads:
        fact = _fact(head, _worked_out(head, formulas[len(heads) :]), order, line, section)
        if fact is not None:
            yield fact


def _is_function_between(heads: Sequence[Formula], call: Formula, body: Formula) -> bool:
    """Whether y = f(x) = x² + 1 says what f is, too: of letters, all of which its body reads."""
    if not isinstance(call, Call) or call.function in NOTATION | FIXED or function(call.function) is not None:
        return False
    parameters = tuple(each.name for each in call.arguments if isinstance(each, Name))
    if len(set(parameters)) < len(call.arguments) or not all(isinstance(each, Name) for each in heads):
        return False
    read = {*names(body)}
    return read.issuperset(parameters) and _takes(body, parameters) and not _has_slopes(body)


def _worked_out(head: Formula, bodies: Sequence[Formula]) -> Formula:
    """What defines a name: of a function that is a derivative, s(θ) = ∂ℓ/∂θ = x/θ, what that comes to."""
    if not isinstance(head, Call) or not _has_slopes(bodies[0]):
        return bodies[0]
    return next((each for each in bodies[1:] if not _has_slopes(each)), bodies[0])


def _has_slopes(formula: Formula) -> bool:
    return any(isinstance(node, Derivative) for node in walk(formula))


def _fact(head: Formula, body: Formula, order: int, line: int, section: int) -> Fact | None:
    name = name_of(head)
    assert name is not None
    if isinstance(head, Call) and name in NOTATION | FIXED:
        return None
    if _is_of_one_layer(head):
        return None
    head, body = _at_letters(head, body)
    if _reads_itself(head, body) or (isinstance(head, Call) and _has_slopes(body)):
        return None
    kind: Kind = "value" if _is_value(body) else "equation"
    arguments = head.arguments if isinstance(head, Call) else ()
    if isinstance(head, Call):
        head, body = _at_names(head, body)
        parameters = tuple(each.name for each in head.arguments if isinstance(each, Name))
        if len(parameters) == len(head.arguments) and _takes(body, parameters):
            return Fact(name, "function", body, order, line, section, parameters)
        if kind == "value" or not parameters or function(name) is not None:
            return None
    letters: tuple[str, ...] = ()
    if isinstance(head, Indexed):
        letters = tuple(each.name for each in head.indices if isinstance(each, Name))
        if len(set(letters)) < len(head.indices) or kind == "value":
            return None
    return Fact(name, kind, body, order, line, section, letters=letters, arguments=arguments)


def _at_names(head: Call, body: Formula) -> tuple[Call, Formula]:
    """f(x^{(i)}) = w x^{(i)} + b as f(x) = w x + b, where the body has no other x."""
    read = {node for node in walk(body) if isinstance(node, Name | Indexed)}
    put: dict[Formula, Formula] = {}
    for each in head.arguments:
        if not isinstance(each, Indexed) or each not in read:
            continue
        bare = Name(each.name.rstrip("^()⟦⟧⟨⟩"))
        if bare not in read and not any(other.name == each.name for other in read - {each}):
            put[each] = bare
    if not put:
        return head, body
    return Call(head.function, tuple(put.get(each, each) for each in head.arguments)), replace(body, put)


def _at_letters(head: Formula, body: Formula) -> tuple[Formula, Formula]:
    """z^{l+1} by what stands in layer l as z^l by what stands in layer l - 1."""
    if not isinstance(head, Indexed):
        return head, body
    back: dict[str, Formula] = {}
    indices: list[Formula] = []
    for each in head.indices:
        letter, step = _step(each) or (each, None)
        indices.append(letter)
        if isinstance(letter, Name) and step is not None:
            less = step.operand if isinstance(step, Negation) else Negation(step)
            back[letter.name] = Sum((letter, less))
    return (Indexed(head.name, tuple(indices), head.at), renamed(body, back)) if back else (head, body)


def _is_of_one_layer(head: Formula) -> bool:
    """Whether it is of the layer before the last, a^{[L-1]}: a capital is no index that runs."""
    if not isinstance(head, Indexed) or not is_layered(head.name):
        return False
    found = _step(head.indices[0])
    return found is not None and found[0].name.isupper()


def _step(index: Formula) -> tuple[Name, Formula] | None:
    """The letter and the number of an index like l + 1, t - 1."""
    match index:
        case Sum((Name() as letter, Number() as step)) | Sum((Name() as letter, Negation(Number()) as step)):
            return letter, step
    return None


def _reads_itself(head: Formula, body: Formula) -> bool:
    """Whether a body reads what it defines at the same step; h_t may read h_{t-1}."""
    name = name_of(head)
    own = [node for node in walk(body) if isinstance(node, Name | Indexed) and node.name == name]
    if not isinstance(head, Indexed):
        return bool(own)
    return not all(isinstance(each, Indexed) and _is_of_another_step(each, head) for each in own)


def _is_of_another_step(read: Indexed, head: Indexed) -> bool:
    """Whether one of the indices is some steps behind or ahead: h_{j,t-1} of h_{i,t}."""
    return any(_letter(one) == other for one, other in zip(read.indices, head.indices, strict=False))


def _letter(index: Formula) -> Formula | None:
    found = _step(index)
    return None if found is None else found[0]


def _takes(body: Formula, parameters: tuple[str, ...]) -> bool:
    """Whether a body is a function of numbers: it reads a parameter, and none by components."""
    nodes = list(walk(body))
    if any(isinstance(node, Indexed) and node.name in parameters for node in nodes):
        return False
    return any(isinstance(node, Name) and node.name in parameters for node in nodes)


def _is_value(formula: Formula) -> bool:
    """Whether a formula is a number, perhaps a function's, or a list of numbers."""
    if isinstance(formula, Vector):
        return all(map(_is_value, formula.elements))
    formula = replace(formula, dict.fromkeys(map(Name, _CONSTANTS), ONE))
    return printed(formula) is not None or (is_numeric(formula) and not isinstance(formula, Number))
