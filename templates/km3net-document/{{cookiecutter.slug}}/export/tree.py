# SPDX-License-Identifier: CC0-1.0
"""Reads document.org with pandoc, of version 2.17 or newer: one tree, whatever the version makes of figures and formulas."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[1]
SOURCE = "document.org"
#: Suffix of an image → its media type.
TYPES = {"gif": "gif", "jpeg": "jpeg", "jpg": "jpeg", "png": "png", "svg": "svg+xml", "webp": "webp"}
#: LaTeX environment → what is put around its lines.
ENVIRONMENTS = {
    "equation": "",
    "displaymath": "",
    "align": "aligned",
    "eqnarray": "aligned",
    "gather": "gathered",
    "multline": "gathered",
}
Node = dict[str, Any]


def stop(message: str) -> NoReturn:
    sys.exit(f"{SOURCE}: {message}")


def pandoc(text: str, *options: str) -> str:
    """What pandoc makes of a text; what it warns of is told."""
    try:
        done = subprocess.run(["pandoc", *options], input=text, capture_output=True, encoding="utf-8", cwd=ROOT, check=False)
    except FileNotFoundError:
        sys.exit("pandoc is not installed. Run: apt install pandoc")
    if done.returncode:
        stop(f"pandoc says: {done.stderr.strip()}")
    if done.stderr:
        print(done.stderr.strip(), file=sys.stderr)
    return done.stdout


def changed(node: Any, change: Callable[[Node], Any]) -> Any:
    """A tree whose elements, the inner ones first, are replaced by what ``change`` makes of them."""
    if isinstance(node, list):
        return [changed(each, change) for each in node]
    if isinstance(node, dict):
        inner = {key: changed(value, change) for key, value in node.items()}
        return change(inner) if "t" in inner else inner
    return node


def elements(node: Any) -> Iterator[Node]:
    """All elements of a tree, in their order."""
    if isinstance(node, dict):
        if "t" in node:
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from elements(each)


def plain(node: Any) -> str:
    """A tree as text, for those who do not see it."""
    texts = {"Space": " ", "SoftBreak": " ", "LineBreak": " "}
    said = (
        texts.get(each["t"]) or (each["c"] if each["t"] == "Str" else each["c"][1] if each["t"] in ("Code", "Math") else "")
        for each in elements(node)
    )
    return "".join(said)


def unified(node: Node) -> Any:
    """An element as all versions of pandoc shall have it: figures, tables with their names, displayed formulas."""
    content = node.get("c")
    if node["t"] == "Para" and len(content) == 1 and content[0]["t"] == "Image" and content[0]["c"][1]:
        attributes, caption, (_, name) = content[0]["c"]
        identity = attributes[0] or (name if not name.startswith("fig:") or len(name) > 4 else "")
        image = {"t": "Image", "c": [["", *attributes[1:]], caption, [content[0]["c"][2][0], ""]]}
        block = {"t": "Plain", "c": caption}
        return {"t": "Figure", "c": [[identity, [], []], [None, [block]], [{"t": "Plain", "c": [image]}]]}
    if node["t"] == "Div" and len(content[1]) == 1 and content[1][0]["t"] in ("Table", "Figure") and not content[1][0]["c"][0][0]:
        content[1][0]["c"][0] = content[0]
        return content[1][0]
    if node["t"] == "Figure":
        for image in (each for each in elements(content[2]) if each["t"] == "Image"):
            image["c"][0][2] += content[0][2]
            image["c"][1] = image["c"][1] or [{"t": "Str", "c": plain(content[1][1])}]
        content[0][2] = []
    if node["t"] in ("RawBlock", "RawInline") and content[0] in ("latex", "tex"):
        return formula(node)
    return node


def formula(node: Node) -> Node:
    """A LaTeX environment as a displayed formula."""
    text = node["c"][1].strip()
    found = re.fullmatch(r"\\begin\{(\w+)\*?\}(.*)\\end\{\w+\*?\}", text, re.DOTALL)
    if node["t"] == "RawBlock" and not text.startswith("\\begin{"):
        return node  # meant for LaTeX only, and left out by others
    if not found or found[1] not in ENVIRONMENTS:
        stop(f"only formulas of LaTeX can be exported, not: {text.splitlines()[0]}")
    around = ENVIRONMENTS[found[1]]
    tex = re.sub(r"\\label\{[^}]*\}|\\nonumber\b", "", found[2]).strip()
    tex = r"\begin{" + around + "}" + tex + r"\end{" + around + "}" if around else tex
    math = {"t": "Math", "c": [{"t": "DisplayMath"}, tex]}
    return {"t": "Para", "c": [math]} if node["t"] == "RawBlock" else math


def captioned(blocks: list[Node]) -> dict[str, list[Node]]:
    """Number figures and tables in their captions; return what a bare link to each of them and to headings reads."""
    names: dict[str, list[Node]] = {}
    count = {"Figure": 0, "Table": 0}
    for each in elements(blocks):
        if each["t"] == "Header" and each["c"][1][0]:
            names[each["c"][1][0]] = each["c"][2]
        if each["t"] in count:
            attributes, caption = each["c"][0], each["c"][1]
            if not caption[1] and not attributes[0]:
                continue
            count[each["t"]] += 1
            name = f"{each['t']}\u00a0{count[each['t']]}"
            caption[1] = caption[1] or [{"t": "Plain", "c": []}]
            caption[1][0] = {
                "t": "Plain",
                "c": [{"t": "Strong", "c": [{"t": "Str", "c": f"{name}:"}]}, {"t": "Space"}, *caption[1][0]["c"]],
            }
            names.setdefault(attributes[0], [{"t": "Str", "c": name}])
    names.pop("", None)
    return names


def linked(node: Node, names: dict[str, list[Node]]) -> Node:
    """A link into the document leads to what has that name; an image says how wide it is, and what it shows."""
    if node["t"] == "Link":
        attributes, text, (target, title) = node["c"]
        name = target.removeprefix("#")
        if name in names:
            text = names[name] if plain(text) in (target, name) else text
            return {"t": "Link", "c": [attributes, text, [f"#{name}", title]]}
    if node["t"] == "Image":
        (identity, classes, pairs), text, (path, title) = node["c"]
        said = dict(pairs)
        alternative = said.pop("alt", "") or plain(text)
        file = ROOT / path
        if path.rpartition(".")[2].lower() not in TYPES or "://" in path or not file.resolve().is_relative_to(ROOT):
            stop(f"the image {path} is none of {', '.join(TYPES)} inside this repository")
        if not file.is_file():
            stop(f"there is no image {path}")
        if not alternative.strip():
            stop(f"say what the image {path} shows: #+CAPTION: or #+ATTR_HTML: :alt above it")
        return {"t": "Image", "c": [[identity, classes, list(said.items())], [{"t": "Str", "c": alternative}], [path, title]]}
    return node


def read() -> tuple[Node, dict[str, list[Node]], list[str]]:
    """The document as pandoc's tree, what links into it read, and the files that it is made of."""
    text = (ROOT / SOURCE).read_text("utf-8")
    bibliographies = re.findall(r'^[ \t]*#\+bibliography:[ \t]*"?([^"\s]+)', text, re.IGNORECASE | re.MULTILINE)
    options = (f"--bibliography={path}" for path in bibliographies)
    tree = json.loads(pandoc(text, "--from=org", "--to=json", "--citeproc", *options))
    for key in ("title", "author", "date"):
        if key in tree["meta"]:
            stop(f"take #+{key.upper()}: out: kpublish.yaml says it")
    tree["blocks"] = changed(tree["blocks"], unified)
    names = captioned(tree["blocks"])
    tree["blocks"] = changed(tree["blocks"], lambda node: linked(node, names))
    included = re.findall(r'^[ \t]*#\+include:[ \t]*"?([^"\s:]+)', text, re.IGNORECASE | re.MULTILINE)
    images = [each["c"][2][0] for each in elements(tree["blocks"]) if each["t"] == "Image"]
    export = [path.relative_to(ROOT).as_posix() for path in (ROOT / "export").iterdir() if path.suffix in (".html", ".py", ".typ")]
    return tree, names, sorted({SOURCE, "kpublish.yaml", *export, *included, *bibliographies, *images})
