"""The look of the pages, allowed by hash: Content Security Policy Level 3, https://www.w3.org/TR/CSP3/."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

FILES = Path(__file__).parent / "static" / "datacenter"
#: Style of every page but the landing pages, which bring their own.
STYLE = (FILES / "site.css").read_text("utf-8")


def show(request: HttpRequest, template: str, facts: dict[str, object], *, status: int = 200) -> HttpResponse:
    """Return a page in the look of the site."""
    return styled(render(request, template, {**facts, "style": STYLE}, status=status), STYLE, forms="'self'")


def styled(response: HttpResponse, *styles: str, forms: str = "'none'") -> HttpResponse:
    """Allow these style elements, our own images, and where forms may lead; no script, no frame, nothing from elsewhere."""
    hashes = " ".join(f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" for style in styles)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; img-src 'self'; style-src {hashes}; base-uri 'none'; form-action {forms}; frame-ancestors 'none'"
    )
    return response
