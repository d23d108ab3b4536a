"""All files with metadata say the same of the package."""

import json
import tomllib
from pathlib import Path

import pytest
import yaml

import {{ cookiecutter.package }}

ROOT = Path(__file__).parents[1]


def text(name):
    return (ROOT / name).read_text("utf-8")


def named(*parts):
    return " ".join(part for part in parts if part)


def project():
    """Return what pyproject.toml says, and the version that it takes from the package."""
    said = tomllib.loads(text("pyproject.toml"))["project"]
    return {
        "name": said["name"],
        "description": said["description"],
        "version": {{ cookiecutter.package }}.__version__,
        "license": said["license"],
        "authors": [author["name"] for author in said["authors"]],
        "email": said["authors"][0]["email"],
        "repository": said.get("urls", {}).get("Repository"),
    }


def citation():
    """Return what CITATION.cff says."""
    said = yaml.safe_load(text("CITATION.cff"))
    return {
        "name": said["title"],
        "description": said["abstract"],
        "version": said["version"],
        "license": said["license"],
        "authors": [
            author.get("name") or named(author.get("given-names"), author.get("family-names"))
            for author in said["authors"]
        ],
        "email": said["contact"][0]["email"],
        "repository": said.get("repository-code"),
    }


def codemeta():
    """Return what codemeta.json says."""
    said = json.loads(text("codemeta.json"))
    return {
        "name": said["name"],
        "description": said["description"],
        "version": said["version"],
        "license": said["license"].removeprefix("https://spdx.org/licenses/"),
        "authors": [
            author.get("name") or named(author.get("givenName"), author.get("familyName"))
            for author in said["author"]
        ],
        "email": said["author"][0]["email"],
        "repository": said.get("codeRepository"),
    }


def resource():
    """Return what kpublish.yaml says."""
    said = yaml.safe_load(text("kpublish.yaml"))["KM3Resource"]
    related = said.get("relatedResources", [])
    origins = [each["id"] for each in related if each["relation"] == "isDerivedFrom"]
    return {
        "name": said["title"],
        "description": said["description"],
        "version": said["version"],
        "license": said["license"],
        "authors": [
            author.get("name") or named(author.get("givenName"), author.get("familyName"))
            for author in said["authors"]
        ],
        "email": said["contact"]["email"],
        "repository": origins[0] if origins else None,
    }


@pytest.mark.parametrize("said", [citation, codemeta, resource], ids=lambda said: said.__name__)
def test_every_file_says_what_pyproject_says(said):
    assert said() == project()


def test_orcids_are_the_same():
    cited = [author.get("orcid") for author in yaml.safe_load(text("CITATION.cff"))["authors"]]
    described = [author.get("@id") for author in json.loads(text("codemeta.json"))["author"]]
    assert cited == described


def test_codemeta_names_the_python_that_is_required():
    required = tomllib.loads(text("pyproject.toml"))["project"]["requires-python"]
    assert json.loads(text("codemeta.json"))["runtimePlatform"] == f"Python {required}"


def test_the_changelog_tells_of_this_version():
    headings = [line for line in text("CHANGELOG.md").splitlines() if line.startswith("## ")]
    assert headings[0].split()[1] == {{ cookiecutter.package }}.__version__
