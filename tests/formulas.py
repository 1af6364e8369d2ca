"""Random formulas: whatever the reader can produce, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from derive.formula import (
    Bound,
    Branch,
    Call,
    Cases,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Relation,
    Sum,
    Transpose,
    Vector,
    enclosed,
)

LETTERS = ("i", "j", "k")
NAMES = (
    "x",
    "w1",
    "h12",
    "y_true",
    "y_hat",
    "lambda",
    "class",
    "alpha2",
    "MSE",
    "λ",
    "ŷ",
    "x₁",
    "z_h1",
    "w1_2",
)
NUMBERS = ("0", "1", "2", "10", "0.50", "1e-3", "2.5E4", ".5")
FUNCTIONS = ("f", "sigmoid", "log", "exp", "sin", "g1", "relu")
_CHAINS = (Sum, Product, MatrixProduct)


def names(spellings: Sequence[str] = NAMES) -> st.SearchStrategy[Formula]:
    """Single quantities."""
    return st.sampled_from(spellings).map(Name)


def numbers(spellings: Sequence[str] = NUMBERS) -> st.SearchStrategy[Formula]:
    """Numbers in several spellings."""
    return st.sampled_from(spellings).map(Number)


def components() -> st.SearchStrategy[Formula]:
    """Components by letters, numbers and shifted letters."""
    letter = st.sampled_from(LETTERS).map(Name)
    shifted = st.builds(lambda each: Sum((each, Number("1"))), letter)
    index = st.one_of(letter, st.just(Number("1")), shifted)
    return st.builds(
        Indexed, st.sampled_from(("W", "x", "y_true", "w1")), st.tuples(index) | st.tuples(index, index)
    )


def arithmetic(leaves: st.SearchStrategy[Formula], most: int = 12) -> st.SearchStrategy[Formula]:
    """Sums, products, fractions, small powers, signs and authored parentheses over the leaves."""
    return st.recursive(leaves, _compound, max_leaves=most)


def formulas(most: int = 14) -> st.SearchStrategy[Formula]:
    """Formulas of every kind, without a relation at the top."""
    leaves = st.one_of(names(), numbers(), components(), _derivatives())
    return st.recursive(leaves, lambda part: st.one_of(_compound(part), _structures(part)), max_leaves=most)


def relations() -> st.SearchStrategy[Formula]:
    """Chains such as a = b = c."""
    sides = st.lists(formulas(6), min_size=2, max_size=3)
    return sides.flatmap(
        lambda parts: st.lists(
            st.sampled_from(("=", "<", "<=", ">=", "!=", ":=")),
            min_size=len(parts) - 1,
            max_size=len(parts) - 1,
        ).map(lambda signs: seated(Relation(tuple(parts), tuple(signs))))
    )


def _compound(part: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    several = st.lists(part, min_size=2, max_size=4).map(tuple)
    exponents = st.one_of(st.sampled_from(("2", "3")).map(Number), st.sampled_from(("n", "k")).map(Name))
    return st.one_of(
        st.builds(Sum, several),
        st.builds(Product, several),
        st.builds(Quotient, part, part),
        st.builds(Power, part, exponents | st.builds(Negation, exponents)),
        st.builds(Negation, part),
        st.builds(Grouping, part),
    ).map(seated)


def _structures(part: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    one = st.tuples(part)
    bounds = st.lists(st.sampled_from(LETTERS).map(Bound), max_size=2, unique=True).map(tuple)
    ranged = st.builds(Bound, st.just("k"), st.just(Number("1")), st.just(Name("n")))
    return st.one_of(
        st.builds(MatrixProduct, st.lists(part, min_size=2, max_size=3).map(tuple)),
        st.builds(Transpose, part),
        st.builds(Call, st.sampled_from(FUNCTIONS), one, st.integers(0, 2)),
        st.builds(Call, st.sampled_from(("max", "elu")), st.tuples(part, st.just(Number("1")))),
        st.builds(Reduction, st.sampled_from(("sum", "mean", "prod")), part, bounds | st.tuples(ranged)),
        st.builds(lambda body: Reduction("sum", body, (), (0, -1)), part),
        st.builds(_largest, part),
        st.builds(Vector, st.lists(part, min_size=1, max_size=3).map(tuple)),
        st.builds(_cases, part, part, part),
        st.builds(Derivative, part, names() | components(), st.booleans(), st.booleans()),
    ).map(seated)


def _derivatives() -> st.SearchStrategy[Formula]:
    return st.builds(Derivative, names(), names() | components(), st.booleans())


def _cases(value: Formula, side: Formula, rest: Formula) -> Formula:
    condition = seated(Relation((bare(side), Number("0")), (">",)))
    return Cases((Branch(value, condition), Branch(rest, None)))


def _largest(body: Formula) -> Formula:
    return Reduction("max", seated(Product((body, Indexed("z", (Name("i"),))))), (Bound("i"),))


TEXTBOOK_NAMES = (
    "x",
    "w1",
    "h12",
    "y_true",
    "y_hat",
    "y_hat2",
    "lambda",
    "alpha2",
    "MSE",
    "z_h1",
    "w1_2",
    "mu_theta",
)
TEXTBOOK_FUNCTIONS = ("f", "sigmoid", "log", "exp", "sin", "tanh", "sqrt", "abs", "relu", "softplus")


def textbook(most: int = 12) -> st.SearchStrategy[Formula]:
    """Formulas that LaTeX tells apart without a context: no letter e, d or T, no bare parentheses."""
    index = st.sampled_from(("i", "j")).map(Name)
    component = st.builds(
        Indexed, st.sampled_from(("W", "x", "y_true", "w1")), st.tuples(index) | st.tuples(index, index)
    )
    derivative = st.builds(
        Derivative, names(TEXTBOOK_NAMES), names(TEXTBOOK_NAMES) | component, st.booleans()
    )
    transposed = st.just(MatrixProduct((Transpose(Name("w")), Name("x"))))
    leaves = st.one_of(
        names(TEXTBOOK_NAMES), numbers(("0", "1", "2", "10", "0.50")), component, derivative, transposed
    )
    return st.recursive(leaves, _textbook_parts, max_leaves=most)


def _textbook_parts(part: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    bounds = st.sampled_from(((Bound("i"),), (Bound("i"), Bound("j")), (Bound("i", Number("1"), Name("n")),)))
    applied = st.builds(lambda of, wrt: Derivative(of, wrt, applied=True), part, names(TEXTBOOK_NAMES))
    return st.one_of(
        _compound(part),
        st.builds(Call, st.sampled_from(TEXTBOOK_FUNCTIONS), st.tuples(part)),
        st.builds(Call, st.sampled_from(("f", "sigmoid", "tanh")), st.tuples(part), st.just(1)),
        st.builds(Call, st.sampled_from(("max", "min")), st.tuples(part, part)),
        st.builds(Reduction, st.sampled_from(("sum", "prod", "max")), part, bounds),
        st.builds(_cases, part, part, part),
        applied,
    ).map(lambda formula: seated(_delimited(formula)))


def _delimited(formula: Formula) -> Formula:
    """The formula without what LaTeX does not show: parentheses within braces, (-a) b beside -a b."""
    match formula:
        case Product((Negation(operand), *rest)):
            return _delimited(Product((operand, *rest)))
        case Product((Grouping(Negation(operand)), *rest)):
            return _delimited(Product((operand, *rest)))
        case Power(base, exponent):
            return Power(bare(base), bare(exponent))
        case Quotient() | Call() | Reduction() | Cases() | Derivative():
            return formula.with_children(tuple(map(_stripped, formula.children)))
        case Product(factors):
            *others, last = factors
            return Product((*(_kept_apart(each) for each in others), _uncovered(last)))
    return formula


def _uncovered(factor: Formula) -> Formula:
    return _stripped(factor) if isinstance(bare(factor), Reduction | MatrixProduct) else factor


def _kept_apart(factor: Formula) -> Formula:
    """A factor before others: ∂/∂x f would swallow them, and stands in parentheses."""
    operator = isinstance(factor, Derivative) and factor.applied
    return Grouping(factor) if operator and not isinstance(factor.of, Grouping) else _uncovered(factor)


def _stripped(formula: Formula) -> Formula:
    return formula.inner if isinstance(formula, Grouping) else formula


def bare(formula: Formula) -> Formula:
    """The formula without the parentheses round the whole of it."""
    return formula.inner if isinstance(formula, Grouping) else formula


def seated(formula: Formula) -> Formula:
    """The formula as the reader would build it: parentheses only where they are the author's own."""
    return formula.with_children(
        tuple(_seat(formula, place, part) for place, part in enumerate(formula.children))
    )


def _seat(parent: Formula, place: int, part: Formula) -> Formula:
    if isinstance(parent, Grouping):
        return bare(part)
    if isinstance(part, Grouping):
        inner = part.inner
        own = type(inner) is type(parent) and isinstance(parent, _CHAINS)
        last_case = (
            isinstance(parent, Cases) and isinstance(inner, Cases) and place == len(parent.children) - 1
        )
        # The operator ∂/∂x (…) has parentheses of its own, and so has a call.
        free = isinstance(parent, Derivative) and parent.applied
        return part if own or last_case or free or not enclosed(parent, place, inner) else inner
    chained = type(part) is type(parent) and isinstance(parent, _CHAINS)
    rest = isinstance(parent, Cases) and isinstance(part, Cases) and place == len(parent.children) - 1
    return Grouping(part) if chained or rest else part
