"""The closed lists of words that KM3Resource and annotated tables use."""

from __future__ import annotations

from enum import StrEnum


class ResourceType(StrEnum):
    """What a resource is; ``exports`` map each word to the standards' own."""

    PLOTDATA = "plotdata"
    DATASET = "dataset"
    EVENTLIST = "eventlist"
    IRF = "irf"
    PLOT = "plot"
    SOFTWARE = "software"
    NOTEBOOK = "notebook"
    WORKFLOW = "workflow"
    PAPER = "paper"
    PREPRINT = "preprint"
    POSTER = "poster"
    PRESENTATION = "presentation"
    PACKAGE = "package"
    ALERT = "alert"
    SERVICE = "service"
    DETECTOR = "detector"


class Status(StrEnum):
    """Whether a result is still preliminary."""

    PRELIMINARY = "preliminary"
    FINAL = "final"


class Context(StrEnum):
    """For what the letters and lines of a figure are large enough."""

    PAPER = "paper"
    NOTEBOOK = "notebook"
    TALK = "talk"
    POSTER = "poster"


class RelationType(StrEnum):
    """How another resource is related; DataCite's words, and ``sibling``, the default of the founding document."""

    SIBLING = "sibling"
    IS_PART_OF = "isPartOf"
    HAS_PART = "hasPart"
    IS_SUPPLEMENT_TO = "isSupplementTo"
    IS_SUPPLEMENTED_BY = "isSupplementedBy"
    IS_DERIVED_FROM = "isDerivedFrom"
    IS_SOURCE_OF = "isSourceOf"
    IS_DOCUMENTED_BY = "isDocumentedBy"
    DOCUMENTS = "documents"
    HAS_VERSION = "hasVersion"
    IS_VERSION_OF = "isVersionOf"
    IS_NEW_VERSION_OF = "isNewVersionOf"
    IS_IDENTICAL_TO = "isIdenticalTo"
    REFERENCES = "references"
    IS_REFERENCED_BY = "isReferencedBy"
    CITES = "cites"
    IS_CITED_BY = "isCitedBy"


class Role(StrEnum):
    """What the numbers of a column are."""

    LOWER_EDGE = "lower_edge"
    UPPER_EDGE = "upper_edge"
    CENTER = "center"
    VALUE = "value"
    ERROR = "error"
    ERROR_PLUS = "error_plus"
    ERROR_MINUS = "error_minus"
    LIMIT = "limit"
    XVALUE = "xvalue"
    YVALUE = "yvalue"
    RETURNVALUE = "returnvalue"
    ID = "id"
    COORDINATE = "coordinate"
    TIME = "time"


class Axis(StrEnum):
    """Which axis of the table a column belongs to; ``x`` is the first one."""

    X = "x"
    Y = "y"
    Z = "z"


class Scale(StrEnum):
    """How the bins of a column were chosen."""

    LINEAR = "linear"
    LOG10 = "log10"
