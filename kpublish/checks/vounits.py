"""A small reader of VOUnits 1.1 (https://www.ivoa.net/documents/VOUnits/): enough for the units that astroparticle physics uses."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache

#: Base symbol or symbol without prefix → exponent; the empty mapping is a number without unit.
Dimension = dict[str, Fraction]

PREFIXES = ("", "y", "z", "a", "f", "p", "n", "u", "m", "c", "d", "da", "h", "k", "M", "G", "T", "P", "E", "Z", "Y")
#: Symbols that take prefixes.
_PREFIXED = """m g s A K mol cd rad sr Hz N Pa J W C V Ohm S F Wb T H lm lx Bq Gy Sv eV pc barn G Jy R mag
    arcsec yr a Crab ph photon ct count pix pixel bit byte B Sun lyr t"""
PREFIXED = frozenset(_PREFIXED.split())
#: Symbols that take none.
_PLAIN = """% min h d deg arcmin mas AU au u Ry erg Angstrom angstrom D solMass solLum solRad
    adu beam bin chan electron voxel Sun unknown"""
PLAIN = frozenset(_PLAIN.split())
_FUNCTIONS = ("log", "ln", "exp", "sqrt")
_FUNCTION = re.compile(r"([a-z]+)\((.+)\)")
_FACTOR = re.compile(r"(%|[A-Za-z]+)(?:\*\*)?(?:\(([+-]?\d+(?:/\d+|\.\d+)?)\)|([+-]?\d+(?:\.\d+)?))?")
#: A division; the slash in an exponent such as (1/2) is none.
_SLASH = re.compile(r"/(?!\d+\))")
_POWER_OF_TEN = re.compile(r"10\*\*(?:[+-]?\d+|\([+-]?\d+\))|1(?:\.0*)?e[+-]?\d+")

#: What people write for a symbol, in small letters, and the symbol.
_MEANT = {
    "degree": "deg",
    "degrees": "deg",
    "°": "deg",
    "radian": "rad",
    "radians": "rad",
    "steradian": "sr",
    "steradians": "sr",
    "sec": "s",
    "second": "s",
    "seconds": "s",
    "minute": "min",
    "minutes": "min",
    "hr": "h",
    "hour": "h",
    "hours": "h",
    "day": "d",
    "days": "d",
    "mjd": "d",
    "year": "yr",
    "years": "yr",
    "yrs": "yr",
    "meter": "m",
    "meters": "m",
    "metre": "m",
    "metres": "m",
    "event": "count",
    "events": "count",
    "counts": "count",
    "photons": "photon",
    "p.e.": "count",
    "parsec": "pc",
    "percent": "%",
    "å": "Angstrom",
}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


@cache
def dimension(unit: str) -> tuple[tuple[str, Fraction], ...] | None:
    """Return the factors of a unit with their exponents, sorted; None if this reader does not know it.

    >>> dimension("GeV-1 m-2") == dimension("m**-2.GeV**-1")
    True
    """
    if unit in ("", "1"):
        return ()
    function = _FUNCTION.fullmatch(unit)
    if function and function[1] in _FUNCTIONS:
        inner = dimension(function[2])
        return None if inner is None else ((f"{function[1]}({function[2]})", Fraction(1)),)
    numerator, slash, denominator = _SLASH.sub("\n", unit).partition("\n")
    if slash and denominator.startswith("(") and denominator.endswith(")"):
        denominator = denominator[1:-1]
    elif slash and re.search(r"[ .\n]", denominator):
        return None
    factors = _product(numerator), _product(denominator) if slash else {}
    if factors[0] is None or factors[1] is None:
        return None
    total = dict(factors[0])
    for symbol, exponent in factors[1].items():
        total[symbol] = total.get(symbol, Fraction(0)) - exponent
    return tuple(sorted((symbol, exponent) for symbol, exponent in total.items() if exponent))


def _product(text: str) -> Dimension | None:
    total: Dimension = {}
    for place, factor in enumerate(re.split(r"[ .](?![^()]*\))", text)):
        if place == 0 and (_POWER_OF_TEN.fullmatch(factor) or factor == "1"):
            continue
        match = _FACTOR.fullmatch(factor)
        if not match or not is_symbol(match[1]):
            return None
        total[match[1]] = total.get(match[1], Fraction(0)) + Fraction(match[2] or match[3] or 1)
    return total


def is_symbol(text: str) -> bool:
    """Whether ``text`` is the symbol of a unit, with or without a prefix."""
    if text in PLAIN or text in PREFIXED:
        return True
    return any(text.startswith(prefix) and text[len(prefix) :] in PREFIXED for prefix in PREFIXES[1:])


def suggestion(unit: str) -> str:
    """Return how ``unit`` is probably meant in VOUnits, or an empty string.

    >>> suggestion("GeV^{-1} cm^{2} s"), suggestion("degrees"), suggestion("erg/cm2/s")
    ('GeV-1 cm2 s', 'deg', 'erg cm-2 s-1')
    """
    text = (
        unit.strip()
        .strip("$[]")
        .translate(_SUPERSCRIPTS)
        .replace("\u2212", "-")
        .replace("µ", "u")
        .replace("μ", "u")
        .replace("Ω", "Ohm")
    )
    text = re.sub(r"\\(?:mathrm|text|rm|,|;|:|!|cdot|times) *", " ", text).replace("·", " ").replace("\u00d7", " ")
    text = re.sub(r"\^\{?\(?([+-]?\d+)\)?\}?", r"\1", text).replace("{", "").replace("}", "")
    wrapped = re.fullmatch(r"(?i)(?:log10|log|lg|dex|ln)\((.+)\)", text)
    if wrapped:
        inner = _symbols(wrapped[1])
        return f"log({inner})" if inner else ""
    return _symbols(text)


def _symbols(text: str) -> str:
    numerator, *denominators = re.sub(r"(?<!\*)\*(?!\*)", " ", text).split("/")
    factors = [_symbol(factor, 1) for factor in _split(numerator) if factor != "1"]
    factors += [_symbol(factor, -1) for part in denominators for factor in _split(part.strip("() "))]
    joined = " ".join(factors)
    return joined if joined and all(factors) and dimension(joined) is not None else ""


def _split(text: str) -> list[str]:
    """Factors between blanks and dots; the dots of p.e. belong to it."""
    return [factor for factor in re.split(r" +|(?<!p)\.(?!e\.)(?!$)", text) if factor]


def _symbol(factor: str, sign: int) -> str:
    match = re.fullmatch(r"(.*?[^\d*+(-])(?:\*\*)?\(?([+-]?\d+)?\)?", factor)
    if not match:
        return ""
    name, exponent = match[1], sign * int(match[2] or 1)
    known = name if is_symbol(name) else _MEANT.get(name.lower()) or _other_case(name)
    return known + (str(exponent) if exponent != 1 else "") if known else ""


def _other_case(name: str) -> str:
    """The one symbol of particle physics that differs by capitals only, e.g. GeV for gev."""
    found = [
        f"{prefix}eV" for prefix in PREFIXES[1:] if f"{prefix}eV".lower() == name.lower() and prefix in ("k", "M", "G", "T", "P")
    ]
    return found[0] if len(found) == 1 else ""
