"""Quantities of astroparticle physics by their usual names; UCDs of IVOA's UCD1+."""

from __future__ import annotations

from dataclasses import replace

from kpublish.annotate.rules import Rule, first
from kpublish.model.annotation import Draft, Question

ORDER = 60


def _rule(name: str, pattern: str, said: str, example: str, **says: str) -> Rule:
    return Rule(name, pattern, {"name": said, **says}, (example, {}))


_TRUE = {"ucd": "em.energy", "symbol": r"E_{\nu}", "quantity": "true"}
_RECO = {"ucd": "em.energy", "symbol": r"E_{\mathrm{reco}}", "quantity": "reconstructed"}
RULES = (
    _rule(
        "true-energy",
        r"(?:nu_?E|E_?nu|E_?true|true[ _](?:energy|E)|neutrino[ _]energy|mc_energy)",
        "Neutrino energy",
        "nu_E",
        **_TRUE,
    ),
    _rule(
        "reconstructed-energy", r"(?:E_?reco|reco_?E|(?:reconstructed|reco)[ _]energy)", "Reconstructed energy", "reco_E", **_RECO
    ),
    _rule("energy", r"(?:energy|E|e_ref|E0)", "Energy", "Energy", ucd="em.energy", symbol="E"),
    _rule(
        "effective-area",
        r"(?:a_?eff|eff(?:ective)?[ _]?area)(?:[ _]\w+)?",
        "Effective area",
        "A_Eff",
        ucd="phys.area",
        symbol=r"A_{\mathrm{eff}}",
    ),
    _rule(
        "differential-flux",
        r"(?:dnde|dn/de|dphi/de)",
        "Differential flux",
        "dnde",
        ucd="phot.flux.density",
        symbol=r"\mathrm{d}N/\mathrm{d}E",
    ),
    _rule("flux", r"(?:.*[ _])?flux(?:[ _]?norm)?", "Flux", "FluxNorm", ucd="phot.flux.density", symbol=r"\Phi"),
    _rule("rate", r"(?:.*[ _])?rates?", "Rate", "rate", symbol="R"),
    _rule(
        "spectral-index",
        r"(?:spectral[ _]?index|gamma)",
        "Spectral index",
        "SpectralIndex",
        ucd="spect.index",
        symbol=r"\gamma",
        unit="",
    ),
    _rule("probability", r"(?:prob|probability|dP/.*)", "Probability", "prob", ucd="stat.probability"),
    _rule("events", r"(?:n|events?|counts?|n_?events|hist_val)", "Number of events", "n_events", ucd="meta.number", unit=""),
    _rule("hits", r"(?:n_?hits?|hits)", "Number of hits", "nhit", ucd="meta.number", unit=""),
    _rule(
        "angular-error",
        r"(?:beta|ang(?:ular)?[ _]?(?:err|error|res(?:olution)?)|psf)",
        "Angular uncertainty",
        "Beta",
        ucd="stat.error;pos.angDistance",
        symbol=r"\beta",
        unit="deg",
    ),
    _rule("distance", r"(?:dist|distance)", "Distance", "Dist", ucd="pos.distance"),
    _rule(
        "number",
        r"(?:run|frame|event|group|trigger|slice)[ _]?(?:id|index|number|counter)",
        "Number",
        "run_id",
        ucd="meta.id",
        role="id",
    ),
    _rule("identifier", r"(?:id|name|source|object|event)", "Name", "Source", ucd="meta.id", role="id"),
)


#: Quantities that mean nothing without a unit.
_WITH_UNITS = ("em.energy", "phys.area", "phot.flux.density", "pos.distance")


def recognise(draft: Draft) -> Draft:
    """Name what is known by its usual name."""
    columns = []
    for column in draft.columns:
        found = first(RULES, column.rest.strip()) if "ucd" not in column.meta else None
        if found is None:
            columns.append(column)
            continue
        rule, said = found
        meta = {key: value for key, value in said.items() if key != "unit"}
        if meta.get("role") and (column.datatype.startswith("float") or column.base):
            columns.append(column)
            continue
        unit = column.unit if column.unit is not None or column.datatype == "string" else said.get("unit")
        columns.append(column.with_rule(rule, unit=unit, description=column.description or said["name"], meta=meta))
    unknown = {
        column.quantity: column.key
        for column in reversed(columns)
        if column.unit is None and not column.said_unit and column.meta.get("ucd") in _WITH_UNITS
    }
    asked = [key for key in (column.key for column in columns) if key in unknown.values()]
    questions = [Question(("columns", key, "unit"), f"{key}: its unit") for key in asked]
    return replace(draft, columns=tuple(columns)).asking(*questions)
