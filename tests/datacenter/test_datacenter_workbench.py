"""From a package in a form to a published version: upload, checks, review, decision."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from datacenter_parts import Made, Person, made, png, with_an_error
from datacenter_services import until

from kpublish import pipeline
from kpublish.datacenter.inspection import running
from kpublish.model.figure import DrawnFigure

Account = Callable[..., str]


def _packed(folder: Path) -> Path:
    """The package of a repository, with stand-ins for the files of its figures."""
    project = pipeline.load(folder)
    data = {table.path: table.sha256 for table in project.tables}
    drawn = [DrawnFigure(figure, {f"rendered/{figure.name}.png": png()}, data, alt="steps") for figure in project.figures]
    return pipeline.bundle(project, drawn, folder.parent / "package.zip").path


def _changed(folder: Path, version: str) -> None:
    """Another version, in which one number differs."""
    said = folder / "kpublish.yaml"
    said.write_text(re.sub(r"version: \S+", f"version: {version}", said.read_text("utf-8"), count=1), "utf-8")
    table = folder / "data" / "effective_area.ecsv"
    lines = table.read_text("utf-8").splitlines()
    cells = lines[-1].split(",")
    lines[-1] = ",".join([*cells[:-1], "123.5"])
    table.write_text("\n".join(lines) + "\n", "utf-8")
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qam", "Change"], cwd=folder, check=True
    )


def _sent(person: Person, package: Path, project: int | str, **fields: str) -> Any:
    with package.open("rb") as stream:
        return person.post("/upload", files={"package": ("package.zip", stream)}, project=str(project), **fields)


@pytest.fixture
def team(datacenter: Any, project: Callable[..., str], account: Account) -> dict[str, Any]:
    """A project with an author, a reviewer, a publisher; and a stranger, who is all that elsewhere."""
    number, other = project(), project()
    found = datacenter.ask("GET", "/projects").json()["results"]
    made: dict[str, Any] = {"id": next(entry["id"] for entry in found if entry["number"] == number)}
    for role in ("author", "reviewer", "publisher"):
        made[role] = Person(datacenter)
        made[role].sign_in(account(**{f"p{number}": role}))
    made["stranger"] = Person(datacenter)
    made["stranger"].sign_in(account(**{f"p{other}": "publisher"}))
    return made


def test_a_package_becomes_a_draft_is_reviewed_sent_back_and_published(
    datacenter: Any, team: dict[str, Any], repository: Callable[[], Path]
) -> None:
    author, reviewer = team["author"], team["reviewer"]
    package = _packed(repository())
    answer = _sent(author, package, team["id"])
    assert answer.status_code == 302, answer.text
    draft = answer.headers["Location"].partition("#")[0]
    page = author.get(draft)
    assert "A draft: this version is not published yet" in page.text
    assert "The checks find nothing to mend." in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    kid = draft.split("/")[2]
    assert datacenter.page(f"/r/{kid}").status_code == 404
    assert author.post(draft, action="publish").status_code == 409
    assert author.post(draft, action="forward").status_code == 302
    found = re.search(r'href="[^"]*(/review/[^"]+)"', author.get(draft).text)
    assert found
    link = found[1]
    guest = Person(datacenter)
    assert guest.post(link, action="comment", comment="Which zenith range?", name="").status_code == 422
    assert guest.post(link, action="comment", comment="  ", name="Eve").status_code == 422
    assert guest.post(link, action="comment", comment="Which <zenith> range?", name="Eve").status_code == 302
    assert "Eve (by the link): Which &lt;zenith&gt; range?" in guest.get(link).text
    for action in ("publish", "return"):
        assert guest.post(link, action=action, comment="x", name="Eve").status_code == 403
        assert author.post(draft, action=action, comment="x").status_code == 403
    assert reviewer.post(link, action="return", comment=" ").status_code == 422
    assert reviewer.post(link, action="return", comment="State the zenith range.").status_code == 302
    assert "Sent back to its authors" in author.get(draft).text
    assert "State the zenith range." in author.get(draft).text
    assert author.post(draft, action="forward").status_code == 302
    assert guest.get(link).status_code == 404
    assert reviewer.post(draft, action="publish", comment="Fine.").headers["Location"] == f"/r/{kid}/1.0.0"
    assert datacenter.page(f"/r/{kid}").status_code == 200
    assert author.get(draft, allow_redirects=False).headers["Location"] == f"/r/{kid}/1.0.0"
    assert datacenter.ask("GET", f"/releases/{kid}/1.0.0", token="").json()["review"].get("comments") is None


def test_a_publisher_publishes_and_the_next_version_tells_the_numbers_that_changed(
    datacenter: Any, team: dict[str, Any], repository: Callable[[], Path]
) -> None:
    publisher, folder = team["publisher"], repository()
    draft = _sent(publisher, _packed(folder), team["id"]).headers["Location"].partition("#")[0]
    assert publisher.post(draft, action="forward").headers["Location"].startswith("/r/")
    assert "published already" in _sent(publisher, _packed(folder), team["id"]).text
    _changed(folder, "1.1.0")
    draft = _sent(team["author"], _packed(folder), team["id"]).headers["Location"].partition("#")[0]
    page = team["author"].get(draft).text
    assert "1 cell changed." in page
    assert '<td class="number">123.5</td>' in page
    assert "Changed files" in page


def test_findings_stand_beside_the_table_and_errors_stop_it(
    datacenter: Any, team: dict[str, Any], repository: Callable[[], Path]
) -> None:
    folder = repository()
    package = _packed(folder)
    kid = pipeline.load(folder).release.kid  # type: ignore[union-attr]
    table = next(iter(pipeline.load(folder).tables))
    assert kid
    assert table.kid
    _spoil(folder)
    package = _packed(folder)
    draft = _sent(team["author"], package, team["id"]).headers["Location"].partition("#")[0]
    page = team["author"].get(draft).text
    section = page.partition(f'id="{table.kid}"')[2].partition("</section>")[0]
    assert "What the checks find here" in section
    assert "Error:" in section
    answer = team["author"].post(draft, action="forward")
    assert (answer.status_code, "error" in answer.text) == (409, True)
    assert datacenter.ask("GET", draft.replace("/drafts/", "/releases/")).json()["status"] == "draft"


def _spoil(folder: Path) -> None:
    """A unit that nobody knows."""
    table = folder / "data" / "effective_area.ecsv"
    text = table.read_text("utf-8")
    table.write_text(re.sub(r"unit: m2?\b", "unit: furlongs", text, count=1), "utf-8")
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qam", "Spoil"], cwd=folder, check=True
    )


def test_an_embargo_is_stated_in_the_form(datacenter: Any, team: dict[str, Any], repository: Callable[[], Path]) -> None:
    day = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    package = _packed(repository())
    assert _sent(team["publisher"], package, team["id"], embargo="soon").status_code == 422
    draft = _sent(team["publisher"], package, team["id"], embargo=day).headers["Location"].partition("#")[0]
    assert f"its files open on {day}" in team["publisher"].get(draft).text
    page = team["publisher"].post(draft, action="forward").headers["Location"]
    assert datacenter.page(f"{page}/files/data/effective_area.ecsv").status_code == 403


def test_what_is_not_for_somebody_is_not_there(datacenter: Any, team: dict[str, Any], repository: Callable[[], Path]) -> None:
    package = _packed(repository())
    draft = _sent(team["author"], package, team["id"]).headers["Location"].partition("#")[0]
    nothing = re.sub(r"[0-9a-f]{8}-", "00000000-", draft, count=1)
    stranger, file = team["stranger"], "/files/data/effective_area.ecsv"
    for address in (draft, draft + file):
        told = [stranger.get(address), stranger.get(address.replace(draft, nothing))]
        assert [answer.status_code for answer in told] == [404, 404]
        assert told[0].text.replace(draft.split("/")[2], "") == told[1].text.replace(nothing.split("/")[2], "")
    anonymous = Person(datacenter)
    assert anonymous.get(draft, allow_redirects=False).status_code == 302
    assert anonymous.get(nothing, allow_redirects=False).status_code == 302
    assert anonymous.get(draft + file).status_code == 404
    assert stranger.send(draft, action="forward").status_code == 403
    assert draft not in stranger.get("/account").text
    assert draft in team["author"].get("/account").text


def test_another_projects_kid_is_not_taken(datacenter: Any, team: dict[str, Any], repository: Callable[[], Path]) -> None:
    package = _packed(repository())
    assert _sent(team["author"], package, team["id"]).status_code == 302
    found = re.search(r'<option value="(\d+)"', team["stranger"].get("/upload").text)
    assert found
    answer = _sent(team["stranger"], package, found[1])
    assert (answer.status_code, "may not write" in answer.text) == (403, True)
    for role in ("stranger", "reviewer"):  # in the name of a project in which they may not write
        with package.open("rb") as stream:
            answer = team[role].post("/upload", "/account", files={"package": ("package.zip", stream)}, project=str(team["id"]))
        assert (answer.status_code, "No project is chosen." in answer.text) == (422, True)
    assert Person(datacenter).get("/upload", allow_redirects=False).headers["Location"] == "/login?next=/upload"


def test_a_kid_that_was_published_without_a_project_is_not_taken(
    datacenter: Any, team: dict[str, Any], repository: Callable[[], Path], making: Callable[..., Any]
) -> None:
    folder = repository()
    kid = pipeline.load(folder).release.kid  # type: ignore[union-attr]
    datacenter.bring(making(kid, "0.9.0"))
    assert _sent(team["publisher"], _packed(folder), team["id"]).status_code == 403


@pytest.mark.parametrize("kind", ["no zip", "empty", "compressed", "cut", "changed", "escaping"])
def test_what_is_no_package_is_one_sentence(
    datacenter: Any, team: dict[str, Any], repository: Callable[[], Path], tmp_path: Path, kind: str
) -> None:
    whole = b"" if kind in ("no zip", "empty", "compressed", "escaping") else _packed(repository()).read_bytes()
    file = tmp_path / "package.zip"
    file.write_bytes(
        {"no zip": b"hello", "empty": b"", "cut": whole[:-100], "changed": whole.replace(b"energy", b"enorgy", 1)}.get(kind, b"")
    )
    if kind in ("compressed", "escaping"):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED if kind == "compressed" else zipfile.ZIP_STORED) as package:
            package.writestr("../../evil" if kind == "escaping" else "km3resource.json", b"{}" * 1000)
    answer = _sent(team["author"], file, team["id"])
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "Traceback" not in answer.text
    assert str(tmp_path) not in answer.text


@pytest.mark.parametrize("address", ["/review/1", "/review/1:x", "/review/x:y:z"])
def test_a_forged_link_opens_nothing(datacenter: Any, address: str) -> None:
    for place in (address, f"{address}/files/README.md"):
        assert datacenter.page(place).status_code == 404


def test_programs_comment_and_see_findings_until_it_is_public(datacenter: Any, run: Callable[..., str], release: Any) -> None:
    author, reviewer = (
        run("create-token", f"{release.kid} {role}", "--role", role, "--kid", release.kid, "--output", "-")
        for role in ("author", "reviewer")
    )
    release = with_an_error(release)
    datacenter.open(release, token=author)
    for path in release.contents:
        datacenter.send(release, path, token=author)
    place = f"/releases/{release.kid}/1.0.0/comments"
    assert datacenter.ask("POST", place, token=reviewer, json={"comment": "early"}).status_code == 409
    told = datacenter.publish(release, token=author)
    assert any(finding["severity"] == "error" for finding in told.json()["review"]["findings"])
    assert datacenter.ask("POST", place, token="", json={"comment": "x"}).status_code == 401
    answer = datacenter.ask("POST", place, token=reviewer, json={"comment": "Zenith?"})
    assert [(entry["comment"], entry["by"]) for entry in answer.json()["review"]["comments"]] == [
        ("Zenith?", f"{release.kid} reviewer")
    ]
    stale = {"If-Match": told.headers["ETag"]}
    decided = datacenter.ask(
        "POST", place.replace("comments", "review"), token=reviewer, json={"decision": "publish"}, headers=stale
    )
    assert decided.status_code == 412


def test_errors_stop_every_publication_and_the_same_draft_mended_goes_on(datacenter: Any, release: Any) -> None:
    wrong = with_an_error(release)
    datacenter.open(wrong)
    for path in wrong.contents:
        datacenter.send(wrong, path)
    answer = datacenter.publish(wrong)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "findings")
    assert {(finding["code"], finding["path"], finding["line"]) for finding in told["findings"]} == {("UNI01", "data/aeff.ecsv", 6)}
    assert "data/aeff.ecsv:6:" in told["detail"]
    assert datacenter.state(wrong, token="").status_code == 404
    datacenter.bring(release)


def test_a_release_without_its_project_file_is_not_published(datacenter: Any, release: Any) -> None:
    del release.contents["kpublish.yaml"]
    release.document["files"] = [file for file in release.document["files"] if file["path"] != "kpublish.yaml"]
    datacenter.open(release)
    for path in release.contents:
        datacenter.send(release, path)
    answer = datacenter.publish(release)
    assert (answer.status_code, answer.json()["code"]) == (409, "findings")
    assert answer.json()["detail"] == "The release holds no kpublish.yaml."


def _otherwise(release: Made, change: str) -> str:
    """Let the document say what its files do not say; return what is told of it."""
    said, (table, figure) = release.document["resource"], release.document["members"]
    if change == "title":
        said["title"] = "Discovery of everything"
        return "another title than kpublish.yaml"
    if change == "approval":
        said["approval"]["by"] = "Somebody"
        return "another approval than kpublish.yaml"
    if change == "table":
        table["resource"]["license"] = "CC0-1.0"
        return "another license than data/aeff.ecsv"
    figure["path"] = "rendered/aeff.svg"
    return "names the figure rendered/aeff.svg, which"


@pytest.mark.parametrize("change", ["title", "approval", "table", "figure"])
def test_a_release_that_says_other_things_than_its_package_is_not_published(datacenter: Any, release: Any, change: str) -> None:
    expected = _otherwise(release, change)
    datacenter.open(release)
    for path in release.contents:
        datacenter.send(release, path)
    answer = datacenter.publish(release)
    assert (answer.status_code, answer.json()["code"]) == (409, "findings")
    assert expected in answer.json()["detail"]
    assert datacenter.state(release, token="").status_code == 404


def test_a_reviewer_may_publish_what_the_checks_find_wrong(datacenter: Any, release: Any) -> None:
    wrong = datacenter.bring_reviewed(with_an_error(release))
    assert datacenter.state(wrong, token="").json()["status"] == "published"


# --- the process that checks


_TRY = """
import json, sys
from pathlib import Path
from kpublish.datacenter.inspection.confining import confine
held = confine(Path(sys.argv[1]), 1000)
told = {}
def attempt(name, what):
    try:
        what()
        told[name] = "allowed"
    except BaseException as error:
        told[name] = type(error).__name__
