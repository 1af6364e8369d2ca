"""What a formula of a document means where its facts hold: expressions, one for each component."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as replace_fields
from typing import Literal, TypeAlias, TypeVar

from sympy import Basic, Expr, Symbol

from derive.check.arrays import Arrays
from derive.check.circles import units, units_before
from derive.check.facts import Environment, Fact
from derive.check.inner import Inner, inner_of
from derive.check.limits import evaluated, limit
from derive.check.named import NAMED, opened
from derive.check.slopes import Slope, Slopes, quantity
from derive.check.spelling import Spelling
from derive.check.unrolled import Steps
from derive.check.vectors import Vectors
from derive.check.whole_sums import ends_of_axes
from derive.check.wholes import Wholes
from derive.effort import TooMuch, spend
from derive.expression import (
    IndexedReduction,
    MeaningError,
    component_parts,
    expression,
    partial,
    parts,
    put,
    symbol,
    symbols,
    written_out,
)
from derive.formula import (
    ONE,
    ZERO,
    Bound,
    Branch,
    Call,
    Cases,
    Derivative,
    Evaluated,
    Formula,
    Indexed,
    Name,
    Reduction,
    Relation,
    Vector,
    read,
    rewrite,
    walk,
)
from derive.functions import Function
from derive.indices import renamed

# How much of what the document says is put in: names stay, equations are opened, numbers too.
Depth = Literal["names", "equations", "values"]
DEPTHS: tuple[Depth, ...] = ("names", "equations", "values")

# What a formula says, written out with all equations, has no more parts.
MOST_WRITTEN_OUT = 50_000
# The value of π has a name everywhere; e is a constant where the document does not define it.
CONSTANTS = ("pi", "π")

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")
# What was found, with the facts that it used and the names that it missed.
Noted: TypeAlias = tuple[Found, dict[Fact, None], dict[str, None]]


class _OtherIndicesError(MeaningError):
    """A name with another number of indices than it is defined with is something else."""


@dataclass
class Meaning:
    """The reading of formulas under an environment.

    `used` collects the facts that were needed, `unknown` the names whose equation was missing; those in
    `dependent` are taken to depend on what a derivative is taken by, those in `line` are held fixed by
    it; `loss` is what the derivatives of a chain are of. Sums run over whole axes where it is `whole`; where
    it is `ended`, those that do not say where they end have the ends that the text gives their axes.
    With `steps`, recurrences are put in step by step. What is `aside` is no inner quantity of a function.
    """

    environment: Environment
    slope: Slope = "total"
    vectors: Vectors = field(default_factory=Vectors)
    used: dict[Fact, None] = field(default_factory=dict)
    unknown: dict[str, None] = field(default_factory=dict)
    dependent: frozenset[str] = frozenset()
    line: frozenset[str] = frozenset()
    loss: str = ""
    whole: bool = False
    ended: bool = False
    held: frozenset[str] = frozenset()
    aside: frozenset[str] = frozenset()
    steps: Steps | None = None

    def __post_init__(self) -> None:
        # A text may call its profits π.
        self._constants = tuple(each for each in CONSTANTS if not self._is_known(each))
        known = self.environment.functions
        self._functions: Mapping[str, Function] = {
            name: replace_fields(fact.function, definition=opened(fact.formula, self.environment.names))
            if NAMED.keys() & fact.speaks_of
            else fact.function
            for name, fact in known.items()
        }
        self._equations: dict[Expr, Expr] = {}
        self._put_in: dict[tuple[Expr, frozenset[str], bool], Noted[Expr]] = {}
        self._values: dict[str, Noted[Expr | None]] = {}
        self._valuing: set[str] = set()
        # What parts come to with equations put in, but for names that are kept, and with numbers.
        self._replaced: dict[tuple[frozenset[str], bool], dict[Basic, Basic]] = {}
        self._numbered: dict[Basic, Basic] = {}
        self._expressions: dict[Formula, Noted[Expr]] = {}
        self._sides: dict[tuple[Formula, Depth], Noted[tuple[Expr, ...] | str]] = {}
        self._opening: list[str] = []
        self._recurrent: dict[str, bool] = {}
        self._units: frozenset[str] | None = None
        self._inner: dict[str, Inner | None] = {}
        self._letters = 0
        self.ends = ends_of_axes(tuple(self.environment.equations.values()) if self.ended else ())
        self._slopes = Slopes(self, self.slope, self.dependent, self.line, self.loss)
        self._spelling = Spelling(self.environment, self.vectors, self.whole, self._needed, self.ends)

    @property
    def units(self) -> frozenset[str]:
        """The names by which every layer calls its units, without an index for the layer."""
        if self._units is None:
            self._units = units(self.environment)
        return self._units

    def is_unit(self, name: str) -> bool:
        """Whether every layer calls its units by this name."""
        fact = self.environment.equations.get(name)
        return fact is not None and bool(fact.letters) and name in self.units

    def missed(self, name: str) -> None:
        """Note that the text does not say what a name depends on."""
        self.unknown[name] = None

    def sides(self, formula: Formula, depth: Depth) -> tuple[Expr, ...]:
        """The components of a formula; raises MeaningError."""
        found = self._noted(self._sides, (formula, depth), lambda: self._meant(formula, depth))
        if isinstance(found, str):
            raise MeaningError(found)
        return found

    def beside(self, formula: Formula, other: tuple[Expr, ...]) -> tuple[Expr, ...]:
        """The components of a formula, with no equation put in of what another side speaks of.

        Where L = u h + w c stands again, this is all of its equation that is asked for.
        """
        spoken = {quantity(each) for value in other for each in symbols(value)}
        return tuple(self.opened(each, self.held | spoken) for each in self.sides(formula, "names"))

    def _noted(self, known: dict[Key, Noted[Found]], key: Key, work: Callable[[], Found]) -> Found:
        """What work finds, done once for a key; what it used and missed counts each time."""
        if key not in known:
            used, unknown = self.used, self.unknown
            self.used, self.unknown = {}, {}
            try:
                known[key] = (work(), self.used, self.unknown)
            finally:
                self.used, self.unknown = used, unknown
        found, used, unknown = known[key]
        self.used.update(used)
        self.unknown.update(unknown)
        return found

    def _meant(self, formula: Formula, depth: Depth) -> tuple[Expr, ...] | str:
        """The components of a formula, or why it has none."""
        try:
            return self._components(formula, depth)
        except MeaningError as error:
            return str(error)

    def _components(self, formula: Formula, depth: Depth) -> tuple[Expr, ...]:
        components = self.vectors.of_side(self._spelling.quantities(formula))
        values = (self._sized(self._at_depth(self.expression(each), depth)) for each in components)
        return tuple(map(self.vectors.finished, values))

    def worth(self, at: Symbol) -> Expr:
        """What a quantity is with all put in that the text says of it; itself where that is nothing."""
        return self.vectors.finished(self._sized(self._at_depth(at, "values")))

    def left_whole(self, value: Expr) -> set[str]:
        """The names whose components an expression has, while the text has an equation for the whole only."""
        return {
            name
            for each in symbols(value)
            if (fact := self.environment.equations.get(name := quantity(each))) is not None
            and isinstance(each, Symbol)
            and is_at_component(fact, each)
            and not self.vectors.is_array(name)
        }

    def _sized(self, value: Expr) -> Expr:
        """The expression with d as how many components an array has, where the text declares it so."""
        if not isinstance(self.vectors, Arrays):
            return value
        sizes = self.vectors.counts
        named = {each: sizes[each.name] for each in symbols(value) if each.name in sizes}
        inside = {each: size for each, size in named.items() if each.name not in self.environment.names}
        return put(value, inside) if inside else value

    def expression(self, formula: Formula) -> Expr:
        """The meaning of a scalar formula, with what its derivatives are."""
        return self._noted(self._expressions, formula, lambda: self._read(formula))

    def _read(self, formula: Formula) -> Expr:
        slopes: dict[str, Expr] = {}

        def resolved(node: Formula) -> Formula:
            if isinstance(node, Derivative | Evaluated) or self._inner_of(node) is not None:
                name = f"slope {len(slopes)}"
                slopes[name] = self._resolved(node) if node is formula else self.expression(node)
                return Name(name)
            return node.with_children(tuple(map(resolved, node.children))) if node.children else node

        nodes = list(walk(formula))
        opened = formula
        if any(isinstance(node, Derivative | Evaluated) or self._inner_of(node) for node in nodes):
            opened = resolved(formula)
            nodes = list(walk(opened))
        if any(isinstance(node, Indexed) and node.name == "delta" for node in nodes):
            opened = opened if self._is_known("delta") else rewrite(opened, _kronecker)
        for node in nodes:
            if isinstance(node, Call) and (fact := self.environment.functions.get(node.function)) is not None:
                self.used[fact] = None
        value = expression(opened, self._functions, constants=self._constants)
        return put(value, {symbol(name): slope for name, slope in slopes.items()}) if slopes else value

    def _resolved(self, node: Formula) -> Expr:
        """The meaning of a derivative, of a value at a place, or of a function with inner quantities."""
        if isinstance(node, Derivative):
            return self._slopes.of(node)
        return self._evaluated(node) if isinstance(node, Evaluated) else self._called(node)

    def _inner_of(self, node: Formula) -> Inner | None:
        """What stands between a function and its argument, where a call of it asks for that."""
        if not isinstance(node, Call) or node.function not in self.environment.functions:
            return None
        name, parameters = node.function, self.environment.functions[node.function].parameters
        if name not in self._inner:
            self._inner[name] = inner_of(name, self.environment)
        found = self._inner[name]
        if found is None or len(node.arguments) != len(parameters):
            return None
        as_defined = not node.primes and node.arguments == tuple(map(Name, parameters))
        stays = as_defined and found.body is self.environment.functions[name].formula
        return None if stays else found

    def _called(self, node: Formula) -> Expr:
        """A function, or its derivative, through the quantities between it and its argument."""
        assert isinstance(node, Call)
        fact, inner = self.environment.functions[node.function], self._inner_of(node)
        assert inner is not None
        through = inner.through - self.aside
        if any(isinstance(each, Name) and each.name in through for each in node.arguments):
            raise MeaningError(f"whether {node.function} is a function of that is not said")
        self.used[fact] = None
        body = self.expression(self.with_own_letters(opened(inner.body, self.environment.names)))
        value = self.opened(body, self.environment.equations.keys() - through)
        parameters = [symbol(each) for each in fact.parameters]
        left = symbols(value)
        of_data = not left or any("[" in each.name for each in left)
        if through and of_data and left.isdisjoint(parameters):
            # y = w x + b beside (y - w x - b)^2: as a label, y is none of these.
            value = body
        for _ in range(node.primes):
            value = partial(value, parameters[0])
        arguments = map(self.expression, node.arguments)
        return put(value, dict(zip(parameters, arguments, strict=True)))

    def _evaluated(self, node: Evaluated) -> Expr:
        """The value of a formula at a place, or its limit there."""
        wrt, point = symbol(node.wrt.name), self.expression(node.point)
        body = self.opened(self.expression(node.body), {node.wrt.name})
        return limit(body, wrt, point) if node.approached else evaluated(body, wrt, point)

    def with_own_letters(self, formula: Formula) -> Formula:
        """The formula with letters for its sums that nothing else uses, so that none is captured."""

        def apart(node: Formula) -> Formula:
            if not isinstance(node, Reduction) or not node.bounds:
                return node
            self._letters += 1
            fresh = {bound.name: f"{bound.name}_{self._letters}" for bound in node.bounds}
            body = renamed(node.body, {old: Name(new) for old, new in fresh.items()})
            bounds = tuple(Bound(fresh[each.name], each.low, each.high) for each in node.bounds)
            return Reduction(node.kind, body, bounds, node.axis, node.at)

        return rewrite(formula, apart)

    def _needed(self, fact: Fact) -> None:
        self.used[fact] = None

    def _is_known(self, name: str) -> bool:
        return name in self.environment.equations

    def equation(self, at: Expr) -> Expr:
        """The right side of the equation of a quantity, at its indices."""
        if at not in self._equations:
            assert isinstance(at, Symbol)
            name, _ = component_parts(at.name)
            fact = self.environment.equations[name]
            if name in self._opening:
                raise MeaningError(f"{name} is defined by itself")
            self._opening.append(name)
            try:
                self._equations[at] = self.expression(self.with_own_letters(self._right_side(fact, at)))
            finally:
                self._opening.pop()
        self.used[self.environment.equations[component_parts(at.name)[0]]] = None
        return self._equations[at]

    def _right_side(self, fact: Fact, at: Symbol) -> Formula:
        """The right side of an equation at the indices of one of its components."""
        if self.vectors.is_array(fact.name):
            own = fact.letters
            indices = _indices(at)
            body = renamed(fact.formula, dict(zip(own, indices, strict=False))) if own else fact.formula
            return self.vectors.instance(self._spelling.quantities(body), indices[len(own) :])
        if is_at_component(fact, at):
            return self._spelling.quantities(Wholes(self.environment).component(fact.formula, _indices(at)))
        formula = self.vectors.components(self._spelling.quantities(fact.formula))
        if len(formula) != 1:
            raise MeaningError(f"{fact.name} is a vector")
        return _at(formula[0], fact, at)

    def _at_depth(self, value: Expr, depth: Depth) -> Expr:
        if depth == "names":
            return value
        if self.steps is None:
            value = self.opened(value, self.held, by_layer=True)
        else:
            value = self._unrolled(value, self.steps)
        return value if depth == "equations" else self._valued(value)

    def opened(self, value: Expr, kept: Collection[str], *, by_layer: bool = False) -> Expr:
        """The expression with equations in place of the names that they define, but for those kept.

        With `by_layer`, units of the layer before stay: where a_j goes by z_j and z_j by the sum of the a_i,
        two sides would else end at other units.
        """
        inside: dict[Expr, Expr] = {}
        for each in symbols(value):
            name = quantity(each)
            if name in kept or not self._is_known(name) or self._is_of_another_layer(each):
                continue
            try:
                inside[each] = self._opened_at(each, frozenset({*kept, name}), by_layer=by_layer)
            except _OtherIndicesError:
                if self._is_whole_matrix(each, name):
                    self.missed(name)
            except MeaningError:
                if isinstance(self.vectors, Arrays) and not self.environment.is_ahead(name):
                    # What its equation says is not known: nothing is refuted for all that it may be. One that
                    # stands further on need not speak of this quantity.
                    self.missed(name)
        if not inside:
            return value
        for whole, before in self._units_before(value).items() if by_layer else ():
            inside[whole] = put(whole, {each: new for each, new in inside.items() if each not in before})
        replaced = self._replaced.setdefault((frozenset(kept), by_layer), {})
        found = put(value, inside, None if self._opening else replaced)
        if written_out(found, MOST_WRITTEN_OUT) >= MOST_WRITTEN_OUT:
            raise TooMuch
        return found

    def _unrolled(self, value: Expr, steps: Steps) -> Expr:
        """The expression with the equations of some steps put in, and of what has no steps."""

        def equation(at: Symbol) -> Expr | None:
            name = quantity(at)
            if not self._is_known(name) or not (steps.opens(at) or name not in steps.recurrences.stepped):
                return None
            try:
                return self.equation(at)
            except _OtherIndicesError:
                return None

        found = steps.opened(value, equation)
        if written_out(found, MOST_WRITTEN_OUT) >= MOST_WRITTEN_OUT:
            raise TooMuch
        return found

    def _is_whole_matrix(self, at: Symbol, name: str) -> bool:
        """Whether it is a matrix of which the text says the components, D_{ij} = …."""
        return len(self.environment.equations[name].letters) == 2 and at.name == name

    def _opened_at(self, at: Expr, kept: frozenset[str], *, by_layer: bool) -> Expr:
        """The right side of the equation of a quantity, with equations put in."""

        def work() -> Expr:
            return self.opened(self.equation(at), kept, by_layer=by_layer)

        # What is being put in now stays closed here, and only here.
        return work() if self._opening else self._noted(self._put_in, (at, kept, by_layer), work)

    def _units_before(self, value: Expr) -> Mapping[Expr, frozenset[Expr]]:
        """The sums over the layer before, Σ_i w_ij a_i, with its units, where each layer calls them so."""
        if not any(isinstance(part, IndexedReduction) for part in parts(value)):
            return {}
        return units_before(value, self.is_unit)

    def _is_of_another_layer(self, at: Expr) -> bool:
        """Whether it is a^{l-1} of a quantity that every layer makes from the last: that ends nowhere."""
        assert isinstance(at, Symbol)
        name, indices = component_parts(at.name)
        return not all(each.is_Symbol for each in indices) and self._is_recurrent(name)

    def _is_recurrent(self, name: str) -> bool:
        """Whether a quantity is worked out from others of its name."""
        if name not in self._recurrent:
            found, waiting = set[str](), [name]
            while waiting and name not in found:
                fact = self.environment.equations.get(waiting.pop())
                for node in walk(fact.formula) if fact is not None else ():
                    if isinstance(node, Name | Indexed) and node.name not in found:
                        found.add(node.name)
                        waiting.append(node.name)
            spend(len(found))
            self._recurrent[name] = name in found
        return self._recurrent[name]

    def _valued(self, value: Expr) -> Expr:
        """The expression with numbers in place of the names that have one."""
        inside: dict[Expr, Expr] = {}
        for each in symbols(value):
            number = self.value_of(each.name)
            if number is not None:
                inside[each] = number
        # What is being worked out has no value here, and only here.
        return put(value, inside, None if self._valuing else self._numbered) if inside else value

    def value_of(self, name: str) -> Expr | None:
        """The number that the document gives a name."""
        if name in self._valuing:
            # What would be worked out from itself has no value.
            return None
        return self._noted(self._values, name, lambda: self._value(name))

    def _value(self, name: str) -> Expr | None:
        found = self._value_fact(name)
        if found is None:
            return None
        fact, formula = found
        self.used[fact] = None
        self._valuing.add(name)
        try:
            return self._valued(self.expression(formula))
        finally:
            self._valuing.discard(name)

    def _value_fact(self, name: str) -> tuple[Fact, Formula] | None:
        values = self.environment.values
        if name in values and not isinstance(values[name].formula, Vector):
            return values[name], values[name].formula
        # Of x01, the last digits count the components of x0.
        for end in range(len(name) - 1, 0, -1):
            if not name[end].isdecimal():
                break
            fact = values.get(name[:end])
            if fact is not None and isinstance(fact.formula, Vector) and name[end] != "0":
                elements, at = fact.formula.elements, int(name[end:])
                return (fact, elements[at - 1]) if 1 <= at <= len(elements) else None
        return None


def is_at_component(fact: Fact, at: Symbol) -> bool:
    """Whether a quantity is a component of what an equation gives as a whole: p_i beside p = softmax(z)."""
    raised = fact.name.endswith(("^", "^()", "^⟦⟧", "^⟨⟩"))
    return "[" in at.name and not (fact.letters or raised or isinstance(fact.formula, Vector))


def _indices(at: Symbol) -> tuple[Formula, ...]:
    """The indices of a component."""
    _, bracket, indices = at.name.partition("[")
    instance = read(f"x[{indices}") if bracket else None
    return instance.indices if isinstance(instance, Indexed) else ()


def _at(formula: Formula, fact: Fact, at: Symbol) -> Formula:
    """The right side of an equation of components at the indices of one of them."""
    indices = _indices(at)
    if len(indices) != len(fact.letters):
        raise _OtherIndicesError(f"{fact.name} has {len(fact.letters)} indices")
    return renamed(formula, dict(zip(fact.letters, indices, strict=True)))


def _kronecker(node: Formula) -> Formula:
    """δ with two indices, where the document does not define it: 1 where they are equal, else 0."""
    match node:
        case Indexed(name="delta", indices=(one, other)):
            return Cases((Branch(ONE, Relation((one, other), ("=",))), Branch(ZERO, None)))
    return node
