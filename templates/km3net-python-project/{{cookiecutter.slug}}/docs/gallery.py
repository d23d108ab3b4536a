"""A hook of MkDocs: makes a page of each example, and the reference of the package's public names.

An example is run in an empty folder; its page shows its docstring, its code, what it printed
and the pictures that it saved.
"""

import ast
import importlib
import inspect
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).parents[1]
PACKAGE = "{{ cookiecutter.package }}"
#: Seconds after which an example that hangs is ended.
LONG = 300
FENCE = "`" * 3


def on_files(files, config):
    """Add the pages that are made to those that are written."""
    sys.path.insert(0, str(ROOT / "src"))
    files.append(File.generated(config, "reference.md", content=reference(PACKAGE)))
    for path in sorted((ROOT / "examples").glob("*.py")):
        page, pictures = example(path)
        files.append(File.generated(config, f"examples/{path.stem}.md", content=page))
        for name, content in pictures.items():
            files.append(File.generated(config, f"examples/{path.stem}-{name}", content=content))
    return files


def reference(package):
    """Return the page of the public names of a package, in Markdown."""
    module = importlib.import_module(package)
    parts = ["# Reference", inspect.getdoc(module) or ""]
    for name in module.__all__:
        value = getattr(module, name)
        signature = str(inspect.signature(value)) if callable(value) else ""
        described = f"{name}{signature}\n\n{inspect.getdoc(value) or ''}"
        parts += [f"## {name}", fenced(described, "text")]
    return "\n\n".join(parts) + "\n"


def example(path):
    """Return the page of an example, in Markdown, and its pictures by name."""
    code = path.read_text("utf-8")
    title, _, text = (ast.get_docstring(ast.parse(code)) or path.stem).partition("\n")
    with tempfile.TemporaryDirectory() as folder:
        printed = run(path, Path(folder))
        found = sorted(each for each in Path(folder).iterdir() if each.suffix in (".png", ".svg"))
        pictures = {each.name: each.read_bytes() for each in found}
    title = title.rstrip(".")
    parts = [f"# {title}", text.strip(), *(f"![{title}]({path.stem}-{name})" for name in pictures)]
    parts += [fenced(code, "python"), f"It prints:\n\n{fenced(printed, 'text')}" if printed else ""]
    return "\n\n".join(part for part in parts if part) + "\n", pictures


def run(path, folder):
    """Run an example in a folder and return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "MPLBACKEND": "agg"}
    done = subprocess.run(
        [sys.executable, str(path)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"The example {path.name} failed:\n{done.stderr}")
    return done.stdout


def fenced(text, language):
    """Return a block of code, in Markdown."""
    return f"{FENCE}{language}\n{text.rstrip()}\n{FENCE}"
