"""Units of astroparticle physics are known without astropy; what people write instead is answered with VOUnits."""

import subprocess
import sys

import pytest
from astropy import units as astropy_units

from kpublish.checks.units import known
from kpublish.checks.vounits import dimension, suggestion

RIGHT = [
    "GeV",
    "TeV",
    "PeV",
    "m2",
    "cm2",
    "m**2",
    "GeV-1 m-2 s-1 sr-1",
    "GeV cm-2 s-1 sr-1",
    "cm-2 s-1 TeV-1",
    "GeV.m-2",
    "deg",
    "deg2",
]
RIGHT += [
    "mas",
    "ns",
    "km",
    "Hz",
    "yr-1",
    "d",
    "h",
    "min",
    "Mpc",
    "photon",
    "count",
    "mJy",
    "GeV/(m2 s sr)",
    "m s-1",
    "kpc",
    "uT",
    "rad",
]
OURS = ["erg cm-2 s-1", "log(GeV)", "log(m2)", "%", "", "1", "Crab", "10**-11 TeV-1 cm-2 s-1", "1e-11 TeV-1 cm-2 s-1", "m**(1/2)"]
MEANT = {
    "GeV^{-1} cm^{2} s": "GeV-1 cm2 s",
    "GeV.cm^-2.s.sr": "GeV cm-2 s sr",
    "degrees": "deg",
    "°": "deg",
    "erg/cm2/s": "erg cm-2 s-1",
    "dex(GeV)": "log(GeV)",
    "log10(GeV)": "log(GeV)",
    "gev": "GeV",
    "TEV": "TeV",
    "$m^2$": "m2",
    "m⁻²": "m-2",
    "GeV\u22121": "GeV-1",
    "hours": "h",
    "MJD": "d",
    "p.e.": "count",
    "\\mathrm{GeV}": "GeV",
    "GeV*s": "GeV s",
    "µs": "us",
}


@pytest.mark.parametrize("unit", RIGHT)
def test_a_common_unit_is_known_and_astropy_agrees(unit):
    assert dimension(unit) is not None
    astropy_units.Unit(unit, format="vounit" if "photon" not in unit else None)


@pytest.mark.parametrize("unit", OURS)
def test_a_unit_that_vounits_allows_beyond_astropy_is_known(unit):
    assert known(unit)


@pytest.mark.parametrize(("written", "meant"), MEANT.items())
def test_a_misspelt_unit_is_answered_with_the_right_one(written, meant):
    assert known(written) is False
    assert suggestion(written) == meant
    assert known(meant)


@pytest.mark.parametrize("unit", ["furlong", "^", "()", "/", "GeV-", "log()", "log(", "a/b/c", "\x00", "m" * 5000])
def test_nonsense_is_no_unit(unit):
    assert known(unit) is False
    assert suggestion(unit) == ""


def test_the_order_and_spelling_of_factors_do_not_matter():
    assert dimension("GeV-1 m-2") == dimension("m**-2.GeV**-1")
    assert dimension("m s-1") == dimension("m/s")
    assert dimension("GeV") != dimension("TeV")


def test_known_units_do_not_import_astropy():
    code = "import sys; from kpublish.checks.units import known; "
    code += f"assert all(map(known, {RIGHT + OURS})); assert 'astropy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
