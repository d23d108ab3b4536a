"""What Jpp, KM3NeT's C++ framework, says in its files of the programs that made them (https://common.pages.km3net.de/jpp/).

Text begins with comments (``# application …``, ``# command …``); ROOT files hold the same, as ``application=…``, in ``META``.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from kpublish.errors import UnreadableFile
from kpublish.files import open_bytes, sha256_of
from kpublish.formats import jpp_text
from kpublish.formats.personal import UNAME
from kpublish.formats.provenance import Told
from kpublish.formats.provenance.values import identifier, named, text_of
from kpublish.model.provenance import StepRecord
from kpublish.registry import import_with_hint

TOOL = "Jpp"
ADDRESS = "https://common.pages.km3net.de/jpp/"

_META, _INDEX = "META", "JMeta;"
#: Objects of ``META`` that are read, and bytes of each.
_MOST, _LONGEST = 1000, 100_000
_LINE = re.compile(r"#?\s*(GIT|SVN|ROOT|application|command|namespace|system)\s*[ =:]\s*(.*)")
#: Options of Jpp's programs before names of files (JParser): what is read, and what is written.
_READ, _WRITTEN = ("-f", "-a"), ("-o",)


def recognises(place: Path, head: bytes) -> bool:
    """Whether the first lines are those of Jpp, or it is a ROOT file with ``META``."""
    if head.startswith(b"root"):
        return bool(_of_root(place))
    return bool(head) and jpp_text.recognises(head, place.name) and b"application" in head


def read(place: Path) -> Told:
    """Read the programs that touched the file, the first one first; the last of them made it."""
    with open_bytes(place) as stream:
        is_root = stream.read(4) == b"root"
    said: Mapping[str, Any] = {"programs": _of_root(place)} if is_root else jpp_text.header(text_of(place).split("\n"))
    uuid = str(said.get("uuid") or sha256_of(place)[0])
    programs: Sequence[Mapping[str, str]] = said.get("programs") or ()
    steps = [_step(program, uuid, number) for number, program in enumerate(programs)]
    if steps:
        steps[-1] = steps[-1].model_copy(update={"outputs": named([place.name])})
    names = (found["host"] for program in programs for found in UNAME.finditer(program.get("system", "")))
    return Told(tuple(steps), place.parent, tuple(dict.fromkeys(names)))


def _step(program: Mapping[str, str], uuid: str, number: int) -> StepRecord:
    words = _words(program.get("command", ""))
    system = program.get("system", "").split()
    software = {TOOL: program.get("GIT") or program.get("SVN"), "ROOT": program.get("ROOT")}
    if len(system) > 1:
        software[system[0]] = system[-1]
    return StepRecord(
        refID=identifier("", TOOL, uuid, number),
        name=program.get("application") or (PurePath(words[0]).name if words else TOOL),
        command=(PurePath(words[0]).name, *words[1:]) if words else (),
        inputs=named(_behind(words, _READ)),
        outputs=named(_behind(words, _WRITTEN)),
        software={name: version for name, version in software.items() if version},
        imported=TOOL,
    )


def _words(command: str) -> list[str]:
    """The words of a command; Jpp writes quotation marks with a backslash before them."""
    try:
        return shlex.split(command.replace('\\"', '"'))
    except ValueError:
        return command.split()


def _behind(words: Sequence[str], options: Sequence[str]) -> Iterator[str]:
    """The words behind options, each up to the next option; one word may name several files."""
    option = ""
    for word in words[1:]:
        if re.fullmatch(r"-[A-Za-z@!]|--.*", word):
            option = word
        elif option in options:
            yield from (re.sub(r"/{2,}", "/", file).removeprefix("./") for file in word.split())


def _of_root(place: Path) -> list[dict[str, str]]:
    """The programs that ``META`` of a ROOT file tells, the first one first."""
    uproot = import_with_hint("uproot")
    try:
        with open_bytes(place) as stream, uproot.open(stream) as file:  # a name could be an address to uproot
            texts = dict(_texts(file))
    except Exception as error:  # uproot tells broken bytes by exceptions of any kind
        remedy = "Copy it again from where it was made."
        raise UnreadableFile(f"{place} is a ROOT file that cannot be read.", remedy=remedy) from error
    told = ([match for line in texts[name].splitlines() if (match := _LINE.fullmatch(line))] for name in _in_order(texts))
    return [{match[1]: match[2] for match in lines} for lines in told if lines]


def _texts(file: Any) -> Iterator[tuple[str, str]]:
    """Name → text of the objects in ``META``, no larger than such a text is; other objects are not looked at."""
    folders = [name for name, kind in file.classnames(recursive=False).items() if (name, kind) == (f"{_META};1", "TDirectory")]
    for folder in (file[name] for name in folders):
        for name, kind in [*folder.classnames(recursive=False).items()][:_MOST]:
            if kind in ("TNamed", "TObjString") and folder.key(name).data_uncompressed_bytes <= _LONGEST:
                found = folder[name]
                yield name, str(found) if isinstance(found, str) else str(found.member("fTitle"))


def _in_order(texts: Mapping[str, str]) -> list[str]:
    """Names of objects: ``JMeta`` tells the programs, the last one first, in cycles that count from 1; so do equal programs."""
    programs = sorted((name for name in texts if not name.startswith(_INDEX)), key=_cycle)
    index = [texts[name] for name in sorted((name for name in texts if name.startswith(_INDEX)), key=_cycle)]
    if not index:
        return programs
    ordered: list[str] = []
    for program in index:
        ordered += [name for name in programs if name.startswith(f"{program};") and name not in ordered][:1]
    return [*(name for name in programs if name not in ordered), *reversed(ordered)]


def _cycle(name: str) -> int:
    return int(name.rpartition(";")[2])
