"""Templates. Every value is escaped, and links lead to http and https only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from newsbot.items import EntityType
from newsbot.store.queries import MARK_END, MARK_START
from newsbot.web.html import charts, maps

STATIC = {
    name: files("newsbot.web").joinpath("static", name).read_bytes() for name in ("style.css", "icon.svg")
}
"""File name -> content of the files that pages load."""
KINDS: Mapping[EntityType, str] = {"PER": "Person", "ORG": "Organisation", "LOC": "Place"}
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})
"""Codes of languages that are written from right to left."""
MAX_TITLE_CHARS = 250
"""Maximum length of a headline in a list; the article's own page shows the rest."""


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page made from a template."""
    site = request.app.state.site
    html = TEMPLATES.get_template(template).render(
        request=request, root=request.scope.get("root_path", ""), images=site.images, **values
    )
    return HTMLResponse(html.encode(errors="replace"), status)


def web_link(url: str | None) -> str | None:
    """Return the URL if its scheme is http or https, otherwise None: only such URLs may be linked to."""
    try:
        return url if url and urlsplit(url).scheme in {"http", "https"} else None
    except ValueError:
        return None


def host(url: str) -> str:
    """Return the host of a URL for display, without `www.`."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.") or url[:80]
    except ValueError:
        return url[:80]


def marked(snippet: str) -> Markup:
    """Return a snippet as HTML, with the search terms in `<mark>`."""
    html = str(escape(snippet)).replace(MARK_START, "<mark>").replace(MARK_END, "</mark>")
    return Markup(html)  # noqa: S704 -- escaped above


def clipped(text: str | None, length: int = MAX_TITLE_CHARS) -> str:
    """Return text on one line, cut to `length` characters."""
    line = " ".join((text or "")[: 2 * length].split())
    return line if len(line) <= length else f"{line[:length].rstrip()}…"


def direction(language: str | None) -> str:
    """Return the HTML `dir` value of a language: `rtl` or `ltr`."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def day(moment: datetime | date) -> str:
    """Return "3 March 2026"."""
    return f"{moment.day} {moment:%B %Y}"


def time_of(moment: datetime) -> str:
    """Return "3 March 2026, 14:05 UTC"."""
    return f"{day(moment)}, {moment:%H:%M} UTC"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("newsbot.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "clipped": clipped,
        "day": day,
        "direction": direction,
        "host": host,
        "marked": marked,
        "time_of": time_of,
        "web_link": web_link,
        "path": lambda text: quote(text, safe=""),
    }
    style = hashlib.blake2b(STATIC["style.css"], digest_size=6).hexdigest()
    environment.globals |= {
        "kinds": KINDS,
        "style_version": style,
        "bar_chart": charts.bar_chart,
        "scale": charts.scale,
        "sparkline": charts.sparkline,
        "share_bar": charts.share_bar,
        "world_map": maps.world_map,
        "max_title_chars": MAX_TITLE_CHARS,
    }
    return environment


TEMPLATES = _environment()
