"""What earlier runs knew of a version, and what an archive is asked for accordingly."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kpublish.archives.targets import Target
from kpublish.journal import FOLDER, JOURNAL, known_receipts, recalled
from kpublish.model.archive import ABOUT_TO, Record, State


def found(whereto: Sequence[Target], root: Path) -> dict[str, State]:
    """Ask everybody what is there, the witness first: what it knows helps to find the others' drafts."""
    states: dict[str, State] = {}
    records: dict[str, Record] = {}
    for target in witness_first(whereto):
        release, name = target.bundle.release, target.settings.name
        hint = records.get(name) or recalled(root, name, release.kid, release.version) or unremembered(target, whereto, root)
        if hint:
            target.archive.recall(hint)
        states[name] = target.archive.find(release.kid, release.version)
        records |= dict(states[name].records)
    return states


def unremembered(target: Target, whereto: Sequence[Target], root: Path) -> Record | None:
    """Where nothing remembers what an earlier run may have begun: the record of a draft that may be there."""
    if not target.kind.MINTS or any(other.kind.WITNESS for other in whereto) or (root / FOLDER / JOURNAL).exists():
        return None
    return Record(target.settings.name, target.settings.kind, status=ABOUT_TO)


def before(root: Path, kid: str, version: str) -> str:
    """The DOI of the version that was released before this one."""
    older = [entry for entry in known_receipts(root) if entry.get("kid") == kid and entry.get("version") != version]
    return next((str(entry["doi"]) for entry in reversed(older) if entry.get("doi")), "")


def witness_first(whereto: Sequence[Target]) -> list[Target]:
    """Targets with the witness before the others."""
    return sorted(whereto, key=lambda target: not target.kind.WITNESS)
