"""KM3NeT's look."""

import subprocess
import sys

import pytest

from kpublish.model.parameter import Parameter
from kpublish.plots.style import PALETTE, axis_label, color_of, dashes_of, looking_like_km3net, plain, unit_text


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("GeV", "GeV"),
        ("m2", "m$^{2}$"),
        ("m^2", "m$^{2}$"),
        ("m**2", "m$^{2}$"),
        ("cm^{-2}", "cm$^{-2}$"),
        ("m(-2)", "m$^{-2}$"),
        ("GeV-1 m-2 s-1 sr-1", "GeV$^{-1}$ m$^{-2}$ s$^{-1}$ sr$^{-1}$"),
        ("GeV.cm**-2.s**-1", "GeV cm$^{-2}$ s$^{-1}$"),
        ("GeV * m-2", "GeV m$^{-2}$"),
        ("erg/cm2/s", "erg/cm$^{2}$/s"),
        ("1e-12 erg", "10$^{-12}$ erg"),
        ("10**-4 m2", "10$^{-4}$ m$^{2}$"),
        ("Hz**0.5", "Hz$^{0.5}$"),
        ("Hz1/2", "Hz$^{1/2}$"),
        ("log(GeV)", "log(GeV)"),
        ("%", "%"),
        ("deg", "deg"),
        ("µs", "µs"),
        ("$", r"\$"),
        ("", ""),
    ],
)
def test_exponents_of_units_are_raised(unit, expected):
    assert unit_text(unit) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"symbol": r"E_\nu", "unit": "GeV", "name": "Energy"}, r"$E_\nu$ [GeV]"),
        ({"name": "Energy", "unit": "GeV"}, "Energy [GeV]"),
        ({"unit": "m2"}, "column [m$^{2}$]"),
        ({"symbol": r"\cos\theta"}, r"$\cos\theta$"),
        ({"name": "Price in $"}, r"Price in \$"),
    ],
)
def test_a_label_is_the_quantity_then_the_unit_in_brackets(said, expected):
    assert axis_label(Parameter(columnname="column", **said)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$\cos\theta \in [-1, -0.95]$", "cos theta in [-1, -0.95]"),
        (r"$A_\mathrm{eff}$ [m$^{2}$]", "A_eff [m^2]"),
        (r"$E_{\nu}$", "E_nu"),
        (r"5 \$ each", "5 $ each"),
        ("plain words", "plain words"),
    ],
)
def test_labels_can_be_read_aloud(text, expected):
    assert plain(text) == expected


def test_the_palette_is_matplotlibs_tableau_colour_blind_10():
    from matplotlib.style import library

    wanted = [cycle["color"] for cycle in library["tableau-colorblind10"]["axes.prop_cycle"]]
    assert [color.upper() for color in wanted] == list(PALETTE)
    with looking_like_km3net("salt"):
        from matplotlib import rcParams

        assert [cycle["color"] for cycle in rcParams["axes.prop_cycle"]] == list(PALETTE)


def test_colours_begin_anew_with_another_line_style():
    assert (color_of(0), dashes_of(0)) == (PALETTE[0], "solid")
    assert (color_of(10), dashes_of(10)) == (PALETTE[0], "dashed")
    assert dashes_of(40) == "solid"


def test_the_style_sheet_can_be_used_by_anybody():
    code = "import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt\nplt.style.use('kpublish.plots.km3net')\n"
    code += "print(list(plt.rcParams['figure.figsize']), plt.rcParams['axes.grid'], plt.rcParams['image.cmap'])"
    result = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[8.0, 5.5] True cividis\n"
    assert not result.stderr
