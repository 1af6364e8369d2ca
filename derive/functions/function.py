"""The type of a function's row: what it means, its derivative, where that fails, and how it is spelled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from derive.formula import Call, Formula, Name, read, replace

# The name by which a derivative refers to the value of its own function: sigmoid has f*(1 - f).
OUTPUT = "f"


@dataclass(frozen=True, slots=True)
class Kink:
    """A value of the first parameter where a derivative does not exist, and the values used there.

    `at` and `derivatives` (one for each parameter) are texts in the parameters. The curve has a corner
    there, unless its value `jumps`.
    """

    at: str
    derivatives: tuple[str, ...]
    jumps: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """The interval of the values; an end without text is infinite, a `rounded` end is a decimal."""

    low: str | None = None
    high: str | None = None
    has_low: bool = False
    has_high: bool = False
    rounded: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function: a row of the table, or one that a model defines.

    `definition` is a formula in the parameters, as text or as read; a primitive has none. `derivatives`
    holds one for each parameter, in the form that textbooks use: they may use the function's own value
    under the name `f`; a function without them is differentiated through its definition. `defaults` are
    the values of the last parameters. `domain` is a condition on the parameters. `limits` are the limits
    at the lower and the upper end of the domain of the first parameter (`inf`, `-inf`, or None for none).
    A `variadic` function of two takes more arguments: max(a, b, c) is max(a, max(b, c)).
    """

    name: str
    parameters: tuple[str, ...]
    definition: str | Formula | None = None
    derivatives: tuple[str | Formula, ...] = ()
    latex: str = ""
    title: str = ""
    aliases: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    kinks: tuple[Kink, ...] = ()
    domain: str | None = None
    range: Range = Range()
    limits: tuple[str | None, str | None] = (None, None)
    variadic: bool = False

    @property
    def fewest(self) -> int:
        """The least number of arguments."""
        return len(self.parameters) - len(self.defaults)

    @property
    def most(self) -> int | None:
        """The greatest number of arguments; None if there is none."""
        return None if self.variadic else len(self.parameters)

    def accepts(self, count: int) -> bool:
        """Whether the function can be called with so many arguments."""
        return self.fewest <= count and (self.most is None or count <= self.most)

    def body(self) -> Formula | None:
        """The definition in the parameters; None for a primitive."""
        return _formula(self.definition)

    def derivative(self, index: int = 0) -> Formula | None:
        """The derivative by a parameter, in the parameters and `f`; None where no row states it."""
        return _formula(self.derivatives[index]) if self.derivatives else None

    def condition(self) -> Formula | None:
        """The domain as a condition on the parameters; None if it is everything."""
        return _formula(self.domain)

    def complete(self, arguments: tuple[Formula, ...]) -> tuple[Formula, ...]:
        """One argument for each parameter: defaults filled in, further ones of max and min nested."""
        count = len(self.parameters)
        if self.variadic and len(arguments) > count:
            rest = self.complete(arguments[count - 1 :])
            return (*arguments[: count - 1], Call(self.name, rest))
        missing = count - len(arguments)
        defaults = self.defaults[len(self.defaults) - missing :] if missing > 0 else ()
        return (*arguments, *(_read(text) for text in defaults))

    def value_at(self, arguments: tuple[Formula, ...]) -> Formula | None:
        """The definition with the arguments put in; None for a primitive."""
        body = self.body()
        return None if body is None else replace(body, self._bindings(arguments))

    def derivative_at(
        self, index: int, arguments: tuple[Formula, ...], value: Formula | None = None
    ) -> Formula | None:
        """The derivative by a parameter with the arguments put in.

        `value` stands for the function's own value, if a name has been given to it; else the call does.
        """
        derivative = self.derivative(index)
        if derivative is None:
            return None
        own = Call(self.name, arguments) if value is None else value
        return replace(derivative, {**self._bindings(arguments), Name(OUTPUT): own})

    def _bindings(self, arguments: tuple[Formula, ...]) -> dict[Formula, Formula]:
        names = (Name(parameter) for parameter in self.parameters)
        return dict(zip(names, self.complete(arguments), strict=True))


def _formula(written: str | Formula | None) -> Formula | None:
    return _read(written) if isinstance(written, str) else written


@cache
def _read(text: str) -> Formula:
    return read(text)
