"""Provenance that other tools recorded: one module per tool, which reads its files as steps.

What a member returns is as the tool said it, with paths as it wrote them; ``kpublish.recording`` takes out what is personal, and
completes paths and checksums.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kpublish.model.provenance import StepRecord
from kpublish.registry import Registry


@dataclass(frozen=True, slots=True)
class Told:
    """What a tool's record tells.

    Attributes
    ----------
    steps
        Its steps, the first one first.
    base
        The folder to which relative paths in it refer.
    names
        Names of accounts, persons and computers, and folders of persons, that it tells: to be taken out wherever they stand.
    """

    steps: tuple[StepRecord, ...]
    base: Path
    names: tuple[str, ...] = ()


class Reader(Protocol):
    """A tool that records provenance.

    ``TOOL`` is its name, ``ADDRESS`` where its format is described.
    """

    TOOL: str
    ADDRESS: str

    def recognises(self, place: Path, head: bytes) -> bool:
        """Whether ``place``, a file that begins with ``head`` or a folder (then ``head`` is empty), is a record of the tool."""

    def read(self, place: Path) -> Told:
        """Read the file or folder.

        Raises
        ------
        UnreadableFile
            If it is not as the tool writes it.
        """


READERS: Registry[Reader] = Registry("kpublish.formats.provenance", "reader of provenance", machinery=("finding", "values"))
