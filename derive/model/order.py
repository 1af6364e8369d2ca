"""The order of equations: what a line reads stands above it."""

from __future__ import annotations

from collections.abc import Sequence

from derive.errors import ModelError
from derive.formula import Indexed, Name, walk
from derive.model.definitions import Definitions
from derive.model.parsing import Assignment
from derive.notation import plain


class Order:
    """The equations of a model, checked one after the other; `aliases` are those of the lines passed."""

    def __init__(self, assignments: Sequence[Assignment]) -> None:
        self.aliases: dict[str, str] = {}
        self._later: dict[str, Assignment] = {}
        for each in assignments:
            for target in each.targets:
                first = self._later.get(target.name)
                if first is not None:
                    line = first.statement.place(first.targets[0].at or 0).line
                    raise each.error(f"{target.name} is defined twice, first in line {line}", target)
                self._later[target.name] = each

    def passed(self, each: Assignment, definitions: Definitions) -> None:
        """Pass a line; refuse what it reads too early."""
        own = {target.name for target in each.targets}
        for target in each.targets:
            if target.name in definitions.functions:
                reason = f"{target.name} is a function of this model and cannot be a quantity too"
                raise each.error(reason, target)
            del self._later[target.name]
        if not (own.isdisjoint(each.content.names) and self._later.keys().isdisjoint(each.content.names)):
            self._check(each, own)
        self.aliases.update((alias.name, each.name) for alias in each.targets[1:])

    def _check(self, each: Assignment, own: set[str]) -> None:
        for node in walk(each.formula):
            if isinstance(node, Name | Indexed) and (node.name in own or node.name in self._later):
                raise self._too_early(each, node)

    def _too_early(self, each: Assignment, node: Name | Indexed) -> ModelError:
        own = {target.name for target in each.targets}
        if node.name in own:
            if isinstance(node, Indexed) and node.indices != each.targets[0].children:
                reason = f"{plain(each.targets[0])} reads {plain(node)}: a recurrence is not read"
                name = node.name
                suggestion = (
                    f"Write its steps as lines of their own: {name}1 = …, then {name}2 = … with {name}1."
                )
                return each.error(reason, node, suggestion)
            return each.error(f"{node.name} is defined by itself", node)
        cycle = self._cycle(node.name, own)
        if cycle:
            return each.error(f"{each.name} depends on itself: {' → '.join((each.name, *cycle))}", node)
        line = self._later[node.name].statement.place(self._later[node.name].targets[0].at or 0).line
        suggestion = f"It is defined in line {line}: move that line up."
        return each.error(f"{node.name} is used before it is defined", node, suggestion)

    def _cycle(self, name: str, goals: set[str]) -> tuple[str, ...]:
        """The names from `name` to one of the goals, each reading the next; nothing if no way leads there."""
        before: dict[str, str | None] = {name: None}
        waiting = [name]
        while waiting:
            reader = waiting.pop(0)
            if reader in goals:
                return _way(reader, before)
            if reader not in self._later:
                continue
            for node in walk(self._later[reader].formula):
                if isinstance(node, Name | Indexed) and node.name not in before:
                    before[node.name] = reader
                    waiting.append(node.name)
        return ()


def _way(name: str, before: dict[str, str | None]) -> tuple[str, ...]:
    found = [name]
    while (reader := before[found[-1]]) is not None:
        found.append(reader)
    return tuple(reversed(found))
