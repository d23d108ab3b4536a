"""XMP packets: the identity of a figure as RDF/XML (ISO 16684-1:2019, https://www.iso.org/standard/75163.html).

Fields have the places that standards give them (Dublin Core, XMP Rights Management, IPTC's accessible alternative text); what none
names stands in a namespace of KM3NeT. A packet holds no clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLParser
from xml.sax.saxutils import escape, quoteattr

from kpublish.errors import IntegrityError

#: Suffix of a packet in a file of its own beside the picture (XMP specification, part 3).
SIDECAR = ".xmp"
BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
END = '<?xpacket end="r"?>'
_LAST = "</x:xmpmeta>"
NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "km3": "https://opendata.km3net.de/ns/figure/1.0/",
}
#: Field → property and its form: a text, a text in a default language, an ordered or unordered list of texts, or of mappings.
PROPERTIES = {
    "title": ("dc:title", "Alt"),
    "authors": ("dc:creator", "Seq"),
    "description": ("dc:description", "Alt"),
    "publisher": ("dc:publisher", "Bag"),
    "license": ("dc:rights", "Alt"),
    "landing": ("dc:identifier", "text"),
    "statement": ("xmpRights:WebStatement", "text"),
    "alt": ("Iptc4xmpCore:AltTextAccessibility", "Alt"),
    "kid": ("km3:kid", "text"),
    "version": ("km3:version", "text"),
    "release": ("km3:release", "text"),
    "data": ("km3:data", "Structures"),
}


def packet(fields: Mapping[str, Any]) -> str:
    """Return the XMP packet that says ``fields``; empty fields are left out.

    Parameters
    ----------
    fields
        Keys of :data:`PROPERTIES`; ``authors`` and ``publisher`` are lists of texts, ``data`` a list of mappings of texts,
        everything else a text.
    """
    spaces = "".join(f" xmlns:{prefix}={quoteattr(address)}" for prefix, address in NAMESPACES.items() if prefix != "rdf")
    said = "".join(_property(*PROPERTIES[name], fields[name]) for name in PROPERTIES if fields.get(name))
    return (
        f'{BEGIN}\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n <rdf:RDF xmlns:rdf={quoteattr(NAMESPACES["rdf"])}>\n'
        f'  <rdf:Description rdf:about=""{spaces}>\n{said}  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>\n{END}'
    )


def _property(name: str, form: str, value: Any) -> str:
    return f"   <{name}>{_value(form, value)}</{name}>\n"


def _value(form: str, value: Any) -> str:
    if form == "text":
        return _text(value)
    if form == "Alt":
        return f'<rdf:Alt><rdf:li xml:lang="x-default">{_text(value)}</rdf:li></rdf:Alt>'
    if form == "Structures":
        items = "".join(f'<rdf:li rdf:parseType="Resource">{_structure(item)}</rdf:li>' for item in value)
        return f"<rdf:Bag>{items}</rdf:Bag>"
    items = "".join(f"<rdf:li>{_text(item)}</rdf:li>" for item in value)
    return f"<rdf:{form}>{items}</rdf:{form}>"


def _structure(item: Mapping[str, str]) -> str:
    return "".join(f"<km3:{key}>{_text(text)}</km3:{key}>" for key, text in item.items() if text)


def _text(text: str) -> str:
    """Escape text, and leave out the characters that XML 1.0 (section 2.2) has not."""
    allowed = (
        char for char in text if char in "\t\n" or "\x20" <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd" or char > "\uffff"
    )
    return escape("".join(allowed))


def fields(text: str) -> dict[str, Any]:
    """Return what a packet of :func:`packet` says, the inverse of it.

    Raises
    ------
    IntegrityError
        If it is not XML, or declares a document type or entities.
    """
    return dict(_read(_parse(text)))


def _parse(text: str) -> Element:
    parser = XMLParser()  # noqa: S314 - declarations, the way of all attacks by entities, are refused
    try:
        if "<!" in text:
            raise ParseError("it holds declarations")
        parser.feed(text)
        root: Element = parser.close()
    except ParseError as error:
        raise IntegrityError(f"The XMP packet cannot be read: {error}.", remedy="Draw the figure again.") from error
    return root


def _read(root: Element) -> Iterator[tuple[str, Any]]:
    for name, (tag, form) in PROPERTIES.items():
        # Only what is said of the figure: its data have kids of their own, further down.
        element = root.find(f".//{_qualified('rdf:Description')}/{_qualified(tag)}")
        if element is None:
            if form == "text" and (short := _attribute(root, tag)):
                yield name, short
            continue
        items: Sequence[Element] = element.findall(f".//{_qualified('rdf:li')}")
        if form == "Structures":
            yield name, [{part.tag.rpartition("}")[2]: part.text or "" for part in item} for item in items]
        elif form in ("Seq", "Bag"):
            yield name, [item.text or "" for item in items]
        else:
            yield name, (items[0] if items else element).text or ""


def _attribute(root: Element, tag: str) -> str | None:
    """A simple property as an attribute, as other tools write it (ISO 16684-1, section 7.9.2.2)."""
    described = root.iter(_qualified("rdf:Description"))
    return next((text for element in described if (text := element.get(_qualified(tag)))), None)


def _qualified(tag: str) -> str:
    prefix, _, local = tag.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def within(text: str) -> str | None:
    """Return the first packet inside ``text``, or None; tools that rewrite a file may have left out the instructions around it."""
    start = text.find("<?xpacket begin=")
    end = text.find("<?xpacket end=", start)
    stop = text.find("?>", end)
    if 0 <= start < end < stop:
        return text[start : stop + 2]
    start, end = text.find("<x:xmpmeta"), text.find(_LAST)
    return text[start : end + len(_LAST)] if 0 <= start < end else None
