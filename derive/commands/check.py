"""`derive check`: what documents claim, formula by formula."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from derive.commands.arguments import ModelSource, output_option
from derive.commands.messages import note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from derive.check.facts import Fact
    from derive.check.findings import Report

_STDIN = Path("-")
FORMATS = ("text", "json", "github", "sarif", "html")


@click.command(short_help="Judge every formula of a document.")
@click.argument("documents", nargs=-1, type=click.Path(path_type=Path), metavar="[DOCUMENT]...")
@click.option("-m", "--model", type=ModelSource(), help="A model whose equations and values hold throughout.")
@click.option(
    "--facts", type=click.Path(path_type=Path), metavar="FILE", help="A side file: name = value, a line each."
)
@click.option("--claim", metavar="FORMULA", help="Judge this formula against --model, not a document.")
@click.option("--hint", is_flag=True, help="With --claim: say where to look, not what is right.")
@click.option("--explain", is_flag=True, help="With --claim: derive the partial derivative in full.")
@click.option("-f", "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="A formula that is not understood is a finding too.")
@click.option("--fix", is_flag=True, help="Rewrite drifted numbers, and nothing else.")
@click.option("--diff", is_flag=True, help="Show what --fix would rewrite.")
@output_option
@click.pass_context
def check(
    context: click.Context,
    documents: tuple[Path, ...],
    model: Path | None,
    facts: Path | None,
    claim: str | None,
    hint: bool,
    explain: bool,
    form: str,
    strict: bool,
    fix: bool,
    diff: bool,
    output: Path | None,
) -> None:
    """Say of every formula in DOCUMENTs whether it is right, with a proof or a counterexample.

    A folder stands for the documents in it, - for Markdown from stdin. Exit codes: 0 nothing wrong or
    drifted, 1 something is, 2 a document that cannot be read.
    """
    from derive.check.reports import rendered

    _refuse(documents, claim, (hint, explain), fix=fix, diff=diff, form=form)
    given = _given(model, facts)
    if claim is not None:
        _claim(context, claim, given, model, output, hint=hint, explain=explain, form=form, strict=strict)
        return
    reports = _reports(_files(documents), given)
    if fix or diff:
        reports = _fixed(reports, given, write_back=fix, show=diff)
    _tell(rendered(form, reports, strict=strict), output)
    if form in ("json", "sarif"):
        # These formats have no place for a document's own faults.
        for report in reports:
            for fault in report.faults:
                note(fault)
    if any(report.unreadable for report in reports):
        context.exit(2)
    if any(report.faulty(strict=strict) for report in reports):
        context.exit(1)


def _refuse(
    documents: tuple[Path, ...],
    claim: str | None,
    asked: tuple[bool, bool],
    *,
    fix: bool,
    diff: bool,
    form: str,
) -> None:
    """Refuse options that do not go together, before anything is read."""
    hint, explain = asked
    if claim is None:
        if hint or explain:
            raise click.UsageError(f"{'--hint' if hint else '--explain'} goes with --claim.")
        if not documents:
            raise click.UsageError("Name a document, or a formula with --claim.")
        if (fix or diff) and _STDIN in documents:
            raise click.UsageError("--fix and --diff are for files: - is none.")
        if diff and form != "text":
            raise click.UsageError(f"--diff is for people: leave --format {form} away.")
        return
    if documents or fix or diff:
        reason = "a document" if documents else "--fix" if fix else "--diff"
        raise click.UsageError(f"--claim is judged alone: leave {reason} away.")
    if not claim.strip():
        raise click.UsageError("The formula of --claim is empty.")
    if (hint or explain) and form != "text":
        raise click.UsageError(f"--hint and --explain are for people: leave --format {form} away.")


def _tell(text: str, output: Path | None) -> None:
    from derive.writing import write

    if output is None:
        click.echo(text, nl=False)
    else:
        write(output, text)
        note(f"Wrote {output}")


def _given(model: Path | None, facts: Path | None) -> tuple[Fact, ...]:
    from derive.check.given import facts_of_file, facts_of_model
    from derive.model import read

    found: tuple[Fact, ...] = ()
    if model is not None:
        found += facts_of_model(read(model))
    if facts is not None:
        found += facts_of_file(facts)
    return found


def _files(documents: tuple[Path, ...]) -> list[Path]:
    """The documents themselves, and those in folders that a reader knows by their suffix."""
    from derive.check.documents import suffixes

    known = set(suffixes())
    found: dict[Path, None] = {}
    for path in documents:
        if path.is_dir():
            inside = (each for each in path.rglob("*") if each.suffix.lower() in known and each.is_file())
            found.update(dict.fromkeys(sorted(inside)))
        else:
            found[path] = None
    if not found:
        raise click.UsageError(f"There is no document in {', '.join(map(str, documents))}.")
    return list(found)


def _reports(files: Sequence[Path], given: tuple[Fact, ...]) -> list[Report]:
    """A report a file, in order; a progress bar where several files meet a terminal."""
    from derive.check.files import check_files

    if _STDIN in files:
        rest = [path for path in files if path != _STDIN]
        return [_of_stdin(given), *(_reports(rest, given) if rest else ())]
    found = check_files(files, given)
    if len(files) == 1:
        return list(found)
    quiet = not sys.stderr.isatty()
    with click.progressbar(found, len(files), label="Checking", file=sys.stderr, hidden=quiet) as bar:
        return list(bar)


def _of_stdin(given: tuple[Fact, ...]) -> Report:
    from derive.check.documents.reading import LARGEST_FILE
    from derive.check.files import check_bytes

    return check_bytes(sys.stdin.buffer.read(LARGEST_FILE + 1), "stdin", "markdown", given)


def _fixed(
    reports: Sequence[Report], given: tuple[Fact, ...], *, write_back: bool, show: bool
) -> list[Report]:
    """The reports after drifted numbers were rewritten; a diff goes to stdout before them."""
    from derive.check.files import check_file
    from derive.check.fixing import difference, edits, rewriting
    from derive.writing import write

    found: list[Report] = []
    for report in reports:
        changes = edits(report)
        if not changes or report.file is None:
            found.append(report)
            continue
        # What is linked to stays linked to.
        path = Path(report.file).resolve()
        rewritten = rewriting(path, changes)
        if show:
            click.echo(difference(report.file, rewritten.before, rewritten.after))
        if write_back:
            write(path, rewritten.content)
            note(f"Rewrote {len(changes)} number{'s' if len(changes) > 1 else ''} in {report.file}")
            found.append(check_file(Path(report.file), given))
        else:
            found.append(report)
    return found


def _claim(
    context: click.Context,
    claim: str,
    given: tuple[Fact, ...],
    model: Path | None,
    output: Path | None,
    *,
    hint: bool,
    explain: bool,
    form: str,
    strict: bool,
) -> None:
    """One formula judged, with as much of the answer as was asked for."""
    from derive.check.answers import explained, judged_claim
    from derive.check.findings import Report
    from derive.check.reports import rendered
    from derive.check.reports.text import told
    from derive.model import read

    if explain and model is None:
        raise click.UsageError("--explain derives a partial of a model: name it with --model.")
    parameters = () if model is None else read(model).parameters
    finding = judged_claim(claim, given, parameters=parameters)
    if hint:
        judgement = finding.claim.judgement
        about = judgement.hint if finding.verdict in ("wrong", "drifted") else judgement.reason
        text = "\n".join(each for each in (finding.verdict, about) if each) + "\n"
    elif form == "text":
        parts = [each for each in finding.parts() if each is finding or each.is_fault(strict=strict)]
        text = "\n\n".join(map(told, parts)) + "\n"
    else:
        text = rendered(form, [Report(None, (finding,))], strict=strict)
    if explain:
        assert model is not None
        text += "\n" + explained(finding, model)
    _tell(text, output)
    if finding.is_fault(strict=strict):
        context.exit(1)
