"""Numbers with units, by astropy (VOUnits 1.1, https://www.ivoa.net/documents/VOUnits/)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from kpublish.errors import UsageError
from kpublish.model.parameter import Parameter
from kpublish.model.table import Table
from kpublish.registry import import_with_hint

if TYPE_CHECKING:
    from astropy.table import QTable


def unit_of(text: str | None) -> Any:
    """Return the unit that a column states, as astropy has it; None where it states none, or one that is none of VOUnits.

    Raises
    ------
    MissingExtra
        If astropy is not installed.
    """
    units = import_with_hint("astropy.units")
    if not text:
        return None
    found = units.Unit(text, format="vounit", parse_strict="silent")
    return None if isinstance(found, units.UnrecognizedUnit) else found


def number_in(value: Any, unit: str | None) -> Any:
    """Return the number of a quantity in ``unit``; what has no unit of its own stays as it is.

    Raises
    ------
    UsageError
        If the quantity cannot be converted.
    """
    if not hasattr(value, "to_value"):
        return value
    units = import_with_hint("astropy.units")
    try:
        return value.to_value(unit_of(unit) or units.dimensionless_unscaled)
    except units.UnitConversionError:
        raise UsageError(f"{value} cannot be converted to {unit or 'a number without unit'}.", remedy="Give it so.") from None


def qtable(table: Table) -> QTable:
    """Return a table as astropy's QTable: numbers with units are quantities (floats); empty cells of others are masked.

    A unit that astropy does not know is kept in the column's ``meta`` under ``unit``, as are symbol, role and so on.

    Raises
    ------
    MissingExtra
        If astropy is not installed.
    """
    tables = import_with_hint("astropy.table")
    columns = [_column(values, parameter) for parameter, values in zip(table.parameters, table.values, strict=True)]
    said = table.resource.said() if table.resource else {}
    origin = table.origin.model_dump(mode="json", exclude_none=True)
    return cast("QTable", tables.QTable(columns, meta={"KM3Resource": said, "origin": origin}))


def _column(values: Any, parameter: Parameter) -> Any:
    numpy, tables = import_with_hint("numpy"), import_with_hint("astropy.table")
    numeric = parameter.datatype not in ("string", "bool")
    unit = unit_of(parameter.unit) if numeric else None
    said = parameter.model_dump(mode="json", exclude_none=True, exclude={"columnname", "datatype", "description"})
    if unit is not None:
        del said["unit"]
    looks = {"name": parameter.columnname, "unit": unit, "description": parameter.description, "meta": said}
    datatype = str if parameter.datatype == "string" else parameter.datatype
    if None not in values or parameter.datatype.startswith("float"):
        return tables.Column(numpy.array(values, dtype=datatype), **looks)
    empty = [cell is None for cell in values]
    filling = "" if datatype is str else 0
    filled = numpy.array([filling if cell is None else cell for cell in values], dtype=datatype)
    return tables.MaskedColumn(filled, mask=empty, **looks)
