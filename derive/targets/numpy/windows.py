"""Shifted indices as windows that slide along an axis: x[t + k] has an axis of places t and one of shifts k.

The adjoint of such a component, y[t - k] where that is a place, is read off the windows of y with zeros
around it, backwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from derive.affine import Multiples, multiples
from derive.formula import ZERO, Formula, Indexed, Name, Negation, Relation, Sum
from derive.model.model import Size
from derive.shapes import extent
from derive.targets.numpy.code import Code

CALL = "sliding_window_view"


@dataclass(frozen=True, slots=True)
class Windows:
    """Writes components with a shifted index.

    `sizes` and `shapes` tell the lengths of letters and axes, `texts` how those of letters are written,
    `derived` what sizes are that follow from others.
    """

    sizes: Mapping[str, Size]
    texts: Mapping[str, str]
    shapes: Mapping[str, Sequence[Size]]
    derived: Mapping[str, Formula]

    def code(self, formula: Indexed) -> Code | None:
        """A component whose indices are letters and sums t + k of them; None for any other."""
        shifts = self._shifts(formula, 1)
        if not shifts:
            return None
        return Code(self._call(formula.name, shifts), self._letters(formula, shifts))

    def backwards(self, formula: Indexed) -> Code | None:
        """A component whose indices are letters and differences t - k, zero outside of the array."""
        shifts = self._shifts(formula, -1)
        if not shifts:
            return None
        windows = self._call(self._padded(formula, shifts), shifts)
        turned = ", ".join(("...", *("::-1" for _ in shifts)))
        return Code(f"{windows}[{turned}]", self._letters(formula, shifts))

    def is_range(self, guard: Relation, components: Iterable[Indexed]) -> bool:
        """Whether a guard only keeps the shifted index of a component, written backwards, in its axis."""
        match guard:
            case Relation((zero, index, _), ("<=", "<")) if zero == ZERO:
                owners = [each for each in components if index in each.indices]
                return len(owners) == 1 and self.backwards(owners[0]) is not None
        return False

    def _shifts(self, formula: Indexed, sign: int) -> dict[int, tuple[str, str]]:
        """The place and the shift of each axis whose index is no letter; none where one is something else."""
        found: dict[int, tuple[str, str]] = {}
        letters: list[str] = []
        for axis, index in enumerate(formula.indices):
            match index:
                case Name(letter):
                    letters.append(letter)
                case Sum((Name(place), Name(shift))) if sign > 0:
                    found[axis] = (place, shift)
                case Sum((Name(place), Negation(Name(shift)))) if sign < 0:
                    found[axis] = (place, shift)
                case _:
                    return {}
        letters += [letter for pair in found.values() for letter in pair]
        known = len(set(letters)) == len(letters) and all(each in self.sizes for each in letters)
        fits = known and all(self._fits(formula, axis, *pair, sign) for axis, pair in found.items())
        return found if fits else {}

    def _call(self, name: str, shifts: Mapping[int, tuple[str, str]]) -> str:
        lengths = [self.texts[shift] for _, shift in shifts.values()]
        axes = list(map(str, shifts))
        if len(axes) == 1:
            return f"{CALL}({name}, {lengths[0]}, axis={axes[0]})"
        return f"{CALL}({name}, ({', '.join(lengths)}), axis=({', '.join(axes)}))"

    def _padded(self, formula: Indexed, shifts: Mapping[int, tuple[str, str]]) -> str:
        """The array with zeros before and behind, one fewer than there are shifts."""
        zeros = {axis: self._before(shift) for axis, (_, shift) in shifts.items()}
        if len(formula.indices) == 1:
            return f"np.pad({formula.name}, {zeros[0]})"
        pads = (
            f"({zeros[at]}, {zeros[at]})" if at in zeros else "(0, 0)" for at in range(len(formula.indices))
        )
        return f"np.pad({formula.name}, ({', '.join(pads)}))"

    def _before(self, shift: str) -> str:
        size = self.sizes[shift]
        return str(size - 1) if isinstance(size, int) else f"{self.texts[shift]} - 1"

    def _letters(self, formula: Indexed, shifts: Mapping[int, tuple[str, str]]) -> tuple[str, ...]:
        own = (
            each.name if isinstance(each, Name) else shifts[axis][0]
            for axis, each in enumerate(formula.indices)
        )
        return (*own, *(shift for _, shift in shifts.values()))

    def _fits(self, formula: Indexed, axis: int, place: str, shift: str, sign: int) -> bool:
        """Whether there is a window for every place: as many as the axis is long, but for the shifts."""
        shape = self.shapes.get(formula.name, ())
        if len(shape) != len(formula.indices):
            return False
        found = self._linear(shape[axis])
        found.subtract(self._linear(self.sizes[place]))
        for name, count in self._linear(self.sizes[shift]).items():
            found[name] -= sign * count
        found[""] += sign
        return not any(found.values())

    def _linear(self, size: Size) -> Multiples:
        return multiples(self.derived.get(str(size), extent(size)))
