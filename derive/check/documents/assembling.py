"""From the blocks of a document to what is found in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from types import MappingProxyType

from derive.check.documents.blocks import Block, directive
from derive.check.documents.document import Directive, Document, Finding, Fragment, Section, Statement
from derive.check.documents.exercises import LEVEL, label_of
from derive.check.documents.macros import MOST_MACROS, Macro, definitions
from derive.check.documents.passage import MOST_FORMULAS, MOST_SOUGHT, Found, Passage
from derive.check.documents.sentences import Sentences, context, words_after, words_before
from derive.check.documents.source import Excerpt
from derive.check.documents.tabulating import Tables

MOST_FINDINGS = 1_000
_RELATION = re.compile(
    r"[\s&{}]*+(?:\\begin\{[a-z]+\*?\})?[\s&{}]*+(?:=|:=|≈|≔|≤|≥|<|>|\\(?:approx|simeq|equiv|cong|propto|leq?|geq?|coloneqq)(?![A-Za-z]))"
)
_CLAUSE_OPENS = re.compile(r"\W*(?:where|with|here|in which)\b", re.IGNORECASE)
_DEFINES = ("\\newcommand", "\\renewcommand", "\\providecommand", "\\def", "\\Declare", "\\let")


def assembled(
    file: str | None, format_name: str, blocks: Iterable[Block], faults: Iterable[Finding]
) -> Document:
    """The document that blocks make."""
    assembly = _Assembly()
    assembly.findings.extend(faults)
    for block in blocks:
        assembly.add(block)
        if limit := assembly.limit():
            assembly.findings.append(Finding(f"{limit}: the rest of the document is not read", block.text))
            break
    return Document(
        file,
        format_name,
        tuple(assembly.fragments),
        assembly.tables.finished(),
        tuple(assembly.directives),
        tuple(assembly.statements),
        tuple(assembly.all_sections),
        tuple(assembly.findings),
    )


class _Assembly:
    """What has been found so far, and what the next block may still add to it."""

    def __init__(self) -> None:
        self.fragments: list[Fragment] = []
        self.directives: list[Directive] = []
        self.statements: list[Statement] = []
        self.findings: list[Finding] = []
        self.tables = Tables()
        self.section: tuple[Section, ...] = ()
        self.all_sections: list[Section] = []
        self.macros: Mapping[str, Macro] = MappingProxyType({})
        self.last_words = ""
        # Displays that end a block: the next block's first sentence is theirs.
        self.waiting: list[int] = []
        self.last_display: int | None = None
        self.sought = 0

    def limit(self) -> str:
        """Which bound of a document is reached, if one is."""
        if len(self.fragments) >= MOST_FORMULAS or len(self.statements) >= MOST_FORMULAS:
            return f"more than {MOST_FORMULAS:,} formulas"
        return f"more than {MOST_FINDINGS:,} faults" if len(self.findings) >= MOST_FINDINGS else ""

    def add(self, block: Block) -> None:
        """Take in what a block holds."""
        match block.kind:
            case "gap":
                self._part()
            case "fault":
                self.findings.append(Finding(block.reason, block.text))
            case "directive":
                self.directives.append(Directive(block.text, self.section))
            case "preamble":
                self._define(block.text.text, block.text)
            case _:
                self._read(block)

    def _part(self) -> None:
        """What follows has nothing to do with what stood before."""
        self.last_words, self.waiting, self.last_display = "", [], None

    def _define(self, text: str, excerpt: Excerpt) -> None:
        if not any(word in text for word in _DEFINES):
            return
        added = {macro.name: macro for macro, _, _ in definitions(text)}
        if not added or len(self.macros) > MOST_MACROS:
            return
        self.macros = MappingProxyType({**self.macros, **added})
        if len(self.macros) > MOST_MACROS:
            reason = f"more than {MOST_MACROS:,} macros: those defined after this are not expanded"
            self.findings.append(Finding(reason, excerpt))

    def _open(self, block: Block) -> None:
        title = context(block.text.text)[:200]
        section = Section(block.level, title, block.text, block.guessed)
        self.section = (*(each for each in self.section if each.level < block.level), section)
        self.all_sections.append(section)
        self._part()

    def _read(self, block: Block) -> None:
        if block.kind == "heading":
            self._open(block)
        elif block.kind == "prose" and (label := label_of(block.text.text)):
            self._open(Block("heading", block.text.part(0, label), level=LEVEL, guessed=True))
        passage = Passage(block, self.sought)
        self._count(passage)
        self._define(passage.text, block.text)
        for unclosed in passage.unclosed:
            self.findings.append(Finding(unclosed.reason, block.text.part(unclosed.start, unclosed.end)))
        for comment in block.text.parts(passage.comments):
            if found := directive(comment):
                self.directives.append(Directive(found.text, self.section))
        if block.kind == "cell":
            self._part()
            self.tables.add(block, self.section)
        first = len(self.fragments)
        sentences = Sentences(passage.words)
        self._join_words(sentences, passage)
        self.fragments.extend(self._fragments(passage, sentences, first))
        if block.kind == "prose":
            self._state(passage, sentences)
        self._remember(passage, sentences, first)

    def _count(self, passage: Passage) -> None:
        """Keep account of the running text that was read word by word."""
        before, self.sought = self.sought, self.sought + passage.sought
        if before < MOST_SOUGHT <= self.sought:
            reason = "so long a text: from here on formulas are found by their delimiters only"
            self.findings.append(Finding(reason, passage.block.text))

    def _fragments(self, passage: Passage, sentences: Sentences, first: int) -> Iterable[Fragment]:
        """The formulas of a passage, with their sentences and their bonds to earlier ones."""
        block, found = passage.block, passage.formulas
        written = block.text.parts((each.start, each.end) for each in found)
        inner = block.text.parts((each.inner_start, each.inner_end) for each in found)
        explained = None
        for number, each in enumerate(found):
            start = sentences.around(each.start)[0]
            last = found[number - 1].end if number else 0
            if start >= last or not number:
                explained, last = None, start
            if sentences.has_clause(last, each.start):
                in_sentence = number and start < found[number - 1].end
                explained = first + number - 1 if in_sentence else self._explained(passage, start)
            fragment = Fragment(
                inner[number],
                written[number],
                each.form,
                each.display,
                each.opening,
                self.section,
                *self._words(passage, sentences, each, start),
                each.label or block.label or passage.label,
                self.tables.cell() if block.kind == "cell" else None,
                self._continued(each, inner[number].text, first + number, number > 0),
                explained,
                self.macros,
            )
            yield fragment

    def _words(self, passage: Passage, sentences: Sentences, each: Found, start: int) -> tuple[str, str]:
        """The rest of a formula's sentence, before and after it."""
        end = sentences.around(max(each.start, each.end - 1))[1]
        if each.display and not passage.text[: each.start].strip():
            return self.last_words, words_after(passage.text, each.end, end)
        return words_before(passage.text, start, each.start), words_after(passage.text, each.end, end)

    def _explained(self, passage: Passage, start: int) -> int | None:
        """The display before a passage that opens with "where …"."""
        opens = start == 0 and _CLAUSE_OPENS.match(passage.words)
        return self.waiting[-1] if opens and self.waiting else None

    def _continued(self, each: Found, text: str, index: int, has_neighbour: bool) -> int | None:
        """The formula whose chain one that starts with a relation sign goes on with."""
        previous = index - 1 if has_neighbour and not each.display else self.last_display
        if each.display:
            self.last_display = index
        return previous if _RELATION.match(text) else None

    def _join_words(self, sentences: Sentences, passage: Passage) -> None:
        """Give the displays of the block before the first sentence of this one."""
        if passage.block.kind != "prose" or not passage.words.strip():
            return
        start, end = sentences.around(0)
        if passage.formulas and passage.formulas[0].display:
            end = min(end, passage.formulas[0].start)
        words = words_after(passage.text, start, end)
        for index in self.waiting if words else ():
            self.fragments[index] = replace(self.fragments[index], after=words)

    def _state(self, passage: Passage, sentences: Sentences) -> None:
        stretches = list(islice(sentences.numbers(), MOST_FORMULAS))
        whole = passage.block.text.parts(sentence for sentence, _ in stretches)
        values = passage.block.text.parts(number for _, number in stretches)
        self.statements += [Statement(*each, self.section) for each in zip(whole, values, strict=True)]

    def _remember(self, passage: Passage, sentences: Sentences, first: int) -> None:
        """Keep what the next block may need."""
        last = passage.formulas[-1] if passage.formulas else None
        if last is not None and last.display and not passage.text[last.end :].strip(" \t\n.,;"):
            self.waiting = [len(self.fragments) - 1]
        elif passage.block.kind == "prose" and passage.text.strip():
            self.waiting = []
            start = sentences.around(max(0, len(passage.words) - 1))[0]
            self.last_words = words_before(passage.text, start, len(passage.text))
