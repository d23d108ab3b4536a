"""KM3NeT offline and DST files (https://km3py.pages.km3net.de/km3io/): one row per event, with its best reconstructed track.

The best track is that of the muon reconstruction with the highest likelihood (``km3io.tools.best_jmuon``); events without one have
``nan``. Directions say where a particle comes from: the zenith angle is 0 for one from straight above, the azimuth is counted from
East (x) towards North (y).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from kpublish.errors import KpublishError
from kpublish.files import open_bytes, sha256_of
from kpublish.formats.bare import refused
from kpublish.model.bare_table import BareColumn, BareTable
from kpublish.model.table import Datatype
from kpublish.registry import import_with_hint

#: By which --table asks for it.
NAME = "events"
_NOT_ONE = "Name an offline or DST file, which holds the tree E with the branch Evt; other trees are annotated without --table."
_WITHOUT = "nan: no such track"


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: name, datatype, unit, description, and how it is taken from the events, the best tracks and the true particles."""

    name: str
    datatype: str
    unit: str
    description: str
    take: Callable[[Any, Any, Any], Any]


def _zenith(track: Any) -> Any:
    numpy = import_with_hint("numpy")
    return numpy.degrees(numpy.arccos(numpy.clip(-track.dir_z, -1.0, 1.0)))


def _azimuth(track: Any) -> Any:
    numpy = import_with_hint("numpy")
    return numpy.degrees(numpy.arctan2(-track.dir_y, -track.dir_x)) % 360.0


_EVENT = (
    _Column("run_id", "int64", "", "Number of the run", lambda events, _, __: events.run_id),
    _Column("frame_index", "int64", "", "Number of the timeslice in the run", lambda events, _, __: events.frame_index),
    _Column("trigger_counter", "int64", "", "Number of the trigger in the run", lambda events, _, __: events.trigger_counter),
    _Column(
        "unix_time",
        "float64",
        "s",
        "Time of the event, seconds since 1970-01-01 UTC",
        lambda events, _, __: import_with_hint("numpy").round(events.t_sec + 1e-9 * events.t_ns, 9),
    ),
    _Column("n_hits", "int64", "", "Number of hits in the event", lambda events, _, __: events.n_hits),
)
_TRACK = (
    _Column("energy", "float64", "GeV", f"Reconstructed energy of the best track; {_WITHOUT}", lambda _, track, __: track.E),
    _Column("zenith", "float64", "deg", f"Zenith angle that it comes from; {_WITHOUT}", lambda _, track, __: _zenith(track)),
    _Column(
        "azimuth",
        "float64",
        "deg",
        f"Azimuth that it comes from, from East towards North; {_WITHOUT}",
        lambda _, track, __: _azimuth(track),
    ),
    _Column("likelihood", "float64", "", f"Likelihood of the reconstruction; {_WITHOUT}", lambda _, track, __: track.lik),
)
_TRUTH = (
    _Column("mc_type", "int64", "", "PDG code of the primary particle; 0: none", lambda _, __, truth: truth.pdgid),
    _Column("mc_energy", "float64", "GeV", f"Energy of the primary particle; {_WITHOUT}", lambda _, __, truth: truth.E),
    _Column(
        "mc_zenith",
        "float64",
        "deg",
        f"Zenith angle that the primary particle comes from; {_WITHOUT}",
        lambda _, __, truth: _zenith(truth),
    ),
)


def read(path: Path, name: str) -> BareTable:
    """Return the table of events of the file ``path``, called ``name`` in messages; faults are in the table, not raised.

    Raises
    ------
    MissingExtra
        If km3io is not installed.
    """
    km3io = import_with_hint("km3io")
    try:
        with open_bytes(path) as stream:
            if not stream.read(8).startswith(b"root\x00\x00"):
                return refused(name, "This is no ROOT file.", _NOT_ONE)
        sha256, _ = sha256_of(path)
    except KpublishError as error:
        return refused(name, error.message, error.remedy)
    try:
        with import_with_hint("uproot").open(path.absolute().open("rb")) as file:
            if "E" not in file or "Evt" not in file["E"].keys():  # noqa: SIM118 - paths of branches are no keys for in
                return refused(name, "This ROOT file holds no events of the offline format.", _NOT_ONE)
        events = km3io.OfflineReader(str(path.absolute()))
        columns = tuple(_columns(km3io, events))
    except Exception as error:  # uproot tells broken bytes by exceptions of any kind
        why = " ".join(str(error).split())[:200]
        return refused(name, f"This is not an offline file that km3io can read: {why or type(error).__name__}.", _NOT_ONE)
    if not columns[0].values:
        return refused(name, "It holds no events.", "Name a file with events.")
    return BareTable(name, NAME, columns=columns, meta={"description": _description(columns)}, sha256=sha256)


def _columns(km3io: Any, events: Any) -> Iterator[BareColumn]:
    best = km3io.tools.best_jmuon(events.tracks)
    awkward = import_with_hint("awkward")
    simulated = len(events) and awkward.any(events.n_mc_tracks > 0)
    truth = _Primary(awkward, events.mc_tracks) if simulated else None
    for column in (*_EVENT, *_TRACK, *(_TRUTH if truth is not None else ())):
        values = _plain(awkward, column.take(events, best, truth), column.datatype)
        if column.name == "n_hits" and not any(values):
            continue  # files of the DST format keep none
        yield BareColumn(
            column.name, values, cast(Datatype, column.datatype), unit=column.unit or None, description=column.description
        )


class _Primary:
    """The first true particle of each event."""

    def __init__(self, awkward: Any, tracks: Any) -> None:
        self.pdgid, self.E, self.dir_z = (awkward.firsts(getattr(tracks, name)) for name in ("pdgid", "E", "dir_z"))


def _plain(awkward: Any, values: Any, datatype: str) -> list[Any]:
    """Numbers without gaps: nan, or 0 among integers."""
    filled = awkward.fill_none(values, float("nan") if datatype == "float64" else 0)
    return import_with_hint("numpy").asarray(filled).astype(datatype).tolist()  # type: ignore[no-any-return]


def _description(columns: tuple[BareColumn, ...]) -> str:
    simulated = any(column.name == "mc_energy" for column in columns)
    return "Simulated events with true and reconstructed properties." if simulated else "Events with reconstructed properties."
