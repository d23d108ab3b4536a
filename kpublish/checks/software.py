"""What scripts and notebooks need: requirements that are those of this repository."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpublish.checks import Rule
from kpublish.checks.plain import and_more, place, texts
from kpublish.model.finding import Fault, Severity
from kpublish.model.project import Project

CODE = "SFT"

_REQUIREMENT = re.compile(r"^[ \t]*([A-Za-z0-9][A-Za-z0-9._-]*)", re.MULTILINE)
_MODULE = r"[A-Za-z_][\w.]*(?:[ \t]+as[ \t]+\w+)?"
#: In a script, or in the JSON of a notebook.
_IMPORT = re.compile(rf'(?:^|\\n"?,?|")[ \t]*(?:import|from)[ \t]+({_MODULE}(?:[ \t]*,[ \t]*{_MODULE})*)', re.MULTILINE)
#: Packages that are imported under another name.
_IMPORTED = {
    "attrs": "attr",
    "beautifulsoup4": "bs4",
    "biopython": "bio",
    "opencv_python": "cv2",
    "pillow": "pil",
    "pyfits": "pyfits",
    "python_dateutil": "dateutil",
    "pyyaml": "yaml",
    "ruamel.yaml": "ruamel",
    "scikit_image": "skimage",
    "scikit_learn": "sklearn",
    "tables": "tables",
}
#: Packages that are needed without being imported.
_TOOLS = (
    " black flake8 ipykernel ipython ipywidgets jupyter jupyterlab kpublish mypy nbconvert notebook pip pre_commit pylint pytest "
    "pytest_cov ruff setuptools snakemake sphinx tox twine wheel "
)
#: Requirements below which nothing can be told.
_FEW = 4


class SFT01(Rule):
    """The requirements are not those of the scripts and notebooks.

    A list that was pasted from another project makes readers install what they do not need, and hides what they do.
    """

    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Fault]:
        """List what the scripts and notebooks import, with the versions that they ran with."""
        used = {name for _, text in texts(project, (".py", ".ipynb", ".r", ".sh", ".smk")) for name in _imports(text)}
        for path, text in texts(project, ("requirements.txt",)) if used else ():
            named = {match[1]: match for match in _REQUIREMENT.finditer(re.sub(r"#.*", "", text))}
            asked = [name for name in named if f" {_key(name)} " not in _TOOLS]
            unused = [name for name in asked if not _is_used(name, used)]
            if len(asked) >= _FEW and len(unused) > len(asked) / 2:
                first = named[unused[0]]
                where = place(path, text, first.start(1), len(first[1]))
                yield Fault(where, f"{len(unused)} of {len(asked)} packages are imported nowhere: {and_more(unused)}.")


def _imports(text: str) -> Iterator[str]:
    for match in _IMPORT.finditer(text):
        for name in match[1].split(","):
            yield name.split()[0].partition(".")[0].lower()


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


def _is_used(name: str, used: set[str]) -> bool:
    key = _key(name)
    return bool({key, _IMPORTED.get(key, key), key.removeprefix("python_"), key.partition("_")[0]} & used)
