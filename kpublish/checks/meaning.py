"""What columns mean: UCDs, units that fit them, frames, time scales and levels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path

from kpublish.checks import Rule
from kpublish.checks.table import meta_at
from kpublish.checks.vounits import PREFIXED, PREFIXES, dimension
from kpublish.model.finding import Fault, Position, Severity
from kpublish.model.parameter import Parameter
from kpublish.model.project import Project
from kpublish.model.table import Table
from kpublish.model.vocabularies import Axis, Role
from kpublish.registry import did_you_mean

CODE = "MNG"

_WORDS = Path(__file__).with_name("ucd-words.txt")
#: Symbol without prefix → what it measures; energies and angles count as kinds of their own.
_KINDS = {
    **dict.fromkeys(("eV", "J", "erg", "Ry"), "energy"),
    **dict.fromkeys(("m", "pc", "AU", "au", "lyr", "Angstrom", "angstrom", "solRad"), "length"),
    **dict.fromkeys(("s", "min", "h", "d", "yr", "a"), "time"),
    **dict.fromkeys(("deg", "rad", "arcmin", "arcsec", "mas"), "angle"),
    "Hz": "1/time",
}
#: Beginning of a UCD → exponents that its unit must have.
_FITTING: tuple[tuple[str, Mapping[str, int]], ...] = (
    ("em.energy", {"energy": 1}),
    ("em.wl", {"length": 1}),
    ("pos.eq", {"angle": 1}),
    ("pos.galactic", {"angle": 1}),
    ("pos.az", {"angle": 1}),
    ("pos.angDistance", {"angle": 1}),
    ("pos.distance", {"length": 1}),
    ("time.epoch", {"time": 1}),
    ("time.duration", {"time": 1}),
    ("phys.area", {"length": 2}),
    ("stat.probability", {}),
    ("spect.index", {}),
)
_FRAMED = ("pos.eq", "pos.galactic", "pos.az")
_POSITIONS = (Role.LOWER_EDGE, Role.UPPER_EDGE, Role.CENTER, Role.XVALUE)
_VALUES = (Role.VALUE, Role.ERROR, Role.ERROR_PLUS, Role.ERROR_MINUS, Role.LIMIT)
_WHICH_ENERGY = re.compile(
    r"(?i)true|reco|visible|deposited|proxy|estimat|neutrino|nu\b|gamma|photon|muon|lepton|kinetic|threshold"
)
_WHICH_FLUX = re.compile(r"(?i)flavou?r|\bsum|\ball\b|\bper\b|total|nu_?(?:mu|e|tau)|gamma|photon|neutrinos? and anti")


def _parameters(project: Project) -> Iterator[tuple[Table, int, Parameter]]:
    for table in project.tables:
        for number, parameter in enumerate(table.parameters):
            yield table, number, parameter


def _at(table: Table, number: int, key: str, value: str) -> Position:
    return meta_at(table, number, key, max(1, len(value)))


@cache
def ucd_words() -> dict[str, str]:
    """Return every word of UCD1+ in small letters → how it is written."""
    lines = _WORDS.read_text("utf-8").splitlines()
    words = (line.split()[1] for line in lines if line and not line.startswith("#"))
    return {word.lower(): word for word in words}


class MNG01(Rule):
    """A UCD is not one of the controlled vocabulary.

    Services of the Virtual Observatory find columns by these words, and pass over others.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write words of UCD1+ joined by semicolons, e.g. em.energy or stat.error;pos.eq.ra; or leave ucd out."""
        for table, number, parameter in _parameters(project):
            for word in (parameter.ucd or "").split(";") if parameter.ucd else ():
                bare = word.strip().lower().removeprefix("meta.curation.")
                if bare not in ucd_words() and word.strip().lower() not in ucd_words():
                    where = _at(table, number, "ucd", parameter.ucd or "")
                    yield Fault(
                        where,
                        f"{word.strip()!r} is no word of UCD1+.",
                        remedy=did_you_mean(word.strip(), list(ucd_words().values())),
                    )


@cache
def measures(unit: str) -> Mapping[str, Fraction] | None:
    """Return what a unit measures, with exponents; None where it is not known.

    >>> dict(measures("TeV-1 cm-2 s-1"))
    {'energy': Fraction(-1, 1), 'length': Fraction(-2, 1), 'time': Fraction(-1, 1)}
    """
    factors = dimension(unit)
    if factors is None:
        return None
    total: dict[str, Fraction] = {}
    for symbol, exponent in factors:
        kind, sign = _kind(symbol), 1
        if kind.startswith("1/"):
            kind, sign = kind[2:], -1
        total[kind] = total.get(kind, Fraction(0)) + sign * exponent
    return {kind: total[kind] for kind in sorted(total) if total[kind]}


def _kind(symbol: str) -> str:
    if symbol in _KINDS:
        return _KINDS[symbol]
    bare = next(
        (symbol[len(prefix) :] for prefix in PREFIXES[1:] if symbol.startswith(prefix) and symbol[len(prefix) :] in PREFIXED), ""
    )
    return _KINDS.get(bare, symbol)


class MNG02(Rule):
    """A unit does not measure what the UCD says.

    Either the unit or the UCD is wrong: programs that convert units fail, or return nonsense.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write the unit that the numbers have, e.g. GeV-1 cm-2 s-1 sr-1 for a flux, or the UCD of what they are."""
        for table, number, parameter in _parameters(project):
            found = measures(parameter.unit) if parameter.unit and not parameter.unit.startswith(("log(", "ln(")) else None
            if found is None or not parameter.ucd:
                continue
            first = parameter.ucd.split(";")[0].strip()
            if not _fits(first, found):
                where = table.header.at("datatype", number, "unit", length=len(parameter.unit or ""))
                yield Fault(where, f"{parameter.columnname} is {first}, which has no unit such as {parameter.unit}.")


def _fits(ucd: str, found: Mapping[str, Fraction]) -> bool:
    if ucd.startswith("phot.flux"):
        return found.get("length", 0) == -2 and found.get("time", 0) == -1 if "length" in found else True
    for beginning, wanted in _FITTING:
        if ucd.startswith(beginning):
            return dict(found) == wanted
    return True


class MNG03(Rule):
    """Columns of one quantity have different units.

    Positions along one axis, or a value and its errors, are drawn and compared together.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Give them one unit, and numbers in it."""
        for table in project.tables:
            for axis in Axis:
                for roles in (_POSITIONS, _VALUES):
                    yield from _mixed(table, axis, roles)


def _mixed(table: Table, axis: Axis, roles: tuple[Role, ...]) -> Iterator[Fault]:
    alike = [(number, one) for number, one in enumerate(table.parameters) if one.axis is axis and one.role in roles and one.unit]
    if roles is _VALUES and sum(one.role is Role.VALUE for _, one in alike) != 1:
        return  # several quantities share the axis
    first = next(((number, one) for number, one in alike if one.role in (Role.VALUE, Role.CENTER, Role.LOWER_EDGE)), None)
    if first is None:
        return
    for number, one in alike:
        ours, theirs = dimension(first[1].unit or ""), dimension(one.unit or "")
        if None not in (ours, theirs) and ours != theirs and not _checked_elsewhere(one.role, alike):
            told = f"{one.columnname} is in {one.unit}, but {first[1].columnname} in {first[1].unit}"
            yield Fault(table.header.at("datatype", number, "unit", length=len(one.unit or "")), f"{told}.")


def _checked_elsewhere(role: Role | None, alike: list[tuple[int, Parameter]]) -> bool:
    """UNI02 tells of pairs of edges and of errors."""
    partner = {Role.UPPER_EDGE: Role.LOWER_EDGE, Role.ERROR_PLUS: Role.ERROR_MINUS}.get(role) if role else None
    return partner is not None and any(one.role is partner for _, one in alike)


class MNG04(Rule):
    """It is not said in which frame coordinates are.

    J2000, ICRS and coordinates of the date differ by up to degrees.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Add frame: icrs, fk5, galactic or horizontal under meta: of the column."""
        for table, number, parameter in _parameters(project):
            if (parameter.ucd or "").startswith(_FRAMED) and not parameter.frame:
                where = _at(table, number, "ucd", parameter.ucd or "")
                yield Fault(where, f"{parameter.columnname} is a coordinate without a frame.")


class MNG05(Rule):
    """It is not said in which scale times are.

    UTC and TT differ by more than a minute.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Add timescale: utc, tai, tt or tdb under meta: of the column."""
        for table, number, parameter in _parameters(project):
            if ((parameter.ucd or "").startswith("time.epoch") or parameter.role is Role.TIME) and not parameter.timescale:
                key, value = ("ucd", parameter.ucd) if parameter.ucd else ("role", str(parameter.role))
                yield Fault(_at(table, number, key, value or ""), f"{parameter.columnname} is a time without a time scale.")


class MNG06(Rule):
    """It is not said which energy it is.

    The true energy of a neutrino and what a detector reconstructs differ by factors.
    """

    severity = Severity.NOTE

    def check(self, project: Project) -> Iterator[Fault]:
        """Add quantity: true, reconstructed, … under meta: of the column, or say it in its description."""
        told: set[str] = set()
        for table, number, parameter in _parameters(project):
            if (
                (parameter.ucd or "").startswith("em.energy")
                and not parameter.quantity
                and not _said(parameter, _WHICH_ENERGY)
                and table.path not in told
            ):
                told.add(table.path)
                where = _at(table, number, "ucd", parameter.ucd or "")
                yield Fault(where, f"{parameter.columnname} is an energy, and it is not said whether true or reconstructed.")


class MNG07(Rule):
    """It is not said for which flavours a flux is.

    A flux per flavour and one of all flavours differ by a factor of three.
    """

    severity = Severity.NOTE

    def check(self, project: Project) -> Iterator[Fault]:
        """Add quantity: per flavour, all flavours, … under meta: of the column, or say it in its description."""
        told: set[str] = set()
        for table, number, parameter in _parameters(project):
            if (
                (parameter.ucd or "").startswith("phot.flux")
                and not parameter.quantity
                and not _said(parameter, _WHICH_FLUX)
                and table.path not in told
            ):
                told.add(table.path)
                where = _at(table, number, "ucd", parameter.ucd or "")
                yield Fault(where, f"{parameter.columnname} is a flux, and it is not said for which flavours.")


def _said(parameter: Parameter, words: re.Pattern[str]) -> bool:
    return bool(words.search(" ".join(filter(None, (parameter.columnname, parameter.name, parameter.description)))))


class MNG08(Rule):
    """A limit has no confidence level.

    Limits at 90 % and at 95 % cannot be compared.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Add level: 0.9 under meta: of the column."""
        for table, number, parameter in _parameters(project):
            if parameter.role is Role.LIMIT and parameter.level is None:
                where = _at(table, number, "role", "limit")
                yield Fault(where, f"{parameter.columnname} is a limit without a confidence level.")
