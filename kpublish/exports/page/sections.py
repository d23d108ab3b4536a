"""The sections of a landing page, each from the release to HTML."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

from kpublish.exports.names import given_and_family, identifier, licence_address, licence_name, orcid_address, ror_address, types_of
from kpublish.exports.page.citing import bibtex, citation
from kpublish.exports.page.linked_data import public_address
from kpublish.exports.page.symbols import symbol, unit
from kpublish.model.bundle import FileEntry, Member, Release
from kpublish.model.parameter import Parameter
from kpublish.model.people import Author

Href = Callable[[str], str]
#: A drawing with more bytes than this is shown as PNG instead.
_DRAWING = 512 * 1024


def hero(release: Release) -> str:
    """Title, authors and what one wants to know at first sight."""
    resource = release.resource
    chips = [f"<li>{escape(types_of(resource)[2])}</li>", f"<li>Version {escape(release.version)}</li>"]
    chips += [f"<li>{escape(resource.datePublication)}</li>", f"<li>{escape(resource.license)}</li>"]
    if resource.status:
        chips.insert(0, f'<li class="{resource.status.value}">{resource.status.value.capitalize()}</li>')
    places = {place.name: place.ror for author in resource.creators for place in author.affiliations}
    named = "; ".join(link(ror_address(ror), name) if ror else escape(name) for name, ror in places.items())
    return (
        f'<header class="hero"><div><ul class="chips" aria-label="Key facts">{"".join(chips)}</ul><h1>{escape(resource.title)}</h1>'
        f'<p class="authors">{", ".join(_author(author) for author in resource.creators) or escape(resource.publisher)}</p>'
        + (f'<p class="places">{named}</p>' if named else "")
        + "</div></header>"
    )


def about(release: Release, href: Href) -> str:
    """The description and the way to the whole package."""
    packages = [entry for entry in release.files if entry.role == "package" and not release.embargo]
    text = "".join(f"<p>{escape(part)}</p>" for part in (release.resource.description or "").split("\n\n") if part.strip())
    links = [f'<a class="main" href="{_to(href, entry.path)}">Download all (zip, {size(entry.size)})</a>' for entry in packages]
    links += ['<a href="#cite">Cite</a>', '<a href="#files">Files</a>', '<a href="#details">Details</a>']
    return card("about", "", "About", text, f'<ul class="links">{"".join(f"<li>{item}</li>" for item in links)}</ul>')


def figure(release: Release, member: Member, href: Href, beside: str = "") -> str:
    """A figure with its alternative text, its formats, the tables it draws, and what a server says about it."""
    files = [entry for path in member.files if (entry := release.file(path))]
    shown = _shown(files)
    picture = ""
    if shown:
        alt = escape(member.alt or member.resource.title)
        large = f"large-{member.resource.kid}"
        image = f'<img src="{_to(href, shown.path)}" alt="{alt}">'
        back = f'<a class="back" href="#{member.resource.kid}">Back to the page</a>'
        picture = f'<figure id="{large}">{back}<a href="#{large}" title="Enlarge">{image}</a></figure>'
    drawn = [other for other in release.members if other.resource.kid in member.tables]
    tables = ", ".join(link(f"#{other.resource.kid}", other.resource.title) for other in drawn)
    return card(
        member.resource.kid,
        "Figure",
        member.resource.title,
        picture,
        _text(member),
        _links(files, href),
        tables and f"<p>Data: {tables}</p>",
        beside,
    )


def table(release: Release, member: Member, href: Href, beside: str = "") -> str:
    """A table with the meaning of each column, how to load it, where its numbers come from, and what a server says about it."""
    files = [entry for path in member.files if (entry := release.file(path))]
    return card(
        member.resource.kid,
        "Table" if member.rows is None else f"Table · {member.rows} rows",
        member.resource.title,
        _text(member),
        _links(files, href),
        columns(member.parameters) if member.parameters else "",
        "" if release.embargo else "<h3>Load it</h3>" + _loading(release, member, files, href),
        _origin(member),
        beside,
    )


def citing(release: Release, href: Href) -> str:
    """How to cite: text, BibTeX, and the citation file if there is one."""
    resource, file = release.resource, None if release.embargo else release.file("CITATION.cff")
    licence = link(licence_address(resource.license), licence_name(resource.license))
    return card(
        "cite",
        "",
        "How to cite",
        f"<p>{escape(citation(release))}</p>",
        f"<details><summary>BibTeX</summary>{_pre(bibtex(release))}</details>",
        _links([file], href) if file else "",
        f"<h3>Licence</h3><p>{licence} ({escape(resource.license)})</p>",
    )


def downloads(release: Release, href: Href) -> str:
    """Every file with size and sha256: the package, data and figures first; under an embargo without links."""
    if release.embargo:
        until = f"<p>The files are under embargo until {release.embargo} (UTC). Their checksums are public:</p>"
        return card("files", "", "Downloads", until, _files(release.files, None))
    order = ("package", "data", "figure")
    first = sorted((entry for entry in release.files if entry.role in order), key=lambda entry: order.index(entry.role))
    others = [entry for entry in release.files if entry.role not in order]
    rest = f"<details><summary>{len(others)} more files</summary>{_files(others, href)}</details>" if others else ""
    return card("files", "", "Downloads", _files(first, href) if first else "", rest)


def details(release: Release) -> str:
    """Identifiers, relations, and what made the bytes."""
    resource = release.resource
    contact = resource.contact
    rows: dict[str, str] = {
        "Identifier (kid)": f"<code>{escape(resource.kid)}</code>",
        "Landing page": link(release.landing, release.landing),
        "DOI": _identified(resource.idDOI),
        "IVOA": escape(resource.idIVOA or ""),
        "Publisher": escape(resource.publisher),
        "Contact": _contact(contact.name, contact.email) if contact else "",
        "Instrument": escape((resource.content.instrument if resource.content else None) or ""),
        "Keywords": escape(", ".join(resource.keywords)),
        "Described in": _identified(resource.referenceURL),
        "Part of": _identified(resource.parentResource),
        "Related": "<br>".join(
            f"{_words(relation.relation.value)} {_identified(relation.id)}" for relation in resource.relatedResources
        ),
        "Funding": "<br>".join(escape(" ".join(filter(None, (item.funder, item.award, item.title)))) for item in resource.funding),
        "Approved": escape(f"{resource.approval.by}, {resource.approval.date}") if resource.approval else "",
        "Repository": _identified(release.repository),
        "Commit": f"<code>{escape(release.commit)}</code>" + (f" ({escape(release.tag)})" if release.tag else ""),
        "Digest of the inputs": f"<code>{release.digest}</code>",
        "Made with": escape(", ".join(f"{name} {version}" for name, version in release.software.items())),
    }
    return card("details", "", "Details", _list(rows))


def size(count: int) -> str:
    """Return a number of bytes for people.

    >>> size(1_536_000)
    '1.5 MB'
    """
    value = float(count)
    for name in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} B" if name == "B" else f"{value:.1f} {name}"
        value /= 1000
    return f"{value:.1f} GB"


def link(address: str, text: str) -> str:
    """Return a link; an address of a scheme that pages should not follow stays text."""
    if not address.startswith(("https://", "http://", "#", "mailto:")):
        return escape(text)
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def _author(author: Author) -> str:
    if author.type == "collaboration":
        return link(ror_address(author.ror), author.display_name) if author.ror else escape(author.display_name)
    name = " ".join(part for part in given_and_family(author) if part)
    return link(orcid_address(author.orcid), name) if author.orcid else escape(name)


def _shown(files: list[FileEntry]) -> FileEntry | None:
    """The sharpest picture that browsers show quickly."""
    kinds = {entry.mediaType: entry for entry in reversed(files)}
    drawing, image = kinds.get("image/svg+xml"), kinds.get("image/png")
    return drawing if drawing and (image is None or drawing.size <= _DRAWING) else image


def card(name: str, kind: str, title: str, *parts: str | None) -> str:
    """A section with its heading, and a word above it for what it is."""
    above = f'<p class="kind">{escape(kind)}</p>' if kind else ""
    inner = "".join(part for part in parts if part)
    return f'<section class="card" id="{escape(name)}">{above}<h2>{escape(title)}</h2>{inner}</section>'


def _text(member: Member) -> str:
    return f"<p>{escape(member.resource.description)}</p>" if member.resource.description else ""


def _links(files: Iterable[FileEntry], href: Href) -> str:
    items = "".join(
        f'<li><a href="{_to(href, entry.path)}">{escape(entry.path.rpartition(".")[2].upper())} · {size(entry.size)}</a></li>'
        for entry in files
    )
    return f'<ul class="links" aria-label="Formats">{items}</ul>' if items else ""


def _to(href: Href, path: str) -> str:
    return escape(href(path))


def columns(parameters: Iterable[Parameter]) -> str:
    """A table of columns: name, symbol, unit, role and meaning."""
    rows = "".join(
        f'<tr><th scope="row"><code>{escape(item.columnname)}</code></th><td class="symbol">{symbol(item.symbol or "")}</td>'
        f'<td class="unit">{unit(item.unit or "")}</td><td class="role">{_words(item.role.value if item.role else "")}</td>'
        f'<td class="wide">{escape(item.description or item.name or "")}</td></tr>'
        for item in parameters
    )
    names = ("Column", "Symbol", "Unit", "Role", "Description")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    return scroll("Columns", f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")


def _files(entries: Iterable[FileEntry], href: Href | None) -> str:
    rows = "".join(
        f'<tr><th class="file" scope="row">{_named(entry.path, href)}</th>'
        f'<td class="number">{size(entry.size)}</td><td class="hash"><code>{entry.sha256}</code></td></tr>'
        for entry in entries
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("File", "Size", "SHA-256"))
    return scroll("Files", f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")


def _named(path: str, href: Href | None) -> str:
    return f'<a href="{_to(href, path)}">{escape(path)}</a>' if href else escape(path)


def scroll(name: str, inner: str) -> str:
    """Something wide that is scrolled by itself."""
    return f'<div class="scroll" role="region" aria-label="{name}" tabindex="0">{inner}</div>'


def _pre(text: str) -> str:
    return f'<pre tabindex="0">{escape(text)}</pre>'


def _loading(release: Release, member: Member, files: list[FileEntry], href: Href) -> str:
    """How to load the table: with kpublish, and without."""
    ours = f'from kpublish import KM3Store\n\ntable = KM3Store().get("{member.resource.kid}").data'
    if not files:
        return _pre(ours)
    address = public_address(release, files[0].path, href)
    name = address.rpartition("/")[2]
    theirs = f"curl -O {address}\npython -c \"import pandas; print(pandas.read_csv('{name}', comment='#'))\""
    topcat = f"<p>or in TOPCAT:</p>{_pre(f'topcat -f ecsv {address}')}" if name.endswith(".ecsv") else ""
    return f"{_pre(ours)}<p>or without kpublish:</p>{_pre(theirs)}{topcat}"


def _origin(member: Member) -> str:
    origin = member.origin
    ranges = {name: _range(limits.model_dump(exclude_none=True)) for name, limits in origin.range.items()}
    steps = "".join(
        f"<li><p>{escape(step.name)}</p>"
        + _list({"Settings": _value(step.settings), "Software": _value(step.software), "Id": _value(step.refID)})
        + "</li>"
        for step in origin.provenance
    )
    valid = f"<h3>Valid for</h3>{_list(ranges)}" if ranges else ""
    return valid + (f"<details><summary>Where the numbers come from</summary><ol>{steps}</ol></details>" if steps else "")


def _range(limits: Mapping[str, Any]) -> str:
    said = dict(limits)
    low = said.pop("min", None) if "min" in said else said.pop("measurement_start", None)
    high = said.pop("max", None) if "max" in said else said.pop("measurement_stop", None)
    ends = " to ".join(_value(end) for end in (low, high) if end is not None)
    return f"{ends} {unit(str(said.pop('unit', '')))}".strip()


def _value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    return escape(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))


def _list(rows: Mapping[str, str]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{text}</dd>" for name, text in rows.items() if text) + "</dl>"


def _words(camel: str) -> str:
    """The words of a name: ``isDerivedFrom`` is derived from, ``lower_edge`` lower edge."""
    return "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in camel).replace("_", " ")


def _identified(text: str | None) -> str:
    if not text:
        return ""
    found = identifier(text)
    return link(found.address, text) if found.address else f"<code>{escape(text)}</code>"


def _contact(name: str | None, email: str | None) -> str:
    return link(f"mailto:{email}", name or email) if email else escape(name or "")
