"""Figures that code of the repository draws, and figures that were made elsewhere."""

import io
import os
import time

import pytest
from PIL import Image
from plots_examples import FIGURE_KID, PATH, figure, project

from kpublish.formats import FORMATS
from kpublish.formats.xmp import fields
from kpublish.model.figure import Figure, FigureDescription
from kpublish.plots.canvas import draw

CODE = """
def draw(tables, axes):
    table = tables["data/flux.ecsv"]
    axes.plot(table["energy"], table["flux"], label="by hand")
    axes.set(xscale="log", yscale="log", xlabel=table.label("energy"), ylabel=table.label("flux"))
"""


@pytest.fixture
def coded(tmp_path, monkeypatch):
    """Draws a figure whose code is given."""
    monkeypatch.chdir(tmp_path)

    def make(code, **said):
        (tmp_path / "own.py").write_text(code, "utf-8")
        return draw(described(draw="own.py", tables=[PATH], **said), project())

    return make


def described(**said):
    whole = figure({"mark": "line"})
    return Figure(whole.path, whole.document, whole.resource, FigureDescription.model_validate(said))


def test_code_draws_with_the_same_look_identity_and_bytes(coded):
    drawn = coded(CODE)
    assert not drawn.faults
    assert set(drawn.files) == {"rendered/flux.png", "rendered/flux.svg", "rendered/flux.pdf"}
    for suffix in ("png", "svg", "pdf"):
        said = fields(FORMATS.get(suffix).extract(drawn.files[f"rendered/flux.{suffix}"]))
        assert said["kid"] == FIGURE_KID
        assert said["data"][0]["path"] == PATH
    assert drawn.alt.startswith(r"Plot of Phi [GeV^-1 m^-2 s^-1] (logarithmic")
    assert drawn.alt.endswith("Shown: by hand.")
    assert Image.open(io.BytesIO(drawn.files["rendered/flux.png"])).size == (1600, 1100)
    assert coded(CODE).files == drawn.files


def test_code_sees_no_environment(coded, monkeypatch):
    monkeypatch.setenv("KPUBLISH_ZENODO_TOKEN", "a secret")
    faults = coded("import os\ndef draw(tables, axes):\n    raise ValueError(sorted(os.environ))\n").faults
    assert "KPUBLISH" not in faults[0].message
    assert "a secret" not in faults[0].message


@pytest.mark.parametrize(
    ("code", "line", "said"),
    [
        ("def draw(tables, axes):\n    1 / 0\n", 2, "ZeroDivisionError: division by zero"),
        ("def draw(tables, axes:\n", 1, "SyntaxError"),
        ("import nosuchmodule\n", 1, "No module named 'nosuchmodule'"),
        ("def paint(tables, axes): ...\n", 0, "it does not define draw(tables, axes)"),
        ("def draw(tables, axes):\n    tables['data/flux.ecsv']['fluks']\n", 2, "Did you mean 'flux'"),
        ("def draw(tables, axes):\n    raise SystemExit(0)\n", 2, "SystemExit"),
        ("import os\nos._exit(0)\n", 0, "ended without a figure"),
        (
            "import os\nfor fd in range(3, 30):\n try:\n  os.write(fd, b'{\"fault\": 1}')\n except OSError:\n  pass\nos._exit(0)\n",
            0,
            "ended without a figure",
        ),
        ("print('{}')\nimport os\nos._exit(0)\n", 0, "ended without a figure"),
    ],
)
def test_code_that_fails_is_a_fault_at_its_line(coded, code, line, said):
    drawn = coded(code)
    assert not drawn.files
    (fault,) = drawn.faults
    assert fault.code == "FIG16"
    assert said in fault.message
    assert (fault.where.path, fault.where.line) == (("own.py", line) if line else (fault.where.path, fault.where.line))


def test_code_that_takes_too_long_is_ended_with_all_that_it_started(coded, tmp_path):
    code = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\nopen({str(tmp_path / 'pid')!r}, 'w')"
        ".write(str(child.pid))\ndef draw(tables, axes):\n    child.wait()\n"
    )
    (fault,) = coded(code, limit=8).faults
    assert "takes longer than 8 s" in fault.message
    pid = int((tmp_path / "pid").read_text())
    until = time.monotonic() + 30
    while _runs(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid):
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stream:
            return stream.read().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_missing_code_and_tables_are_faults(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("own.py", "../own.py"):
        drawn = draw(described(draw=name, tables=[PATH]), project())
        assert drawn.faults[0].code == "FIG16"
    assert draw(described(draw="own.py", tables=["data/none.ecsv"]), project()).faults[0].code == "FIG03"


@pytest.fixture
def macro(tmp_path, monkeypatch):
    """A picture that something else drew."""
    monkeypatch.chdir(tmp_path)
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(stream, "png")
    (tmp_path / "macro.png").write_bytes(stream.getvalue())
    return stream.getvalue()


def test_a_given_figure_stays_as_it_is_with_its_identity_beside_it(macro):
    drawn = draw(described(given="macro.png", tables=[PATH], alt="Nothing but white."), project())
    assert drawn.files["rendered/flux.png"] == macro
    said = fields(drawn.files["rendered/flux.xmp"].decode())
    assert (said["kid"], said["alt"]) == (FIGURE_KID, "Nothing but white.")
    assert said["data"][0]["sha256"] == drawn.data[PATH]


def test_a_given_figure_may_carry_its_identity_inside(macro):
    drawn = draw(described(given=["macro.png"], embed=True, tables=[PATH], alt="White."), project())
    assert set(drawn.files) == {"rendered/flux.png"}
    content = drawn.files["rendered/flux.png"]
    assert fields(FORMATS.get("png").extract(content))["kid"] == FIGURE_KID
    assert Image.open(io.BytesIO(content)).tobytes() == Image.open(io.BytesIO(macro)).tobytes()


@pytest.mark.parametrize("given", ["none.png", "../macro.png", "macro.gif", ["macro.png", "macro.png"], "macro.svg"])
def test_what_is_no_picture_cannot_be_given(macro, tmp_path, given):
    (tmp_path / "macro.svg").write_text("no picture")
    (fault,) = draw(described(given=given), project()).faults
    assert fault.code == "FIG15"
    assert fault.remedy
