"""Licences: identifiers of the SPDX License List (https://spdx.org/licenses/)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from kpublish.checks import Rule
from kpublish.checks.plain import and_more, texts
from kpublish.checks.subjects import subjects
from kpublish.formats.yaml_document import replacing
from kpublish.model.finding import Fault, Position, Severity
from kpublish.model.project import Project
from kpublish.model.vocabularies import ResourceType
from kpublish.registry import did_you_mean

CODE = "LIC"

_LIST = Path(__file__).with_name("spdx-licenses.txt")
#: What people write, in small letters and without blanks, and what they most probably mean.
_MEANT = {
    "creativecommons4.0international": "CC-BY-4.0 (or CC-BY-SA-4.0, CC0-1.0, …: say which)",
    "creativecommons": "CC-BY-4.0",
    "creativecommonsattribution4.0international": "CC-BY-4.0",
    "creativecommonsattribution4.0": "CC-BY-4.0",
    "creativecommonszero": "CC0-1.0",
    "cc-by": "CC-BY-4.0",
    "ccby": "CC-BY-4.0",
    "cc-by-sa": "CC-BY-SA-4.0",
    "cc0": "CC0-1.0",
    "publicdomain": "CC0-1.0",
    "bsd": "BSD-3-Clause",
    "bsd-3": "BSD-3-Clause",
    "bsd3": "BSD-3-Clause",
    "newbsd": "BSD-3-Clause",
    "apache": "Apache-2.0",
    "apache2": "Apache-2.0",
    "gpl": "GPL-3.0-or-later",
    "gplv3": "GPL-3.0-or-later",
    "gplv2": "GPL-2.0-or-later",
}


@cache
def identifiers() -> dict[str, bool]:
    """Return every SPDX identifier and whether it is deprecated."""
    lines = (line for line in _LIST.read_text("ascii").splitlines() if not line.startswith("#"))
    return {line.partition(" ")[0]: line.endswith(" deprecated") for line in lines}


def suggestion(text: str) -> str:
    """Return what to write instead of ``text``, as a sentence; an empty string if nothing is near.

    >>> suggestion("cc-by-4.0")
    'Write CC-BY-4.0.'
    """
    plain = text.lower().replace("license", "").replace("licence", "").replace(" ", "")
    meant = _meant(text) or _MEANT.get(plain)
    return f"Write {meant}." if meant else did_you_mean(text, list(identifiers()))


def _meant(text: str) -> str:
    """The identifier that differs by capitals, blanks or its address only, or an empty string."""
    small = {name.lower(): name for name in identifiers()}
    address = text.lower().rstrip("/").rpartition("/")[2].removesuffix(".html")
    return small.get(address) or small.get(text.lower().replace(" ", "-")) or ""


class LIC01(Rule):
    """The licence is no SPDX identifier.

    Archives and search engines know licences by these identifiers only; of any other text nobody can say what is allowed.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write an identifier of https://spdx.org/licenses: CC-BY-4.0 for data and figures, BSD-3-Clause for code."""
        for subject in subjects(project):
            text = subject.own.license
            if text and text not in identifiers():
                where, meant = subject.at("license", value=text), _meant(text)
                fix = replacing(subject.document, where, text, meant) if meant else None
                yield Fault(where, f"{text!r} is no SPDX identifier.", remedy=suggestion(text), fix=fix)


class LIC02(Rule):
    """The licence's identifier is deprecated.

    It does not say whether later versions of the licence may be chosen as well.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the identifier that took its place, see https://spdx.org/licenses."""
        for subject in subjects(project):
            text = subject.own.license
            if text and identifiers().get(text):
                stem = text.removesuffix("+")
                newer = [name for name in (f"{stem}-only", f"{stem}-or-later") if name in identifiers()]
                remedy = f"Write {' or '.join(newer)}." if newer else ""
                yield Fault(subject.at("license", value=text), f"The identifier {text} is deprecated.", remedy=remedy)


#: Beginnings of the identifiers of licences that are meant for programs, and for works of other kinds.
_FOR_CODE = ("BSD-", "MIT", "Apache-", "GPL-", "LGPL-", "AGPL-", "MPL-", "ISC", "EUPL-", "BSL-", "CECILL-")
_FOR_WORKS = ("CC-BY", "CC0-", "ODbL-", "ODC-By-", "PDDL-")
_PROGRAMS = (ResourceType.SOFTWARE, ResourceType.NOTEBOOK, ResourceType.WORKFLOW)
_CODE_FILES = (".py", ".ipynb", ".cc", ".cpp", ".c", ".h", ".hh", ".jl", ".r", ".f90", ".java", ".js")


