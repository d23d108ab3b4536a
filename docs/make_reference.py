"""Write docs/reference/ from the registries: ``python docs/make_reference.py`` (``--check`` compares and says what differs)."""

from __future__ import annotations

import inspect
import json
import os
import sys
import tempfile
from contextlib import nullcontext
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from unittest.mock import patch

import click
from pydantic import BaseModel

from kpublish import errors
from kpublish.annotate import RECOGNISERS
from kpublish.archives import ARCHIVES
from kpublish.checks import CHECKS, units
from kpublish.checks.engine import PROFILES, check, entries
from kpublish.checks.explaining import page, severities
from kpublish.cli import group
from kpublish.exports import EXPORTS
from kpublish.formats import FORMATS
from kpublish.formats.provenance import READERS
from kpublish.model import bundle, figure, parameter, people, project, provenance, resource
from kpublish.plots import MARKS
from kpublish.reports import REPORTS
from kpublish.reports.text import render
from kpublish.store.products import PRODUCTS
from kpublish.store.sources import SOURCES

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "checks"))
from checks_examples import EXAMPLES, prepared

FOLDER = Path(__file__).parent / "reference"
WORDS = {"str": "text", "int": "integer", "float": "number", "bool": "true or false"}
NOTE = "<!-- made by docs/make_reference.py; do not edit -->\n"


def first(thing: object) -> str:
    """First paragraph of a docstring, on one line."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return (
        "\n".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines) + "\n"
    )


def commands() -> str:
    """Every command with its arguments and options."""
    parts = ["# Commands\n"]
    context = click.Context(group, info_name="kpublish", **group.context_settings)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        parts.append(f"## kpublish {name}\n\n```text\n{command.get_help(inner)}\n```\n")
        for sub in command.commands.values() if isinstance(command, click.Group) else ():
            text = sub.get_help(click.Context(sub, info_name=sub.name, parent=inner))
            parts.append(f"### kpublish {name} {sub.name}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def checks() -> str:
    """Every rule with its page; ``kpublish explain`` tells the same."""
    parts = [
        "# Checks\n\nWhat `kpublish validate` asks, and `kpublish explain CODE` tells. Severities hold while drafting, and for a\n"
        "release (profile `public`): errors stop it; `kpublish validate --profile public` tells them beforehand.\n"
    ]
    told, sections = said_of_examples(), []
    for name, module in CHECKS.all():
        rows = [
            (
                f"[{entry.code}](#{entry.code.lower()})",
                entry.title,
                *severities(entry).values(),
                "yes" if entry.code in mended else "",
            )
            for entry in entries(name)
        ]
        parts.append(f"## {name}\n\n{first(module)}\n\n" + table(("code", "what", *PROFILES, "--fix"), rows))
        sections += [page(entry, told[entry.code]) for entry in entries(name)]
    return "\n".join([*parts, "## Every check\n", *sections])


#: Codes of which an example can be mended; filled with the examples.
mended: set[str] = set()


@cache
def said_of_examples() -> dict[str, str]:
    """What each rule says about its first bad example: place, message, the line with a mark below."""
    told: dict[str, str] = {}
    settings = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, settings):
        for example in sorted((EXAMPLES / "bad").iterdir()):
            code = example.name.partition("-")[0]
            absent = {"astropy": None} if code == "UNI04" else {}  # it speaks where astropy is not installed
            units.known.cache_clear()
            # Elsewhere modules stay imported: taking them out again would import them twice.
            with patch.dict(sys.modules, absent) if absent else nullcontext():
                project, profile = prepared(example, Path(folder))
                findings = check(project, profile)
            mended.update(finding.code for finding in findings if finding.fix)
            told.setdefault(code, render(findings[:1], project.texts).partition("\n  remedy:")[0])
    units.known.cache_clear()
    return told


def examples() -> str:
    """The same as JSON, for the command."""
    return json.dumps(said_of_examples(), indent=1, ensure_ascii=False)


def exit_codes() -> str:
    """Exit codes, from the error tree."""
    rows = [("0", "", "done"), ("130", "", "interrupted by Ctrl-C"), ("141", "", "the reader of the output went away")]
    for name, error in sorted(vars(errors).items()):
        if inspect.isclass(error) and issubclass(error, errors.KpublishError):
            rows.append((str(error.exit_code), f"`{name}`", first(error)))
    return "# Exit codes\n\n" + table(("code", "error", "meaning"), sorted(rows, key=lambda row: (int(row[0]), row[1])))


def members() -> str:
    """What can be added by one new file: the members of every room."""
    parts = ["# Formats, marks, exports, archives\n"]
    for title, registry in (
        ("File formats", FORMATS),
        ("Readers of provenance", READERS),
        ("Recognisers of annotate", RECOGNISERS),
        ("Marks", MARKS),
        ("Reports", REPORTS),
        ("Kinds of archive", ARCHIVES),
        ("Sources of a KM3Store", SOURCES),
        ("Data products", PRODUCTS),
    ):
        rows = [(f"`{name}`", first(member)) for name, member in registry.all()]
        parts.append(f"## {title}\n\nEntry-point group `{registry.package}`.\n\n" + table(("name", "what"), rows))
        if registry is MARKS:
            parts += [f"### Keys of `{name}`\n\n{fields(mark.OPTIONS)}" for name, mark in MARKS.all()]
    rows = [(f"`{name}`", export.STANDARD, export.VERSION, export.ADDRESS) for name, export in EXPORTS.all()]
    parts.append(
        "## Exports\n\nEntry-point group `kpublish.exports`.\n\n" + table(("name", "standard", "version", "defined at"), rows)
    )
    return "\n".join(parts)


def kind(annotation: Any) -> str:
    """A type in words."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return kind(arguments[0])
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin in (Union, UnionType):
        return " or ".join(kind(argument) for argument in arguments if argument is not type(None))
    if origin is tuple:
        inner = kind(arguments[0])
        return f"list of {inner}" if Ellipsis in arguments else f"{len(arguments)} of {inner}"
    if origin is dict:
        return f"mapping to {kind(arguments[1])}"
    if inspect.isclass(annotation) and issubclass(annotation, Enum):
        return " or ".join(f"`{item.value}`" for item in annotation)
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return {"str": "text", "int": "integer", "float": "number", "bool": "true or false"}.get(
        getattr(annotation, "__name__", ""), "any"
    )


