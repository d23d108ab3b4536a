"""Coordinates on the sky, and their frames; UCDs of IVOA's UCD1+."""

from __future__ import annotations

from dataclasses import replace

from kpublish.annotate.rules import Rule, first
from kpublish.model.annotation import ColumnDraft, Draft, Question

ORDER = 40

_J2000 = r"(?:[ _-]?(?P<frame>j2000|icrs))?"
_RA = {"name": "Right ascension", "ucd": "pos.eq.ra", "symbol": r"\alpha", "unit": "deg"}
_DEC = {"name": "Declination", "ucd": "pos.eq.dec", "symbol": r"\delta", "unit": "deg"}
_SIN_DEC = {"name": "Sine of the declination", "ucd": "pos.eq.dec", "symbol": r"\sin\delta", "unit": ""}
_GALACTIC = {"unit": "deg", "frame": "galactic"}
_LON = {"name": "Galactic longitude", "ucd": "pos.galactic.lon", "symbol": "l", **_GALACTIC}
_LAT = {"name": "Galactic latitude", "ucd": "pos.galactic.lat", "symbol": "b", **_GALACTIC}
_COS_ZENITH = {"name": "Cosine of the zenith angle", "ucd": "pos.az.zd", "symbol": r"\cos\theta", "unit": "", "frame": "horizontal"}
_ZENITH = {"name": "Zenith angle", "ucd": "pos.az.zd", "symbol": r"\theta", "frame": "horizontal"}
_AZIMUTH = {"name": "Azimuth", "ucd": "pos.az.azi", "symbol": r"\varphi", "frame": "horizontal"}
RULES = (
    Rule("right-ascension", rf"(?:ra|r\.a\.|raj2000|right[ _]ascension){_J2000}", _RA, ("RA J2000", {"frame": "J2000"})),
    Rule("sine-of-declination", r"sine?[ _(]*(?:dec\w*)[)]?", _SIN_DEC, ("sin(dec)", {})),
    Rule("declination", rf"(?:dec|decl|dej2000|declination|dec_nu){_J2000}", _DEC, ("Decl", {})),
    Rule("galactic-longitude", r"(?:glon|gal_?lon|galactic[ _]longitude)", _LON, ("GLON", {})),
    Rule("galactic-latitude", r"(?:glat|gal_?lat|galactic[ _]latitude)", _LAT, ("glat", {})),
    Rule("cosine-of-zenith", r"cos(?:ine)?[ _(]*(?:zen\w*|theta)[)]?", _COS_ZENITH, ("cos(zen)", {})),
    Rule("zenith", r"(?:mc_|true_)?(?:zenith|zen)(?:[ _]angle)?", _ZENITH, ("zenith", {})),
    Rule("azimuth", r"(?:azimuth|azi|az)", _AZIMUTH, ("azimuth", {})),
)


def recognise(draft: Draft) -> Draft:
    """Name coordinates; the frame of right ascension and declination is asked for where the name does not tell it."""
    columns, asked = [], []
    for column in draft.columns:
        found = first(RULES, column.rest.strip())
        if found is None:
            columns.append(column)
            continue
        rule, said = found
        columns.append(_coordinate(column, rule, said))
        if "frame" not in said:
            asked.append(column.key)
    questions = [Question(("frame",), f"The frame of {' and '.join(asked)}", "icrs", ("icrs", "fk5", "fk4"))] if asked else []
    return replace(draft, columns=tuple(columns)).asking(*questions)


def _coordinate(column: ColumnDraft, rule: str, said: dict[str, str]) -> ColumnDraft:
    frame = {"j2000": "fk5", "icrs": "icrs"}.get(said.get("frame", "").lower(), said.get("frame"))
    meta = {"name": said["name"], "ucd": said["ucd"], "symbol": said["symbol"], **({"frame": frame} if frame else {})}
    if not column.base:
        meta["role"] = "coordinate"
    text = column.datatype == "string"
    unit = column.unit if column.unit is not None else said.get("unit")
    return column.with_rule(rule, unit=None if text else unit, description=column.description or said["name"], meta=meta)
