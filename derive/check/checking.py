"""The check of a document: formulas, tables, sentences in reading order, judged by what came before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

from derive.check.assertions import Assertion
from derive.check.claims import claim
from derive.check.conventions import layout
from derive.check.course import Course
from derive.check.documents import Directive, Document, Excerpt, Fragment, Statement, Table
from derive.check.documents.exercises import is_exercise
from derive.check.documents.macros import Expansion
from derive.check.facts import Fact
from derive.check.findings import Finding, Report
from derive.check.given import facts_of_directive
from derive.check.introductions import Wording, of_all, of_matrices, wording
from derive.check.layout import on_one_line
from derive.check.listings import followed, listed, rows
from derive.check.passages import LONGEST_FORMULA, Passage, passage_of, vocabulary
from derive.check.positions import Position, Positions
from derive.check.restrictions import NO_FORCE, Force, in_force, onward
from derive.check.sentences import stated
from derive.check.spellings import as_typed, as_written
from derive.check.tables import Column, columns, computed, facts, shifted
from derive.check.units import need_conversion, unit_of
from derive.check.verdict import NESTED, ORDER, TOO_MUCH, Claim, Judgement
from derive.check.vocabulary import Vocabulary
from derive.effort import TooMuch, interrupted
from derive.errors import FormulaError, ModelError, Place
from derive.pausing import without_collection

Entry: TypeAlias = Fragment | Table | Directive | Statement

# So many characters of formulas are read in one document, macros written out.
MOST_CHARACTERS = 1_000_000
# Seconds after which even a single step is broken off.
INTERRUPTED = 1.75
# What each formula counts at least, and one whose macros expand without end.
FORMULA, EXPANDED_IN_VAIN = 100, 5_000
# The name that a formula which is not read begins with, to say what it is.
_HEAD = re.compile(r"\s*([A-Za-z]\w*)\s*(?:\([^()]*\))?\s*:?=(?!=)")
# What is said of numbers.
NUMERIC = ("proved", "rounded", "drifted", "wrong")
CONVERTED = "its unit is another one than those that it is worked out from"
# So much of the text behind a formula is looked at for what it says of it.
_BEHIND = 80
# What readers do not see.
_HIDDEN = re.compile(r"<!--.*?-->", re.DOTALL)
NOTHING = Claim("expression", Judgement("not a claim", "nothing is claimed"))


def checked(passages: Sequence[Passage], given: Iterable[Fact] = ()) -> list[Claim]:
    """The verdict on each formula of a list; `given` are facts from a model, a side file or comments."""
    facts_given = tuple(given)
    words = vocabulary(passages, facts_given)
    said = [(each, each.asserted(words)) for each in passages]
    course = Course(said, facts_given, words.vectors, words.ranks, words.symmetric)
    return [judged(passage, found, course) for passage, found in said]


@without_collection
def judged(passage: Passage, said: Sequence[Assertion], course: Course) -> Claim:
    """The claims of one formula as one: the worst of them speaks for all."""
    found: list[Claim] = []
    with course.bounded():
        course.hears(passage, said)
        for at, each in enumerate(said):
            course.order += 1
            course.meets(passage, said, at)
            course.units[course.order - 1] = passage.unit
            one = _in_its_units(_within_bounds(each, passage, course), passage, course)
            course.passed(each, one, passage)
            if each.fault is not None and (head := _HEAD.match(each.text)) is not None:
                # What is not read may be another definition of it.
                course.disputed[head[1]] = course.order
            for name in each.changes:
                course.changes(name)
            found.append(one)
    if not found:
        return NOTHING
    main = max(found, key=lambda each: ORDER.index(each.verdict))
    links = tuple(link for each in found for link in each.links)
    return Claim(main.kind, main.judgement, links, main.sides, main.head, tuple(_others(found, main)))


def _others(found: Sequence[Claim], main: Claim) -> Iterator[Judgement]:
    """What is not in order beside the worst: in other rows, and in other links."""
    told = {(main.judgement.at, main.judgement.length)}
    for each in found:
        wrong = (link.judgement for link in each.links if link.verdict == "wrong")
        for judgement in (each.judgement, *wrong):
            place = (judgement.at, judgement.length)
            if judgement.verdict in ("wrong", "drifted", "not understood") and place not in told:
                told.add(place)
                yield judgement


def _in_its_units(found: Claim, passage: Passage, course: Course) -> Claim:
    """The claim, in doubt where its number is in another unit than those that it is worked out from."""
    judgements = (found.judgement, *(link.judgement for link in found.links))
    facts = (fact for each in judgements for fact in each.facts)
    units = {course.units.get(fact.order, "") for fact in facts if fact.kind == "value"}
    if found.verdict in NUMERIC and need_conversion(passage.unit, units):
        return replace(found, judgement=replace(found.judgement, verdict="not understood", reason=CONVERTED))
    return found


def _within_bounds(said: Assertion, passage: Passage, course: Course) -> Claim:
    try:
        with interrupted(INTERRUPTED):
            return claim(said, passage, course)
    except (TooMuch, ArithmeticError):
        return Claim("formula", TOO_MUCH)
    except RecursionError:
        return Claim("formula", NESTED)


def check_document(document: Document, given: Iterable[Fact] = ()) -> Report:
    """The verdict on every formula of a document."""
    return _Reading(document, tuple(given)).report()


@dataclass
class _Reading:
    """One pass through a document."""

    document: Document
    given: tuple[Fact, ...]
    tables: list[Column] = field(default_factory=list)
    sections: Mapping[Place, int] = field(default_factory=dict)
    expansions: dict[int, Expansion] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    read: int = 0
    latest: Fragment | None = None
    force: Force = NO_FORCE
    # The section in which matrices need not be symmetric, since the words that said so.
    unsymmetric: int | None = None
    positions: Positions = field(default_factory=Positions)

    def report(self) -> Report:
        """The findings in reading order, and the document's own faults."""
        self.sections = {each.heading.place(): at for at, each in enumerate(self.document.sections, 1)}
        entries = self.document.entries
        passages = {id(each): self._passage(each) for each in entries if isinstance(each, Fragment)}
        words = vocabulary(tuple(passages.values()), self.given)
        said = {key: each.asserted(words) for key, each in passages.items()}
        course = Course(
            ((passages[key], said[key]) for key in passages),
            self.given,
            words.vectors,
            words.ranks,
            words.symmetric,
            layout(dict.fromkeys(each.written.source.text for each in self.document.fragments)),
        )
        texts = {form: [e.text for e in passages.values() if e.form == form] for form in ("latex", "plain")}
        notation = {"latex": as_written(texts["latex"], words), "plain": as_typed(texts["plain"])}
        findings: list[Finding] = []
        for entry in entries:
            match entry:
                case Fragment():
                    one = judged(passages[id(entry)], said[id(entry)], course)
                    place, spelled = self._where(entry), notation[entry.form]
                    findings.append(
                        Finding(entry.text, entry.form, one, place, spelled, self._written_out(entry))
                    )
                case Table():
                    with suppress(TooMuch), course.bounded():
                        findings.extend(self._table(entry, words, course))
                case Directive():
                    self._directive(entry, course)
                case Statement():
                    with suppress(TooMuch), course.bounded():
                        findings.extend(self._sentence(entry, course))
        faults = (*(each.report() for each in self.document.findings), *self.faults)
        return Report(self.document.file, tuple(findings), faults)

    def _passage(self, fragment: Fragment) -> Passage:
        line, section = fragment.place().line, self._section(fragment)
        self.read += FORMULA + len(fragment.text)
        if self.read > MOST_CHARACTERS:
            reason = f"it stands after {MOST_CHARACTERS:,} characters of formulas, which are the most"
            return Passage("", line, section, fragment.form, fault=FormulaError(reason, 0))
        if len(fragment.text) > LONGEST_FORMULA:
            return passage_of(fragment.text, line, section, fragment.form)
        try:
            expansion = fragment.expanded()
        except FormulaError as fault:
            self.read += EXPANDED_IN_VAIN
            return Passage("", line, section, fragment.form, fault=fault.detached())
        if expansion.text != fragment.text:
            self.expansions[id(fragment)] = expansion
            self.read += len(expansion.text)
        text = on_one_line(expansion.text) if "{multline" in fragment.opening else expansion.text
        found = passage_of(text, line, section, fragment.form)
        alone, display = self._stands_alone(fragment), fragment.display
        scope = self._scope(fragment)
        between = self._between(fragment)
        return replace(
            found,
            scope=scope,
            alone=alone,
            display=display,
            wording=self._wording(fragment, between),
            unit=unit_of(text, fragment.after),
            position=self._position(fragment, between),
        )

    def _wording(self, fragment: Fragment, between: str) -> Wording:
        """What is said beside a formula, and what sentences before have left in force."""
        end = fragment.written.pieces[-1][1]
        behind = fragment.written.source.text[end : end + _BEHIND]
        beside = wording(fragment.before, fragment.after, between, behind)
        sentence = f"{fragment.before} $ $ {fragment.after}"
        self.force = onward(self.force, between, sentence, beside.restricted)
        restricted = beside.restricted or in_force(self.force, fragment.before)
        title, section = fragment.section[-1].title if fragment.section else "", self._section(fragment)
        if beside.symmetric and self.unsymmetric == section:
            self.unsymmetric = None
        elif beside.unsymmetric or of_matrices(title):
            self.unsymmetric = section
        unsymmetric = self.unsymmetric == section
        beside = replace(beside, restricted=restricted, title=title, unsymmetric=unsymmetric)
        return replace(beside, below_general=of_all(title))

    def _between(self, fragment: Fragment) -> str:
        """The words between a formula and the one before it."""
        before, self.latest = self.latest, fragment
        if before is None or before.written.source is not fragment.written.source:
            return ""
        text = fragment.written.source.text[before.written.pieces[-1][1] : fragment.written.start]
        return _HIDDEN.sub("", text)

    def _where(self, fragment: Fragment) -> Callable[[int, int], Place]:
        """Where a part of a formula stands, which was read with its macros written out."""
        expansion = self.expansions.get(id(fragment))
        return fragment.formula.place if expansion is None else partial(_written, fragment.formula, expansion)

    def _written_out(self, fragment: Fragment) -> str:
        expansion = self.expansions.get(id(fragment))
        return "" if expansion is None else expansion.text

    def _scope(self, entry: Entry) -> int:
        """The comment of a program that an entry stands in: other functions have other names."""
        own = next((each for each in entry.section if not each.level), None)
        return 0 if own is None else self.sections[own.heading.place()]

    def _stands_alone(self, fragment: Fragment) -> bool:
        """Whether words part a formula of running text from the one before."""
        if fragment.display or fragment.continues is None:
            return not fragment.display
        before, own = self.document.fragments[fragment.continues].written, fragment.written
        if before.source is not own.source:
            return True
        return bool(own.source.text[before.pieces[-1][1] : own.start].strip(" \t\n.,;&"))

    def _section(self, entry: Entry) -> int:
        return self.sections.get(entry.section[-1].heading.place(), 0) if entry.section else 0

    def _position(self, fragment: Fragment, between: str) -> Position:
        within = {self.sections[each.heading.place()]: each for each in fragment.section}
        exercises = [at for at, each in within.items() if is_exercise(each.title)]
        joined = fragment.explains is not None
        own = (exercises or [0])[-1]
        return self.positions.next(tuple(within), own, between, fragment.label, joined=joined)

    def _table(self, table: Table, words: Vocabulary, course: Course) -> Iterable[Finding]:
        place = _place(table)
        section = self._section(table)
        passage = Passage("", place.line, section)
        found = shifted(table, self.tables)
        if found is not None:
            yield Finding(_text(table, 0), "latex", found, table.rows[0][0].place)
        computed_before = course.environment(passage, ahead=False).equations
        by_row = rows(table, words)
        found_here = (
            *facts(table, words, course.order, place.line, section),
            *listed(by_row, course.order, place.line, section),
        )
        taken = [each for each in found_here if each.name not in computed_before]
        course.take(taken)
        found = computed(table, words, course.judge(passage))
        if found is not None:
            yield Finding(_text(table, 1), "latex", found, table.rows[1][0].place)
        elif by_row:
            known = (replace(each, order=course.order - 1) for each in taken)
            listing = followed(by_row, course.judge_with(known, passage))
            if listing is not None:
                at, claimed = listing
                yield Finding(_text(table, at), "latex", claimed, table.rows[at][0].place)
        self.tables.extend(columns(table))

    def _directive(self, directive: Directive, course: Course) -> None:
        line, section = directive.content.place().line, self._section(directive)
        try:
            course.take(facts_of_directive(directive.text, line, section, course.order))
        except ModelError as fault:
            at, length = (fault.place.column, fault.place.length) if fault.place else (0, 1)
            place = directive.content.place(at, length)
            self.faults.append(ModelError(fault.reason, place, fault.suggestion).report())

    def _sentence(self, sentence: Statement, course: Course) -> Iterable[Finding]:
        found = stated(sentence, course.records)
        if found is not None:
            yield Finding(sentence.text, "latex", found, sentence.sentence.place)


def _written(formula: Excerpt, expansion: Expansion, at: int, length: int) -> Place:
    start = expansion.at(at)
    return formula.place(start, max(1, expansion.at(at + length) - start))


def _place(entry: Entry) -> Place:
    match entry:
        case Fragment():
            return entry.place()
        case Table():
            return entry.rows[0][0].place()
        case Directive():
            return entry.content.place()
        case Statement():
            return entry.number.place()


def _text(table: Table, first: int) -> str:
    return "\n".join("\t".join(cell.text for cell in row) for row in table.rows[first:])
