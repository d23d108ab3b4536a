"""Make what the template km3net-analysis holds ready made: what its workflow gives, with the records of its steps.

Run ``python tests/templates/make_analysis.py`` after a change of its scripts or of the writer; the test suite compares.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from kpublish.templating import new

ROOT = Path(__file__).resolve().parents[2]
INPUT = ROOT / "tests/data/km3net-ARCA230-irf/aeff_coszen_allnumuCC_track.csv"
BASE = ROOT / "templates/km3net-public-plots/{{cookiecutter.slug}}"
GENERATED = ROOT / "templates/km3net-analysis/{{cookiecutter.slug}}"
TABLE = "results/expected_events.ecsv"
#: Energy bins of the sample, as the input writes their lower edges.
SAMPLE = ("3.8", "4.15", "4.5")
#: The records that stand in the template, by the name of their step.
STEPS = {"Acceptance": "6f1f0f1e-2c0d-4c55-9a39-0e4a52c8f7d1", "Expected events": "b2a4c9d7-55e8-4f0a-8c21-7d93e06f4b5a"}
TIMES = {"started": "2026-11-30T06:00:00Z", "ended": "2026-11-30T06:00:00Z"}


def run(folder: Path, *command: str) -> None:
    """Run a command of the generated repository, with the kpublish of this interpreter."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(command, cwd=folder, env={"PATH": path, "HOME": str(folder), "LC_ALL": "C.UTF-8"}, check=True, capture_output=True)


def sample() -> str:
    """The rows of the input that are the sample."""
    head, *rows = INPUT.read_text("utf-8").splitlines(keepends=True)
    return head + "".join(row for row in rows if row.partition(",")[0] in SAMPLE)


def worked(folder: Path, given: str) -> Path:
    """A generated repository whose workflow has run on an input."""
    made = new("analysis", folder, defaults=True)
    for place in (made / "results").glob("*.?csv"):
        place.unlink()
    shutil.rmtree(made / "provenance", ignore_errors=True)
    for name in ("inputs", "work"):
        (made / name).mkdir()
    (made / "inputs/effective_area.csv").write_text(given, "utf-8")
    run(made, "sh", "workflow/run.sh")
    return made


def table(text: str, steps: dict[str, str]) -> str:
    """The annotated table as the template holds it: with its mark for the kid, and without the step that depends on the kid."""
    text = re.sub(r"(?m)^(#     kid: ).*$", r"\1{{ cookiecutter.__kid_table }}", text)
    text = re.sub(r"#     - (?:\{[^}]*name: kpublish annotate[^}]*\}|refID: \S+\n#       name: kpublish annotate\n(?:#       .*\n)*)\n?", "", text)
    for made, fixed in steps.items():
        text = text.replace(made, fixed)
    return text


def files() -> dict[Path, str]:
    """Every file of the template that is made, by path."""
    shared = [path for path in BASE.rglob("*") if path.is_file() and path.parent.name == ".schema"]
    made = {GENERATED / path.relative_to(BASE): path.read_text("utf-8") for path in shared}
    with TemporaryDirectory() as place:
        folder = worked(Path(place) / "analysis", INPUT.read_text("utf-8"))
        records = [json.loads(path.read_text("utf-8")) for path in (folder / "provenance").iterdir()]
        steps = {record["refID"]: STEPS[record["name"]] for record in records if record["name"] in STEPS}
        for record in records:
            if record["name"] in STEPS:
                own = {key: value for key, value in record.items() if key not in ("commit", "modified", "environment", "job")}
                said = {**own, **TIMES, "refID": steps[record["refID"]]}
                made[GENERATED / "provenance" / f"{said['refID']}.json"] = json.dumps(said, indent=2, ensure_ascii=False) + "\n"
        made[GENERATED / TABLE] = table((folder / TABLE).read_text("utf-8"), steps)
    with TemporaryDirectory() as place:
        folder = worked(Path(place) / "analysis", sample())
        made[GENERATED / "sample/expected_events.csv"] = (folder / "results/expected_events.csv").read_text("utf-8")
    made[GENERATED / "sample/effective_area.csv"] = sample()
    return made


if __name__ == "__main__":
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