class LIC03(Rule):
    """The licence is not one for this kind of thing.

    Licences for programs speak of source and binary form, which data do not have; those of Creative Commons say nothing of patents
    and source, and advise against their use for programs.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write CC-BY-4.0 for data, figures and texts, and BSD-3-Clause for programs."""
        for subject in subjects(project):
            text, kind = subject.own.license, subject.own.resourceType
            if not text or kind is ResourceType.PACKAGE or (kind is None and subject.kind == "release"):
                continue
            is_program = kind in _PROGRAMS
            if text.startswith(_FOR_WORKS if is_program else _FOR_CODE):
                what = f"the {subject.kind} is {kind}" if kind else f"this is a {subject.kind}"
                yield Fault(subject.at("license", value=text), f"{text} is no licence for this: {what}.")


class LIC04(Rule):
    """The licence file is of another licence than kpublish.yaml names.

    Nobody can tell under which of the two the files may be used.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Put the text of the licence that is meant into LICENSE, or name that one in kpublish.yaml."""
        named = {subject.own.license for subject in subjects(project) if subject.own.license}
        if not named <= identifiers().keys():
            return
        for path, text in texts(project):
            found = _of_text(text) if _LICENCE_FILE.fullmatch(path) else ""
            if found and named and found not in named and not found.startswith(_FOR_CODE):
                yield Fault(Position(path, 1, 1), f"This is the text of {found}, but {and_more(sorted(named))} is named.")


_LICENCE_FILE = re.compile(r"(?i)(?:licen[cs]e|copying)(?:\.(?:md|txt|rst))?")
#: Words by which the text of a licence is known; the first that fits counts.
_TEXTS = (
    ("CC0-1.0", r"CC0 1\.0 Universal"),
    ("CC-BY-NC-ND-4.0", r"Attribution-NonCommercial-NoDerivatives 4\.0"),
    ("CC-BY-NC-SA-4.0", r"Attribution-NonCommercial-ShareAlike 4\.0"),
    ("CC-BY-NC-4.0", r"Attribution-NonCommercial 4\.0"),
    ("CC-BY-ND-4.0", r"Attribution-NoDerivatives 4\.0"),
    ("CC-BY-SA-4.0", r"Attribution-ShareAlike 4\.0"),
    ("CC-BY-4.0", r"Creative Commons Attribution 4\.0|Attribution 4\.0 International"),
    ("AGPL-3.0-only", r"GNU AFFERO GENERAL PUBLIC LICENSE"),
    ("LGPL-3.0-only", r"GNU LESSER GENERAL PUBLIC LICENSE"),
    ("GPL-3.0-only", r"GNU GENERAL PUBLIC LICENSE"),
    ("Apache-2.0", r"Apache License\s+Version 2\.0"),
    ("MPL-2.0", r"Mozilla Public License Version 2\.0"),
    ("BSD-3-Clause", r"Neither the name of"),
    ("BSD-2-Clause", r"Redistribution and use in source and binary forms"),
    ("MIT", r"Permission is hereby granted, free of charge"),
)


def _of_text(text: str) -> str:
    """The identifier of the licence whose text this is, or an empty string."""
    if told := re.search(r"SPDX-License-Identifier:\s*([\w.+-]+)", text):
        return told[1]
    plain = " ".join(text.split())
    return next((name for name, words in _TEXTS if re.search(words, plain)), "")


class LIC05(Rule):
    """Programs have no licence that is meant for programs.

    Without one nobody may use or change them, whatever the licence of the data says.
    """

    severity = Severity.NOTE
    public = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Add the text of BSD-3-Clause as LICENSES/BSD-3-Clause.txt, and say in README.md that it is for the programs."""
        programs = [path for path in project.files if path.lower().endswith(_CODE_FILES)]
        if not programs or any(subject.own.license and subject.own.license.startswith(_FOR_CODE) for subject in subjects(project)):
            return
        licences = (path for path in project.files if re.match(r"(?i)(?:.*/)?(?:licen[cs]e|copying)", path))
        if any(_of_text(project.files[path].text or "").startswith(_FOR_CODE) for path in licences):
            return
        if not re.search(rf"(?:{'|'.join(_FOR_CODE)})|SPDX-License", project.files[programs[0]].text or ""):
            yield Fault(Position(programs[0], 1, 1), f"No licence for programs is in the repository: {and_more(programs)}.")
