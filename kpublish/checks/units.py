"""Units of columns: VOUnits 1.1 (https://www.ivoa.net/documents/VOUnits/), the same for what belongs together."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from functools import cache

from kpublish.checks import Rule
from kpublish.checks.vounits import dimension, suggestion
from kpublish.formats.yaml_document import replacing
from kpublish.model.finding import Fault, Position, Severity
from kpublish.model.parameter import Parameter
from kpublish.model.project import Project
from kpublish.model.table import Table
from kpublish.model.vocabularies import Role

CODE = "UNI"

_IN_NAME = re.compile(r"[\[(]\s*([^\[\]()]+|log\w*\([^()]+\))\s*[\])]\s*$")
#: Roles whose numbers have the unit of the other column of the same axis.
_COMPANIONS = {Role.UPPER_EDGE: Role.LOWER_EDGE, Role.ERROR_PLUS: Role.ERROR_MINUS}


@cache
def known(unit: str) -> bool | None:
    """Whether ``unit`` is one of VOUnits; None where that needs astropy and it is not installed."""
    if dimension(unit) is not None:
        return True
    if suggestion(unit):
        return False
    try:
        from astropy import units
    except ImportError:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            units.Unit(unit, format="vounit")
        except (ValueError, TypeError):
            return False
    return True


def _units(project: Project) -> Iterator[tuple[Position, str]]:
    for table in project.tables:
        for number, parameter in enumerate(table.parameters):
            if parameter.unit is not None:
                where = table.header.at("datatype", number, "unit", length=max(1, len(parameter.unit)))
                yield where, parameter.unit
        for key, stated in table.origin.range.items():
            if stated.unit is not None:
                yield table.header.at("meta", "origin", "range", key, "unit", length=max(1, len(stated.unit))), stated.unit


class UNI01(Rule):
    """A unit is not written as VOUnits writes it.

    astropy, TOPCAT and the services of the Virtual Observatory take it for no unit, or for another.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Write symbols with exponents, separated by blanks: GeV-1 m-2 s-1 sr-1."""
        documents = {table.path: table.header for table in project.tables}
        for where, unit in _units(project):
            if known(unit) is False:
                meant = suggestion(unit)
                fix = replacing(documents[where.path], where, unit, meant) if meant else None
                yield Fault(where, f"{unit!r} is no unit of VOUnits.", remedy=f"Write {meant}." if meant else "", fix=fix)


class UNI02(Rule):
    """A unit differs from that of the column it belongs to.

    The two numbers describe one bin or one value: in different units one of them is wrong by the factor between.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Give both columns the same unit, and numbers in it."""
        for table in project.tables:
            for number, parameter in enumerate(table.parameters):
                partner = _partner(table, parameter)
                if partner and not _same(parameter.unit or "", partner.unit or ""):
                    units = f"{parameter.unit or 'no unit'}, but {partner.columnname} has {partner.unit or 'no unit'}"
                    yield Fault(table.header.at("datatype", number, "unit"), f"{parameter.columnname} has {units}.")


def _partner(table: Table, parameter: Parameter) -> Parameter | None:
    """The other edge or error, if there is just one such pair along the axis."""
    role = _COMPANIONS.get(parameter.role) if parameter.role else None
    if role is None:
        return None
    alike = [other for other in table.parameters if other.axis is parameter.axis]
    partners = [other for other in alike if other.role is role]
    own = [other for other in alike if other.role is parameter.role]
    return partners[0] if len(partners) == len(own) == 1 else None


def _same(one: str, other: str) -> bool:
    return one == other or (dimension(one) is not None and dimension(one) == dimension(other))


class UNI03(Rule):
    """A unit stands only inside the column's name.

    Programs that convert units see a number without one.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write it as unit: of the column, and take it out of the name."""
        for table in project.tables:
            for number, parameter in enumerate(table.parameters):
                match = _IN_NAME.search(parameter.columnname) if not parameter.unit else None
                if match and (dimension(match[1]) or suggestion(match[1])):
                    name = parameter.columnname
                    where = table.header.at("datatype", number, "name", length=len(name))
                    yield Fault(where, f"The column {name!r} has no unit but the one in its name.")


class UNI04(Rule):
    """A unit could not be checked, because astropy is not installed.

    kpublish itself knows the units that are common in astroparticle physics; astropy knows them all.
    """

    severity = Severity.NOTE

    def check(self, project: Project) -> Iterator[Fault]:
        """Run: python -m pip install 'kpublish[units]', or write the unit with symbols of VOUnits such as GeV-1 m-2."""
        for where, unit in _units(project):
            if known(unit) is None:
                yield Fault(where, f"Whether {unit!r} is a unit of VOUnits is not known here.")


class UNI05(Rule):
    """A table has no units at all.

    Numbers without units cannot be compared with those of anybody else.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """Write unit: of each column, e.g. unit: GeV; where numbers have none, say so once by unit: ''."""
        for table in project.tables:
            numbers = [number for number, parameter in enumerate(table.parameters) if parameter.datatype.startswith("float")]
            if numbers and all(table.parameters[number].unit is None for number in numbers):
                names = ", ".join(table.parameters[number].columnname for number in numbers)
                yield Fault(table.header.at("datatype", numbers[0]), f"No column of numbers has a unit: {names}.")
