"""What tests of templates share: all combinations of answers, the ways to make a repository, and what was made."""

import json
import re
from itertools import product
from pathlib import Path

import copier
from cookiecutter.main import cookiecutter

import kpublish

TEMPLATES = Path(__file__).parents[2] / "templates"
NAMES = sorted(file.parent.name for file in TEMPLATES.glob("*/cookiecutter.json"))
KID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b")
#: What stands for an answer that may be empty.
FULL = {
    "author_given_name": "Ada",
    "author_family_name": "Example",
    "author_orcid": "0000-0002-1825-0097",
    "analysis_repository": "https://github.com/KM3NeT/KM3NeT-ARCA-irf",
    "public_plots_repository": "https://github.com/KM3NeT/KM3NeT-ARCA-irf",
    "date": "2020-02-29",
    "repository": "https://github.com/KM3NeT/KM3NeT-ARCA-irf",
}


def combinations(name):
    """Answers of a template: every choice with every other one, with all that may be left empty, and without."""
    said = json.loads((TEMPLATES / name / "cookiecutter.json").read_text("utf-8"))
    asked = {key: default for key, default in said.items() if not key.startswith("_")}
    choices = {key: default for key, default in asked.items() if isinstance(default, list)}
    empty = [key for key, default in asked.items() if default == ""]
    for answers in product(*choices.values()):
        chosen = dict(zip(choices, answers, strict=True))
        yield chosen
        yield {**chosen, **{key: FULL[key] for key in empty}}


def by_cookiecutter(name, folder, answers):
    """A repository made by cookiecutter, without its settings in the home folder."""
    made = cookiecutter(
        str(TEMPLATES / name),
        no_input=True,
        extra_context={**answers, "slug": folder.name},
        output_dir=str(folder.parent),
        default_config=True,
    )
    return Path(made)


def by_copier(name, folder, answers):
    """A repository made by copier."""
    copier.run_copy(str(TEMPLATES / name), folder, data=answers, defaults=True, quiet=True)
    return folder


def files(folder):
    """Path → text of everything that was made, with a mark for each kid."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and ".git" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): KID.sub("kid", path.read_text("utf-8")) for path in found}


def findings(folder, profile="draft"):
    """What kpublish says of a repository."""
    return [f"{each.code} {each.where.path}: {each.message}" for each in kpublish.validate(kpublish.load(folder), profile)]
