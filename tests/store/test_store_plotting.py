"""A table is drawn from what its columns say: bins as steps, errors as points, a second axis as curves."""

import pytest

from kpublish.errors import UsageError
from kpublish.formats.png import extract
from kpublish.formats.xmp import fields
from kpublish.store import KM3Store
from kpublish.store.plotting import CURVES, describe

FLUX = "9dfb369b-ab13-4fae-a276-55daa05f1119"
COLUMNS = {
    "low": "unit: GeV, meta: {role: lower_edge, axis: x, scale: log10}",
    "high": "unit: GeV, meta: {role: upper_edge, axis: x, scale: log10}",
    "x": "meta: {role: center, axis: x}",
    "below": r"unit: deg, meta: {symbol: '\theta', role: lower_edge, axis: y}",
    "above": r"unit: deg, meta: {symbol: '\theta', role: upper_edge, axis: y}",
    "slope": "meta: {role: center, axis: y}",
    "v": "unit: m2, meta: {role: value, axis: z}",
    "w": "unit: m2, meta: {name: Other, role: value, axis: z}",
    "s": "unit: s, meta: {role: value, axis: z}",
    "e": "unit: m2, meta: {role: error, axis: z}",
    "u": "unit: m2, meta: {role: limit, axis: z}",
    "free": "meta: {}",
}


@pytest.fixture
def table(folder, tmp_path):
    """Publishes and loads a table of some of the columns above, with rows of numbers."""

    def load(names, rows):
        head = ["%ECSV 1.0", "---", "delimiter: ','", "datatype:"]
        head += [f"- {{name: {name}, datatype: float64, {COLUMNS[name]}}}" for name in names.split()]
        lines = [*(f"# {line}" for line in [*head, "schema: astropy-2.0"]), ",".join(names.split())]
        text = "\n".join([*lines, *(",".join(map(str, row)) for row in rows), ""])
        release = folder({"data/t.ecsv": text}, more={"data/t.ecsv": {"status": "preliminary"}})
        return KM3Store(folder.path, cache=tmp_path / "cache").get(release.members[0].resource.kid)

    return load


def drawn(table):
    return [(layer.mark, layer.y, layer.where, layer.label) for layer in describe(table.table).layers]


def test_a_published_table_becomes_a_picture_that_notebooks_show(addresses, tmp_path):
    store = KM3Store(addresses["directory"], cache=tmp_path / "cache")
    drawing = store.get("flux", loadoption="plot")
    assert drawing._repr_png_().startswith(b"\x89PNG")
    assert "logarithmic" in repr(drawing)
    for suffix, begins in (("png", b"\x89PNG"), ("SVG", b"<?xml"), ("pdf", b"%PDF")):
        assert drawing.save(tmp_path / f"flux.{suffix}").read_bytes().startswith(begins)
    with pytest.raises(UsageError, match=r"Nothing is drawn as \.gif"):
        drawing.save(tmp_path / "flux.gif")


def test_a_drawing_says_its_data_and_takes_no_identity_of_others(addresses, tmp_path):
    store = KM3Store(addresses["directory"], cache=tmp_path / "cache")
    flux = store.get("flux")
    drawing = store.get("flux", loadoption="plot")
    said = fields(extract(drawing.files["png"]))
    assert said["data"] == [{"path": "data/flux.ecsv", "sha256": flux.table.sha256, "kid": FLUX}]
    assert set(said) <= {"title", "alt", "data", "kid"}
    assert drawing.files["svg"].count(FLUX.encode()) == 1


def test_bins_are_steps_and_errors_make_points_of_them(table):
    assert drawn(table("low high v", [(1, 10, 2), (10, 100, 3)])) == [("steps", "v", {}, None)]
    assert drawn(table("low high v e", [(1, 10, 2, 1), (10, 100, 3, 1)])) == [("points", "v", {}, None)]
    assert drawn(table("x v", [(1, 2), (2, 3)])) == [("line", "v", {}, None)]
    assert drawn(table("low high u", [(1, 10, 2)])) == [("points", "u", {}, None)]


def test_values_of_one_unit_are_drawn_together_and_named(table):
    layers = drawn(table("x v w s", [(1, 2, 3, 4), (2, 3, 4, 5)]))
    assert layers == [("line", "v", {}, "v"), ("line", "w", {}, "Other")]


def test_every_bin_of_a_second_axis_is_a_curve(table):
    rows = [
        (1, 10, 0, 30, 2),
        (1, 10, 30, 60, 3),
        (1, 10, 60, 90, 0),
        (10, 100, 0, 30, 4),
        (10, 100, 30, 60, 5),
        (10, 100, 60, 90, ""),
    ]
    layers = drawn(table("low high below above v", rows))
    assert layers == [
        ("steps", "v", {"below": "0.0"}, r"$\theta$ in [0, 30] deg"),
        ("steps", "v", {"below": "30.0"}, r"$\theta$ in [30, 60] deg"),
    ]


def test_of_many_bins_some_are_drawn_from_the_first_to_the_last(table):
    layers = drawn(table("x slope v", [(x, slope, x * slope) for x in (1, 2) for slope in range(1, 31)]))
    assert len(layers) == CURVES
    assert (layers[0][3], layers[-1][3]) == ("slope = 1", "slope = 30")


def test_axes_are_logarithmic_where_the_columns_say_so_or_numbers_span_much(table):
    description = describe(table("low high v", [(1, 2, 0), (2, 4, 1), (4, 8, 1000)]).table)
    assert (description.x.scale, description.y.scale) == ("log", "log")
    description = describe(table("x v", [(0, -1), (2, 1000)]).table)
    assert (description.x.scale, description.y.scale) == ("linear", "linear")


@pytest.mark.parametrize(
    ("names", "row", "why"),
    [
        ("x free", (1, 2), "no column with role value"),
        ("free v", (1, 2), "neither positions nor edges"),
        ("low v", (1, 2), "no column with role upper_edge"),
        ("x v", (1, ""), "No selected row"),
    ],
)
def test_a_table_that_cannot_be_drawn_says_why_and_keeps_its_data(table, names, row, why):
    from kpublish.store.plotting import draw

    unfit = table(names, [row])
    with pytest.raises(UsageError, match=why):
        draw(unfit)
    assert len(unfit.data) == 1
