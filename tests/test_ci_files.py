"""The pipelines have the shape that GitLab wants."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import yaml

from kpublish import __version__

ROOT = Path(__file__).parents[1]


def test_our_own_pipeline_has_gitlabs_shape():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"]
    result = subprocess.run([*command, str(ROOT / ".gitlab-ci.yml")], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_it_tests_every_supported_python_and_uploads_on_tags_only():
    pipeline = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text("utf-8"))
    assert pipeline["test"]["parallel"]["matrix"] == [{"PYTHON_VERSION": ["3.11", "3.12", "3.13"]}]
    assert all("CI_COMMIT_TAG" in rule["if"] for rule in pipeline["upload"]["rules"])


def test_needs_name_jobs_that_exist_and_do_not_turn_in_circles():
    pipeline = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text("utf-8"))
    needs = {name: job.get("needs", []) for name, job in pipeline.items() if isinstance(job, dict) and "script" in job}
    done: set[str] = set()
    while len(done) < len(needs):
        ready = {name for name, wanted in needs.items() if set(wanted) <= done} - done
        assert ready, f"unknown or circular needs among {sorted(set(needs) - done)}"
        done |= ready


def test_what_the_image_copies_is_all_that_kpublish_is_built_from(tmp_path):
    text = (ROOT / "templates/kpublish/Containerfile").read_text("utf-8")
    assert f"open-data/kpublish:{__version__}" in text
    for line in re.findall(r"^COPY (.+)$", text, re.MULTILINE):
        *sources, target = line.split()
        place = tmp_path / target.removeprefix("/")
        place.parent.mkdir(exist_ok=True)
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                place.mkdir(exist_ok=True)
                shutil.copy(ROOT / source, place)
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path / "dist"),
        str(tmp_path / "build"),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "kpublish/templates/km3net-analysis/copier.yml" in names
    assert "kpublish/plots/canvas.py" in names
