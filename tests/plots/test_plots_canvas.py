"""Drawing: the same bytes everywhere, faults instead of tracebacks, and words that say what is shown."""

import io
import os
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import matplotlib
import pytest
from fontTools.ttLib import TTFont
from PIL import Image
from plots_examples import COLUMNS, ENERGY, FLUX, composed, figure, project, table

from kpublish.errors import MissingExtra
from kpublish.formats import FORMATS
from kpublish.model.figure import Figure
from kpublish.plots.canvas import draw
from kpublish.plots.style import looking_like_km3net

SCRIPT = Path(__file__).with_name("plots_examples.py")


@pytest.fixture
def elsewhere(tmp_path):
    """Draws the example in a process of its own: folder, home and environment are made by the test."""

    def run(name, environ, settings="", umask=0o022):
        home, work = tmp_path / f"{name} home", tmp_path / f"{name} wörk"
        home.mkdir(exist_ok=True)
        work.mkdir()
        (work / "matplotlibrc").write_text(settings)
        environ = {"PATH": os.environ["PATH"], "HOME": str(home), **environ}
        command = [sys.executable, str(SCRIPT)]
        result = subprocess.run(command, cwd=work, env=environ, umask=umask, capture_output=True, text=True, check=True)
        return result.stdout

    return run


def masquerading_fonts(folder):
    """Serif letters under the names of the fonts that we draw with."""
    folder.mkdir(parents=True)
    shipped = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for serif, sans in (("DejaVuSerif", "DejaVuSans"), ("DejaVuSerif-Bold", "DejaVuSans-Bold")):
        with TTFont(shipped / f"{serif}.ttf") as font, TTFont(shipped / f"{sans}.ttf") as model:
            font["name"] = model["name"]
            font.save(folder / f"{sans}.ttf")


@pytest.mark.locales
def test_two_processes_that_differ_in_all_that_they_may_give_the_same_bytes(elsewhere, tmp_path):
    locales = tmp_path / "locales"
    locales.mkdir()
    subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", str(locales / "de_DE.UTF-8")], check=True)
    masquerading_fonts(tmp_path / "strange home" / ".local" / "share" / "fonts")
    settings = "axes.facecolor: red\nfont.size: 30\nsvg.fonttype: none\naxes.formatter.use_locale: True\nsavefig.bbox: tight\n"
    strange = {
        "LOCPATH": str(locales),
        "LC_ALL": "de_DE.UTF-8",
        "TZ": "Asia/Tokyo",
        "PYTHONHASHSEED": "7",
        "SOURCE_DATE_EPOCH": "86400",
    }
    plain = elsewhere("plain", {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "0"})
    assert plain.count("rendered/flux.") == 3
    assert elsewhere("strange", strange, settings, 0o077) == plain


def test_drawing_leaves_matplotlib_as_it_was(monkeypatch):
    monkeypatch.setitem(matplotlib.rcParams, "font.size", 31.0)
    before = dict(matplotlib.rcParams)
    first = draw(figure({"mark": "steps"}), project())
    assert dict(matplotlib.rcParams) == before
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()
    monkeypatch.setitem(matplotlib.rcParams, "font.size", 5.0)
    assert draw(figure({"mark": "steps"}), project()).files == first.files


def test_drawing_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    drawn = draw(figure({"mark": "steps"}), project())
    assert list(drawn.files) == ["rendered/flux.png", "rendered/flux.svg", "rendered/flux.pdf"]
    assert not list(tmp_path.iterdir())


def test_the_checksums_of_the_data_come_with_the_figure():
    assert draw(figure({"mark": "steps"}), project()).data == {"data/flux.ecsv": table().sha256}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("figures/a.yaml", "rendered/a"),
        ("figures/sky/a.b.yaml", "rendered/sky/a.b"),
        ("plots/a.yml", "rendered/plots/a"),
    ],
)
def test_a_drawn_figure_is_named_after_its_description(path, expected):
    assert figure({"mark": "steps"}, path=path).rendered == expected


def test_nothing_in_a_file_tells_clock_or_software():
    files = draw(figure({"mark": "steps"}), project()).files
    assert set(Image.open(io.BytesIO(files["rendered/flux.png"])).info) == {"XML:com.adobe.xmp", "xmp", "dpi"}
    for content in files.values():
        assert b"atplotlib v" not in content
        assert b"Date" not in content
    assert b"DOCTYPE" not in files["rendered/flux.svg"]


