"""kpublish render."""

import shutil
from pathlib import Path

import pytest

from kpublish.cli import run

FULL = Path(__file__).parents[1] / "examples" / "good" / "full"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A copy of the full example, without git, as current folder."""
    folder = tmp_path / "plots"
    shutil.copytree(FULL, folder)
    monkeypatch.chdir(folder)
    return folder


def rendered(folder):
    return sorted(path.name for path in folder.glob("rendered/**/*"))


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_render_works_without_git_and_says_what_it_wrote(repository, capfd):
    assert run(["render"]) == 0
    out, err = capfd.readouterr()
    assert rendered(repository) == ["flux.pdf", "flux.png", "flux.svg"]
    size = (repository / "rendered/flux.png").stat().st_size
    assert f"rendered/flux.png  {size / 1024:.1f} kB" in out
    assert not err


def test_a_second_render_gives_the_same_bytes(repository):
    assert run(["render"]) == 0
    first = {path.name: path.read_bytes() for path in repository.glob("rendered/*")}
    assert run(["render", "data/flux.ecsv"]) == 0
    assert {path.name: path.read_bytes() for path in repository.glob("rendered/*")} == first


def test_only_the_named_figure_is_drawn(repository, capfd):
    (repository / "figures" / "sub").mkdir()
    text = (
        (repository / "figures/flux.yaml")
        .read_text()
        .replace("6301bbfc-a0c5-454e-8ff9-bb510944fe0c", "0a1bbbfc-a0c5-454e-8ff9-bb510944fe0c")
    )
    (repository / "figures/sub/other.yaml").write_text(text)
    assert run(["render", "--figure", "other"]) == 0
    assert rendered(repository) == ["other.pdf", "other.png", "other.svg", "sub"]
    assert run(["render", "--figure", "othr"]) == 2
    assert "Did you mean 'other'?" in capfd.readouterr().err


def test_errors_stop_it_and_are_told_with_their_line(repository, capfd):
    change(repository / "figures/flux.yaml", "y: flux", "y: fluks")
    assert run(["render", str(repository)]) == 1
    out, err = capfd.readouterr()
    assert not out
    assert "figures/flux.yaml:10:" in err
    assert "error[FIG04]" in err
    assert "Did you mean 'flux'?" in err
    assert rendered(repository) == []


def test_a_label_that_cannot_be_typeset_stops_it_with_a_sentence(repository, capfd):
    change(repository / "figures/flux.yaml", "one bin", r"'$\frac{1$'")
    assert run(["render"]) == 1
    err = capfd.readouterr().err
    assert "figures/flux.yaml:10: The text" in err
    assert rendered(repository) == []


def test_a_missing_glyph_is_a_warning(repository, capfd):
    change(repository / "figures/flux.yaml", "one bin", "a 鯨")
    assert run(["render"]) == 0
    out, err = capfd.readouterr()
    assert "warning[FIG10]" in err
    assert len(out.splitlines()) == 3


def test_nothing_to_render_is_said_with_what_to_do(repository, capfd):
    shutil.rmtree(repository / "figures")
    assert run(["render"]) == 0
    assert "figures/<name>.yaml" in capfd.readouterr().out


def test_a_folder_that_may_not_be_written_is_told(repository, capfd):
    (repository / "rendered").write_text("in the way")
    assert run(["render"]) == 7
    assert "rendered" in capfd.readouterr().err


def test_another_context_goes_into_a_folder_of_its_own(repository, capfd):
    assert run(["render", "--context", "talk", "--dark", "--set", "layers.2.hidden=true", "--set", "x.range=[1, 1000]"]) == 0
    assert sorted(path.name for path in (repository / "rendered/talk-dark-changed").iterdir()) == [
        "flux.pdf",
        "flux.png",
        "flux.svg",
    ]
    assert "rendered/talk-dark-changed/flux.png" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("setting", "said"),
    [("x.range", "--set x.range"), ("=1", "--set =1"), ("x.range=[1", "--set x.range"), ("layers.9.color=red", "there is no '9'")],
)
def test_settings_that_cannot_be_are_told(repository, setting, said, capfd):
    assert run(["render", "--set", setting]) == 2
    assert said in capfd.readouterr().err
    assert rendered(repository) == []


def test_code_that_is_run_is_named(repository, capfd):
    (repository / "figures/own.py").write_text("def draw(tables, axes):\n    axes.plot([1, 2], label=str(len(tables)))\n")
    change(repository / "figures/flux.yaml", "figure:\n", "figure:\n  draw: figures/own.py\n  tables: [data/flux.ecsv]\nleft: |\n")
    text = (repository / "figures/flux.yaml").read_text()
    (repository / "figures/flux.yaml").write_text(text.partition("left:")[0])
    assert run(["validate"]) == 0
    assert "runs" not in capfd.readouterr().out
    assert run(["render"]) == 0
    assert "runs figures/own.py, to draw flux" in capfd.readouterr().out


def test_check_compares_and_writes_nothing(repository, capfd):
    assert run(["render", "--check"]) == 1
    assert "rendered/flux.png  is missing" in capfd.readouterr().out
    assert rendered(repository) == []
    assert run(["render"]) == 0
    assert run(["render", "--check", "--jobs", "2"]) == 0
    assert "rendered/flux.pdf  same bytes" in capfd.readouterr().out
    (repository / "km3resource.json").write_text('{"software": {"matplotlib": "1.5.1", "numpy": 3}}')
    change(repository / "figures/flux.yaml", "1.0e-9", "1.0e-10")
    before = (repository / "rendered/flux.png").read_bytes()
    assert run(["render", "--check"]) == 1
    out, err = capfd.readouterr()
    assert "rendered/flux.png  differs: it carries another identity" in out
    assert "matplotlib: the package was drawn with 1.5.1" in out
    assert "Draw them anew" in err
    assert (repository / "rendered/flux.png").read_bytes() == before


def test_what_has_not_changed_is_drawn_again_only_if_asked(repository):
    assert run(["render"]) == 0
    first = (repository / "rendered/flux.png").stat().st_mtime_ns
    assert run(["render"]) == 0
    assert (repository / "rendered/flux.png").stat().st_mtime_ns == first
    assert run(["render", "--again"]) == 0
    assert (repository / "rendered/flux.png").stat().st_mtime_ns > first