import os, socket, subprocess, ctypes
secret, work = sys.argv[2], sys.argv[1]
libc = ctypes.CDLL(None, use_errno=True)
attempt("socket", lambda: socket.socket())
attempt("program", lambda: subprocess.run(["/bin/true"]))
attempt("kill", lambda: os.kill(os.getppid(), 0))
attempt("secret", lambda: open(secret).read())
attempt("elsewhere", lambda: open(secret + ".new", "w"))
attempt("work", lambda: open(work + "/a", "w").write("x"))
attempt("large", lambda: open(work + "/b", "wb", buffering=0).write(b"x" * 5000) and 1 / (os.path.getsize(work + "/b") == 1000))
attempt("python", lambda: open(json.__file__).read())
told["raw socket"] = libc.syscall(41 if os.uname().machine == "x86_64" else 198, 2, 1, 0)
told["held"] = held
print(json.dumps(told))
"""


def test_the_process_that_checks_can_do_nothing_else(tmp_path: Path) -> None:
    work, secret = tmp_path / "work", tmp_path / "secret_key"
    work.mkdir()
    secret.write_text("secret")
    command = [sys.executable, "-I", "-c", _TRY, str(work), str(secret)]
    done = subprocess.run(command, env={}, capture_output=True, text=True, check=False, timeout=60)
    told = json.loads(done.stdout)
    held = told.pop("held")
    refused = {"socket", "program", "kill", *(("secret", "elsewhere") if "files" in held else ())}
    for what in refused:
        assert told[what] == "PermissionError", (what, told)
    assert (told["work"], told["python"]) == ("allowed", "allowed")
    assert told["large"] != "ZeroDivisionError"
    if "network" in held:
        assert told["raw socket"] == -1


def _job(work: Path, release: Made, rows: int = 0) -> dict[str, Any]:
    """The job of checking a release whose table has further rows."""
    contents = {**release.contents, "data/aeff.ecsv": release.contents["data/aeff.ecsv"] + b"1.0,2.0\n" * rows}
    for path, body in contents.items():
        place = work / "new" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)
    return {"package": "", "release": release.document, "tables": {}}


def test_a_check_that_takes_too_long_is_ended_and_the_next_one_works(
    tmp_path: Path, release: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(running, "PATIENCE", 0.05)
        told = running.run(_job(tmp_path / "slow", release, rows=50_000), tmp_path / "slow", 0)
    assert told["fault"] == "The checks took longer than 0.05 s."
    assert running.run(_job(tmp_path / "next", release), tmp_path / "next", 0)["findings"] == []
    for nursery in running._WAITING.queue:
        nursery.kill()  # by the system, when memory is short
        nursery.wait()
    assert running.run(_job(tmp_path / "again", release), tmp_path / "again", 0)["findings"] == []


def test_what_checks_ends_with_its_server_however_that_ends(starting: Any) -> None:
    client = starting()
    client.bring(made())
    (nursery,) = _children(client.server.process.pid)
    assert b"nursery" in Path(f"/proc/{nursery}/cmdline").read_bytes()
    assert Path(f"/proc/{nursery}/environ").read_bytes() == b"OPENBLAS_NUM_THREADS=1\0"
    client.server.process.kill()
    until(lambda: not Path(f"/proc/{nursery}").exists())


def _children(pid: int) -> list[str]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [child for task in tasks for child in (task / "children").read_text().split()]