def pixels(drawn):
    return Image.open(io.BytesIO(drawn.files["rendered/flux.png"]))


def test_the_figure_has_the_size_that_is_asked_for():
    assert pixels(draw(figure({"mark": "steps"}), project())).size == (1600, 1100)
    assert pixels(draw(figure({"mark": "steps"}, size=(4, 3)), project())).size == (800, 600)


def test_only_preliminary_results_bear_the_label():
    drawn = {status: draw(figure({"mark": "steps"}), project(status=status)) for status in ("preliminary", "final")}
    assert drawn["preliminary"].files["rendered/flux.svg"] != drawn["final"].files["rendered/flux.svg"]
    own = draw(figure({"mark": "steps"}, resource={"status": "final"}), project())
    assert pixels(own).tobytes() == pixels(drawn["final"]).tobytes()


def test_a_glyph_that_the_font_lacks_is_a_fault_at_the_text_that_holds_it():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = draw(figure({"mark": "steps", "label": "plain"}, {"mark": "line", "label": "a 鯨"}), project())
    assert len(drawn.files) == 3
    (fault,) = drawn.faults
    assert (fault.code, fault.where.line) == ("FIG10", 11)
    assert "U+9BE8" in fault.message
    assert fault.remedy


@pytest.mark.parametrize("label", [r"$\frac{1$", "costs 5$", r"$\nosuchcommand$", "$x_$"])
def test_mathematics_that_cannot_be_typeset_is_a_fault_at_its_place(label):
    drawn = draw(figure({"mark": "steps", "label": label}), project())
    assert not drawn.files
    (fault,) = drawn.faults
    assert (fault.code, fault.where.line) == ("FIG11", 10)
    assert "\n" not in fault.message


def test_a_symbol_of_a_column_that_cannot_be_typeset_is_told_at_the_table():
    bad = table(COLUMNS | {"flux": (FLUX | {"role": "value", "symbol": r"\Phi_{"}, COLUMNS["flux"][1])})
    (fault,) = draw(figure({"mark": "steps"}), project(bad)).faults
    assert (fault.code, fault.where.path) == ("FIG11", "data/flux.ecsv")


def test_a_dollar_sign_may_be_written():
    assert not draw(figure({"mark": "steps", "label": r"costs 5 \$"}), project()).faults


@pytest.mark.parametrize(
    ("layer", "code", "word"),
    [
        ({"mark": "stepz"}, "FIG02", "stepz"),
        ({"mark": "steps", "table": "data/none.ecsv"}, "FIG03", "data/none.ecsv"),
        ({"mark": "steps", "y": "fluks"}, "FIG04", "fluks"),
        ({"mark": "steps", "y": "zone"}, "FIG04", "numbers"),
        ({"mark": "steps", "where": {"zonne": "north"}}, "FIG04", "zonne"),
        ({"mark": "steps", "where": {"zone": "south"}}, "FIG12", "No row"),
        ({"mark": "steps", "colour": "red"}, "FIG01", "colour"),
        ({"mark": "steps", "color": "nocolor"}, "FIG13", "nocolor"),
    ],
)
def test_a_layer_that_cannot_be_drawn_is_a_fault(layer, code, word):
    drawn = draw(figure(layer), project())
    assert not drawn.files
    (fault,) = drawn.faults
    assert fault.code == code
    assert word in fault.message


def test_overlapping_bins_and_negative_errors_are_faults():
    double = {name: (meaning, cells * 2) for name, (meaning, cells) in COLUMNS.items()}
    (fault,) = draw(figure({"mark": "steps"}), project(table(double))).faults
    assert (fault.code, "overlap" in fault.message) == ("FIG13", True)
    negative = COLUMNS | {"up": (FLUX | {"role": "error_plus"}, [-1.0] * 5)}
    (fault,) = draw(figure({"mark": "points"}), project(table(negative))).faults
    assert fault.code == "FIG13"


def test_a_description_that_was_not_understood_gives_the_readers_fault():
    read = figure({"mark": "steps"})
    broken = replace(read, description=None)
    assert isinstance(broken, Figure)
    (fault,) = draw(broken, project()).faults
    assert fault.code == "FIG01"