def fields(model: type[BaseModel]) -> str:
    """The fields of a model."""
    rows = []
    for name, field in model.model_fields.items():
        rows.append((f"`{name}`", kind(field.annotation), "yes" if field.is_required() else "", field.description or ""))
    return table(("field", "type", "required", "meaning"), rows)


def models() -> str:
    """KM3Resource and everything that stands in the files of a repository or package."""
    parts = [
        "# Metadata\n\nEvery field of the files that kpublish reads and writes; `kpublish.yaml` says KM3Resource under that key.\n"
    ]
    for module in (resource, people, parameter, provenance, figure, project, bundle):
        for name, model in vars(module).items():
            if (
                inspect.isclass(model)
                and issubclass(model, BaseModel)
                and model.__module__ == module.__name__
                and model.model_fields
            ):
                parts.append(f"## {name}\n\n{first(model)}\n\n{fields(model)}")
    return "\n".join(parts)


PAGES = {"commands.md": commands, "checks.md": checks, "exit-codes.md": exit_codes, "rooms.md": members, "metadata.md": models}
DATA = {"../../kpublish/checks/examples.json": examples}


def pages() -> dict[str, str]:
    """Name of every page → its text."""
    made = {name: NOTE + make().rstrip() + "\n" for name, make in PAGES.items()}
    return made | {name: make() + "\n" for name, make in DATA.items()}


def main() -> int:
    """Write the pages, or compare them."""
    different = []
    for name, text in pages().items():
        path = FOLDER / name
        if not path.exists() or path.read_text("utf-8") != text:
            different.append(name)
            if "--check" not in sys.argv:
                FOLDER.mkdir(exist_ok=True)
                path.write_text(text, "utf-8")
    if different and "--check" in sys.argv:
        print(f"docs/reference is out of date: {', '.join(different)}; run make reference.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
