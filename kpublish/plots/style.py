"""KM3NeT's look: the style sheet, the words on the axes, and the label of preliminary results."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from kpublish.model.parameter import Parameter
from kpublish.registry import import_with_hint

Dashes = Literal["solid", "dashed", "dotted", "dashdot"]
#: Style sheets: the look itself, and what each context and a dark ground change of it.
STYLE_SHEETS = Path(__file__).parent
#: Tableau colour-blind 10, in its own order.
PALETTE = ("#006BA4", "#FF800E", "#ABABAB", "#595959", "#5F9ED1", "#C85200", "#898989", "#A2C8EC", "#FFBC79", "#CFCFCF")
#: The same on a dark ground: light enough, and told apart by lightness as well.
DARK_PALETTE = ("#7CC5FF", "#FF9E3D", "#E8E8E8", "#8C8C8C", "#4F97D7", "#FFD2A1", "#B6E0FF", "#E0762B", "#B9B9B9", "#5F6A75")
#: Line styles, one for each turn through the palette.
DASHES: tuple[Dashes, ...] = ("solid", "dashed", "dotted", "dashdot")
PRELIMINARY = "KM3NeT Preliminary"
#: Place of the label of preliminary results, in fractions of the axes.
PRELIMINARY_AT = (0.05, 0.92)

#: One factor of a unit: a name or power of ten, then an exponent as in VOUnits (m2, m**-2) or CDS and TeX spelling (m^2, m^{-2}).
_FACTOR = re.compile(r"(?P<name>1e(?=[+-]?\d)|10(?=\*\*|\^)|[^\W\d_]+|%)(?:\*\*|\^)?[({]?(?P<exponent>[+-]?\d+(?:[./]\d+)?)?[)}]?")
#: Commands of TeX that change how letters look, and those that are read aloud by their names.
_LOOK = re.compile(r"\\(?:math[a-z]+|text[a-z]*|rm|it|bf|left|right|[,;:! ])")
_COMMAND = re.compile(r"\\([A-Za-z]+)")


@contextmanager
def looking_like_km3net(salt: str, context: str = "paper", *, dark: bool = False) -> Iterator[None]:
    """Set matplotlib's settings to its own defaults, then to ours; the caller's come back afterwards.

    Parameters
    ----------
    salt
        What the ids in an SVG are derived from, so that they are the same in every process.
    context
        For what letters and lines are large enough: ``paper``, ``notebook``, ``talk`` or ``poster``.
    dark
        Light on dark.

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.
    """
    matplotlib = import_with_hint("matplotlib")
    names = ["km3net", *([context] if context != "paper" else []), *(["dark"] if dark else [])]
    sheets = [matplotlib.rc_params_from_file(STYLE_SHEETS / f"{name}.mplstyle", use_default_template=False) for name in names]
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        for ours in sheets:
            matplotlib.rcParams.update(ours)
        matplotlib.rcParams["svg.hashsalt"] = salt
        # The layout is found once and frozen; as a default it would come back after each saving.
        matplotlib.rcParams["figure.constrained_layout.use"] = False
        yield


def color_of(number: int, *, dark: bool = False) -> str:
    """Colour of the layer ``number`` (from 0)."""
    palette = DARK_PALETTE if dark else PALETTE
    return palette[number % len(palette)]


def dashes_of(number: int) -> Dashes:
    """Line style of the layer ``number``: solid until the palette begins anew."""
    return DASHES[number // len(PALETTE) % len(DASHES)]


def unit_text(unit: str) -> str:
    r"""Return a unit with its exponents raised, as text for matplotlib.

    >>> unit_text("GeV-1 m-2 s-1")
    'GeV$^{-1}$ m$^{-2}$ s$^{-1}$'
    >>> unit_text("m**2"), unit_text("10**-4.m^{2}"), unit_text("log(GeV)"), unit_text("km/s")
    ('m$^{2}$', '10$^{-4}$ m$^{2}$', 'log(GeV)', 'km/s')
    """
    pieces, end = [], 0
    for match in _FACTOR.finditer(unit):
        pieces.append(_between(unit[end : match.start()]))
        name = "10" if match["name"] == "1e" else match["name"]
        pieces.append(f"{name}$^{{{match['exponent']}}}$" if match["exponent"] else match[0])
        end = match.end()
    return "".join([*pieces, _between(unit[end:])])


def _between(text: str) -> str:
    """What stands between two factors: products become blanks, a dollar sign is no mathematics."""
    return " " if text.strip() in (".", "*", "·") else text.replace("$", r"\$")


#: A quantity whose numbers are logarithms, and its unit: the label divides by the unit before the logarithm is taken.
_LOG_OF = re.compile(r"\$\\log_\{10\}(.+)\$")
_LOG_UNIT = re.compile(r"log\((.+)\)")


def axis_label(parameter: Parameter) -> str:
    """Return the label of an axis that shows a column.

    >>> axis_label(Parameter(columnname="aeff", symbol="A_{eff}", unit="m2"))
    '$A_{eff}$ [m$^{2}$]'
    """
    return labelled(quantity_text(parameter), parameter.unit)


def labelled(quantity: str, unit: str | None) -> str:
    r"""Return a label in KM3NeT's way: quantity, then the unit in square brackets; of a logarithm, the quantity over the unit.

    >>> labelled(r"$\log_{10} E_\nu$", "log(GeV)")
    '$\\log_{10}(E_\\nu\\,/\\,$GeV$)$'
    """
    if not unit:
        return quantity
    if (of := _LOG_OF.fullmatch(quantity)) and (within := _LOG_UNIT.fullmatch(unit)):
        divisor = unit_text(within[1])
        return rf"$\log_{{10}}({of[1].strip()}\,/\,${f'({divisor})' if ' ' in divisor else divisor}$)$"
    return f"{quantity} [{unit_text(unit)}]"


def quantity_text(parameter: Parameter) -> str:
    """Return the symbol of a quantity as mathematics, else its name."""
    return f"${parameter.symbol}$" if parameter.symbol else (parameter.name or parameter.columnname).replace("$", r"\$")


def plain(text: str) -> str:
    r"""Return a label as words that can be read aloud.

    >>> plain(r"$\\cos\\theta \\in [-1, -0.95]$")
    'cos theta in [-1, -0.95]'
    >>> plain(r"$A_\\mathrm{eff}$ [m$^{2}$]")
    'A_eff [m^2]'
    """
    words = re.sub(r" (?=[_^])", "", _COMMAND.sub(r"\1 ", _LOOK.sub("", text.replace(r"\$", "\0").replace("$", ""))))
    return " ".join(re.sub(r"[{}\\]", "", words).replace("\0", "$").split())


def sentence(words: Sequence[str]) -> str:
    """Join words by commas and ``and``.

    >>> sentence(["line", "points", "steps"])
    'line, points and steps'
    """
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
