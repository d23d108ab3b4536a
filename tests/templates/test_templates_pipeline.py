"""The jobs of the pipeline are run as GitLab would run them: on a branch, for a merge request, and for a tag."""

import base64
import os
import re
import signal
import site
import subprocess
import sys
import threading
import venv
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
import yaml

from servers.issuer import Issuer

from kpublish import __version__, repository
from kpublish.datacenter.server import start
from kpublish.templating import new

ROOT = Path(__file__).parents[2]
COMPONENT = ROOT / "templates" / "kpublish" / "template.yml"
RUNNER = ROOT / ".venv-npm" / "node_modules" / ".bin" / "gitlab-ci-local"
WORKFLOWS = ROOT / ".venv-workflows" / "bin"
APPROVAL = "  approval: {by: Publication Committee, date: 2026-11-20, reference: https://example.org/approval}\n"
TWINE = "python -m pip install twine"
TAG = {"CI_COMMIT_TAG": "v1.0.0", "CI_COMMIT_BRANCH": None, "CI_PIPELINE_SOURCE": "push"}
#: Seconds after which a pipeline that hangs is ended.
PATIENCE = 300


@pytest.fixture(scope="module")
def component():
    """The component's inputs and jobs."""
    spec, jobs = yaml.safe_load_all(COMPONENT.read_text("utf-8"))
    return spec["spec"]["inputs"], jobs


def commit(folder, message):
    git = ["git", "-C", str(folder), "-c", "user.name=Ada Example", "-c", "user.email=ada@example.org"]
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message", message], check=True)


def localised(folder):
    """Let the pipeline include a copy of the component: without images, and with nothing to install."""
    own = yaml.safe_load((folder / ".gitlab-ci.yml").read_text("utf-8"))
    (included,) = own["include"]
    assert included.pop("component").partition("@")[0] == "$CI_SERVER_FQDN/open-data/kpublish/kpublish"
    included["inputs"] |= {"setup": "python --version", "jobs": 1}
    own["include"] = [{"local": "component.yml", **included}]
    for job in own.values():
        if isinstance(job, dict) and "script" in job:
            job.pop("image", None)
            job.get("variables", {}).pop("INSTALL", None)
            job["before_script"] = ["true"]
    (folder / ".gitlab-ci.yml").write_text(yaml.safe_dump(own))
    spec, _, jobs = COMPONENT.read_text("utf-8").partition("\n---\n")
    text = re.sub(r"^\s+image: .*\n", "", jobs, flags=re.MULTILINE)
    (folder / "component.yml").write_text(f"{spec}\n---\n{text}")
    remote = ["remote", "add", "origin", "git@gitlab.example.invalid:group/plots.git"]
    subprocess.run(["git", "-C", str(folder), *remote], check=True)
    (folder / ".git/info").mkdir(exist_ok=True)
    (folder / ".git/info/exclude").write_text(".gitlab-ci-local\n")
    commit(folder, "Run here")
    return folder


@pytest.fixture
def plots(tmp_path):
    """A generated repository of plots."""
    return localised(new("public-plots", tmp_path / "plots", {"version": "1.0.0"}, defaults=True))


