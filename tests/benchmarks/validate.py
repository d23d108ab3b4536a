"""CPU time of ``kpublish validate`` against frictionless, whole processes in turn; 100 tables of 1,000 rows × 6 columns; goal 0.3.

Both read the same numbers: once as annotated files of a repository, with all checks on, once as a data package whose schema asks
for the types and for no negatives.
"""

import json
import random
import sys
import tempfile
import uuid
from pathlib import Path

from paired import compare

COLUMNS = {
    "energy_low": ("float64", "GeV", "lower_edge"),
    "energy_high": ("float64", "GeV", "upper_edge"),
    "flux": ("float64", "GeV-1 m-2 s-1 sr-1", "value"),
    "flux_plus": ("float64", "GeV-1 m-2 s-1 sr-1", "error_plus"),
    "flux_minus": ("float64", "GeV-1 m-2 s-1 sr-1", "error_minus"),
    "events": ("int64", None, "value"),
}
#: The tables are those of a repository, so that all checks are on.
PROJECT = """KM3Resource:
  kid: 3ceaaf30-8142-48ea-91d9-3080f9b439fc
  title: Seeded spectra
  description: Numbers that nobody measured.
  publisher: KM3NeT Collaboration
  authors:
  - {name: KM3NeT Collaboration, type: collaboration}
  license: CC-BY-4.0
  version: 1.0.0
tables: ['*.ecsv']
"""
OURS = "import sys; sys.argv = ['kpublish', 'validate', {!r}]; from kpublish.cli import main; main()"
THEIRS = "from frictionless import Package; raise SystemExit(not Package({!r}).validate().valid)"


def rows(chance, count=1000):
    """Rows of a falling spectrum, with all digits of their numbers."""
    energy = 10.0
    for _ in range(count):
        upper, flux = energy + chance.random(), chance.uniform(1e-9, 1e-6)
        yield f"{energy!r},{upper!r},{flux!r},{flux * 0.1!r},{flux * 0.2!r},{chance.randrange(500)}"
        energy = upper


def header(number, chance):
    """The header of an annotated file."""
    lines = ["%ECSV 1.0", "---", "delimiter: ','", "datatype:"]
    for name, (datatype, unit, role) in COLUMNS.items():
        said = f"unit: {unit}, " if unit else ""
        lines.append(
            f"- {{name: {name}, {said}datatype: {datatype}, description: {name} of table {number}, meta: {{role: {role}}}}}"
        )
    kid = uuid.UUID(int=chance.getrandbits(128), version=4)
    resource = [f"title: Spectrum number {number}", "description: Seeded numbers", "publisher: KM3NeT Collaboration", f"kid: {kid}"]
    resource += ["authors:", "- {name: KM3NeT Collaboration, type: collaboration}", "datePublication: '2026-11-22'"]
    resource += ["license: CC-BY-4.0", "resourceType: dataset", "version: 1.0.0"]
    lines += ["meta:", "  KM3Resource:", *(f"    {line}" for line in resource), "schema: astropy-2.0"]
    return "".join(f"# {line}\n" for line in lines)


def make(folder, files=100, count=1000):
    """Write tables of ``count`` rows in both forms."""
    chance, resources = random.Random(7), []
    (folder / "annotated").mkdir(parents=True)
    (folder / "package").mkdir()
    (folder / "annotated" / "kpublish.yaml").write_text(PROJECT)
    fields = [
        {"name": name, "type": "integer" if datatype == "int64" else "number", "constraints": {"minimum": 0, "required": True}}
        for name, (datatype, _, _) in COLUMNS.items()
    ]
    for number in range(files):
        body = "\n".join([",".join(COLUMNS), *rows(chance, count)]) + "\n"
        (folder / "annotated" / f"t{number:05}.ecsv").write_text(header(number, chance) + body)
        (folder / "package" / f"t{number:05}.csv").write_text(body)
        description = {"name": f"t{number:05}", "path": f"t{number:05}.csv", "type": "table", "format": "csv", "encoding": "utf-8"}
        resources.append({**description, "mediatype": "text/csv", "schema": {"fields": fields}})
    package = folder / "package" / "datapackage.json"
    package.write_text(json.dumps({"name": "bench", "resources": resources}))
    return folder / "annotated", package


def commands(annotated, package):
    """The processes that check both forms."""
    return [sys.executable, "-c", OURS.format(str(annotated))], [sys.executable, "-c", THEIRS.format(str(package))]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        annotated, package = make(Path(name))
        compare("kpublish validate / frictionless", *commands(annotated, package))
