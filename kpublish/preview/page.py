"""The page of a preview: figures and tables as a landing page shows them, with the findings beside them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from kpublish.exports.page.picture import steps
from kpublish.exports.page.sections import card, columns, scroll
from kpublish.exports.page.style import STYLE
from kpublish.model.figure import Figure
from kpublish.model.finding import Finding, Severity
from kpublish.model.table import Table
from kpublish.preview.changes import Changes
from kpublish.preview.snapshot import Picture, Snapshot
from kpublish.reports.text import printable, summary

#: Rows of a table that are shown.
_ROWS = 8
_OURS = """
.findings { list-style: none; padding: 0; margin: 0 0 1rem; }
.findings li { border-left: .3rem solid var(--line); padding: .15rem 0 .15rem .8rem; margin: 0 0 .6rem; }
.findings .error { border-color: #c4322b; } .findings .warning { border-color: var(--amber); }
.findings code { font-weight: 600; } .findings span { color: var(--soft); display: block; }
.drawing img { opacity: .45; } .stands { color: var(--soft); font-style: italic; }
.chips .error { background: #c4322b; border-color: #c4322b; font-weight: 700; }
.three { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); }
.changed { margin: 0 0 1rem; padding-left: 1.2rem; }
td.cell { white-space: nowrap; font-variant-numeric: tabular-nums; }
"""
_STYLE = STYLE + _OURS
#: Shows a newer page in place of the old one, without moving what is being looked at.
SCRIPT = """
const source = new EventSource("/events");
let shown = Number(document.body.dataset.number), newest = shown, busy = false;
source.onmessage = async (event) => {
  newest = Number(event.data);
  if (busy) return;
  busy = true;
  try {
    while (shown < newest) { // one answer after the other, so that no older page comes last
      const answer = await fetch("/");
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      shown = Number(page.body.dataset.number);
      document.title = page.title;
      document.body.replaceWith(page.body);
    }
  } finally {
    busy = false;
  }
};
"""
#: What the page may do: show its own pictures and style, and ask us for news.
POLICY = (
    "default-src 'none'; img-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    f"frame-ancestors 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
)


#: Where pictures lie, seen from the page, when it is served and when it is a file.
SERVED, BESIDE = "/pictures/", "pictures/"
_LIVE = '<script src="/live.js" defer></script>\n<noscript><meta http-equiv="refresh" content="2"></noscript>\n'


@dataclass(frozen=True, slots=True)
class View:
    """How a page is shown: where its pictures lie (beside it: it is a file and asks for no news), and what is compared."""

    pictures: str = SERVED
    changes: Changes | None = None


def html(snapshot: Snapshot, view: View | None = None) -> str:
    """Return the page for a snapshot."""
    view = view or View()
    project = snapshot.project
    title = (project.release.title if project and project.release else "") or "Preview"
    body = "".join(_cards(snapshot, view)) if project else _waiting(snapshot)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} (preview)</title>\n<style>{_STYLE}</style>\n"
        f"{_LIVE if view.pictures == SERVED else ''}</head>\n"
        f'<body data-number="{snapshot.number}">\n{_hero(snapshot, title)}\n<main>\n{body}\n</main>\n</body>\n</html>\n'
    )


def _waiting(snapshot: Snapshot) -> str:
    return card("error", "", "The repository cannot be read" if snapshot.error else "Reading…", _said(snapshot.error))


def _said(text: str) -> str:
    return f"<p>{escape(printable(text))}</p>"


def _hero(snapshot: Snapshot, title: str) -> str:
    worst = min((finding.severity for finding in snapshot.findings), key=list(Severity).index, default=None)
    chips = ["<li>Preview</li>"]
    if snapshot.project and snapshot.project.release and snapshot.project.release.version:
        chips.append(f"<li>Version {escape(snapshot.project.release.version)}</li>")
    if snapshot.project:
        kind = ' class="error"' if worst is Severity.ERROR else ""
        chips.append(f"<li{kind}>{escape(summary(snapshot.findings).split(' kpublish ')[0])}</li>")
    return f'<header class="hero"><div><ul class="chips">{"".join(chips)}</ul><h1>{escape(title)}</h1></div></header>'


def _cards(snapshot: Snapshot, view: View) -> Sequence[str]:
    assert snapshot.project is not None
    shown = {figure.path for figure, _ in snapshot.figures} | {table.path for table in snapshot.project.tables}
    others = [finding for finding in snapshot.findings if finding.where.path not in shown]
    cards = [_metadata(view.changes)] if view.changes else []
    cards += [card("findings", "", "Findings elsewhere", _findings(others))] if others else []
    cards += [_figure(figure, picture, snapshot, view) for figure, picture in snapshot.figures]
    cards += [_table(table, snapshot, view.changes) for table in snapshot.project.tables]
    chain = steps(snapshot.steps, {table.sha256: [table.path] for table in snapshot.project.tables if table.sha256})
    cards += [chain] if chain else []
    return cards or [card("nothing", "", "Nothing to show", _said("The repository describes no figure and has no table."))]


def _figure(figure: Figure, picture: Picture, snapshot: Snapshot, view: View) -> str:
    resource = figure.resource
    about = snapshot.about(figure.path)
    return card(
        figure.rendered,
        f"Figure · {figure.path}",
        (resource and resource.title) or figure.name,
        _findings(about),
        *_pictures(picture, resource.kid if resource else None, view),
        _said(resource.description) if resource and resource.description else "",
        f"<details><summary>Alternative text</summary>{_said(picture.alt)}</details>" if picture.alt else "",
    )


def _pictures(picture: Picture, kid: str | None, view: View) -> Iterator[str]:
    """The figure; one that looks different from the last release stands between how it was and what is different."""
    changes, shown = view.changes, _picture(picture, view.pictures)
    change = changes.figures.get(kid or "") if changes else None
    if changes and not change:
        if picture.content:
            yield _stands(f"As in version {changes.version}." if kid in changes.known else f"Not in version {changes.version}.")
        yield shown
    elif changes and change:
        titles = (f"Version {changes.version}", "Now", "Difference")
        parts = (_picture(change.old, view.pictures), shown, _picture(change.difference, view.pictures))
        columns = "".join(f"<div><h3>{title}</h3>{part}</div>" for title, part in zip(titles, parts, strict=True))
        yield f'<div class="three">{columns}</div>'
    else:
        yield shown


def _stands(text: str) -> str:
    return f'<p class="stands">{escape(printable(text))}</p>'


def _picture(picture: Picture, pictures: str) -> str:
    if not picture.content:
        return _stands("Is being drawn…" if picture.drawing else "Cannot be drawn yet.")
    address = f"{pictures}{picture.name}"
    if picture.suffix == "pdf":
        return f'<ul class="links"><li><a href="{address}">Open the PDF</a></li></ul>'
    kind = ' class="drawing"' if picture.drawing else ""
    return f'<figure{kind}><a href="{address}"><img src="{address}" alt="{escape(picture.alt)}"></a></figure>'


def _metadata(changes: Changes) -> str:
    """What the release says differently."""
    rows = "".join(
        f"<tr><th scope=row>{escape(name)}</th><td>{escape(printable(old))}</td><td>{escape(printable(new))}</td></tr>"
        for name, old, new in changes.metadata
    )
    names = ("Field", f"Version {changes.version}", "Now")
    head = f"<thead><tr>{''.join(f'<th scope=col>{escape(name)}</th>' for name in names)}</tr></thead>"
    inner = scroll("Metadata", f"<table>{head}<tbody>{rows}</tbody></table>") if rows else _stands("The metadata are the same.")
    return card("metadata", "", f"Since version {changes.version}", inner)


def _table(table: Table, snapshot: Snapshot, changes: Changes | None) -> str:
    resource = table.resource
    return card(
        table.path,
        f"Table · {table.path} · {len(table.lines)} rows",
        (resource and resource.title) or table.name,
        _findings(snapshot.about(table.path)),
        _said(resource.description) if resource and resource.description else "",
        _numbers(changes, table.kid) if changes else "",
        columns(table.parameters) if table.parameters else "",
        _rows(table),
    )


def _numbers(changes: Changes, kid: str | None) -> str:
    """What is different in a table."""
    told = changes.tables.get(kid or "", ())
    if told:
        return f"<ul class=changed>{''.join(f'<li>{escape(printable(text))}</li>' for text in told)}</ul>"
    return _stands(f"As in version {changes.version}." if kid in changes.known else f"Not in version {changes.version}.")


def _rows(table: Table) -> str:
    names = [parameter.columnname for parameter in table.parameters]
    count = min([len(cells) for cells in table.values] or [0])
    if not count:
        return ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    rows = "".join(
        f"<tr>{''.join(f'<td class=cell>{_cell(cells[row])}</td>' for cells in table.values)}</tr>"
        for row in range(min(count, _ROWS))
    )
    more = f"<p class=stands>and {count - _ROWS:,} more rows</p>" if count > _ROWS else ""
    return f"<h3>Rows</h3>{scroll('Rows', f'<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>')}{more}"


def _cell(value: object) -> str:
    return "" if value is None else escape(printable(f"{value:.6g}" if isinstance(value, float) else str(value)))


def _findings(findings: Sequence[Finding]) -> str:
    items = "".join(
        f'<li class="{finding.severity.value}"><code>{escape(_place(finding))} {finding.code}</code> '
        f"{escape(printable(finding.message))}<span>{escape(printable(finding.remedy))}</span></li>"
        for finding in findings
    )
    return f'<ul class="findings">{items}</ul>' if items else ""


def _place(finding: Finding) -> str:
    where = finding.where
    return ":".join([printable(where.path) or ".", *(str(number) for number in (where.line, where.column) if number)])
