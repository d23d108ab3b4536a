# SPDX-License-Identifier: CC0-1.0
"""Exports document.org as PDF or HTML; title, authors, date, abstract and licence come from kpublish.yaml, and from there only.

    python export/document.py pdf|html|emacs [FOLDER]

Pandoc reads Org and understands TeX formulas; Typst sets the PDF as document.typ says; document.html is the frame of the page.
The same files give the same bytes, as long as the versions of pandoc and Typst are the same.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from html import escape
from typing import Any

import kpublish
from formulas import as_json, as_xml, formulas
from tree import ROOT, SOURCE, TYPES, Node, changed, elements, pandoc, read, stop

#: Points per unit of a width that is no percentage.
UNITS = {"": 0.75, "px": 0.75, "pt": 1.0, "mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0}


def metadata() -> Node:
    """What kpublish.yaml says, as it is shown."""
    project = kpublish.load(ROOT)
    said = project.release
    if said is None or not (said.title and said.datePublication):
        sys.exit("kpublish.yaml: it does not say title and datePublication, or cannot be read. Run: kpublish validate")
    authors = [
        {"name": " ".join(part for part in (one.givenName, one.familyName) if part) or one.display_name, "orcid": one.orcid or ""}
        for one in said.authors
    ]
    return {
        "title": said.title,
        "author": authors,
        "date": said.datePublication,
        "abstract": said.description or "",
        "version": said.version or "",
        "status": said.status or "",
        "license": said.license or "",
        "language": said.language or "en",
        "address": f"{project.landing}/r/{said.kid}",
    }


def as_meta(value: Any) -> Node:
    """A value as pandoc's metadata: text that is never taken for markup."""
    if isinstance(value, list):
        return {"t": "MetaList", "c": [as_meta(each) for each in value]}
    if isinstance(value, dict):
        return {"t": "MetaMap", "c": {key: as_meta(each) for key, each in value.items()}}
    return {"t": "MetaString", "c": value}


def html(tree: Node, said: Node) -> bytes:
    """One page that holds its images, for browsers with MathML."""
    known = formulas(tree)

    def embedded(node: Node) -> Any:
        if node["t"] == "Math":
            return {
                "t": "RawInline",
                "c": ["html", as_xml(known[json.dumps(node["c"])])],
            }
        if node["t"] == "Image":
            path = node["c"][2][0]
            content = base64.b64encode((ROOT / path).read_bytes()).decode()
            node["c"][2][0] = f"data:image/{TYPES[path.rpartition('.')[2].lower()]};base64,{content}"
        if node["t"] == "Figure":
            attributes, caption, blocks = node["c"]
            start = f'<figure id="{escape(attributes[0])}">' if attributes[0] else "<figure>"
            inner = [raw(start), *blocks, raw("<figcaption>"), *caption[1], raw("</figcaption></figure>")]
            return {"t": "Div", "c": [["", [], []], inner]}
        return node

    page = {**tree, "meta": as_meta(said)["c"], "blocks": changed(tree["blocks"], embedded)}
    options = ("--from=json", "--to=html5", "--number-sections", "--wrap=preserve", "--template=export/document.html")
    return pandoc(json.dumps(page), *options, f"--metadata=lang:{said['language']}").encode()


def raw(text: str) -> Node:
    return {"t": "RawBlock", "c": ["html", text]}


def pdf(tree: Node, said: Node) -> bytes:
    """A tagged PDF/A, set by Typst with the letters that come with it."""
    known = formulas(tree)

    def marked(node: Node) -> Node:
        if node["t"] == "Math":
            return {**node, "mathml": as_json(known[json.dumps(node["c"])])}
        return {**node, "width": width(node)} if node["t"] == "Image" else node

    blocks = changed(tree["blocks"], marked)
    identities = [
        each["c"][1 if each["t"] == "Header" else 0][0]
        for each in elements(blocks)
        if each["t"] in ("Header", "Div", "Span", "Table", "Figure")
    ]
    given = json.dumps({**said, "blocks": blocks, "identities": identities})
    return typeset(given, datetime.fromisoformat(said["date"]).replace(tzinfo=UTC))


def width(image: Node) -> list[Any] | None:
    """Number and unit: percent of the column, or points."""
    found = re.fullmatch(r"([\d.]+) *(%|\w*)", dict(image["c"][0][2]).get("width", ""))
    if not found or found[2] not in ("%", *UNITS):
        return None
    return [float(found[1]), "%"] if found[2] == "%" else [float(found[1]) * UNITS[found[2]], "pt"]


def typeset(given: str, day: datetime, *, own_fonts: bool = True) -> bytes:
    """What Typst sets; with the fonts of this computer only where its own lack a letter."""
    try:
        import typst
    except ImportError:
        sys.exit("typst is not installed. Run: python -m pip install --requirement requirements.txt")
    compiler = typst.Compiler(root=str(ROOT), ignore_system_fonts=own_fonts, sys_inputs={"document": given})
    file = str(ROOT / "export/document.typ")
    try:
        return compiler.compile(file, format="pdf", timestamp=int(day.timestamp()), pdf_standards="a-2a")
    except typst.TypstError as error:
        if own_fonts and "could not be displayed" in str(error):
            print(f"{SOURCE}: {error}; trying the fonts of this computer", file=sys.stderr)
            return typeset(given, day, own_fonts=False)
        stop(f"Typst says: {error}")


def emacs(said: Node) -> None:
    """The HTML that Emacs itself exports."""
    given = {**said, "author": ", ".join(one["name"] for one in said["author"])}
    text = {key: json.dumps(given[key], ensure_ascii=False) for key in ("title", "author", "date")}
    settings = " ".join(f":{key} ({value})" for key, value in text.items())
    settings += f" :language {json.dumps(given['language'])} :with-toc nil :time-stamp-file nil"
    export = f"(org-export-to-file 'html \"document.emacs.html\" nil nil nil nil '({settings}))"
    command = ["emacs", "-Q", "--batch", SOURCE, "--eval", f"(progn (require 'ox-html) {export})"]
    try:
        sys.exit(subprocess.run(command, cwd=ROOT, check=False).returncode)
    except FileNotFoundError:
        sys.exit("Emacs is not installed. Run: make html")


def main(kind: str, folder: str = ".") -> None:
    said = metadata()
    if kind == "emacs":
        emacs(said)
    tree, _, files = read()
    target = ROOT / folder / f"document.{kind}"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes({"html": html, "pdf": pdf}[kind](tree, said))
    print(target.relative_to(ROOT))
    if folder == ".":
        sums = (f"{hashlib.sha256((ROOT / name).read_bytes()).hexdigest()}  {name}\n" for name in (*files, target.name))
        (ROOT / "export" / f"{target.name}.sha256").write_text("".join(sums), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
