# SPDX-License-Identifier: CC0-1.0
"""Formulas: from TeX, as pandoc understands it, to MathML (https://www.w3.org/TR/mathml-core)."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

from tree import Node, elements, pandoc, stop

MATHML = "{http://www.w3.org/1998/Math/MathML}"
ElementTree.register_namespace("", MATHML[1:-1])


def formulas(tree: Node) -> dict[str, ElementTree.Element]:
    """TeX of each formula, with its kind → MathML."""
    wanted = {json.dumps(each["c"]): each for each in elements(tree["blocks"]) if each["t"] == "Math"}
    asked = {**tree, "meta": {}, "blocks": [{"t": "Para", "c": [each]} for each in wanted.values()]}
    made = pandoc(json.dumps(asked), "--from=json", "--to=html5", "--mathml")
    found = re.findall(r"<math\b.*?</math>", made, re.DOTALL)
    if len(found) != len(wanted):
        stop("the formulas that pandoc names above cannot be exported")
    return {key: merged(ElementTree.fromstring(text)) for key, text in zip(wanted, found, strict=True)}


def merged(math: ElementTree.Element) -> ElementTree.Element:
    """Upright words as one element, and aligned lines, as browsers want them."""
    for parent in list(math.iter()):
        for place, child in enumerate(list(parent)):
            letters = list(child)
            if (
                child.tag == f"{MATHML}mstyle"
                and child.get("mathvariant") == "normal"
                and all(each.tag == f"{MATHML}mi" for each in letters)
            ):
                word = ElementTree.Element(f"{MATHML}mi", {"mathvariant": "normal"})
                word.text = "".join(each.text or "" for each in letters)
                parent[place] = word
    for cell in math.iter(f"{MATHML}mtd"):
        cell.set("style", f"text-align: {cell.get('columnalign', 'center')}")
    for table in math.iter(f"{MATHML}mtable"):
        if any(cell.get("columnalign") == "right" for cell in table.iter(f"{MATHML}mtd")):
            table.set("displaystyle", "true")
    return math


def as_json(math: ElementTree.Element) -> Node:
    name = math.tag.removeprefix(MATHML)
    return {"tag": name, "attributes": dict(math.items()), "text": math.text or "", "children": [as_json(child) for child in math]}


def as_xml(math: ElementTree.Element) -> str:
    return ElementTree.tostring(math, "unicode", short_empty_elements=False)