@pytest.fixture
def pipeline(tmp_path):
    """Runs the pipeline of a repository with variables that GitLab would set: (exit code, output)."""

    def run(folder, *options, before=(), **variables):
        unset = [option for name, value in variables.items() if value is None for option in ("--unset-variable", name)]
        stated = [option for name, value in variables.items() if value is not None for option in ("--variable", f"{name}={value}")]
        places = (*before, Path(sys.executable).parent, WORKFLOWS, RUNNER.parent)
        path = os.pathsep.join([*map(str, places), os.environ["PATH"]])
        stated += ["--variable", "INSTALL=true"]  # nothing is fetched here
        home = tmp_path / "runner"
        home.mkdir(exist_ok=True)
        command = [RUNNER, "--shell-isolation", "--force-shell-executor", *unset, *stated, *options]
        with subprocess.Popen(
            command,
            cwd=folder,
            env={"PATH": path, "HOME": str(home), "LC_ALL": "C.UTF-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                told = process.communicate(timeout=PATIENCE)[0]
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
        return process.returncode, told

    return run


def ran(told):
    """Names of the jobs that passed."""
    return set(re.findall(r"^\W*PASS\W+([a-z]+(?: [a-z]+)*)", re.sub(r"\x1b\[[0-9;]*m", "", told), re.MULTILINE))


@pytest.mark.long
@pytest.mark.gitlab
def test_a_branch_is_validated_drawn_packed_and_shown(pipeline, plots):
    code, told = pipeline(plots)
    assert code == 0, told
    assert ran(told) == {"validate", "render", "bundle", "pages"}, told
    page = (plots / "public/index.html").read_text("utf-8")
    assert "Effective area of KM3NeT/ARCA230" in page
    assert (plots / "rendered/effective_area.png").is_file()
    report = next((plots / ".gitlab-ci-local").rglob("gl-code-quality-report.json"))
    assert report.read_text("utf-8").startswith("[")


@pytest.mark.gitlab
def test_a_merge_request_shows_figures_findings_and_the_plan(pipeline, plots, tmp_path):
    with start(tmp_path / "datacenter") as server:
        merge = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "1", "CI_COMMIT_BRANCH": None}
        code, told = pipeline(plots, **merge, KPUBLISH_DATACENTER_URL=server.url)
        assert code == 0, told
        assert ran(told) == {"validate", "render", "bundle", "preview"}, told
        assert "would" in told
        assert "Figure · figures/effective_area.yaml" in (plots / "preview/index.html").read_text("utf-8")
        assert requests.get(f"{server.url}/api/v1/releases", timeout=60).json()["results"] == []


@pytest.mark.long
@pytest.mark.gitlab
def test_a_tag_is_released_and_the_second_run_adopts_what_is_there(pipeline, plots, tmp_path):
    repository.tag(plots, "v1.0.0")
    with start(tmp_path / "datacenter") as server:
        token = server.token_file.read_text().strip()
        secrets = {"KPUBLISH_DATACENTER_URL": server.url, "KPUBLISH_DATACENTER_TOKEN": token}
        for _ in range(2):
            code, told = pipeline(plots, **TAG, **secrets)
            assert code == 0, told
            assert ran(told) == {"validate", "render", "bundle", "release", "announce"}, told
            (release,) = requests.get(f"{server.url}/api/v1/releases", timeout=60).json()["results"]
            assert release["version"] == "1.0.0"
            assert "KPUBLISH_DATACENTER_STATE=published" in (plots / ".kpublish/release.env").read_text()
            assert token not in told


@pytest.mark.gitlab
@pytest.mark.invenio
def test_a_tag_is_released_without_a_stored_secret_for_the_data_center_and_to_zenodo(pipeline, plots, tmp_path, invenio):
    file = plots / "kpublish.yaml"
    file.write_text(file.read_text("utf-8") + "  zenodo: {kind: invenio_rdm, settle: 0}\n", "utf-8")
    commit(plots, "Publish at Zenodo, too")
    repository.tag(plots, "v1.0.0")
    head = subprocess.run(["git", "-C", plots, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    with Issuer() as issuer, start(tmp_path / "datacenter") as server:
        register = ["datacenter", "register-project", "20", "--namespace", "72", "--publish", "--path", "group/plots"]
        where = ["--issuer", issuer.url, "--data", str(server.token_file.parent)]
        subprocess.run([sys.executable, "-m", "kpublish", *register, *where], check=True, capture_output=True)
        shown = issuer.sign(issuer.claims(server.url, sha=head))
        zenodo = {"KPUBLISH_ZENODO_URL": invenio.url, "KPUBLISH_ZENODO_TOKEN": invenio.tokens["alice"]}
        center = {"KPUBLISH_DATACENTER_URL": server.url, "KPUBLISH_DATACENTER_ID_TOKEN": shown}
        code, told = pipeline(plots, **TAG, **zenodo, **center)
        assert code == 0, told
        assert ran(told) == {"validate", "render", "bundle", "release", "announce"}, told
        (release,) = requests.get(f"{server.url}/api/v1/releases", timeout=60).json()["results"]
        env = (plots / ".kpublish/release.env").read_text()
        assert "KPUBLISH_DATACENTER_STATE=published" in env
        assert "KPUBLISH_ZENODO_STATE=published" in env
        found = invenio.ask("GET", "/user/records?size=100").json()["hits"]["hits"]
        assert release["kid"] in "".join(map(str, found))
        for secret in (shown, invenio.tokens["alice"]):
            assert secret not in told


@pytest.mark.gitlab
@pytest.mark.workflows
@pytest.mark.long
@pytest.mark.parametrize("workflow", ["plain", "snakemake", "cwl"])
def test_an_analysis_runs_on_its_sample_and_is_released(pipeline, tmp_path, workflow):
    folder = localised(new("analysis", tmp_path / "analysis", {"workflow": workflow}, defaults=True))
    file = folder / "kpublish.yaml"
    file.write_text(file.read_text("utf-8").replace("  status: ", f"{APPROVAL}  status: "), "utf-8")
    commit(folder, "State the approval")
    repository.tag(folder, "v1.0.0")
    with start(tmp_path / "datacenter") as server:
        token = server.token_file.read_text().strip()
        code, told = pipeline(folder, **TAG, KPUBLISH_DATACENTER_URL=server.url, KPUBLISH_DATACENTER_TOKEN=token)
        assert code == 0, told
        assert ran(told) == {"workflow on the sample", "validate", "render", "bundle", "release", "announce"}, told
        assert "The sample gives what it must." in told
        (release,) = requests.get(f"{server.url}/api/v1/releases", timeout=60).json()["results"]
        assert release["version"] == "1.0.0"


@pytest.mark.long
@pytest.mark.gitlab
@pytest.mark.nextflow
def test_a_workflow_for_nextflow_is_checked_and_not_run(pipeline, tmp_path):
    folder = localised(new("analysis", tmp_path / "analysis", {"workflow": "nextflow"}, defaults=True))
    code, told = pipeline(folder, "workflow on the sample", "lint of the workflow")
    assert code == 0, told
    assert ran(told) == {"workflow on the sample", "lint of the workflow"}, told
    assert "The sample gives" not in told
    text = (folder / "workflow/main.nf").read_text("utf-8")
    (folder / "workflow/main.nf").write_text(text.replace("workflow {", "workflow {{", 1), "utf-8")
    code, told = pipeline(folder, "lint of the workflow")
    assert code != 0
    assert "NglParseError" in told


@pytest.mark.gitlab
def test_errors_end_the_pipeline_before_anything_is_packed(pipeline, plots):
    text = (plots / "figures/effective_area.yaml").read_text("utf-8")
    (plots / "figures/effective_area.yaml").write_text(text.replace("y: aeff", "y: aef", 1))
    code, told = pipeline(plots)
    assert code != 0
    assert "bundle" not in ran(told)
    assert "Did you mean 'aeff'?" in told


@pytest.mark.long
@pytest.mark.gitlab
@pytest.mark.pandoc
def test_a_document_is_exported_and_packed_once_the_committed_one_is_fresh(pipeline, tmp_path):
    folder = localised(new("document", tmp_path / "document", defaults=True))
    code, told = pipeline(folder)
    assert code != 0
    assert ran(told) == {"validate", "render"}, told
    assert "Run: make pdf html" in told
    assert (folder / "build/document.pdf").is_file()
    subprocess.run(["make", "pdf", "html", f"PYTHON={sys.executable}"], cwd=folder, capture_output=True, check=True)
    commit(folder, "Export the document")
    code, told = pipeline(folder)
    assert code == 0, told
    assert ran(told) == {"validate", "render", "document", "bundle", "pages"}, told
    assert (folder / "public/document.html").is_file()


@pytest.fixture
def lent(tmp_path):
    """An environment of its own, to which that of the tests is lent: what is asked for is there, and nothing is fetched."""
    venv.create(tmp_path / "lent", with_pip=False, symlinks=True)
    packages = next((tmp_path / "lent").glob("lib/python*/site-packages"))
    (packages / "lent.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return tmp_path / "lent" / "bin"


class Registry(BaseHTTPRequestHandler):
    """GitLab's registry of packages, as far as an upload asks it."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, self.headers["Authorization"], body))
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        return


@pytest.fixture
def registry():
    with ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        server.taken = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.long
@pytest.mark.gitlab
@pytest.mark.workflows
def test_a_python_package_is_tested_documented_and_uploaded(pipeline, tmp_path, lent, registry):
    folder = new("python-project", tmp_path / "package", defaults=True)
    own = yaml.safe_load((folder / ".gitlab-ci.yml").read_text("utf-8"))
    for job in own.values():
        if isinstance(job, dict):
            job.pop("image", None)
            if "script" in job:
                lines = (line.replace("-m build", "-m build --no-isolation") for line in job["script"])
                job["script"] = [line.replace("python -m twine", f"{WORKFLOWS.parent}/twine/bin/python -m twine") for line in lines if line != TWINE]
    (folder / ".gitlab-ci.yml").write_text(yaml.safe_dump(own, sort_keys=False))
    git = ["git", "-C", str(folder)]
    subprocess.run([*git, "remote", "add", "origin", "git@gitlab.example.invalid:group/package.git"], check=True)
    commit(folder, "Run here")
    repository.tag(folder, "v0.1.0")
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PYTHON": "python"}
    api = {"CI_API_V4_URL": f"http://127.0.0.1:{registry.server_address[1]}/api/v4", "CI_JOB_TOKEN": "job-token"}
    code, told = pipeline(folder, "--concurrency", "1", before=[lent], **{**TAG, "CI_COMMIT_TAG": "v0.1.0"}, **offline, **api)
    assert code == 0, told
    jobs = {"lint", "metadata", "test", "installation", "build", "coverage", "documentation", "pages", "package"}
    assert ran(told) == jobs, told
    assert (folder / "public/index.html").is_file()
    assert re.search(r"^coverage\W.*TOTAL.* \d+%", re.sub(r"\x1b\[[0-9;]*m", "", told), re.MULTILINE)
    assert len(registry.taken) == 2
    path, authorization, body = registry.taken[0]
    assert path.startswith("/api/v4/projects/")
    assert base64.b64decode(authorization.removeprefix("Basic ")) == b"gitlab-ci-token:job-token"
    assert b"km3example-0.1.0" in body


def test_the_generated_pipeline_gives_only_inputs_that_the_component_knows(component, plots):
    inputs, _ = component
    given = yaml.safe_load((plots / ".gitlab-ci.yml").read_text("utf-8"))["include"][0]["inputs"]
    assert given.keys() <= inputs.keys()
    asked = set(re.findall(r"\$\[\[ inputs\.(\w+) \]\]", COMPONENT.read_text("utf-8")))
    assert asked == inputs.keys()
    assert all("default" in described and described["description"] for described in inputs.values())


def test_no_job_waits_for_itself(component):
    _, jobs = component
    needs = {name: set(job.get("needs", ())) for name, job in jobs.items() if isinstance(job, dict) and "stage" in job}
    assert {each for needed in needs.values() for each in needed} <= needs.keys()
    while free := {name for name, needed in needs.items() if not needed}:
        needs = {name: needed - free for name, needed in needs.items() if name not in free}
    assert needs == {}


def test_the_component_belongs_to_this_version_and_stores_no_secret(component):
    inputs, jobs = component
    assert inputs["kpublish"]["default"] == f"kpublish[all]~={__version__}"
    assert jobs["release"]["resource_group"]
    assert list(jobs["release"]["id_tokens"]) == ["KPUBLISH_DATACENTER_ID_TOKEN"]
    assert jobs["release"]["artifacts"]["when"] == "always"
    assert "TOKEN" not in "".join(map(str, jobs["variables"]))
