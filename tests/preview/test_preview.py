"""The preview follows what is saved, shows findings beside figures, and answers browsers of this machine only."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import pytest

from kpublish.cli import run
from kpublish.errors import UsageError
from kpublish.model.vocabularies import Context
from kpublish.plots.overriding import Look
from kpublish.preview import workshop
from kpublish.preview.server import Preview
from kpublish.preview.watching import Watcher
from kpublish.preview.workshop import Workshop

FULL = Path(__file__).parents[1] / "examples" / "good" / "full"
#: Seconds after which something that should happen has not.
LONG = 60


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@contextmanager
def shown(folder, **how):
    """A preview of which the first snapshot with all pictures is there."""
    with Preview(folder, **how) as preview:
        until(preview, settled)
        yield preview


def settled(snapshot):
    return bool(snapshot.error) or (snapshot.project is not None and not any(picture.drawing for picture in snapshot.pictures))


def until(preview, wanted):
    with preview.news:
        assert preview.news.wait_for(lambda: wanted(preview.snapshot), timeout=LONG)
        return preview.snapshot


def ask(preview, path="/", host=None):
    """Status, headers and content of an answer."""
    where = urlsplit(preview.url)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=LONG)
    connection.request("GET", path, headers={"Host": host or where.netloc})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, answer.headers, content


@pytest.fixture
def repository(tmp_path):
    """A copy of the full example."""
    return Path(shutil.copytree(FULL, tmp_path / "plots"))


def test_figures_tables_and_their_columns_are_shown(repository):
    with shown(repository) as preview:
        page = ask(preview)[2].decode()
        (picture,) = preview.snapshot.pictures
        status, headers, content = ask(preview, f"/pictures/{picture.name}")
    for words in (
        "Flux over energy, drawn",
        "Figure · figures/flux.yaml",
        "Table · data/flux.ecsv",
        "energy_low",
        "Alternative text",
    ):
        assert words in page
    assert (status, headers["Content-Type"]) == (200, "image/png")
    assert content == picture.content
    assert content.startswith(b"\x89PNG")
    assert not (repository / "rendered").exists()


def test_recorded_steps_are_shown_as_a_picture_and_new_ones_appear(repository):
    record = {"refID": "a", "name": "Unfolding", "outputs": [{"path": "data/flux.ecsv"}]}
    with shown(repository) as preview:
        assert "svg" not in ask(preview)[2].decode()
        (repository / "provenance").mkdir()
        (repository / "provenance/a.json").write_text(json.dumps(record))
        until(preview, lambda snapshot: snapshot.steps)
        page = ask(preview)[2].decode()
    assert '<svg class="chain"' in page
    assert "Unfolding" in page


def test_what_is_saved_is_shown_and_only_what_changed_is_drawn(repository, monkeypatch):
    drawn, real = [], workshop.draw
    monkeypatch.setattr(workshop, "draw", lambda figure, *rest, **more: drawn.append(figure.name) or real(figure, *rest, **more))
    text = (repository / "figures/flux.yaml").read_text()
    second = text.replace("6301bbfc-a0c5-454e-8ff9-bb510944fe0c", "0a1bbbfc-a0c5-454e-8ff9-bb510944fe0c")
    (repository / "figures/other.yaml").write_text(second)
    with shown(repository) as preview:
        assert sorted(drawn) == ["flux", "other"]
        before = preview.snapshot
        change(repository / "figures/other.yaml", "one bin", "two bins")
        after = until(preview, lambda snapshot: snapshot.number > before.number and settled(snapshot))
    assert sorted(drawn) == ["flux", "other", "other"]
    assert after.pictures[0] == before.pictures[0]
    assert after.pictures[1] != before.pictures[1]
    assert "two bins" in after.pictures[1].alt


def test_errors_stand_beside_the_figure_that_keeps_its_last_picture(repository):
    with shown(repository) as preview:
        (before,) = preview.snapshot.pictures
        change(repository / "figures/flux.yaml", "y: flux", "y: fluks")
        after = until(preview, lambda snapshot: snapshot.about("figures/flux.yaml"))
        page = ask(preview)[2].decode()
        assert after.pictures[0].content == before.content
        assert "FIG04" in page
        assert page.index("FIG04") > page.index("Figure · figures/flux.yaml")
        change(repository / "figures/flux.yaml", "y: fluks", "y: flux")
        until(preview, lambda snapshot: not snapshot.about("figures/flux.yaml") and settled(snapshot))


def test_what_goes_wrong_while_drawing_is_a_finding(repository):
    (repository / "own.py").write_text("def draw(tables, axes):\n    1 / 0\n")
    figure = "\nfigure:\n  draw: own.py\n  tables: [data/flux.ecsv]\n  alt: Nothing.\n"
    text = (repository / "figures/flux.yaml").read_text().partition("\nfigure:")[0]
    (repository / "figures/flux.yaml").write_text(text + figure)
    with shown(repository) as preview:
        assert "FIG16" in [finding.code for finding in preview.snapshot.about("own.py")]
        page = ask(preview)[2].decode()
    assert "own.py:2 FIG16" in page
    assert "Cannot be drawn yet." in page


def test_a_repository_that_is_broken_or_gone_is_told_and_comes_back(repository):
    settings = repository / "kpublish.yaml"
    text = settings.read_text()
    with shown(repository) as preview:
        settings.write_text("KM3Resource: [")
        until(preview, lambda snapshot: any(finding.where.path == "kpublish.yaml" for finding in snapshot.findings))
        assert ask(preview)[0] == 200
        settings.write_text(text)
        until(preview, lambda snapshot: len(snapshot.pictures) == 1 and settled(snapshot) and not snapshot.findings)


def test_a_fault_of_ours_is_told_and_the_preview_goes_on(repository, monkeypatch):
    real, broken = workshop.draw, [True]

    def draw(*work, **how):
        if broken:
            raise RuntimeError("of ours")
        return real(*work, **how)

    monkeypatch.setattr(workshop, "draw", draw)
    with shown(repository) as preview:
        assert "Internal error: RuntimeError: of ours." in ask(preview)[2].decode()
        broken.clear()
        change(repository / "figures/flux.yaml", "one bin", "two bins")
        until(preview, lambda snapshot: snapshot.pictures and settled(snapshot) and snapshot.pictures[0].content)


def test_another_look_is_shown(repository):
    with shown(repository, look=Look(Context("talk"), dark=True)) as preview:
        talk = preview.snapshot.pictures[0].content
    with shown(repository) as preview:
        assert preview.snapshot.pictures[0].content != talk


def test_a_setting_that_leads_nowhere_is_told_on_the_page(repository):
    with shown(repository, look=Look(settings={"layers.7.color": "black"})) as preview:
        assert "leads nowhere" in ask(preview)[2].decode()


def test_events_tell_the_number_of_the_newest(repository):
    with shown(repository) as preview:
        where = urlsplit(preview.url)
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=LONG)
        connection.request("GET", "/events")
        answer = connection.getresponse()
        assert answer.headers["Content-Type"] == "text/event-stream"
        assert answer.readline() == f"data: {preview.snapshot.number}\n".encode()
        connection.close()


@pytest.mark.parametrize("path", ["/kpublish.yaml", "/pictures/", "/pictures/../kpublish.yaml", "//etc/passwd", "/%2e%2e/x"])
def test_nothing_else_is_served(repository, path):
    with shown(repository) as preview:
        assert ask(preview, path)[0] == 404


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost"])
def test_pages_of_others_cannot_ask_under_another_name(repository, host):
    with shown(repository) as preview:
        assert ask(preview, host=host)[0] == 403


def test_a_hostile_repository_writes_no_html(repository):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    change(repository / "figures/flux.yaml", "Flux over energy, drawn", evil)
    change(repository / "data/flux.ecsv", "1", evil)
    with shown(repository) as preview:
        page = ask(preview)[2].decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_watcher_sees_files_that_come_change_and_go_but_not_what_is_made(tmp_path):
    watcher = Watcher(tmp_path, Event())
    assert not watcher.changed()
    for made in ("rendered", ".git", ".kpublish"):
        (tmp_path / made).mkdir()
        (tmp_path / made / "file").write_text("1")
    assert not watcher.changed()
    (tmp_path / "data").mkdir()
    (tmp_path / "data/new").write_text("1")
    assert watcher.changed()
    (tmp_path / "other").write_text("1")
    os.replace(tmp_path / "other", tmp_path / "data/new")
    assert watcher.changed()
    (tmp_path / "data/new").unlink()
    assert watcher.changed()
    assert not watcher.changed()


def test_a_workshop_draws_nothing_of_a_broken_table(repository, monkeypatch):
    monkeypatch.setattr(workshop, "draw", pytest.fail)
    change(repository / "data/flux.ecsv", "datatype: float64", "datatype: floot64")
    (snapshot,) = Workshop(repository).snapshots()
    assert snapshot.about("data/flux.ecsv")
    assert [picture.content for picture in snapshot.pictures] == [b""]


def test_a_port_that_is_taken_is_one_sentence(repository):
    with Preview(repository) as preview, pytest.raises(UsageError, match="cannot be used"):
        Preview(repository, urlsplit(preview.url).port)


#: Runs a command that listens to Ctrl-C, also where whoever runs the tests ignores it.
LISTENING = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); from kpublish.cli import main; main()"


def test_the_command_serves_until_it_is_interrupted(repository):
    command = [sys.executable, "-c", LISTENING, "preview", str(repository / "data"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert "stands at http://127.0.0.1:" in process.stdout.readline()
            process.send_signal(signal.SIGINT)
            errors = process.communicate(timeout=LONG)[1]
        finally:
            process.kill()
    assert process.returncode == 130
    assert "Traceback" not in errors


def test_the_page_is_written_for_reviewers(repository, tmp_path, capfd):
    change(repository / "figures/flux.yaml", "label: one bin", "label: one 🙂")
    page = tmp_path / "page"
    assert run(["preview", str(repository), "--output", str(page)]) == 0
    text = (page / "index.html").read_text("utf-8")
    (picture,) = (page / "pictures").iterdir()
    assert f'src="pictures/{picture.name}"' in text
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "<script" not in text
    assert "FIG10" in text
    assert "1 warning" in capfd.readouterr().out
    assert run(["preview", str(repository), "--output", str(page / "index.html")]) == 2
    assert "is a file" in capfd.readouterr().err


def test_a_folder_without_project_is_refused(tmp_path, capfd):
    assert run(["preview", str(tmp_path), "--port", "0"]) == 2
    assert "kpublish new" in capfd.readouterr().err


@pytest.mark.browser
def test_a_browser_shows_what_is_saved_without_reload_or_complaint(repository, browser):
    complaints = []
    with shown(repository) as preview:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(preview.url)
        page.wait_for_load_state("load")
        assert page.locator("figure img").evaluate("image => image.naturalWidth") == 1600
        page.evaluate("window.same = true")
        change(repository / "figures/flux.yaml", "Flux over energy, drawn", "Flux, saved anew")
        page.get_by_text("Flux, saved anew").wait_for(timeout=LONG * 1000)
        assert page.evaluate("window.same")
        change(repository / "figures/flux.yaml", "y: flux", "y: fluks")
        page.wait_for_selector(".findings .error", timeout=LONG * 1000)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        page.close()
    assert complaints == []