def test_the_alternative_text_tells_axes_ranges_and_layers():
    drawn = draw(
        figure({"mark": "steps", "label": r"$\nu_\mu$ only"}, {"mark": "points"}, y={"scale": "log", "range": [1e-9, 1]}), project()
    )
    assert "Phi [GeV^-1 m^-2 s^-1] (logarithmic, from 1e-09 to 1)" in drawn.alt
    assert "against E_nu [GeV]" in drawn.alt
    assert "2 layers drawn as steps and points. Shown: nu_mu only." in drawn.alt


def test_a_given_alternative_text_is_taken():
    assert draw(figure({"mark": "steps"}, alt="A falling flux."), project()).alt == "A falling flux."


def test_the_labels_of_the_axes_can_be_given():
    drawn = draw(
        figure({"mark": "steps"}, x={"scale": "log", "label": "Energy of all"}, y={"scale": "log", "label": "Some flux"}), project()
    )
    assert "Plot of Some flux" in drawn.alt
    assert "against Energy of all" in drawn.alt


def test_a_figure_without_any_metadata_is_drawn_too():
    bare = replace(figure({"mark": "steps"}), resource=None)
    drawn = draw(bare, replace(project(), release=None, landing=""))
    assert len(drawn.files) == 3
    assert FORMATS.get("png").extract(drawn.files["rendered/flux.png"])


def test_zeros_on_a_logarithmic_axis_do_not_hide_the_smallest_number():
    columns = {
        "low": (ENERGY | {"role": "lower_edge"}, [1.0, 10.0, 100.0]),
        "high": (ENERGY | {"role": "upper_edge"}, [10.0, 100.0, 1000.0]),
        "flux": (FLUX | {"role": "value"}, [0.0, 5.0, 200.0]),
        "error": (FLUX | {"role": "error"}, [0.0, 3.0, 10.0]),
    }
    drawn = draw(figure({"mark": "points"}, {"mark": "steps"}), project(table(columns)))
    assert not drawn.faults
    low = float(drawn.alt.partition("from ")[2].partition(" ")[0])
    assert 0.5 < low < 2.0


@pytest.mark.parametrize("mark", ["line", "points", "steps"])
@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("cells", [[1e308, -1e308, 1.0], [5e-324, 1e-300, 1e300]])
def test_extreme_numbers_end_in_a_figure_or_a_fault(mark, scale, cells):
    columns = {name: (meaning, values[:3]) for name, (meaning, values) in COLUMNS.items() if name in ("low", "high", "energy")}
    columns["flux"] = (FLUX | {"role": "value"}, cells)
    drawn = draw(figure({"mark": mark, "label": "a"}, y={"scale": scale}), project(table(columns)))
    assert drawn.files or [fault.code for fault in drawn.faults] == ["FIG13"]


@pytest.mark.parametrize("cells", [[None] * 5, [float("nan")] * 5, [float("inf")] * 5])
def test_a_layer_without_any_number_is_a_fault(cells):
    columns = {name: COLUMNS[name] for name in ("low", "high", "energy")} | {"flux": (FLUX | {"role": "value"}, cells)}
    (fault,) = draw(figure({"mark": "points"}), project(table(columns))).faults
    assert fault.code == "FIG12"


@pytest.mark.parametrize(
    ("said", "line"), [({"heading": "words " * 40}, 9), ({"layers": "words " * 40}, 10), ({"heading": "words"}, 0)]
)
def test_a_text_that_does_not_fit_is_a_fault_at_its_place(said, line):
    layer = {"mark": "line", "label": said.pop("layers", "short")}
    faults = draw(figure(layer, **said), project()).faults
    assert [(fault.code, fault.where.line) for fault in faults] == ([("FIG10", line)] if line else [])


def test_saving_leaves_the_layout_as_it_is():
    described = figure({"mark": "steps", "label": "one"})
    with looking_like_km3net("salt"):
        picture = composed(described, preliminary=True)
        before = picture.axes[0].get_position().bounds
        for suffix in ("svg", "pdf", "png"):
            picture.savefig(io.BytesIO(), format=suffix)
            assert picture.get_layout_engine() is None
            assert picture.axes[0].get_position().bounds == before


@pytest.mark.parametrize("package", ["matplotlib", "pikepdf"])
def test_a_missing_library_is_told_with_the_extra_that_brings_it(package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra) as caught:
        draw(figure({"mark": "steps"}), project())
    assert "kpublish[plots]" in caught.value.remedy
