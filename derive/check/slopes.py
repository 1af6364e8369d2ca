"""What derivatives in a document mean: through all that depends on a quantity, or along one line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from sympy import Basic, Expr, Integer, Symbol, Tuple

from derive.check.adjoints import Adjoints, independent
from derive.check.arrays import Arrays
from derive.check.dots import DOT, TIME, TWO_DOTS
from derive.check.facts import Environment, Fact, quantity_of
from derive.check.inner import depends, is_late, outer
from derive.check.layers import between
from derive.check.loss_reads import Ending, ending, layer_of, reads_every
from derive.check.siblings import may_depend
from derive.check.unrolled import Steps, Unrolled
from derive.check.vectors import Vectors
from derive.check.whole_sums import Ends, ends_of_letter
from derive.expression import (
    IndexedReduction,
    MeaningError,
    component_parts,
    partial,
    parts,
    symbol,
    symbols,
)
from derive.expression.components import with_letters
from derive.formula import NABLA, ONE, PRIME, Call, Derivative, Formula, Indexed, Name, Power, names, walk

# A derivative through all that depends on the quantity, or with the other names of its line held fixed; or
# as backpropagation has it: through everything of the loss; of other names and brackets not.
Slope = Literal["total", "local", "backward"]
# Letters that are indices everywhere.
_INDICES = frozenset("ijk")


class Reader(Protocol):
    """What derivatives need of the reading that they stand in."""

    @property
    def environment(self) -> Environment:
        """What the text has said."""

    @property
    def ends(self) -> Mapping[tuple[str, int], Ends]:
        """Where sums over axes begin and end, if that is to be filled in."""

    @property
    def vectors(self) -> Vectors:
        """How its vectors are read."""

    @property
    def aside(self) -> frozenset[str]:
        """The quantities between functions and what these depend on that are left out of account."""

    @property
    def steps(self) -> Steps | None:
        """Up to which step recurrences are put in; None where they are not gone through."""

    def expression(self, formula: Formula) -> Expr:
        """The meaning of a formula of numbers."""

    def equation(self, at: Expr) -> Expr:
        """The right side of the equation of a quantity."""

    def opened(self, value: Expr, kept: Collection[str], *, by_layer: bool = False) -> Expr:
        """An expression with equations put in, but for those of the names kept and of the layer before."""

    def is_unit(self, name: str) -> bool:
        """Whether every layer calls its units by this name, without an index for the layer."""

    def with_own_letters(self, formula: Formula) -> Formula:
        """A formula whose sums have letters that nothing else uses."""

    def left_whole(self, value: Expr) -> set[str]:
        """The names whose components an expression has, while the text gives the whole only."""

    def missed(self, name: str) -> None:
        """Note that the text does not say what a name depends on."""


@dataclass(frozen=True, slots=True)
class Slopes:
    """Takes derivatives under a reading; `dependent` names depend on what a derivative is taken by.

    `line` are the names in the line that a chain differentiates, `loss` is whose derivative the chain is.
    """

    reader: Reader
    slope: Slope
    dependent: frozenset[str]
    line: frozenset[str] = frozenset()
    loss: str = ""

    def of(self, node: Derivative) -> Expr:
        """The meaning of a derivative; raises MeaningError."""
        if node.wrt == NABLA:
            raise MeaningError("by what the gradient is taken is not said")
        if node.wrt == PRIME:
            raise MeaningError("by what the prime is taken is not said")
        node = self._of_call(node)
        if isinstance(node.wrt, Power) and isinstance(node.wrt.base, Name | Indexed):
            base = self.reader.expression(node.wrt.base)
            return self.of(Derivative(node.of, node.wrt.base, node.total, node.applied)) / (2 * base)
        wrt = self.reader.expression(node.wrt)
        if not isinstance(wrt, Symbol):
            raise MeaningError("a derivative is taken by a quantity")
        if node.applied and self._is_fixed(node.of, wrt):
            return Integer(0)
        if node.applied and self.slope == "backward" and not isinstance(node.of, Name | Indexed):
            return self._as_written(node.of, wrt)
        found = self._without_equation(node.of, wrt)
        return self._worked_out(node, wrt) if found is None else found

    def _without_equation(self, of: Formula, wrt: Symbol) -> Expr | None:
        """The derivative of what no equation says, or of another layer: an adjoint, a rate, a product."""
        if self.reader.steps is not None and isinstance(of, Name) and of.name != quantity(wrt):
            return Unrolled(self.reader.steps, self.reader.equation, self._rank).of(of.name, wrt)
        if isinstance(of, Name | Indexed) and not self._is_known(of.name):
            value = self.reader.expression(of)
            # Of what is known by its value only, the text does not say that it ends the model.
            last = isinstance(of, Name) and of.name not in self.reader.environment.values
            if last and quantity(value) != quantity(wrt) and self._is_of_model(quantity(wrt)):
                return self._adjoint(of.name, wrt)
            if quantity(value) != quantity(wrt):
                self.reader.missed(of.name)
                return _unknown(value, wrt)
        if isinstance(of, Name) and (ends := self._ends_elsewhere(of.name, wrt)) != "here":
            if ends == "several":
                self.reader.missed(of.name)
                return symbol(f"∂{of.name}/∂{wrt.name}")
            return self._adjoint(of.name, wrt)
        if isinstance(of, Indexed):
            at = self.reader.expression(of)
            if self.slope == "local" and self._stands_in_line(at, wrt):
                return partial(self.reader.equation(at), wrt)
            return between(at, wrt, self.reader.environment.equations, self.reader.equation)
        return None

    def _stands_in_line(self, of: Expr, wrt: Symbol) -> bool:
        """Whether the equation of a quantity reads that of another step itself: c_t = f_t c_{t-1} + g_t."""
        if quantity(of) != quantity(wrt) or of == wrt or not self._is_known(quantity(of)):
            return False
        name, indices = component_parts(wrt.name)
        read = (component_parts(each.name) for each in symbols(self.reader.equation(of)))
        return any(each == name and at[:1] == indices[:1] for each, at in read)

    def _worked_out(self, node: Derivative, wrt: Symbol) -> Expr:
        """The derivative of a formula, or of a name as its equation has it."""
        of = node.of
        apart, indices = self._apart(wrt)
        value = self.reader.expression(self.reader.with_own_letters(of))
        # ∂a_j/∂a_i goes from one layer to the next where all layers call their units a.
        another = quantity(value) != quantity(wrt) or (value != wrt and self.reader.is_unit(quantity(wrt)))
        if isinstance(of, Name | Indexed) and self._is_known(of.name) and another:
            value = self.reader.equation(value)
        if isinstance(of, Indexed):
            self._refuse_other_steps(value, of.name, wrt)
        if isinstance(of, Name):
            self._refuse_other_layers(value, wrt)
        try:
            is_local = self._is_local(node) and not self._is_of_one_variable(node, value, wrt)
            slope = self._local(value, apart) if is_local else self._total(value, apart)
        except MeaningError:
            of_arrays = isinstance(self.reader.vectors, Arrays) and not self._is_local(node)
            if isinstance(of, Name) and self._is_known(of.name) and of_arrays:
                return self._adjoint(of.name, wrt)
            raise
        through = (node.total or isinstance(of, Call)) and symbols(value)
        unconnected = isinstance(of, Name | Indexed) or through
        if slope == 0 and unconnected and not self._is_told_apart(value, wrt):
            # A text that does not say how they hang together does not say that they do not.
            name = of.name if isinstance(of, Name | Indexed) else min(map(quantity, symbols(value)))
            self.reader.missed(name)
            return symbol(f"∂{name}/∂{wrt.name}")
        return with_letters(slope, indices) if indices else slope

    def _refuse_other_steps(self, value: Expr, own: str, wrt: Symbol) -> None:
        """Refuse what one step takes from the same step of another quantity: θ_{t+1} from v_{t+1}, by v_t."""
        by, at = component_parts(wrt.name)
        for each in symbols(value) if at else ():
            name, indices = component_parts(each.name)
            if name == own or all(index.is_Symbol or index.is_Integer for index in indices):
                continue
            fact = self.reader.environment.equations.get(name)
            if name == by or (fact is not None and by in names(fact.formula)):
                raise MeaningError("how the steps of several quantities hang together is not read")

    def _is_told_apart(self, value: Expr, wrt: Symbol) -> bool:
        """Whether an expression reads w_1 and w_2, by w_3 it is differentiated, and nothing in it is open."""
        named = {quantity(each) for each in symbols(self.reader.opened(value, frozenset()))}
        leaves, own = set(map(_stem, named)), _stem(quantity(wrt))
        if own in named:
            # A component w_i at a letter may be w_3.
            return False
        # Of h_2 beside an equation for h_1, the text may well say later what it depends on.
        defined = {_stem(name) for name in self.reader.environment.equations}
        return own != quantity(wrt) and own in leaves and not leaves & defined

    def _is_fixed(self, of: Formula, wrt: Symbol) -> bool:
        """Whether a lone name under ∂/∂x counts as a constant: one of the line that is differentiated."""
        if not isinstance(of, Name | Indexed) or of.name == quantity(wrt):
            return False
        if not {of.name, quantity(wrt)} <= self.line:
            return False
        return self.slope == "backward" or not self._is_known(of.name)

    def _is_local(self, node: Derivative) -> bool:
        of = node.of.name if isinstance(node.of, Name | Indexed) else ""
        return self.slope == "local" or (self.slope == "backward" and of != self.loss)

    def _is_of_one_variable(self, node: Derivative, value: Expr, wrt: Symbol) -> bool:
        """Whether d/dx is of numbers that hang on x: then it holds none of them fixed, as ∂/∂x may.

        Where nothing is left with everything put in, something else is meant: y = w x + b, (y - w x - b)^2.
        """
        read, of = symbols(value), node.of
        is_plain = isinstance(of, Name) or (isinstance(of, Call) and of.arguments == (node.wrt,))
        if self.slope != "local" or not (node.total and is_plain) or any("[" in each.name for each in read):
            return False
        if not any(self._hangs(quantity(each), of, wrt) for each in read - {wrt}):
            return False
        return bool(symbols(self.reader.opened(value, {wrt.name})))

    def _hangs(self, name: str, of: Formula, wrt: Symbol) -> bool:
        """Whether the text has said, before it took derivatives, that a name hangs on what they are by."""
        known = self.reader.environment
        facts = known.functions if isinstance(of, Call) else known.equations
        own, fact = facts.get(quantity_of(of) or ""), known.equations.get(name)
        if own is None or fact is None or is_late(fact, own, known):
            return False
        return depends(name, {wrt.name}, known)

    def _as_written(self, of: Formula, wrt: Symbol) -> Expr:
        """The derivative of what stands in the brackets, all names in it held fixed."""
        apart, indices = self._apart(wrt)
        slope = partial(self.reader.expression(self.reader.with_own_letters(of)), apart)
        held = {each.name for each in walk(of) if isinstance(each, Name | Indexed)}
        if slope == 0 and not held | {quantity(wrt)} <= self.line:
            raise MeaningError("the quantity does not stand in what is differentiated")
        return with_letters(slope, indices) if indices else slope

    def _ends_elsewhere(self, loss: str, wrt: Symbol) -> Ending:
        """Whether a loss reads its layers at a place of their own, L, and the quantity is of any layer l."""
        layer, known = layer_of(wrt), self.reader.environment
        if layer is None and self._is_known(loss) and reads_every(loss, known, quantity(wrt)):
            return "several"
        if layer is None or not layer.free_symbols or not self._is_known(loss):
            return "here"
        letters = {each.name for each in layer.free_symbols}
        return ending(loss, known, quantity(wrt), letters)

    def _is_of_model(self, name: str) -> bool:
        """Whether equations define a quantity or read it, other than those of updates: w - η ∂L/∂w."""
        return self._is_known(name) or any(
            name in names(fact.formula)
            and not any(isinstance(node, Derivative) for node in walk(fact.formula))
            for fact in self.reader.environment.equations.values()
        )

    def _adjoint(self, loss: str, wrt: Symbol) -> Expr:
        """The derivative of a loss without an equation, through the equations that read the quantity."""
        apart, indices = self._apart(wrt)
        found = Adjoints(self.reader.environment, self.reader.equation, self._rank, self._ends).of(
            loss, apart
        )
        return with_letters(found, indices) if indices else found

    def _ends(self, fact: Fact, at: int) -> tuple[Expr, Expr] | None:
        """Where an index of a quantity begins and ends, as far as the reading knows."""
        if at >= len(fact.letters) or not self.reader.ends:
            return None
        found = ends_of_letter(fact.letters[at], fact.formula, (fact.name, at), self.reader.ends)
        if found is None:
            return None
        low, high = found
        return self.reader.expression(ONE if low is None else low), self.reader.expression(high)

    def _rank(self, name: str) -> int:
        return self.reader.vectors.ranks.of(name) or 0 if isinstance(self.reader.vectors, Arrays) else 0

    def _apart(self, wrt: Symbol) -> tuple[Symbol, dict[str, str]]:
        """The quantity at letters of its own, and what they stand for: ∂p_i/∂z_i is ∂p_i/∂z_j at j = i."""
        name, indices = component_parts(wrt.name)
        if not indices or not all(each.is_Symbol for each in indices):
            return wrt, {}
        letters = [f"{each.name}_wrt" for each in indices]
        back = {letter: each.name for letter, each in zip(letters, indices, strict=True)}
        return symbol(f"{name}[{','.join(letters)}]"), back

    def _of_call(self, node: Derivative) -> Derivative:
        """df/dx as the derivative of f(x), where f is a function; ∂f/∂x of one of several arguments."""
        fact = self.reader.environment.functions.get(node.of.name) if isinstance(node.of, Name) else None
        by = node.wrt.name if isinstance(node.wrt, Name | Indexed) else ""
        if fact is None or self._is_known(fact.name) or (node.applied and fact.parameters != (by,)):
            return node
        arguments: tuple[Formula, ...] = (node.wrt,)
        if len(fact.parameters) == 1 and by in set(names(fact.formula)) - set(fact.parameters):
            # By a constant of the function: ∂c/∂k of c(t) = e^{-kt}.
            arguments = (Name(fact.parameters[0]),)
        elif not self.reader.aside.intersection(fact.parameters):
            arguments = (outer(fact.name, by, self.reader.environment) or node.wrt,)
        if len(fact.parameters) != 1:
            if by not in fact.parameters and not any(map(self._is_known, fact.parameters)):
                return node
            arguments = tuple(map(Name, fact.parameters))
        return Derivative(Call(fact.name, arguments), node.wrt, node.total, node.applied)

    def _local(self, value: Expr, wrt: Symbol) -> Expr:
        """The derivative with the other names of the line held fixed."""
        if not any(quantity(each) == quantity(wrt) for each in symbols(value)):
            raise MeaningError("the quantity does not stand in this line")
        return _by(value, wrt)

    def _total(self, value: Expr, wrt: Symbol) -> Expr:
        """The derivative through everything that depends on the quantity.

        Along the names while they are numbers, so that the result is as short as the document's own; the
        components of a vector all depend on the quantity, and are put in first.
        """
        if self._meets_components(value, frozenset({quantity(wrt)})):
            kept = independent(self.reader.environment, {quantity(wrt)})
            # The weights of the layer before are others: through its units, a weight has no part.
            by_layer = not self.reader.is_unit(quantity(wrt))
            opened = self.reader.opened(value, kept, by_layer=by_layer)
            if left := self.reader.left_whole(opened) - kept - {quantity(wrt)}:
                raise MeaningError(f"what the components of {min(left)} are is not read")
            self._refuse_other_layers(opened, wrt)
            return _by(opened, wrt)
        return self._along_names(value, wrt, frozenset())

    def _refuse_other_layers(self, value: Expr, wrt: Symbol) -> None:
        """Refuse what is left of the layer before the last, where all share the quantity: h^{(T-1)} by W."""
        for each in symbols(value) if layer_of(wrt) is None else ():
            layer, name = layer_of(each), quantity(each)
            if layer is None or layer.is_Symbol or not layer.free_symbols or not self._is_known(name):
                continue
            if name in independent(self.reader.environment, {quantity(wrt)}):
                continue
            if all(letter.name.isupper() for letter in layer.free_symbols):
                raise MeaningError("how the layers go on that share the quantity is not followed")

    def _meets_components(self, value: Expr, seen: frozenset[str]) -> bool:
        for each in symbols(value):
            name = quantity(each)
            if name not in seen and self._is_known(name):
                fact = self.reader.environment.equations[name]
                if fact.letters or component_parts(str(each))[1] or self.reader.vectors.is_array(name):
                    return True
                if self._meets_components(self.reader.equation(each), seen | {name}):
                    return True
        return False

    def _along_names(self, value: Expr, wrt: Symbol, seen: frozenset[str]) -> Expr:
        result = _by(value, wrt)
        for each in sorted(symbols(value), key=lambda atom: atom.name):
            name = quantity(each)
            if name == quantity(wrt) or name in seen:
                continue
            if not self._is_known(name):
                if may_depend(name, quantity(wrt), self.reader.environment):
                    self.reader.missed(name)
                    result = result + partial(value, each) * _unknown(each, wrt)
                continue
            inner = self._along_names(self.reader.equation(each), wrt, seen | {name})
            if inner != 0:
                result = result + partial(value, each) * inner
        return result + self._through_unknown(value, wrt)

    def _through_unknown(self, value: Expr, wrt: Symbol) -> Expr:
        """What comes through names whose derivative the formula speaks of, though nothing defines them."""
        result: Expr = Integer(0)
        for each in symbols(value):
            if each.name.startswith("∂"):
                raise MeaningError("the text does not say how a derivative goes on")
            if each.name.endswith(DOT):
                if wrt.name == TIME:
                    rate = each.name.removesuffix(DOT) + TWO_DOTS
                    result = result + partial(value, each) * symbol(rate)
                continue
            if each.name in self.dependent and each != wrt:
                self.reader.missed(each.name)
                result = result + partial(value, each) * symbol(f"∂{each.name}/∂{wrt.name}")
            elif wrt.name == TIME and each.name + DOT in self.dependent:
                result = result + partial(value, each) * symbol(each.name + DOT)
        return result

    def _is_known(self, name: str) -> bool:
        return name in self.reader.environment.equations


def _by(value: Expr, wrt: Symbol) -> Expr:
    """The derivative by a quantity; of Σ_{j=1}^i z_j it depends on which component of z it is by."""
    sums = [part for part in parts(value) if isinstance(part, IndexedReduction)] if "[" in wrt.name else []
    letters = _INDICES.union(*(each.letters for each in sums))
    ends = {str(atom) for each in sums for bound in each.args[2:] for atom in _ends(bound)}
    if ends & letters:
        raise MeaningError("the derivative of a sum that ends at an index is not read")
    return partial(value, wrt)


def _ends(bound: Basic) -> set[Basic]:
    """What the ends of an index hang on."""
    return (
        {atom for end in bound.args[1:] for atom in end.free_symbols} if isinstance(bound, Tuple) else set()
    )


def _unknown(of: Expr, wrt: Symbol) -> Symbol:
    """A derivative of which nothing is known: ∂L_i/∂ψ is not ∂L/∂ψ."""
    name, bracket, indices = str(of).partition("[")
    below, _, others = wrt.name.partition("[")
    both = ",".join(each.rstrip("]") for each in (indices, others) if each)
    spelled = f"∂{name}{'·' if bracket else ''}/∂{below}"
    return symbol(f"{spelled}[{both}]" if both else spelled)


def _stem(name: str) -> str:
    """The letter of a numbered name: w of w3."""
    return name.rstrip("0123456789")


def quantity(value: Expr) -> str:
    """The name of a symbol without its indices; empty of anything else."""
    return component_parts(value.name)[0] if isinstance(value, Symbol) else ""
