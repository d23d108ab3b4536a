"""Kinds of object, ``ktype``: what each is, what it states, and which class of :mod:`kpublish.store.products` reads it."""

from __future__ import annotations

from dataclasses import dataclass

_PRODUCTS = "kpublish.store.products"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object.

    Attributes
    ----------
    name, title, definition
        The ktype; what people call it; what it is, in sentences.
    fields
        What such a resource states beyond a KM3Resource: (where it stands, what it says).
    reader
        Class that ``KM3Store.get`` hands out.
    offers
        What that class can do, as one writes it.
    example
        How it is stated in a header or in ``kpublish.yaml``.
    """

    name: str
    title: str
    definition: str
    fields: tuple[tuple[str, str], ...]
    reader: str
    offers: tuple[str, ...]
    example: str


_VALUE = ("column with role value", "The numbers; several columns may be values.")
_EDGES = ("columns with role lower_edge and upper_edge, axis: x (and y)", "The bins, one row for each.")

KINDS = (
    Kind(
        "km3.table",
        "Annotated table",
        "A table whose columns say what they are: quantity, unit, role, symbol. Every other kind of table can do what this one "
        "can; it is meant where no ktype is stated, or one that the reader does not know.",
        (("columns", "One description for each: name, unit, role, axis, symbol, description."),),
        f"{_PRODUCTS}.table.AnnotatedTable",
        (".data", ".get_dataframe()", ".to_astropy()", ".to_arrow()", ".get_paraminfo()", ".show_paraminfo()", ".get_origin()"),
        "KM3Resource: {kid: 6f0d2f4e-…, title: Rates by day, ktype: km3.table}",
    ),
    Kind(
        "km3.histogram",
        "Histogram",
        "One row for each bin, in one dimension or two, with values and their errors. It speaks UHI, so that plotting packages "
        "take it as it is.",
        (_EDGES, _VALUE, ("content.covariance", "kid of the table of the release that holds the covariance matrix.")),
        f"{_PRODUCTS}.histogram.PublishedHistogram",
        (".edges", ".values()", ".errors()", ".variances()", ".covariance", ".to_hist()", ".plot()"),
        "KM3Resource: {…, ktype: km3.histogram, content: {covariance: 6f0d2f4e-…}}",
    ),
    Kind(
        "km3.irf.lookup",
        "Lookup table",
        "An instrument response: one row for each bin or point along axis x, or along x and y, and the value there. Outside of the "
        "table there is no answer; nothing is interpolated unless asked for.",
        (
            ("columns with role lower_edge and upper_edge, or center", "The bins or points along each axis."),
            ("column with role returnvalue, else value", "What is looked up."),
        ),
        f"{_PRODUCTS}.lookup_table.LookUpTable",
        (".lookup(xvalue=, yvalue=)",),
        "KM3Resource: {…, title: Effective area, ktype: km3.irf.lookup}",
    ),
    Kind(
        "km3.function",
        "Function",
        "A function by its coefficients, e.g. of a fit; a polynomial unless stated otherwise, with the constant in the first row.",
        (
            ("column with role returnvalue, or value", "The coefficients; its unit is that of the function's value."),
            ("content.functiontype", "polynomial, the only type so far."),
            ("content.xunit", "Unit of the variable."),
        ),
        f"{_PRODUCTS}.function.PublishedFunction",
        (".functiontype", ".coefficients", ".evaluate(x)"),
        "KM3Resource: {…, ktype: km3.function, content: {functiontype: polynomial, xunit: deg}}",
    ),
    Kind(
        "km3.events",
        "Event list",
        "One row for each event, with its place in the sky and its time.",
        (
            ("two columns with role coordinate", "Longitude and latitude; frame: icrs unless stated."),
            ("column with role time", "In its timescale: utc unless stated."),
        ),
        f"{_PRODUCTS}.event_list.EventList",
        (".coordinates", ".times", ".cone(center, radius)"),
        "KM3Resource: {…, title: Neutrino candidates, ktype: km3.events}",
    ),
    Kind(
        "km3.figure",
        "Figure",
        "A drawing with its alternative text, and the tables that it was drawn from.",
        (("tables", "The tables that it draws."), ("alt", "What is to be seen, in words.")),
        f"{_PRODUCTS}.figure.PublishedFigure",
        (".tables", ".alt"),
        "KM3Resource: {…, title: Effective area over energy, ktype: km3.figure}",
    ),
    Kind(
        "km3.file",
        "File as it is",
        "A file of any format, handed out as bytes.",
        (("source", "Address, media type, size and checksum."),),
        f"{_PRODUCTS}.file.PublishedFile",
        (".data", ".path"),
        "KM3Resource: {…, title: Detector geometry, ktype: km3.file}",
    ),
    Kind(
        "km3.paper",
        "Paper",
        "A paper or preprint, published as a file or only named.",
        (("idDOI", "Its DOI."), ("referenceURL", "Its address, where it has no DOI.")),
        f"{_PRODUCTS}.paper.Paper",
        (".citation", ".link", ".open()"),
        "KM3Resource: {…, ktype: km3.paper, resourceType: paper, idDOI: 10.1234/abcd}",
    ),
    Kind(
        "km3.service.vo",
        "Service of the Virtual Observatory",
        "A service that answers questions; pyvo asks it.",
        (("content.tap", "Address of its TAP service."), ("content.scs", "Address of its simple cone search.")),
        f"{_PRODUCTS}.service.SCSServiceVO",
        (".get_tap()", ".get_scs()"),
        "KM3Resource: {…, ktype: km3.service.vo, content: {scs: https://vo.example.org/ant20_01/scs.xml}}",
    ),
    Kind(
        "km3.collection",
        "Release as a whole",
        "All tables and figures of a release together; meant for a release where no ktype is stated.",
        (),
        f"{_PRODUCTS}.collection.Collection",
        (".resources", 'collection["name"]'),
        "KM3Resource: {…, title: Plots of a paper, ktype: km3.collection}",
    ),
    Kind(
        "km3.stream",
        "Release as a whole, in time",
        "A collection whose items follow one another in time.",
        (("content.startTime, content.stopTime", "Of each item: which time it is about."),),
        f"{_PRODUCTS}.stream.Stream",
        (".between(start, stop)",),
        "KM3Resource: {…, title: Online events, ktype: km3.stream}",
    ),
)


def kind(name: str) -> Kind | None:
    """Return the kind of that name, or None.

    >>> kind("km3.events").title
    'Event list'
    """
    return next((one for one in KINDS if one.name == name), None)
