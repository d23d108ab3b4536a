"""Where a release goes: an archive, and the files that it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from kpublish.archives import ARCHIVES, Archive, ArchiveKind
from kpublish.bundles.verifying import seal
from kpublish.config import ArchiveSettings
from kpublish.model.bundle import Bundle, FileEntry


@dataclass(frozen=True, slots=True)
class Target:
    """One archive with its part of the package: ``bundle.release.files`` are exactly what it must store."""

    kind: ArchiveKind
    archive: Archive
    bundle: Bundle

    @property
    def settings(self) -> ArchiveSettings:
        """Its name, address and options."""
        return self.archive.settings


def sealed(bundle: Bundle, archives: Sequence[ArchiveSettings]) -> Bundle:
    """Verify a package in one pass over its bytes, with md5 only where an archive asks for it.

    Raises
    ------
    IntegrityError
        If it is not what was packed.
    """
    return seal(bundle, md5=any(ARCHIVES.get(settings.kind).NEEDS_MD5 for settings in archives))


def targets(bundle: Bundle, archives: Sequence[ArchiveSettings], embargo: date | None) -> tuple[Target, ...]:
    """Connect every archive, and choose what of a sealed package each is given."""
    kinds = [ARCHIVES.get(settings.kind) for settings in archives]
    return tuple(
        Target(kind, kind.connect(settings), _given(bundle, kind, settings, embargo))
        for kind, settings in zip(kinds, archives, strict=True)
    )


def _given(bundle: Bundle, kind: ArchiveKind, settings: ArchiveSettings, embargo: date | None) -> Bundle:
    policy = settings.options.files or kind.FILES
    files = [entry for entry in bundle.release.files if _is_wanted(entry, policy) and (entry.size or kind.TAKES_EMPTY)]
    return replace(bundle, release=bundle.release.model_copy(update={"files": tuple(files), "embargo": embargo}))


def _is_wanted(entry: FileEntry, policy: str) -> bool:
    return policy == "both" or (entry.role == "package") == (policy == "bundle")
