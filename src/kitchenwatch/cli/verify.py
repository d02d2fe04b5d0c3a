"""`kitchenwatch verify`: proves evidence offline, with the public key alone."""

import json
import re
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from kitchenwatch.cli.screen import fault, progress, say, stderr
from kitchenwatch.errors import NotFound, StorageError
from kitchenwatch.evidence.findings import Report
from kitchenwatch.evidence.keys import load_public_key
from kitchenwatch.evidence.links import Witness
from kitchenwatch.evidence.timestamp import TimestampVerifier
from kitchenwatch.evidence.verify import verify_store
from kitchenwatch.evidence.zipped import Zipped

WITNESS = re.compile(r"(?P<site>[^:]+):(?P<seq>\d+):(?P<sha256>[0-9a-f]{64})")


def verify(
    store: Annotated[Path, typer.Argument(help="The folder that holds chain/ and evidence/, or a copy or bundle.")],
    key: Annotated[Path, typer.Option(help="The installation's public key (PEM).")],
    case: Annotated[UUID | None, typer.Option(help="Only this case, and its site's whole chain.")] = None,
    witness: Annotated[list[str] | None, typer.Option(help="SITE:SEQ:SHA256, as an alert told it.")] = None,
    tsa: Annotated[Path | None, typer.Option(help="Root certificates (PEM) of the time-stamping authority.")] = None,
) -> None:
    """Check every seal and every file; name what was changed, removed, reordered or cut off."""
    timestamps = TimestampVerifier(_certificates(tsa)) if tsa else None
    if not (store / "chain").exists() and (inside := store / "evidence" / "chain").exists():
        raise NotFound(f"{store}: holds no chain/ -> name {inside.parent}")
    if case is None and (case := _case_in(store)):
        say(f"a case's bundle: case {case} is checked, and its site's whole chain", on=stderr)
    with progress() as bar:
        task = bar.add_task("verifying")
        report = verify_store(
            store,
            load_public_key(key),
            case=case,
            witnesses=[_witness(text) for text in witness or []],
            timestamps=timestamps,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    _tell(report)
    if not report.ok:
        raise typer.Exit(1)


def _certificates(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound(f"{path}: {error.strerror} -> name the authority's certificates (PEM)") from None


def _case_in(bundle: Path) -> UUID | None:
    """The case that a bundle is of: its site's chain tells of more cases, whose files are not there."""
    try:
        return UUID(json.loads(Zipped(bundle).get("case.json"))["id"]) if bundle.is_file() else None
    except (StorageError, NotFound, ValueError, KeyError, TypeError):
        return None


def _witness(text: str) -> Witness:
    found = WITNESS.fullmatch(text)
    if not found:
        raise typer.BadParameter(f"{text!r} is not SITE:SEQ:SHA256", param_hint="--witness")
    return Witness(found["site"], int(found["seq"]), found["sha256"])


def _tell(report: Report) -> None:
    for finding in report.findings:
        fault(str(finding))
    for unsealed in report.unsealed:
        say(f"{unsealed} is attested by no entry: nothing is claimed about it", "[yellow]?[/] ", stderr)
    verdict = "[green]everything sealed is as it was[/]" if report.ok else f"[red]{len(report.findings)} faults[/]"
    removed = f", {report.removed} files removed by retention" if report.removed else ""
    stamps = f", {report.timestamps} time-stamps" if report.timestamps else ""
    counts = f"{report.sites} sites, {report.entries} entries, {report.files} files{removed}{stamps}"
    say(counts, f"{verdict}: ")
